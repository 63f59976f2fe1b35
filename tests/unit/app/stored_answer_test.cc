// What a target shows with its answer, or when it is looked up, counts field by field.
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

// Ada becomes Grace in crm, Countess becomes Admiral; the write of both to desk is leased.
Json both_in_flight(Office& office) {
  office.both_know({{"name", "Ada"}, {"title", "Countess"}});
  const Json answer =
      office.says("crm", "c1", {{"name", "Grace"}, {"title", "Admiral"}}, Json::object(), true);
  REQUIRE(answer["deliveries"].size() == 1);
  office.advance(1000);
  return answer["deliveries"][0];
}

Terms both_fields() { return {text_field("name") + ", " + text_field("title")}; }

}  // namespace

TEST_CASE("an answer that shows only some fields makes only these known") {
  Office office(both_fields());
  const Json update = both_in_flight(office);
  // A picture from before, or a person who set both back: the answer tells for the name alone.
  office.says("desk", "d1", {{"name", "Ada"}, {"title", "Countess"}});
  office.advance(1000);
  office.settle_as(update, "delivered", {{"record", {{"name", "Grace"}}}});
  CHECK(office.waiting() == Json({{"desk", {{"title", "Admiral"}}}}));
}

TEST_CASE("an answer that shows the old value is what stands there, and it is written once more") {
  Office office(both_fields());
  const Json update = both_in_flight(office);
  office.says("desk", "d1", {{"name", "Ada"}});
  office.advance(1000);
  office.settle_as(update, "delivered", {{"record", {{"name", "Ada"}}}});
  CHECK(office.shown("name") == "Grace");
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["fields"] == Json({{"name", "Grace"}}));
}

TEST_CASE("after an answer that showed our value, the old one seen later is an edit") {
  Terms terms = both_fields();
  terms.systems = R"("crm": {"precedence": 1}, "desk": {"precedence": 2, "clock_skew_ms": 5000})";
  Office office(terms);
  const Json update = both_in_flight(office);
  office.settle_as(update, "delivered", {{"record", {{"name", "Grace"}, {"title", "Admiral"}}}});
  CHECK(office.says("desk", "d1", {{"name", "Ada"}})["outcome"] == "applied");
}

TEST_CASE("a lookup that shows another value leaves the write in doubt: it is written over once") {
  Office office(both_fields());
  office.settle_as(both_in_flight(office), "unknown");
  office.advance(1000);
  const Json due = office.claim_all();
  REQUIRE(due.size() == 1);
  const std::string between = to_rfc3339(office.now);
  office.advance(1000);
  office.settle_as(due[0], "found", {{"record", {{"name", "Ada"}, {"title", "Admiral"}}}});
  CHECK(office.waiting() == Json({{"desk", {{"name", "Grace"}}}}));
  office.says("crm", "c1", {{"name", "Hedy"}});
  CHECK(office.deliver_all().size() == 1);
  // Its echo, late, is still nobody's word.
  const Json late = office.says("desk", "d1", {{"name", "Grace"}}, {{"occurred_at", between}});
  CHECK(late["changes"].empty());
  CHECK(late["outcome"] != "applied");
  CHECK(office.shown("name") == "Hedy");
}

TEST_CASE("a lookup that shows only some fields tells nothing of the others") {
  Office office(both_fields());
  office.settle_as(both_in_flight(office), "unknown");
  office.advance(1000);
  const Json due = office.claim_all();
  REQUIRE(due.size() == 1);
  office.advance(1000);
  office.settle_as(due[0], "found", {{"record", {{"name", "Grace"}}}});
  CHECK(office.waiting() == Json({{"desk", {{"title", "Admiral"}}}}));
}

TEST_CASE("what was heard of before a write's hand-out stays a word, though within the skew") {
  Terms terms{one_field("name", R"("type": "text", "rule": "immutable")")};
  terms.systems = R"("crm": {"precedence": 1}, "desk": {"precedence": 2, "clock_skew_ms": 60000})";
  Office office(terms);
  office.both_know({{"name", nullptr}});
  office.says("desk", "d1", {{"name", "Ada"}});
  office.says("desk", "d1", {{"name", "Grace"}});
  CHECK(office.deliver_all().size() == 2);  // crm is told, and desk is corrected back
  CHECK(office.shown("name") == "Ada");
  CHECK(office.explained(office.golden, "name")["winner"]["system"] == "desk");
  CHECK(office.deliver_all().empty());
}

}  // namespace truce::test
