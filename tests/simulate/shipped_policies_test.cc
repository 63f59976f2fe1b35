// The policies that people start from, told as stories in which nothing goes wrong.
#include <fstream>
#include <sstream>

#include "engine/core/policy/parse_policy.h"
#include "tests/simulate/stories.h"

namespace truce::simulate {
namespace {

PolicyPtr shipped(const std::string& name) {
  std::ifstream file(TRUCE_SOURCE_DIR "/workflows/policies/" + name + ".json", std::ios::binary);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  const PolicyPtr policy = parse_policy(text.str()).policy;
  REQUIRE(policy);
  return policy;
}

std::vector<std::string> left_out_of(const std::string& name) {
  const auto model = model_of(shipped(name));
  REQUIRE(model);
  return model->left_out;
}

}  // namespace

TEST_CASE("calm: nothing is wrong under the shipped policies") {
  const Scenario calm = scenario_of("calm");
  for (const char* name : {"company", "crm", "deal", "demo", "ticket"}) {
    INFO(name);
    const std::vector<StrategyKind> both_loops{StrategyKind::truce};
    const auto results = simulate({calm, shipped(name), stories_or(4), 1, both_loops}, {});
    REQUIRE(results);
    const Totals& truce = results->by_strategy.at(StrategyKind::truce);
    for (const std::string& finding : truce.findings) UNSCOPED_INFO(finding);
    CHECK(truce.fields_total > 0);
    CHECK(truce.findings.empty());
  }
}

TEST_CASE("a copy makes a record where a system has none of its match keys") {
  for (const char* name : {"company", "demo"}) {
    INFO(name);
    const auto results =
        simulate({scenario_of("seeds"), shipped(name), 1, 1, all_strategies()}, {});
    REQUIRE(results);
    for (const StrategyKind copy :
         {StrategyKind::naive, StrategyKind::lww_record, StrategyKind::lww_field}) {
      CHECK(results->by_strategy.at(copy).fields_total > 0);
    }
  }
}

TEST_CASE("of two fields that read one place the match key is simulated") {
  CHECK(left_out_of("crm") ==
        std::vector<std::string>{"company.website: it reads the same place as domain"});
}

TEST_CASE("a record that is recognised only by what is left out is left out") {
  CHECK(left_out_of("ticket") ==
        std::vector<std::string>{"ticket.number: a record's id cannot be edited",
                                 "ticket.requester: references are not simulated",
                                 "ticket: no two systems of it match each other's records"});
}

}  // namespace truce::simulate
