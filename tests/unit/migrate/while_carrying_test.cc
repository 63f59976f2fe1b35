// What people and workflows do while records are on their way: everything but events goes on, and
// whatever is touched comes along first.
#include "tests/unit/migrate/moving.h"

namespace truce::test {
namespace {

Terms with_field(const std::string& field) { return Terms{field}; }

std::string valued(const std::string& word) {
  return R"("name": {"type": "enum", "rule": "recency", "map": {
      "crm": {"path": "name", "values": {"Ada": ")" +
         word + R"(Ada", "Grace": ")" + word +
         R"(Grace"}}, "desk": {"path": "name", "values": {"Ada": ")" + word +
         R"(Ada", "Grace": ")" + word + R"(Grace"}}}})";
}

const std::string called_title =
    R"("title": {"type": "text", "rule": "recency", "map": {"crm": "name", "desk": "name"}})";

}  // namespace

TEST_CASE("a lease that is settled before the walk comes by is settled for the new field") {
  MovingOffice office(with_field(valued("x")));
  const Json delivery = office.name_in_flight();
  REQUIRE(office.begin(with_field(valued("y"))));
  CHECK(office.delivered(delivery)["state"] == "delivered");
  const FieldHistory desk = office.source_of("desk", "d1").fields.at(FieldName("name"));
  REQUIRE(desk.writes.size() == 1);
  CHECK(desk.writes.front().state == Write::State::acknowledged);
  CHECK(desk.writes.front().value.text() == "yGrace");
  office.go_on();
  CHECK(office.shown("name") == "yGrace");
  CHECK(office.waiting().empty());
  CHECK(office.says("desk", "d1", {{"name", "Grace"}})["outcome"] == "echo");
  // The way back knows what became of it.
  office.undo_all();
  const FieldHistory back = office.source_of("desk", "d1").fields.at(FieldName("name"));
  REQUIRE(back.writes.size() == 1);
  CHECK(back.writes.front().state == Write::State::acknowledged);
  CHECK(back.writes.front().value.text() == "xGrace");
  CHECK(office.waiting().empty());
}

TEST_CASE("a lease that runs out before the walk comes by runs out for the new field") {
  MovingOffice office(with_field(text_field("name")));
  office.name_in_flight();
  REQUIRE(office.begin(with_field(called_title)));
  office.advance(120'000);
  office.run([](Context& context) { return expire_leases(context, 10); });
  office.go_on();
  const auto waiting = office.deliveries_in(DeliveryState::waiting);
  REQUIRE(waiting.size() == 1);
  CHECK(waiting.front().fields.contains(FieldName("title")));
  CHECK_FALSE(waiting.front().fields.contains(FieldName("name")));
  CHECK(office.shown("title") == "Grace");
}

TEST_CASE("a delivery that is claimed before the walk comes by is the one that was planned") {
  MovingOffice office(with_field(text_field("name")));
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c1", {{"name", "Grace"}});
  const auto planned = office.deliveries_in(DeliveryState::pending);
  REQUIRE(planned.size() == 1);
  REQUIRE(office.begin(with_field(called_title)));
  const Json claimed = office.claim_all();
  REQUIRE(claimed.size() == 1);
  CHECK(claimed[0]["id"] == planned.front().id.text);
  CHECK(claimed[0]["idempotency_key"] == planned.front().idempotency_key);
  CHECK(claimed[0]["fields"] == Json({{"name", "Grace"}}));
  CHECK(office.delivered(claimed[0])["state"] == "delivered");
  office.go_on();
  CHECK(office.waiting().empty());
}

TEST_CASE("a question that is answered before the walk comes by is answered for the new field") {
  MovingOffice office(with_field(one_field("name", R"("type": "text", "rule": "escalate")")));
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c1", {{"name", "Grace"}});
  office.says("desk", "d1", {{"name", "Emmy"}});
  const ExceptionItem item = office.the_item(Category::conflict);
  REQUIRE(office.begin(with_field(R"("title": {"type": "text", "rule": "escalate",
                                      "map": {"crm": "name", "desk": "name"}})")));
  REQUIRE(office.answer(item.id.text, {{"choose", "crm"}, {"version", item.version}}));
  office.go_on();
  CHECK(office.shown("title") == "Grace");
  CHECK(office.open_items().empty());
  office.undo_all();
  CHECK(office.shown("name") == "Grace");
  CHECK(office.open_items().empty());
}

TEST_CASE("a record that nobody could link comes along alone, and is linked by its new keys") {
  Terms before = with_field(text_field("code"));
  before.match = R"([["code"]])";
  Terms after = with_field(R"("code": {"type": "integer", "rule": "recency",
                               "map": {"crm": "code", "desk": "code"}})");
  after.match = before.match;
  MovingOffice office(before);
  office.says("crm", "c1", {{"email", "a@example.com"}, {"code", "7"}});
  office.says("crm", "c2", {{"email", "b@example.com"}, {"code", "7"}});
  REQUIRE(office.source_of("crm", "c2").golden.empty());
  const ExceptionItem item = office.the_item(Category::ambiguous_match);
  REQUIRE(office.begin(after));
  office.act(item, "create");
  office.go_on();
  const SourceRecord second = office.source_of("crm", "c2");
  REQUIRE_FALSE(second.golden.empty());
  CHECK(second.fields.at(FieldName("code")).observations.front().value.kind() ==
        Value::Kind::integer);
  CHECK(office.record(second.golden.text)["record"]["code"].dump() == "7");
}

TEST_CASE("answers that would take events in wait for the end of the walk") {
  MovingOffice office(with_field(valued("x")));
  office.says("crm", "c1", {{"email", "a@example.com"}, {"name", "Zoe"}});
  const ExceptionItem item = office.the_item(Category::drift);
  REQUIRE(office.begin(with_field(valued("y"))));
  const auto early = office.answer(item.id.text, {{"action", "replay"}, {"version", item.version}});
  REQUIRE_FALSE(early);
  CHECK(early.error().code == Code::busy);
  office.go_on();
}

TEST_CASE("an event that has no record to wait with says at once what is to be fetched") {
  MovingOffice office(with_field(text_field("name")));
  office.both_know({{"name", "Ada"}});
  REQUIRE(office.begin(with_field(called_title)));
  SECTION("while records are carried") {}
  SECTION("while the migration is undone") {
    office.go_on();
    REQUIRE(office.undo());
  }
  const auto fetched = [](const Json& answer) { return answer.value("fetch", Json()); };
  const Json d2{{"system", "desk"}, {"entity", "contact"}, {"id", "d2"}};
  Json bare = office.event("desk", "d2", {});
  bare.erase("record");
  const Json told = office.send(bare);
  CHECK(told["outcome"] == "incomplete");
  CHECK(fetched(told) == d2);
  const Json part = office.says("desk", "d2", {{"name", "Emmy"}}, {{"partial", true}});
  CHECK(part["outcome"] == "parked");
  CHECK(fetched(part) == d2);
  const Json restored = office.happens("restore", "desk", "d2");
  CHECK(restored["outcome"] == "parked");
  CHECK(fetched(restored) == d2);
  const Json known = office.says("desk", "d1", {{"name", "Grace"}}, {{"partial", true}});
  CHECK(known["outcome"] == "parked");
  CHECK(fetched(known).is_null());
  const Json whole = office.says("desk", "d3", {{"email", "m@example.com"}, {"name", "Mary"}});
  CHECK(whole["outcome"] == "parked");
  CHECK(fetched(whole).is_null());
  office.go_on();
}

}  // namespace truce::test
