// What the plan of a migration shows of stored values.
#include "engine/app/migration_plan.h"
#include "tests/unit/migrate/moving.h"

namespace truce::test {

TEST_CASE("a plan shows three values of each fate, the lost first, wherever they stand") {
  const auto leveled = [](const std::string& type) {
    return Office::policy_text(
        {one_field("level", R"("type": ")" + type + R"(", "rule": "recency")")});
  };
  Office office({one_field("level", R"("type": "text", "rule": "recency")")});
  for (int i = 0; i < 10; ++i) {
    const std::string n = std::to_string(i);
    const std::string level = i == 8 ? "ask Anna" : i == 9 ? "07" : n;
    office.says("crm", "c" + n, {{"email", "p" + n + "@example.com"}, {"level", level}});
  }
  const std::string next = leveled("integer");
  MigrationPlan plan(office.policy, leveled("text"), policy_of(next), next, nullptr);
  const auto view = office.store->read();
  Reader reader{*view, *office.policy, office.secrets, office.now};
  while (plan.look_on(reader)) {
  }
  const Json step = plan.json()["steps"][0];
  CHECK(step["values"] == Json({{"lossless", 8}, {"lossy", 1}, {"lost", 1}}));
  std::vector<std::string> shown;
  for (const Json& sample : step["samples"]) {
    shown.push_back(sample["fate"].get<std::string>() + ' ' + sample["id"].get<std::string>());
  }
  CHECK(shown == std::vector<std::string>{"lost c8", "lossy c9", "lossless c0", "lossless c1",
                                          "lossless c2"});
}

TEST_CASE("a plan counts what people decided as it counts what systems hold") {
  const auto leveled = [](const std::string& type) {
    return Terms{one_field("level", R"("type": ")" + type + R"(", "rule": "escalate")")};
  };
  Office office(leveled("text"));
  office.both_know({{"level", "5"}});
  const auto decide = [&](const char* word) {
    office.says("desk", "d1", {{"level", "7"}});
    office.says("desk", "d1", {{"level", "8"}});
    const ExceptionItem item = office.the_item(Category::conflict);
    REQUIRE(office.answer(item.id.text, {{"value", word}, {"version", item.version}}));
  };
  const auto step = [&] {
    const std::string next = Office::policy_text(leveled("integer"));
    MigrationPlan plan(office.policy, Office::policy_text(leveled("text")), policy_of(next), next,
                       nullptr);
    const auto view = office.store->read();
    Reader reader{*view, *office.policy, office.secrets, office.now};
    while (plan.look_on(reader)) {
    }
    return plan.json()["steps"][0];
  };
  decide("six");
  const Json lost = step();
  CHECK(lost["values"] == Json({{"lossless", 2}, {"lossy", 0}, {"lost", 1}}));
  REQUIRE(lost["samples"][0].contains("decision"));
  CHECK(lost["samples"][0]["golden_id"] == office.golden);
  CHECK(lost["samples"][0]["before"] == Json({{"level", "six"}}));
  CHECK(lost["samples"][0]["after"] == Json({{"level", nullptr}}));
  decide("6");
  CHECK(step()["values"] == Json({{"lossless", 3}, {"lossy", 0}, {"lost", 0}}));
}

}  // namespace truce::test
