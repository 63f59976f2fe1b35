// Undoing writes over what is ours, or undone, and over nobody's own word.
#include "tests/unit/app/two_desks.h"
#include "tests/whatif/undoing.h"

namespace truce::test {
namespace {

constexpr const char* latest = R"("type": "text", "rule": "recency")";

Json tells(World& world, const std::string& system, const std::string& id, const Json& record,
           std::int64_t at) {
  return world.send({{"system", system},
                     {"entity", "contact"},
                     {"id", id},
                     {"occurred_at", to_rfc3339(second(at))},
                     {"changed", {"f"}},
                     {"record", record}},
                    false);
}

void deliver_all(Desks& desks) {
  desks.clock(100);
  for (const Json& delivery : desks.claim_all()) desks.delivered(delivery);
}

Json about(const Json& conflicts, const std::string& field) {
  Json found = Json::array();
  for (const Json& line : conflicts) {
    if (line.value("field", "") == field) found.push_back(line);
  }
  return only(found);
}

}  // namespace

TEST_CASE("what a record said that was linked is left in its system") {
  Desks desks(latest);
  desks.link("crm");
  desks.says("crm", "N", 1);
  const Json linked = tells(desks, "bill", "b1", {{"key", "K"}, {"f", "M"}}, 50);
  REQUIRE(desks.shown() == "M");
  deliver_all(desks);
  const Json plan = undo_plan(desks, {{"event_key", key_of(linked)}}, "u1");
  const Json answer = undo(desks, {{"event_key", key_of(linked)}}, "u1");
  CHECK(plan["conflicts"] == answer["conflicts"]);
  CHECK(answer["undone"].empty());
  CHECK(answer["deliveries"].empty());
  const Json conflict = about(answer["conflicts"], "f");
  CHECK(conflict["system"] == "bill");
  CHECK(conflict["record_id"] == "b1");
  CHECK(conflict["now"] == "M");
  CHECK(desks.shown() == "M");
  CHECK(desks.waiting().empty());
}

TEST_CASE("an edit of a record that was linked before is undone in its own system") {
  Desks desks(latest);
  desks.link("crm");
  desks.says("crm", "N", 1);
  tells(desks, "bill", "b1", {{"key", "K"}, {"f", "M"}}, 50);
  const Json wrong = tells(desks, "bill", "b1", {{"key", "K"}, {"f", "X"}}, 60);
  const Json answer = undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(only(answer["undone"])["to"] == "M");
  CHECK(answer["conflicts"].empty());
  CHECK(desks.waiting()["bill"] == "M");
}

TEST_CASE("a merge is not undone by writing over what another record of it says itself") {
  Desks desks(latest);
  tells(desks, "crm", "c1", {{"key", "K"}, {"f", "A"}}, 10);
  tells(desks, "crm", "c2", {{"key", "L"}, {"f", "B"}}, 11);
  tells(desks, "desk", "d2", {{"key", "L"}, {"f", "B"}}, 12);
  const Json merged = desks.send({{"system", "crm"},
                                  {"entity", "contact"},
                                  {"id", "c2"},
                                  {"op", "merge"},
                                  {"merged_into", "c1"},
                                  {"occurred_at", to_rfc3339(second(20))}},
                                 false);
  desks.golden = merged["golden_id"].get<std::string>();
  REQUIRE(desks.shown() == "B");
  deliver_all(desks);
  const Json answer = undo(desks, {{"event_key", key_of(merged)}}, "u1");
  CHECK(about(answer["conflicts"], "f")["system"] == "desk");
  CHECK(answer["deliveries"].empty());
  CHECK(desks.shown() == "B");

  // What it held then is older than what is changed from now on.
  tells(desks, "crm", "c1", {{"key", "K"}, {"f", "B"}}, 25);
  const Json wrong = tells(desks, "crm", "c1", {{"key", "K"}, {"f", "X"}}, 30);
  const Json again = undo(desks, {{"event_key", key_of(wrong)}}, "u2");
  CHECK(again["conflicts"].empty());
  CHECK(desks.shown() == "B");
}

TEST_CASE("what a merge brought along and lost by then is written over as before") {
  Desks desks(latest);
  tells(desks, "crm", "c1", {{"key", "K"}, {"f", "A"}}, 15);
  tells(desks, "crm", "c2", {{"key", "L"}, {"f", "B"}}, 11);
  tells(desks, "desk", "d2", {{"key", "L"}, {"f", "B"}}, 12);
  const Json merged = desks.send({{"system", "crm"},
                                  {"entity", "contact"},
                                  {"id", "c2"},
                                  {"op", "merge"},
                                  {"merged_into", "c1"},
                                  {"occurred_at", to_rfc3339(second(20))}},
                                 false);
  desks.golden = merged["golden_id"].get<std::string>();
  REQUIRE(desks.shown() == "A");
  const Json wrong = tells(desks, "crm", "c1", {{"key", "K"}, {"f", "X"}}, 30);
  const Json answer = undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(answer["conflicts"].empty());
  CHECK(desks.shown() == "A");
  CHECK(desks.waiting()["desk"] == "A");
}

TEST_CASE("what another system has said itself since is not written over") {
  Desks desks(latest);
  desks.link_all();
  desks.says("crm", "A", 1);
  const Json wrong = desks.says("desk", "B", 2);
  desks.says("bill", "B", 3);
  const Json answer = undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(answer["undone"].empty());
  const Json conflict = only(answer["conflicts"]);
  CHECK(conflict["why"] == "bill has said otherwise itself since");
  CHECK(desks.shown() == "B");

  // Undone as well, it is no more in the way.
  const Json both = undo(desks, {{"entity", "contact"}, {"since", to_rfc3339(second(0))}}, "u2");
  CHECK(both["records"] == 1);
  CHECK(desks.shown() == Json());
}

TEST_CASE("a word of before the change is written over, as it would have been") {
  Desks desks(latest);
  desks.link_all();
  desks.says("bill", "O", 1);
  desks.says("crm", "A", 2);
  const Json wrong = desks.says("desk", "B", 3);
  const Json answer = undo(desks, {{"event_key", key_of(wrong)}}, "u1");
  CHECK(answer["conflicts"].empty());
  CHECK(desks.waiting() == Json({{"bill", "A"}, {"desk", "A"}}));
}

TEST_CASE("where a linked system is never written, what is ours goes back") {
  Desks desks(std::string(latest) + R"(, "direction": {"bill": "in"})");
  desks.link("crm");
  desks.says("crm", "N", 1);
  const Json linked = tells(desks, "bill", "b1", {{"key", "K"}, {"f", "M"}}, 50);
  deliver_all(desks);
  const Json answer = undo(desks, {{"event_key", key_of(linked)}}, "u1");
  CHECK(answer["conflicts"].empty());
  CHECK(desks.waiting() == Json({{"crm", "N"}}));
}

TEST_CASE("a record that a person linked keeps its own word, until it says another") {
  Desks desks(latest);
  tells(desks, "crm", "c1", {{"key", "K"}, {"f", "N"}}, 1);
  const Json moved = tells(desks, "crm", "c1", {{"key", "L"}, {"f", "N"}}, 2);
  desks.golden = moved["golden_id"].get<std::string>();
  tells(desks, "desk", "d1", {{"key", "K"}, {"f", "M"}}, 3);
  REQUIRE(desks.open_items().size() == 1);
  const ExceptionItem item = desks.open_items().front();
  REQUIRE(desks.answer(item.id.text, {{"action", "link:" + desks.golden},
                                      {"version", item.version},
                                      {"actor", "eve"},
                                      {"hand_out", false}}));
  REQUIRE(desks.shown() == "M");
  const Json answer = undo(desks, {{"actor", "eve"}}, "u1");
  CHECK(about(answer["conflicts"], "f")["system"] == "desk");
  CHECK(desks.shown() == "M");
  CHECK(desks.waiting()["desk"] == Json());

  const Json wrong = tells(desks, "crm", "c1", {{"key", "L"}, {"f", "X"}}, 10);
  CHECK(undo(desks, {{"event_key", key_of(wrong)}}, "u2")["conflicts"].empty());
  CHECK(desks.shown() == "M");
}

}  // namespace truce::test
