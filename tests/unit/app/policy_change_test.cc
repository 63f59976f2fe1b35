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

TEST_CASE(
    "E76 a field that becomes a set, or is none any more, keeps its value and writes nothing") {
  struct Change {
    std::string type, next_type, next_rule;
  };
  const auto change = GENERATE(values<Change>({{"text", "set", "union"},
                                               {"text", "set", "recency"},
                                               {"integer", "set", "union"},
                                               {"set", "text", "recency"}}));
  const auto terms = [](const std::string& type, const std::string& rule) {
    return Terms{one_field("tier", R"("type": ")" + type + R"(", "rule": ")" + rule + '"'),
                 R"("create_in": ["desk"])"};
  };
  Office office(terms(change.type, "recency"));
  const Json tier = change.type == "integer" ? Json(12) : Json("gold");
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"tier", tier}});
  REQUIRE(office.deliver_all().size() == 1);
  office.policy = policy_of(Office::policy_text(terms(change.next_type, change.next_rule)));
  office.sweep_all();
  CHECK(office.waiting().empty());
  CHECK(office.open_items().empty());
  CHECK(office.shown("tier") == Json::array({change.type == "integer" ? "12" : "gold"}));
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

namespace {

const std::string shared_name = R"("name": {"type": "text", "rule": "recency",
    "map": {"crm": "name", "desk": "name", "bill": "name"}})";

// A contact of crm that is to be made in bill.
Office with_bill() {
  return Office({shared_name, R"("create_in": ["bill"])",
                 R"("crm": {"precedence": 1}, "desk": {"precedence": 2}, "bill": {})"});
}

void remove_bill(Office& office) {
  office.policy = policy_of(Office::policy_text({text_field("name")}));
}

std::string state_of(Office& office, const Json& delivery) {
  const auto held =
      office.store->read()->find_delivery(DeliveryId(delivery["id"].get<std::string>()));
  REQUIRE(held);
  return std::string(to_string(held->state));
}

}  // namespace

TEST_CASE("results of a system that the next policy has removed are taken, and end their writes") {
  Office office = with_bill();
  const Json create = office.says("crm", "c1", {{"email", "ada@example.com"}, {"name", "Ada"}},
                                  Json::object(), true);
  REQUIRE(create["deliveries"].size() == 1);
  const Json leased = create["deliveries"][0];
  remove_bill(office);
  const auto [status, more, becomes] = GENERATE(table<std::string, std::string, std::string>({
      {"delivered", R"({"record_id": "b1"})", "delivered"},
      {"delivered", R"({"record_id": "b1", "record": {"name": "Ada"}})", "delivered"},
      {"failed", R"({"error": {"class": "transient"}})", "withdrawn"},
      {"failed", R"({"error": {"class": "permanent", "fields": ["name"]}})", "withdrawn"},
      {"exists", R"({"record_id": "b1"})", "withdrawn"},
      {"unknown", "{}", "withdrawn"},
  }));
  CAPTURE(status, more);
  CHECK(office.settle_as(leased, status, json_of(more))["state"] == becomes);
  CHECK(state_of(office, leased) == becomes);
  CHECK(office.open_items().empty());
  CHECK(office.claim_all().empty());
  if (status == "delivered") {
    CHECK(office.source_of("bill", "b1").golden.text == office.golden);
  }
}

TEST_CASE("what waits for a system that the next policy has removed is withdrawn") {
  Office office = with_bill();
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"name", "Ada"}});
  REQUIRE(office.deliveries_in(DeliveryState::pending).size() == 1);
  SECTION("by the claim") {
    remove_bill(office);
    CHECK(office.claim_all().empty());
  }
  SECTION("by the record's next event") {
    remove_bill(office);
    CHECK(
        office.says("crm", "c1", {{"name", "Grace"}}, Json::object(), true)["deliveries"].empty());
  }
  SECTION("with the item of what was given up") {
    const Json due = office.claim_all();
    office.settle_as(due[0], "failed", {{"error", {{"class", "permanent"}}}});
    REQUIRE(office.items_of(Category::dead_letter).size() == 1);
    remove_bill(office);
    office.sweep_all();
    CHECK(office.open_items().empty());
  }
  CHECK(office.deliveries_in(DeliveryState::pending).empty());
  CHECK(office.deliveries_in(DeliveryState::dead).empty());
  CHECK(office.deliveries_in(DeliveryState::withdrawn).size() == 1);
}

TEST_CASE("a refusal is taken when the next policy has dropped one of the write's fields") {
  Office office({text_field("name") + ", " + text_field("title")});
  office.both_know({{"name", "Ada"}, {"title", "Countess"}});
  const Json answer =
      office.says("crm", "c1", {{"name", "Grace"}, {"title", "Admiral"}}, Json::object(), true);
  office.policy = policy_of(Office::policy_text({text_field("name")}));
  const auto refuse = [&](const std::string& field) {
    const Json error{{"class", "permanent"}, {"fields", Json::array({field})}};
    return office.settle_as(answer["deliveries"][0], "failed", {{"error", error}})["state"];
  };
  SECTION("that one: what is left is sent without it, and nobody is asked") {
    CHECK(refuse("title") == "withdrawn");
    CHECK(office.open_items().empty());
    CHECK(office.waiting() == Json({{"desk", {{"name", "Grace"}}}}));
  }
  SECTION("another one: nothing is left") {
    CHECK(refuse("name") == "dead");
    CHECK(office.waiting().empty());
  }
}

TEST_CASE("writes of an entity that the next policy has removed are withdrawn or end as told") {
  Terms terms = with_companies(R"("create_in": [])");
  Office office(terms);
  office.company_comes();
  Terms without;
  const PolicyPtr next = policy_of(Office::policy_text(without));
  SECTION("not handed out any more") {
    office.policy = next;
    CHECK(office.claim_all().empty());
    CHECK(office.deliveries_in(DeliveryState::withdrawn).size() == 1);
  }
  SECTION("told of when they were leased") {
    const Json due = office.claim_all();
    REQUIRE(due.size() == 1);
    office.policy = next;
    CHECK(office.delivered(due[0], "o1")["state"] == "delivered");
    CHECK(office.deliveries_in(DeliveryState::leased).empty());
  }
}

}  // namespace truce::test
