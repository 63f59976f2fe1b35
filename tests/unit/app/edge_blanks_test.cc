// Edge cases E1 to E7: null, blank and defaults.
#include "engine/app/item_text.h"
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

const std::string clearable = R"("type": "text", "rule": "recency", "blank": "clear")";
const std::string kept = R"("type": "text", "rule": "recency")";

// Ten contacts with a phone number, known to both systems; crm's ids are c0 to c9.
void ten_with_phone(Office& office) {
  for (int i = 0; i < 10; ++i) {
    const std::string n = std::to_string(i);
    const Json record{{"email", "p" + n + "@example.com"}, {"phone", "num" + n}};
    office.says("crm", "c" + n, record);
    office.says("desk", "d" + n, record);
  }
}

}  // namespace

TEST_CASE("E1 a field missing from a partial payload clears nothing anywhere") {
  Office office({one_field("phone", clearable) + ", " + text_field("name")});
  office.both_know({{"phone", "555"}, {"name", "Ada"}});
  const Json answer = office.says("crm", "c1", {{"name", "Ada L."}});
  CHECK(answer["outcome"] == "applied");
  CHECK(office.shown("phone") == "555");
  CHECK(office.waiting() == Json({{"desk", {{"name", "Ada L."}}}}));
}

TEST_CASE("E2 an explicit null clears the other side where the policy lets it, and is audited") {
  Office office({one_field("phone", clearable)});
  office.both_know({{"phone", "555"}});
  const Json answer = office.says("crm", "c1", {{"phone", nullptr}});
  CHECK(answer["outcome"] == "applied");
  CHECK(office.shown("phone").is_null());
  CHECK(office.waiting() == Json({{"desk", {{"phone", nullptr}}}}));
  const Json change = json_of(office.audit().back().body)["changes"][0];
  CHECK(change["field"] == "phone");
  CHECK(change["before"] == "555");
  CHECK(change["after"].is_null());
}

TEST_CASE("E2 under keep a null clears nothing and is filled again") {
  Office office({one_field("phone", kept)});
  office.both_know({{"phone", "555"}});
  office.says("crm", "c1", {{"phone", nullptr}});
  CHECK(office.shown("phone") == "555");
  CHECK(office.waiting() == Json({{"crm", {{"phone", "555"}}}}));
}

TEST_CASE("E3 a blank authority yields to the other's value, and is filled with it") {
  Office office({one_field(
      "phone",
      R"("type": "text", "rule": "source_of_truth", "source": "crm", "unless_blank": true)")});
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"phone", nullptr}});
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"phone", "555"}});
  CHECK(office.shown("phone") == "555");
  CHECK(office.waiting() == Json({{"crm", {{"phone", "555"}}}}));
  // Once the authority speaks, it is the authority.
  office.says("crm", "c1", {{"phone", "777"}});
  CHECK(office.shown("phone") == "777");
  CHECK(office.waiting() == Json({{"desk", {{"phone", "777"}}}}));
}

TEST_CASE("E4 null, an empty string and spaces are one blank: going between them is no change") {
  Office office({one_field("phone", clearable)});
  office.both_know({{"phone", "555"}});
  office.says("crm", "c1", {{"phone", nullptr}});
  office.deliver_all();
  for (const char* blank : {"", "  ", "\t\n"}) {
    const Json answer = office.says("crm", "c1", {{"phone", blank}});
    CHECK(answer["outcome"] == "unchanged");
    CHECK(answer["changes"].empty());
  }
  const Json echo = office.says("desk", "d1", {{"phone", ""}});
  CHECK(echo["outcome"] == "echo");
  CHECK(office.waiting().empty());
}

TEST_CASE("E4 a system that says it with an empty string is told with one") {
  Office office({R"("phone": {)" + clearable + R"(, "map": {
      "crm": "phone", "desk": {"path": "phone", "blank": [""]}}})"});
  office.both_know({{"phone", "555"}});
  office.says("crm", "c1", {{"phone", nullptr}});
  CHECK(office.waiting() == Json({{"desk", {{"phone", ""}}}}));
  office.deliver_all();
  CHECK(office.says("desk", "d1", {{"phone", ""}})["outcome"] == "echo");
}

TEST_CASE("E5 a zero that stands for not set is blank in its own system and zero elsewhere") {
  Office office({R"("size": {"type": "integer", "rule": "recency", "map": {
      "crm": {"path": "size", "blank": [0]}, "desk": "size"}})"});
  office.both_know({{"size", 5}});
  office.says("crm", "c1", {{"size", 0}});
  CHECK(office.shown("size") == 5);
  CHECK(office.waiting() == Json({{"crm", {{"size", 5}}}}));
  office.deliver_all();
  office.says("desk", "d1", {{"size", 0}});
  CHECK(office.shown("size") == 0);
}

TEST_CASE("E6 a declared placeholder is never data, and never makes a record") {
  const std::string name = R"("name": {"type": "text", "rule": "recency", "required": true, "map": {
      "crm": {"path": "name", "blank": ["Unknown"]}, "desk": "name"}})";
  Office office({name, R"("create_in": ["desk"])"});
  const Json refused =
      office.says("crm", "c1", {{"email", "ada@example.com"}, {"name", "Unknown"}});
  CHECK(refused["outcome"] == "rejected");
  CHECK(refused["errors"][0]["field"] == "name");
  CHECK(office.golden_count() == 0);
  CHECK(office.waiting().empty());
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c1", {{"name", "Unknown"}});
  CHECK(office.shown("name") == "Ada");
  CHECK_FALSE(office.waiting().contains("desk"));
}

TEST_CASE("E7 more clears than the guard's count, but few of all, are no mass change") {
  Office office({one_field("phone", clearable),
                 R"("create_in": [], "guard": {"count": 1, "share": 0.5})"});
  ten_with_phone(office);
  office.advance(2 * 3'600'000);
  for (int i = 0; i < 4; ++i) {
    CHECK(office.says("crm", "c" + std::to_string(i), {{"phone", nullptr}})["outcome"] ==
          "applied");
  }
}

TEST_CASE("E7 a burst of clears is held behind the guard, and everything else flows") {
  Office office({one_field("phone", clearable) + ", " + text_field("name"),
                 R"("create_in": [], "guard": {"count": 3, "share": 0.25})"});
  ten_with_phone(office);
  office.advance(2 * 3'600'000);  // what made the contacts is behind the guard's window
  std::vector<std::string> outcomes;
  for (int i = 0; i < 6; ++i) {
    outcomes.push_back(
        office.says("crm", "c" + std::to_string(i), {{"phone", nullptr}})["outcome"]);
  }
  CHECK(outcomes ==
        std::vector<std::string>{"applied", "applied", "applied", "held", "held", "held"});
  const ExceptionItem held = office.the_item(Category::held_change);
  CHECK(held.detail["change"] == "clear");
  CHECK(held.system.text == "crm");
  // The held ones are no facts yet.
  CHECK(office.deliveries_in(DeliveryState::pending).size() == 3);
  CHECK(office.says("desk", "d9", {{"name", "Grace"}})["outcome"] == "applied");
  CHECK(office.shown("name") == "Grace");

  SECTION("they are not dismissed, by no call: they would wait for ever") {
    const Json answer{{"action", "dismiss"}, {"version", held.version}};
    const auto refused = office.answer(held.id.text, answer);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::action_unknown);
    CHECK(refused.error().message == "this item takes: release, discard");
    CHECK(answers_to(held) == std::vector<std::string>{"release", "discard"});
    office.run([&](Context& context) {
      CHECK_FALSE(dismiss_exception(context, held.id, Json::object(), {}));
      const Json bulk{{"category", "held_change"}, {"action", "dismiss"}};
      CHECK(work_in_bulk(context, bulk, {}).value()["results"][0]["error"]["code"] ==
            "action-unknown");
      return true;
    });
    CHECK(office.the_item(Category::held_change).id == held.id);
  }
  SECTION("released, they count as arrived") {
    office.act(held, "release");
    CHECK(office.open_items().empty());
    for (int i = 0; i < 6; ++i) {
      const auto source = office.source_of("crm", "c" + std::to_string(i));
      CHECK(office.record(source.golden.text)["record"]["phone"].is_null());
    }
  }
  SECTION("discarded, they are refused, and the values are written back") {
    office.deliver_all();
    office.act(held, "discard");
    CHECK(office.open_items().empty());
    const auto source = office.source_of("crm", "c4");
    CHECK(office.record(source.golden.text)["record"]["phone"] == "num4");
    std::map<std::string, Json> back;
    for (const Json& delivery : office.deliver_all()) {
      CHECK(delivery["system"] == "crm");
      back[delivery["record_id"]] = delivery["fields"];
    }
    CHECK(back == std::map<std::string, Json>{{"c3", {{"phone", "num3"}}},
                                              {"c4", {{"phone", "num4"}}},
                                              {"c5", {{"phone", "num5"}}}});
  }
}

TEST_CASE("E7 clears of what only we wrote there are clears too") {
  Office office({one_field("phone", clearable),
                 R"("create_in": ["desk"], "guard": {"count": 3, "share": 0.25})"});
  for (int i = 0; i < 10; ++i) {
    const std::string n = std::to_string(i);
    office.says("crm", "c" + n, {{"email", "p" + n + "@example.com"}, {"phone", "num" + n}});
  }
  REQUIRE(office.deliver_all().size() == 10);
  office.advance(2 * 3'600'000);
  std::size_t held = 0;
  for (int i = 1; i <= 6; ++i) {
    const std::string id = "desk-new-" + std::to_string(i);
    held += office.says("desk", id, {{"phone", nullptr}})["outcome"] == "held";
  }
  CHECK(held == 3);
}

TEST_CASE("E49 our own writes coming back are no mass change") {
  Office office({text_field("name"), R"("create_in": [], "guard": {"count": 2, "share": 0.1})"});
  office.many_know_and_change(2);
  office.deliver_all();
  office.advance(2 * 3'600'000);
  for (int i = 2; i < 8; ++i) {
    const std::string n = std::to_string(i);
    const Json record{{"email", "p" + n + "@example.com"}, {"name", "old"}};
    office.says("crm", "c" + n, record);
    office.says("desk", "d" + n, record);
  }
  for (int i = 0; i < 8; ++i) office.says("crm", "c" + std::to_string(i), {{"name", "newest"}});
  office.act(office.the_item(Category::held_change), "release");
  REQUIRE(office.deliver_all().size() == 8);
  for (int i = 0; i < 8; ++i) {
    CHECK(office.says("desk", "d" + std::to_string(i), {{"name", "newest"}})["outcome"] == "echo");
  }
  CHECK(office.open_items().empty());
}

TEST_CASE("E7 a held event that has its id in the record alone can be discarded too") {
  Office office(
      {one_field("phone", clearable), R"("create_in": [], "guard": {"count": 1, "share": 0.01})"});
  for (const char* n : {"0", "1"}) {
    office.says(
        "crm", std::string("c") + n,
        {{"email", std::string("p") + n + "@example.com"}, {"phone", std::string("num") + n}});
  }
  office.advance(2 * 3'600'000);
  office.says("crm", "c0", {{"phone", nullptr}});
  Json event = office.event("crm", "c1", {{"id", "c1"}, {"phone", nullptr}});
  event.erase("id");
  REQUIRE(office.send(event, false)["outcome"] == "held");
  office.act(office.the_item(Category::held_change), "discard");
  const auto back = office.deliver_all();
  REQUIRE(back.size() == 1);
  CHECK(back[0]["record_id"] == "c1");
  CHECK(back[0]["fields"] == Json({{"phone", "num1"}}));
}

TEST_CASE("E7 a mass change is discarded with what it changed, and answers no question beside it") {
  Office office({one_field("plan", R"("type": "text", "rule": "escalate")") + ", " +
                     text_field("name") + ", " + text_field("phone"),
                 R"("create_in": [], "guard": {"count": 1, "share": 0.1})"});
  const auto full = [](const std::string& n, const std::string& name, const std::string& plan) {
    return Json{{"email", "p" + n + "@example.com"}, {"name", name}, {"plan", plan}};
  };
  for (const std::string n : {"0", "1", "2"}) {
    office.says("crm", "c" + n, full(n, "Ada", "gold"));
    office.says("desk", "d" + n, full(n, "Ada", "gold"));
  }
  office.advance(2 * 3'600'000);
  office.says("crm", "c0", {{"phone", "5550100"}});
  office.deliver_all();
  office.says("desk", "d0", full("0", "Ada", "silver"));
  const ExceptionItem question = office.the_item(Category::conflict);
  for (const std::string n : {"1", "2", "0", "1"}) {
    const std::string plan = n == "0" ? "silver" : "gold";
    REQUIRE(office.says("desk", "d" + n, full(n, "Mass", plan),
                        {{"changed", {"name"}}})["outcome"] == "held");
  }
  office.act(office.the_item(Category::held_change), "discard");
  const ExceptionItem still = office.the_item(Category::conflict);
  CHECK(still.id == question.id);
  CHECK(still.version == question.version);
  CHECK(office.explained(office.source_of("crm", "c0").golden.text, "phone")["winner"]["rule"] ==
        "recency");
  std::map<std::string, Json> back;
  for (const Json& delivery : office.deliver_all()) {
    CHECK(delivery["system"] == "desk");
    back[delivery["record_id"]] = delivery["fields"];
  }
  const Json name{{"name", "Ada"}};
  CHECK(back == std::map<std::string, Json>{{"d0", name}, {"d1", name}, {"d2", name}});
}

TEST_CASE("E7 a held change of one member of a group is refused with its group") {
  const std::string place = R"("type": "text", "rule": "recency", "blank": "clear", "group": "place")";
  Office office({one_field("city", place) + ", " + one_field("zip", place),
                 R"("create_in": [], "guard": {"count": 1, "share": 0.01})"});
  for (const char* n : {"0", "1"}) {
    office.says("crm", std::string("c") + n,
                {{"email", std::string("p") + n + "@example.com"}, {"city", "Ulm"}, {"zip", "89073"}});
  }
  office.advance(2 * 3'600'000);
  office.says("crm", "c0", {{"zip", nullptr}});
  REQUIRE(office.says("crm", "c1", {{"zip", nullptr}})["outcome"] == "held");
  office.deliver_all();
  office.act(office.the_item(Category::held_change), "discard");
  const auto source = office.source_of("crm", "c1");
  CHECK(office.record(source.golden.text)["record"]["zip"] == "89073");
  const auto back = office.deliver_all();
  REQUIRE(back.size() == 1);
  CHECK(back[0]["record_id"] == "c1");
  CHECK(back[0]["fields"]["zip"] == "89073");
}

TEST_CASE(
    "E6 a placeholder of ours comes back as its system keeps it, and nothing is written again") {
  const std::string direction = GENERATE("both", "out");
  Office office({"\"phone\": {" + clearable + R"(, "direction": {"desk": ")" + direction +
                 R"("}, "map": {"crm": "phone",
                     "desk": {"path": "phone", "blank": ["N/A"], "lossy": ["lower"]}}})"});
  office.both_know({{"phone", "555"}});
  office.says("crm", "c1", {{"phone", nullptr}});
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["fields"]["phone"] == "N/A");
  CHECK(office.says("desk", "d1", {{"phone", "n/a"}})["outcome"] == "echo");
  CHECK(office.shown("phone").is_null());
  CHECK(office.deliver_all().empty());
}

}  // namespace truce::test
