// The sequences of the model that break simpler models.
#include <algorithm>

#include "tests/unit/app/two_desks.h"

namespace truce::test {
namespace {

struct Saying {
  std::string system;
  Json value;
  std::int64_t at;
};

// Runs the sayings in every order and checks that each ends with the same value.
void in_every_order(const std::string& field, std::vector<Saying> sayings, const Json& expected) {
  std::vector<std::size_t> order(sayings.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    Desks desks(field);
    desks.link_all();
    std::string told;
    for (const std::size_t i : order) {
      desks.says(sayings[i].system, sayings[i].value, sayings[i].at);
      told += sayings[i].system + '@' + std::to_string(sayings[i].at) + ' ';
    }
    INFO(told);
    CHECK(desks.shown() == expected);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace

TEST_CASE("crm A@101, desk A@105, bill B@103: the latest word wins in every order") {
  in_every_order(R"("type": "text", "rule": "recency")",
                 {{"crm", "A", 101}, {"desk", "A", 105}, {"bill", "B", 103}}, "A");
}

TEST_CASE("crm A@101, A@103, A@105, then late B@102: the run is split, and A is of 103") {
  in_every_order(R"("type": "text", "rule": "recency")",
                 {{"crm", "A", 101}, {"crm", "A", 103}, {"crm", "A", 105}, {"crm", "B", 102}}, "A");
  Desks desks(R"("type": "text", "rule": "recency")");
  desks.link_all();
  desks.says("crm", "A", 101);
  desks.says("crm", "A", 103);
  desks.says("crm", "A", 105);
  desks.says("desk", "D", 102);
  CHECK(desks.shown() == "D");
  const Json late = desks.says("crm", "B", 102);
  CHECK(late["outcome"] == "applied");
  CHECK(desks.shown() == "A");
  CHECK(desks.explained(desks.golden, "f")["winner"]["changed_at"] == to_rfc3339(second(103)));
}

TEST_CASE("desk A@105, then late A@103, with bill B@104: the late copy makes A older than B") {
  in_every_order(R"("type": "text", "rule": "recency")",
                 {{"desk", "A", 105}, {"desk", "A", 103}, {"bill", "B", 104}}, "B");
}

TEST_CASE("we write D over A, then the user sets A again: a new A") {
  Desks desks(R"("type": "text", "rule": "recency")");
  desks.link_all();
  desks.says("desk", "A", 100);
  desks.clock(110);
  Json outcome = desks.says("crm", "D", 109, true);
  REQUIRE(outcome["deliveries"].size() == 2);
  for (const Json& delivery : outcome["deliveries"]) {
    desks.clock(112);
    CHECK(desks.delivered(delivery)["state"] == "delivered");
  }
  desks.clock(151);
  CHECK(desks.says("desk", "A", 150)["outcome"] == "applied");
  CHECK(desks.shown() == "A");
  CHECK(desks.waiting() == Json({{"crm", "A"}, {"bill", "A"}}));
}

TEST_CASE("a full record from before our write, arriving after it, is no edit") {
  Desks desks(R"("type": "text", "rule": "recency")");
  desks.link_all();
  desks.says("desk", "A", 100);
  desks.clock(110);
  const Json outcome = desks.says("crm", "D", 109, true);
  for (const Json& delivery : outcome["deliveries"]) {
    desks.clock(112);
    desks.delivered(delivery);
  }
  desks.clock(120);
  const Json late = desks.says("desk", "A", 111, false, true);
  INFO(to_wire(late));
  CHECK(late["outcome"] == "stale");
  CHECK(desks.shown() == "D");
  // Read before our write, or set back after it: nobody knows, so D is written once more.
  CHECK(desks.waiting() == Json({{"desk", "D"}}));
}

TEST_CASE("a write leased, an edit, then its settle: the edit stands and is written again") {
  Desks desks(R"("type": "text", "rule": "recency")");
  desks.link_all();
  desks.says("desk", "A", 100);
  desks.clock(110);
  const Json outcome = desks.says("crm", "D", 109, true);
  desks.clock(112);
  CHECK(desks.says("desk", "B", 111)["outcome"] == "applied");
  desks.clock(115);
  for (const Json& delivery : outcome["deliveries"]) desks.delivered(delivery);
  CHECK(desks.shown() == "B");
  // Nobody knows whether the edit or our write came last in desk: B is written there too.
  CHECK(desks.waiting() == Json({{"crm", "B"}, {"desk", "B"}, {"bill", "B"}}));
}

TEST_CASE("[x]@101, [y]@105 from one system: ignore keeps both, propagate takes the removal") {
  const std::vector<Saying> sayings{{"crm", Json::array({"x"}), 101},
                                    {"crm", Json::array({"y"}), 105}};
  in_every_order(R"("type": "set", "rule": "union", "removals": "ignore")", sayings,
                 Json::array({"x", "y"}));
  in_every_order(R"("type": "set", "rule": "union", "removals": "propagate")", sayings,
                 Json::array({"y"}));
}

TEST_CASE("a system that lags behind never removes what it has not received") {
  in_every_order(R"("type": "set", "rule": "union", "removals": "propagate")",
                 {{"crm", Json::array({"x"}), 101}, {"desk", Json::array({"y"}), 105}},
                 Json::array({"x", "y"}));
}

TEST_CASE("immutable 2024@5, then 2025@9 from one system: the first stays, and it is asked") {
  in_every_order(R"("type": "text", "rule": "immutable")", {{"crm", "2024", 5}, {"crm", "2025", 9}},
                 "2024");
  Desks desks(R"("type": "text", "rule": "immutable")");
  desks.link_all();
  desks.says("crm", "2024", 5);
  const Json outcome = desks.says("crm", "2025", 9);
  CHECK(outcome["outcome"] == "conflict");
  CHECK(desks.waiting()["crm"] == "2024");
  REQUIRE(desks.open_items().size() == 1);
  CHECK(desks.open_items().front().category == Category::immutable);
}

TEST_CASE("a decision, then an older candidate nobody had seen: the question is open again") {
  Desks desks(R"("type": "text", "rule": "escalate")");
  desks.link_all();
  desks.says("crm", "A", 100);
  desks.says("desk", "B", 105);
  const auto items = desks.open_items();
  REQUIRE(items.size() == 1);
  const auto decided =
      desks.answer(items[0].id.text, {{"choose", "desk"}, {"version", items[0].version}});
  REQUIRE(decided);
  CHECK(desks.open_items().empty());
  CHECK(desks.shown() == "B");
  desks.says("bill", "C", 50);
  REQUIRE(desks.open_items().size() == 1);
  CHECK(desks.shown() == "B");
  CHECK(desks.record(desks.golden)["lineage"]["f"]["contested"] == true);
}

TEST_CASE("c1 with key a then b, d1 with key a, in every order: one link or one open item") {
  const std::string text = Desks::policy_text(R"("type": "text", "rule": "recency")", "");
  const auto event = [](const std::string& system, const std::string& key, std::int64_t at) {
    return Json{{"system", system},
                {"entity", "contact"},
                {"id", system + "1"},
                {"occurred_at", to_rfc3339(second(at))},
                {"record", {{"key", key}}}};
  };
  const std::vector<Json> events{event("crm", "a", 101), event("crm", "b", 103),
                                 event("desk", "a", 102)};
  std::vector<std::size_t> order{0, 1, 2};
  do {
    World world(text);
    for (const std::size_t i : order) world.send(events[i]);
    const auto crm = world.store->read()->find_source(SystemName("crm"), EntityName("contact"),
                                                      RecordId("crm1"));
    const auto desk = world.store->read()->find_source(SystemName("desk"), EntityName("contact"),
                                                       RecordId("desk1"));
    REQUIRE(crm);
    REQUIRE(desk);
    INFO(order[0] << order[1] << order[2]);
    const bool linked = !crm->golden.empty() && crm->golden == desk->golden;
    CHECK((linked || !world.open_items().empty()));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("delete before create: the late create resurrects nothing, a later one does") {
  Desks desks(R"("type": "text", "rule": "recency")");
  desks.send({{"system", "crm"},
              {"entity", "contact"},
              {"id", "crm1"},
              {"op", "delete"},
              {"occurred_at", to_rfc3339(second(50))}});
  const Json late = desks.send({{"system", "crm"},
                                {"entity", "contact"},
                                {"id", "crm1"},
                                {"occurred_at", to_rfc3339(second(40))},
                                {"record", {{"key", "K"}, {"f", "A"}}}});
  CHECK(late["outcome"] == "stale");
  CHECK(late["golden_id"].is_null());
  const Json again = desks.send({{"system", "crm"},
                                 {"entity", "contact"},
                                 {"id", "crm1"},
                                 {"occurred_at", to_rfc3339(second(60))},
                                 {"record", {{"key", "K"}, {"f", "B"}}}});
  CHECK(again["outcome"] == "applied");
  CHECK(again["record"]["f"] == "B");
}

TEST_CASE(
    "create in flight while the target's own record links: one record, and a duplicate named") {
  World world(R"({"version": 1, "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}},
    "entities": {"contact": {"id": {"crm": "id", "desk": "id"}, "match": [["key"]], "create_in": ["desk"],
      "fields": {"key": {"type": "text", "rule": "precedence", "map": {"crm": "key", "desk": "key"}},
                 "f": {"type": "text", "rule": "recency", "map": {"crm": "f", "desk": "f"}}}}}})");
  const auto at = [&](std::int64_t ms) { return to_rfc3339(world.now + Duration::of_ms(ms)); };
  const Json first = world.send({{"system", "crm"},
                                 {"entity", "contact"},
                                 {"id", "c1"},
                                 {"occurred_at", at(-1000)},
                                 {"record", {{"key", "K"}, {"f", "A"}}}});
  REQUIRE(first["deliveries"].size() == 1);
  CHECK(first["deliveries"][0]["op"] == "create");

  SECTION("its own record comes first and settles with the same id") {
    world.advance(50);
    const Json echo = world.send({{"system", "desk"},
                                  {"entity", "contact"},
                                  {"id", "d1"},
                                  {"occurred_at", at(0)},
                                  {"record", {{"key", "K"}, {"f", "A"}}}});
    CHECK(echo["golden_id"] == first["golden_id"]);
    world.advance(50);
    CHECK(world.delivered(first["deliveries"][0], "d1")["state"] == "delivered");
    CHECK(world.record(first["golden_id"])["links"].size() == 2);
    CHECK(world.open_items().empty());
    CHECK(world.claim_all().empty());
  }
  SECTION("another record of the target links, and the create makes a second one") {
    world.advance(50);
    const Json other = world.send({{"system", "desk"},
                                   {"entity", "contact"},
                                   {"id", "d7"},
                                   {"occurred_at", at(0)},
                                   {"record", {{"key", "K"}, {"f", "Z"}}}});
    CHECK(other["golden_id"] == first["golden_id"]);
    world.advance(50);
    CHECK(world.delivered(first["deliveries"][0], "d8")["state"] == "delivered");
    const auto items = world.open_items();
    REQUIRE(items.size() == 1);
    CHECK(items[0].category == Category::duplicate);
    CHECK(items[0].detail["record_ids"] == Json::array({"d8", "d7"}));
  }
}

}  // namespace truce::test
