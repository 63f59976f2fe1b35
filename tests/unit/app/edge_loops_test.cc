// Edge cases E49 to E57: our own writes coming back.
#include "tests/unit/app/office.h"

namespace truce::test {
TEST_CASE("E49 an echo with the value that we wrote is dropped and counted") {
  Office office({text_field("name")});
  office.delivered(office.name_in_flight());
  const Json echo = office.says("desk", "d1", {{"name", "Grace"}});
  CHECK(echo["outcome"] == "echo");
  CHECK(echo["changes"].empty());
  CHECK(office.waiting().empty());
  CHECK(office.explained(office.golden, "name")["winner"]["system"] == "crm");
  CHECK(json_of(office.audit().back().body)["outcome"] == "echo");
}

TEST_CASE("E50 another value within the time of the echo is an edit") {
  Office office({text_field("name")});
  office.delivered(office.name_in_flight());
  CHECK(office.says("desk", "d1", {{"name", "Hedy"}})["outcome"] == "applied");
  CHECK(office.shown("name") == "Hedy");
  CHECK(office.waiting() == Json({{"crm", {{"name", "Hedy"}}}}));
  // And the echo that was under way does not undo it.
  office.says("desk", "d1", {{"name", "Grace"}},
              {{"occurred_at", to_rfc3339(office.now - Duration::of_ms(1500))}});
  CHECK(office.shown("name") == "Hedy");
}

TEST_CASE("E51 an echo that is faster than its settle is an echo") {
  Office office({text_field("name")});
  const Json delivery = office.name_in_flight();
  CHECK(office.says("desk", "d1", {{"name", "Grace"}})["outcome"] == "echo");
  office.advance(1000);
  CHECK(office.delivered(delivery)["state"] == "delivered");
  CHECK(office.shown("name") == "Grace");
  CHECK(office.explained(office.golden, "name")["winner"]["system"] == "crm");
  CHECK(office.waiting().empty());
}

TEST_CASE("E52 an echo that comes twice changes nothing the second time") {
  Office office({text_field("name")});
  office.delivered(office.name_in_flight());
  const Json echo = office.event("desk", "d1", {{"name", "Grace"}});
  CHECK(office.send(echo)["outcome"] == "echo");
  CHECK(office.send(echo)["outcome"] == "duplicate");
  CHECK(office.says("desk", "d1", {{"name", "Grace"}})["changes"].empty());
  CHECK(office.waiting().empty());
  CHECK(office.explained(office.golden, "name")["winner"]["system"] == "crm");
}

TEST_CASE("E53 a change goes round three systems once and comes to rest") {
  Terms terms;
  terms.systems =
      R"("crm": {"precedence": 1}, "desk": {"precedence": 2}, "bill": {"precedence": 3})";
  terms.fields =
      R"("name": {"type": "text", "rule": "recency", "map": {"crm": "name", "desk": "name", "bill": "name"}})";
  Office office(terms);
  for (const char* system : {"crm", "desk", "bill"}) {
    office.says(system, std::string(system) + "1", {{"email", "ada@example.com"}, {"name", "Ada"}});
  }
  office.says("crm", "crm1", {{"name", "Grace"}});
  CHECK(office.deliver_all().size() == 2);
  for (int round = 0; round < 3; ++round) {
    for (const char* system : {"desk", "bill", "crm"}) {
      office.says(system, std::string(system) + "1", {{"name", "Grace"}});
    }
    CHECK(office.deliver_all().empty());
  }
  CHECK(office.explained(office.golden, "name")["winner"]["system"] == "crm");
}

TEST_CASE(
    "E54 two automations that fight are stopped: one field frozen, one item, the rest flows") {
  Office office({text_field("name") + ", " + text_field("note"),
                 R"("create_in": [], "breaker": {"flips": 4, "window": "1h"})"});
  office.both_know({{"name", "ada"}, {"note", "-"}});
  int writes = 0;
  for (int i = 0; i < 20; ++i) {
    office.says("crm", "c1", {{"name", "Ada"}}, {{"changed", {"name"}}});
    writes += static_cast<int>(office.deliver_all().size());
    office.says("desk", "d1", {{"name", "ADA."}}, {{"changed", {"name"}}});
    writes += static_cast<int>(office.deliver_all().size());
  }
  CHECK(writes < 10);
  const ExceptionItem item = office.the_item(Category::oscillation);
  CHECK(item.field.text == "name");
  CHECK(item.candidates.size() == 2);
  CHECK(item.detail["systems"].size() == 2);
  office.says("crm", "c1", {{"note", "called"}});
  CHECK(office.waiting() == Json({{"desk", {{"note", "called"}}}}));
  office.deliver_all();

  // Released by a person, the present value flows again.
  office.says("crm", "c1", {{"name", "Ada Lovelace"}}, {{"changed", {"name"}}});
  CHECK(office.waiting().empty());
  office.act(office.the_item(Category::oscillation), "release");
  CHECK(office.open_items().empty());
  const auto leased = office.deliveries_in(DeliveryState::leased);
  REQUIRE(leased.size() == 1);
  CHECK(*leased.front().body == Json({{"name", "Ada Lovelace"}}));
}

TEST_CASE("E54 a target that changes what the authority says each time is not written for ever") {
  Office office({one_field("name", R"("type": "text", "rule": "source_of_truth", "source": "crm")"),
                 R"("create_in": [], "breaker": {"flips": 4, "window": "1h"})"});
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c1", {{"name", "Grace"}});
  const bool is_told_by_events = GENERATE(true, false);
  std::size_t writes = 0;
  for (int i = 0; i < 20; ++i) {
    for (const Json& delivery : office.claim_all()) {
      ++writes;
      office.advance(1000);
      const Json stored{{"id", "d1"}, {"email", "ada@example.com"}, {"name", "GRACE"}};
      office.settle_as(delivery, "delivered",
                       is_told_by_events ? Json::object() : Json{{"record", stored}});
    }
    if (is_told_by_events) office.says("desk", "d1", {{"name", "GRACE"}});
  }
  CHECK(writes == 6);
  const ExceptionItem item = office.the_item(Category::oscillation);
  CHECK(item.field.text == "name");
  CHECK(office.shown("name") == "Grace");
  const Json released = office.act(item, "release");
  INFO(to_wire(released) << to_wire(office.waiting()));
  REQUIRE(released["deliveries"].size() == 1);
  CHECK(released["deliveries"][0]["fields"] == Json({{"name", "Grace"}}));
}

TEST_CASE("E55 a list of changes whose values are the same changes nothing") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  for (int i = 0; i < 3; ++i) {
    const Json answer = office.says("crm", "c1", {{"name", "Ada"}}, {{"changed", {"name"}}});
    CHECK(answer["outcome"] == "unchanged");
    CHECK(office.waiting().empty());
  }
}

TEST_CASE("the same state of the same time under another id changes nothing") {
  Office office({text_field("name")});
  Json event = office.event("crm", "c1", {{"email", "ada@example.com"}, {"name", "Ada"}});
  CHECK(office.send(event)["outcome"] == "applied");
  for (const char* id : {"2", "3"}) {
    event["event_id"] = id;
    CHECK(office.send(event)["outcome"] == "unchanged");
  }
  event["event_id"] = "4";
  event["changed"] = {"name"};
  CHECK(office.send(event)["outcome"] == "applied");
}

TEST_CASE("E56 noise in fields that nobody maps is no change") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  const Json answer =
      office.says("crm", "c1", {{"name", "Ada"}, {"last_activity_at", to_rfc3339(office.now)}});
  CHECK(answer["outcome"] == "unchanged");
  CHECK(answer["changes"].empty());
  CHECK(office.waiting().empty());
}

TEST_CASE(
    "E57 a bulk edit is one write a record, however often it was edited, and its echoes are none") {
  Office office({text_field("name")});
  constexpr int records = 100;
  for (int i = 0; i < records; ++i) {
    const std::string n = std::to_string(i);
    const Json record{{"email", "p" + n + "@example.com"}, {"name", "old"}};
    office.says("crm", "c" + n, record);
    office.says("desk", "d" + n, record);
  }
  for (const char* name : {"newer", "newest"}) {
    for (int i = 0; i < records; ++i) office.says("crm", "c" + std::to_string(i), {{"name", name}});
  }
  const auto written = office.deliver_all();
  CHECK(written.size() == records);
  for (const Json& delivery : written) CHECK(delivery["fields"] == Json({{"name", "newest"}}));
  std::vector<Json> echoes;
  for (int i = 0; i < records; ++i) {
    echoes.push_back(office.event("desk", "d" + std::to_string(i), {{"name", "newest"}}));
  }
  for (const Json& answer : office.send_all(echoes)) CHECK(answer["outcome"] == "echo");
  CHECK(office.deliver_all().empty());
  CHECK(office.open_items().empty());
}

}  // namespace truce::test
