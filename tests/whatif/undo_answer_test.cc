// Undoing an answer: the question is open again.
#include "tests/unit/app/two_desks.h"
#include "tests/whatif/undoing.h"

namespace truce::test {
namespace {

constexpr const char* escalated = R"("type": "text", "rule": "escalate")";

void answer_open(World& world, const std::string& choice) {
  REQUIRE(world.open_items().size() == 1);
  const ExceptionItem item = world.open_items().front();
  world.advance(1000);
  REQUIRE(world.answer(
      item.id.text,
      {{"choose", choice}, {"version", item.version}, {"actor", "eve"}, {"hand_out", false}}));
  world.advance(1000);
}

bool is_contested(Desks& desks) {
  const auto golden = desks.store->read()->find_golden(GoldenId(desks.golden));
  return golden->fields.at(FieldName("f")).contested;
}

}  // namespace

TEST_CASE("an answer is taken back: the question is open again and nothing is written") {
  Desks desks(escalated);
  desks.link_all();
  desks.says("crm", "A", 1);
  desks.says("desk", "B", 2);
  const std::vector<Candidate> asked = desks.open_items().front().candidates;
  answer_open(desks, "desk");
  REQUIRE(desks.shown() == "B");
  REQUIRE(desks.waiting()["crm"] == "B");

  const Json line = only(undo(desks, {{"actor", "eve"}}, "u1")["undone"]);
  CHECK(line["from"] == "B");
  CHECK(line["to"] == "A");
  CHECK(line["asked_again"] == true);
  CHECK(desks.shown() == "A");
  CHECK(is_contested(desks));
  CHECK(desks.waiting().empty());
  REQUIRE(desks.open_items().size() == 1);
  CHECK(fingerprint(desks.open_items().front().candidates) == fingerprint(asked));
}

TEST_CASE("an undo that answers an open question says so, and so does the question") {
  Desks desks(escalated);
  desks.link_all();
  desks.says("crm", "A", 1);
  const Json wrong = desks.says("desk", "B", 2);
  const ExceptionItem asked = desks.open_items().at(0);
  desks.advance(1000);
  const Json line = only(undo(desks, {{"event_key", key_of(wrong)}}, "u1")["undone"]);
  CHECK(line["from"] == "A");
  CHECK(line["to"] == "A");
  CHECK(line["answered"] == true);
  const auto closed = desks.store->read()->find_exception(asked.id);
  CHECK(closed->state == ExceptionState::resolved);
  CHECK(closed->resolution == "a decision settled it: undo u1");
  CHECK(closed->closed_by == "ada");
  const Json why = desks.explained(desks.golden, "f");
  CHECK(only(why["losers"])["system"] == "desk");
  CHECK(only(why["agreeing"])["system"] == "crm");
  CHECK_THAT(why["sentence"].get<std::string>(), Catch::Contains("; crm says the same"));
}

TEST_CASE("an answer that left the value as it was is taken back too") {
  Desks desks(escalated);
  desks.link_all();
  desks.says("crm", "A", 1);
  desks.says("desk", "B", 2);
  answer_open(desks, "crm");
  REQUIRE(desks.waiting()["desk"] == "A");
  undo(desks, {{"actor", "eve"}}, "u1");
  CHECK(is_contested(desks));
  CHECK(desks.waiting().empty());
  CHECK(desks.open_items().size() == 1);
}

TEST_CASE("the undo of an answer is undone, and undone again") {
  Desks desks(escalated);
  desks.link_all();
  desks.says("crm", "A", 1);
  desks.says("desk", "B", 2);
  answer_open(desks, "desk");
  undo(desks, {{"actor", "eve"}}, "u1");
  desks.advance(1000);
  undo(desks, {{"undo", "u1"}}, "u2");
  CHECK(desks.shown() == "B");
  CHECK(desks.open_items().empty());
  CHECK(desks.waiting()["crm"] == "B");
  desks.advance(1000);
  undo(desks, {{"undo", "u2"}}, "u3");
  CHECK(is_contested(desks));
  CHECK(desks.waiting().empty());
  CHECK(desks.open_items().size() == 1);
}

TEST_CASE("a second answer is taken back to the first") {
  Desks desks(escalated);
  desks.link_all();
  desks.says("crm", "A", 1);
  desks.says("desk", "B", 2);
  answer_open(desks, "desk");
  desks.says("bill", "C", 5);
  REQUIRE(is_contested(desks));
  answer_open(desks, "bill");
  REQUIRE(desks.shown() == "C");
  const std::string first_answer = to_rfc3339(desks.now - Duration::of_ms(1000));
  undo(desks, {{"actor", "eve"}, {"since", first_answer}}, "u1");
  CHECK(desks.shown() == "B");
  CHECK(is_contested(desks));
  CHECK(desks.waiting().empty());
}

TEST_CASE("where the systems have agreed since, an answer is left as it is") {
  Desks desks(escalated);
  desks.link_all();
  desks.says("crm", "A", 1);
  desks.says("desk", "B", 2);
  answer_open(desks, "desk");
  desks.says("crm", "B", 10);
  const Json answer = undo(desks, {{"actor", "eve"}}, "u1");
  CHECK(answer["undone"].empty());
  CHECK(only(answer["conflicts"])["why"] ==
        "it was an open question before, which nobody had answered");
  CHECK(desks.shown() == "B");
  CHECK_FALSE(is_contested(desks));
  CHECK_FALSE(desks.waiting().contains("desk"));
}

TEST_CASE("nobody decides for what a question showed that a system answered by agreeing") {
  Desks desks(escalated);
  desks.link_all();
  desks.says("crm", "A", 1);
  desks.says("desk", "B", 2);
  const Json agreed = desks.says("crm", "B", 3);
  REQUIRE(desks.open_items().empty());
  const Json answer = undo(desks, {{"event_key", key_of(agreed)}}, "u1");
  CHECK(answer["undone"].empty());
  CHECK(answer["conflicts"].size() == 1);
  CHECK(desks.shown() == "B");
  CHECK_FALSE(desks.waiting().contains("desk"));
}

TEST_CASE("the change that opened a question is undone: the question is gone") {
  Desks desks(escalated);
  desks.link_all();
  desks.says("crm", "A", 1);
  const Json wrong = desks.says("desk", "B", 2);
  REQUIRE(is_contested(desks));
  undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(desks.shown() == "A");
  CHECK(desks.open_items().empty());
  CHECK(desks.waiting()["desk"] == "A");
}

TEST_CASE("an answer for a group is taken back for all of it") {
  const std::string group =
      R"("type": "text", "rule": "escalate", "group": "g", "map": {"crm": "g", "desk": "g", "bill": "g"}},
     "h": {"type": "text", "rule": "escalate", "group": "g")";
  World world(Desks::policy_text(group, ""));
  const auto says = [&](const std::string& system, const Json& record) {
    world.advance(1000);
    return world.send({{"system", system},
                       {"entity", "contact"},
                       {"id", system + "1"},
                       {"occurred_at", to_rfc3339(world.now)},
                       {"record", record}},
                      false);
  };
  const std::string golden = says("crm", {{"key", "K"}, {"g", "1"}, {"f", "one"}})["golden_id"];
  says("desk", {{"key", "K"}, {"g", "2"}, {"f", "one"}});
  answer_open(world, "desk");
  REQUIRE(world.record(golden)["record"]["f"] == "2");
  undo(world, {{"actor", "eve"}}, "u1");
  CHECK(world.record(golden)["record"]["f"] == "1");
  CHECK(world.open_items().size() == 1);
  CHECK(world.deliveries_in(DeliveryState::pending).empty());
}

TEST_CASE("an answer about an immutable field is taken back to the question") {
  Desks desks(R"("type": "text", "rule": "immutable")");
  desks.link_all();
  desks.says("crm", "A", 1);
  desks.says("desk", "B", 2);
  answer_open(desks, "desk");
  REQUIRE(desks.shown() == "B");
  undo(desks, {{"actor", "eve"}}, "u1");
  CHECK(desks.shown() == "A");
  CHECK(desks.open_items().size() == 1);
  CHECK(desks.explained(desks.golden, "f")["winner"]["rule"] == "immutable");
}

}  // namespace truce::test
