// What counts as a fault, beside what the oracle says of values.
#include "sidecar/simulate/oracle.h"
#include "tests/simulate/stories.h"

namespace truce::simulate {

TEST_CASE(
    "a record made beside a living one is a duplicate, unless somebody is asked which it is") {
  const Scenario calm = scenario_of("calm");
  const auto model = model_of(built_in_policy_of(calm));
  REQUIRE(model);
  const Script script = write_script(*model, calm, 1);
  Office office(*model, calm, script, 1);
  office.begin([](const Webhook&) {});
  const Beginning& first = script.things.front();
  CHECK(judge(office, script, {}).duplicates == 0);
  office.system(0).enter(office.now(), first.entity, 0, first.values, Author::api);
  CHECK(judge(office, script, {}).duplicates == 1);
  OpenQuestions open;
  SECTION("a question about something else names no duplicate") {
    open.things.insert(0);
    const Score score = judge(office, script, open);
    CHECK(score.duplicates == 1);
    CHECK(score.named_duplicates == 0);
  }
  SECTION("a question about another one neither") {
    open.doubles.insert(1);
    CHECK(judge(office, script, open).duplicates == 1);
  }
  SECTION("named") {
    open.doubles.insert(0);
    const Score score = judge(office, script, open);
    CHECK(score.duplicates == 0);
    CHECK(score.named_duplicates == 1);
    CHECK(score.findings.empty());
  }
}

}  // namespace truce::simulate
