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

}  // namespace truce::test
