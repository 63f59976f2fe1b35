// Row 122 of the table of bad input (tests/bad_input.md): what becomes of open questions when the
// policy changes. Everything is judged again under the policy in force.
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

const std::string asked = R"("type": "text", "rule": "escalate")";

ExceptionItem open_question(Office& office) {
  office.both_know({{"status", "open"}});
  office.says("crm", "c1", {{"status", "won"}});
  office.says("desk", "d1", {{"status", "lost"}});
  return office.the_item(Category::conflict);
}

std::string policy_of_last_entry(Office& office) {
  return json_of(office.audit().back().body)["policy"];
}

}  // namespace

TEST_CASE("row 122: a question that the new policy answers is closed, and its answer is written") {
  Office office({one_field("status", asked)});
  const ExceptionItem item = open_question(office);
  CHECK(policy_of_last_entry(office) == office.policy->sha256);
  office.policy = policy_of(Office::policy_text({text_field("status")}));
  office.sweep_all();
  CHECK(office.open_items().empty());
  CHECK(office.store->read()->find_exception(item.id)->resolution == "the facts settled it");
  CHECK(office.shown("status") == "lost");
  CHECK(office.waiting() == Json({{"crm", {{"status", "lost"}}}}));
}

TEST_CASE(
    "row 122: a question that the new policy asks too is the same item, and stays answerable") {
  Office office({one_field("status", asked)});
  const ExceptionItem item = open_question(office);
  const std::string old_policy = office.policy->sha256;
  office.policy =
      policy_of(Office::policy_text({one_field("status", asked) + ", " + text_field("name")}));
  office.sweep_all();
  const ExceptionItem same = office.the_item(Category::conflict);
  CHECK(same.id == item.id);
  CHECK(same.version == item.version);
  REQUIRE(office.answer(item.id.text, {{"choose", "crm"}, {"version", item.version}}));
  CHECK(office.shown("status") == "won");
  CHECK(policy_of_last_entry(office) != old_policy);
}

TEST_CASE("a write whose field is dropped by the next policy is settled for the others") {
  Office office({text_field("name") + ", " + text_field("title")});
  office.both_know({{"name", "Ada"}, {"title", "Countess"}});
  const Json answer =
      office.says("crm", "c1", {{"name", "Grace"}, {"title", "Admiral"}}, Json::object(), true);
  REQUIRE(answer["deliveries"].size() == 1);
  office.policy = policy_of(Office::policy_text({text_field("name")}));
  office.sweep_all();
  office.settle_as(answer["deliveries"][0], "delivered",
                   {{"record", {{"name", "Grace"}, {"title", "Admiral"}}}});
  CHECK(office.waiting().empty());
  CHECK(office.shown("name") == "Grace");
  CHECK(office.says("desk", "d1", {{"name", "Grace"}})["outcome"] == "echo");
}

}  // namespace truce::test
