// Edge cases E42 to E48: order and clocks.
#include <algorithm>

#include "engine/app/stats.h"
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

Json at(const Office& office, std::int64_t ms) {
  return to_rfc3339(office.now + Duration::of_ms(ms));
}

const std::string into_desk = R"("create_in": ["desk"])";
constexpr std::int64_t minute_ms = 60'000;

// A field group of city and street.
std::string place(const std::string& more = {}) {
  const std::string body = R"("type": "text", "rule": "recency", "group": "place")" + more;
  return one_field("city", body) + ", " + one_field("street", body);
}

Json company_of(Office& office, const std::string& contact) {
  const auto source = office.store->read()->find_source(SystemName("crm"), EntityName("contact"),
                                                        RecordId(contact));
  REQUIRE(source);
  return office.record(source->golden.text)["record"].value("company", Json());
}

}  // namespace

TEST_CASE("E34 a row that is read twice, at both sides of a page, is one event") {
  Office office({text_field("status")});
  const Json row = office.event("crm", "c1", {{"email", "ada@example.com"}, {"status", "open"}});
  CHECK(office.send(row, false)["outcome"] == "applied");
  CHECK(office.send(row, false)["outcome"] == "duplicate");
  // Read again later, under a version that did not move: nothing is new in it.
  Json later = row;
  later["version"] = "7";
  CHECK(office.send(later, false)["outcome"] == "unchanged");
}

TEST_CASE("a record that comes again with its field history is news, and the history is heard of") {
  Office office({text_field("status")});
  const Json row = office.event("crm", "c1", {{"email", "ada@example.com"}, {"status", "open"}});
  CHECK(office.send(row, false)["outcome"] == "applied");
  Json fetched = row;
  fetched["changed_at"] = {{"status", "2026-05-28T17:00:00Z"}};
  const Json outcome = office.send(fetched, false);
  CHECK(outcome["outcome"] != "duplicate");
  CHECK(outcome["record"]["status"] == "open");
  const Json explained = office.explained(outcome["golden_id"], "status");
  CHECK(explained["winner"]["evidence"] == "certain");
  CHECK(explained["winner"]["changed_at"] == "2026-05-28T17:00:00.000Z");
  CHECK(office.send(fetched, false)["outcome"] == "duplicate");
}

TEST_CASE("E36 a record without a time of its own counts from when it was first heard of") {
  Office office({text_field("status")});
  const auto says = [&](const std::string& status) {
    Json node = office.event("crm", "c1", {{"email", "ada@example.com"}, {"status", status}});
    node.erase("occurred_at");
    return office.send(node, false);
  };
  const Json first = says("open");
  CHECK(first["outcome"] == "applied");
  CHECK(first["changes"][0]["winner"]["changed_at"] == to_rfc3339(office.now));
  CHECK(says("open")["outcome"] != "applied");
  CHECK(says("won")["record"]["status"] == "won");
  // Who says when goes before who does not.
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"status", "lost"}},
              {{"changed", {"status"}}});
  CHECK(office.shown("status") == "lost");
}

TEST_CASE("E42 an old status that comes three minutes after the new one is stale, and audited so") {
  Office office({text_field("status")});
  office.both_know({{"status", "open"}});
  office.says("crm", "c1", {{"status", "won"}});
  office.deliver_all();
  office.advance(180'000);
  const Json late =
      office.says("crm", "c1", {{"status", "offered"}}, {{"occurred_at", at(office, -240'000)}});
  CHECK(late["outcome"] == "stale");
  CHECK(office.shown("status") == "won");
  CHECK(office.waiting().empty());
  CHECK(json_of(office.audit().back().body)["outcome"] == "stale");
}

TEST_CASE(
    "E43 two events in one second end alike in either order, and a version decides between them") {
  std::vector<Json> ends;
  for (const bool swapped : {false, true}) {
    Office office({text_field("status")});
    office.both_know({{"status", "open"}});
    const Json when = at(office, 500);
    std::vector<std::string> values{"won", "lost"};
    if (swapped) std::reverse(values.begin(), values.end());
    for (const auto& value : values) {
      office.says("crm", "c1", {{"status", value}}, {{"occurred_at", when}});
    }
    ends.push_back(office.shown("status"));

    Office versioned({text_field("status")});
    versioned.both_know({{"status", "open"}});
    for (const auto& value : values) {
      versioned.says("crm", "c1", {{"status", value}},
                     {{"occurred_at", when}, {"version", value == "won" ? "10" : "9"}});
    }
    CHECK(versioned.shown("status") == "won");
  }
  CHECK(ends[0] == ends[1]);
}

TEST_CASE("E44 a clock set to 2099 wins once at the most, and an item says so") {
  Office office({text_field("status")});
  office.both_know({{"status", "open"}});
  office.says("crm", "c1", {{"status", "won"}}, {{"occurred_at", "2099-01-01T00:00:00Z"}});
  const ExceptionItem item = office.the_item(Category::clock);
  CHECK(item.system.text == "crm");
  CHECK(item.detail["claimed"] == "2099-01-01T00:00:00.000Z");
  office.says("desk", "d1", {{"status", "lost"}});
  CHECK(office.shown("status") == "lost");
  // One item a system, however many such events come.
  office.says("crm", "c1", {{"status", "won"}}, {{"occurred_at", "2099-01-02T00:00:00Z"}});
  CHECK(office.items_of(Category::clock).size() == 1);
  office.act(office.the_item(Category::clock), "acknowledge");
  CHECK(office.open_items().empty());
}

TEST_CASE("E45 within the clocks' measured skew the rank decides, or a person") {
  const std::string systems =
      R"("crm": {"precedence": 1, "clock_skew_ms": 2000}, "desk": {"precedence": 2, "clock_skew_ms": 3000})";
  Terms terms{text_field("status"), R"("create_in": [])", systems};
  Office ranked(terms);
  ranked.both_know({{"status", "open"}});
  ranked.advance(60'000);
  ranked.says("crm", "c1", {{"status", "won"}}, {{"changed", {"status"}}});
  ranked.advance(2'000);
  ranked.says("desk", "d1", {{"status", "lost"}}, {{"changed", {"status"}}});
  CHECK(ranked.shown("status") == "won");  // three seconds later, and skew allows for five
  ranked.advance(60'000);
  ranked.says("desk", "d1", {{"status", "lost again"}}, {{"changed", {"status"}}});
  CHECK(ranked.shown("status") == "lost again");

  terms.fields = one_field("status", R"("type": "text", "rule": "recency", "on_tie": "escalate")");
  Office asked(terms);
  asked.both_know({{"status", "open"}});
  asked.advance(60'000);
  asked.says("crm", "c1", {{"status", "won"}}, {{"changed", {"status"}}});
  CHECK(asked.says("desk", "d1", {{"status", "lost"}}, {{"changed", {"status"}}})["outcome"] ==
        "conflict");
  CHECK(asked.the_item(Category::conflict).candidates.size() == 2);
  CHECK(asked.waiting().empty());
}

TEST_CASE("E45 how far a clock is ahead is measured and shown") {
  Office office({text_field("status")});
  office.both_know({{"status", "open"}});
  for (const std::int64_t ahead_ms : {1'200, 3'000, 400}) {
    office.says("crm", "c1", {{"status", "won " + std::to_string(ahead_ms)}},
                {{"occurred_at", at(office, ahead_ms)}});
  }
  const auto view = office.store->read();
  Reader reader{*view, *office.policy, office.secrets, office.now};
  const auto stats = count_stats(reader, {});
  REQUIRE(stats);
  // The engine's clock moved on by a second before each of them came.
  CHECK((*stats)["fast_loop"]["ahead_ms"] == Json({{"crm", 2'000}}));
}

TEST_CASE("E46 a record's time that another field moved makes no old value young") {
  Office office({text_field("status") + ", " + text_field("note")});
  office.both_know({{"status", "open"}, {"note", "-"}});
  office.says("desk", "d1", {{"status", "won"}});
  office.says("crm", "c1", {{"status", "open"}, {"note", "called"}});
  CHECK(office.shown("status") == "won");
  CHECK(office.shown("note") == "called");
  CHECK(office.waiting() == Json({{"crm", {{"status", "won"}}}, {"desk", {{"note", "called"}}}}));
}

TEST_CASE("E47 a change that comes before its create is kept, asked for and then counts") {
  Office office({text_field("status"), R"("create_in": ["desk"])"});
  const Json early = office.says("crm", "c1", {{"status", "won"}}, {{"partial", true}});
  CHECK(early["outcome"] == "incomplete");
  CHECK(early["fetch"] == Json({{"system", "crm"}, {"entity", "contact"}, {"id", "c1"}}));
  CHECK(office.golden_count() == 0);
  CHECK(office.waiting().empty());
  const Json create = office.says("crm", "c1", {{"email", "ada@example.com"}, {"status", "open"}},
                                  {{"occurred_at", at(office, -60'000)}});
  CHECK(create["outcome"] == "applied");
  CHECK(office.shown("status") == "won");
  CHECK(office.waiting() == Json({{"desk", {{"email", "ada@example.com"}, {"status", "won"}}}}));
}

TEST_CASE("E47 an id without a record is asked for") {
  Office office({text_field("status")});
  Json node = office.event("crm", "c1", {});
  node.erase("record");
  CHECK(office.send(node)["outcome"] == "incomplete");
  CHECK(office.golden_count() == 0);
}

TEST_CASE("E48 a contact whose company is unknown waits for it, and goes on when it links") {
  Office office(with_companies(into_desk));
  const Json child = office.says("crm", "c1", {{"email", "ada@example.com"}, {"company_id", "k1"}});
  CHECK(child["outcome"] == "parked");
  CHECK(office.golden_count() == 0);
  const Json company = office.company_comes();
  CHECK(company["outcome"] == "applied");
  CHECK(office.golden_count() == 1);
  CHECK(company_of(office, "c1") == company["golden_id"]);

  // In desk the contact is created at once, and gets its company as soon as that has an id there.
  const Json due = office.claim_all();
  REQUIRE(due.size() == 2);
  office.advance(1000);
  for (const Json& delivery : due) {
    const bool contact = delivery["entity"] == "contact";
    if (contact) CHECK(delivery["fields"] == Json({{"email", "ada@example.com"}}));
    office.delivered(delivery, contact ? "d1" : "o1");
  }
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["fields"] == Json({{"org", "o1"}}));
  // Its event was answered once: sent again it is a duplicate.
  CHECK(office.store->read()->count_all().parked == 0);
}

TEST_CASE("E48 a company that does not come is asked about, once, and its owner is named") {
  Office office(with_companies(into_desk + R"(, "owner": {"crm": "sales-ops"})"));
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"company_id", "k1"}});
  office.advance(30 * minute_ms);
  office.says("crm", "c2", {{"email", "eve@example.com"}, {"company_id", "k1"}});
  office.advance(29 * minute_ms);
  office.sweep_all();
  CHECK(office.open_items().empty());
  office.advance(2 * minute_ms);
  office.sweep_all();
  const ExceptionItem item = office.the_item(Category::parked);
  CHECK(item.owner == "sales-ops");
  CHECK(item.due_at);
  CHECK(item.detail["events"] == 2);
  CHECK(item.detail["parent"] == Json({{"system", "crm"}, {"entity", "company"}, {"id", "k1"}}));
  CHECK(office.golden_count() == 0);
  const auto later = [&] {
    office.advance(24 * 60 * minute_ms);
    office.sweep_all();
  };
  later();
  CHECK(office.the_item(Category::parked).version == item.version);

  SECTION("it comes after all: the question is closed, and the contacts go on") {
    const Json company = office.company_comes();
    CHECK(office.open_items().empty());
    CHECK(company_of(office, "c1") == company["golden_id"]);
    CHECK(company_of(office, "c2") == company["golden_id"]);
    CHECK(office.store->read()->count_all().parked == 0);
  }
  SECTION("released by a person, the contacts go on without it, and hear of it when it comes") {
    office.act(item, "release");
    CHECK(office.golden_count() == 2);
    CHECK(company_of(office, "c1").is_null());
    later();
    CHECK(office.open_items().empty());
    const Json company = office.company_comes();
    CHECK(company_of(office, "c1") == company["golden_id"]);
    CHECK(office.golden_count() == 2);
  }
  SECTION("discarded by a person, they are forgotten; what comes then is asked about anew") {
    office.act(item, "discard");
    CHECK(office.open_items().empty());
    office.company_comes();
    CHECK(office.golden_count() == 0);
    office.says("crm", "c3", {{"email", "cy@example.com"}, {"company_id", "k9"}});
    later();
    CHECK(office.items_of(Category::parked).size() == 1);
  }
  SECTION("dismissed, they wait in silence") {
    office.act(item, "dismiss");
    later();
    CHECK(office.open_items().empty());
    office.company_comes();
    CHECK(office.golden_count() == 2);
  }
}

TEST_CASE("E48 of a great many contacts that wait for one company none is left behind") {
  Office office(with_companies(into_desk));
  constexpr int contacts = 1'200;
  std::vector<Json> events;
  for (int i = 0; i < contacts; ++i) {
    const std::string n = std::to_string(i);
    events.push_back(
        office.event("crm", "c" + n, {{"email", "p" + n + "@example.com"}, {"company_id", "k1"}}));
  }
  office.send_all(events, false);
  CHECK(office.store->read()->count_all().parked == contacts);
  office.company_comes();
  office.sweep_all();
  CHECK(office.store->read()->count_all().parked == 0);
  CHECK(office.golden_count() == contacts);
}

TEST_CASE("what an event leaves out of a field group while our write is on its way is asked for") {
  Office office({place()});
  office.both_know({{"city", "Paris"}, {"street", "Rue 1"}});
  const Json moved = office.says("crm", "c1", {{"city", "Rome"}, {"street", "Via 2"}},
                                 {{"changed", {"city", "street"}}}, true);
  REQUIRE(moved["deliveries"].size() == 1);
  office.advance(1000);
  const std::string arrived_at = to_rfc3339(office.now);
  const Json answer = office.says("desk", "d1", {{"street", "Via 3"}},
                                  {{"changed", {"street"}}, {"partial", true}});
  CHECK(answer["fetch"] == Json({{"system", "desk"}, {"entity", "contact"}, {"id", "d1"}}));
  CHECK(office.waiting().empty());
  office.says("desk", "d1", {{"city", "Rome"}, {"street", "Via 3"}},
              {{"changed_at", {{"city", arrived_at}, {"street", to_rfc3339(office.now)}}},
               {"previous", {{"city", "Paris"}, {"street", "Via 2"}}}});
  CHECK(office.waiting()["crm"] == Json{{"street", "Via 3"}});
}

TEST_CASE("an event that says more of the same record than another is no duplicate of it") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  office.advance(60'000);
  const std::string certain_in_crm = to_rfc3339(office.now);
  office.advance(60'000);
  const Json picture = office.event("desk", "d1", {{"name", "Grace"}});
  Json with_list = picture;
  with_list["changed"] = {"name"};
  Json with_past = with_list;
  with_past["previous"] = {{"name", "Ada"}};
  office.send(picture, false);
  office.says("crm", "c1", {{"name", "Grete"}},
              {{"changed", {"name"}}, {"occurred_at", certain_in_crm}});
  CHECK(office.shown("name") == "Grete");
  CHECK(office.send(with_list, false)["outcome"] == "applied");
  CHECK(office.shown("name") == "Grace");
  CHECK(office.send(with_list, false)["outcome"] == "duplicate");
  CHECK(office.send(with_past, false)["outcome"] != "duplicate");
}

TEST_CASE("a group that was edited between two attempts of our write is not taken for the write") {
  Office office({place()});
  office.both_know({{"city", "Paris"}, {"street", "Rue 1"}});
  office.says("crm", "c1", {{"city", "Rome"}, {"street", "Via 2"}},
              {{"changed", {"city", "street"}}}, true);
  office.advance(30'000);
  office.says("desk", "d1", {{"city", "Oslo"}, {"street", "Gate 3"}});
  const std::string edited_at = to_rfc3339(office.now);
  office.advance(61'000);
  office.sweep_all();
  const Json again = office.claim_all();
  REQUIRE(again.size() == 1);
  CHECK(again[0]["attempt"] == 2);
  office.delivered(again[0]);
  office.says("desk", "d1", {{"city", "Oslo"}, {"street", "Gate 3"}},
              {{"changed", {"city", "street"}},
               {"occurred_at", edited_at},
               {"partial", true},
               {"previous", {{"city", "Paris"}, {"street", "Rue 1"}}}});
  CHECK(office.shown("city") == "Oslo");
  CHECK(office.shown("street") == "Gate 3");
}

TEST_CASE("nothing is asked for that an event leaves out of a group that is only written there") {
  Office office({place(R"(, "direction": {"desk": "out"})")});
  office.both_know({{"city", "Paris"}, {"street", "Rue 1"}});
  const Json moved = office.says("crm", "c1", {{"city", "Rome"}, {"street", "Via 2"}},
                                 {{"changed", {"city", "street"}}}, true);
  REQUIRE(moved["deliveries"].size() == 1);
  SECTION("while our write is on its way") {
    CHECK_FALSE(
        office
            .says("desk", "d1", {{"street", "Via 3"}}, {{"changed", {"street"}}, {"partial", true}})
            .contains("fetch"));
  }
  SECTION("nor once it stands there") {
    office.delivered(moved["deliveries"][0]);
    const Json record{{"city", "Rome"}, {"street", "Via 3"}};
    CHECK_FALSE(office.says("desk", "d1", record).contains("fetch"));
  }
}

TEST_CASE("a group's member is explained by the time of its group") {
  Office office({place()});
  office.both_know({{"city", "Paris"}, {"street", "Rue 1"}});
  office.says("crm", "c1", {{"city", "Rome"}, {"street", "Via 2"}});
  const Json between = office.event("desk", "d1", {{"city", "Bonn"}, {"street", "Weg 3"}});
  office.says("crm", "c1", {{"street", "Via 4"}});
  const std::string at = to_rfc3339(office.now);
  office.send(between, false);
  const Json city = office.explained(office.golden, "city");
  CHECK(city["value"] == "Rome");
  CHECK(city["group"] == Json({{"fields", {"city", "street"}}, {"changed_at", at}}));
  const std::string start = "city is \"Rome\": crm says so, of one group with street, since " + at;
  CHECK(city["sentence"].get<std::string>().starts_with(start));
  CHECK(city["would_change"] ==
        Json::array({"a change of city or street in crm or desk after " + at}));
}

TEST_CASE("nor what an event tells of a group's member with an older time of its own") {
  Office office({place()});
  office.both_know({{"city", "Paris"}, {"street", "Rue 1"}});
  const std::string known_at = to_rfc3339(office.now);
  office.says("crm", "c1", {{"city", "Rome"}, {"street", "Rue 1"}}, {{"changed", {"city"}}}, true);
  office.advance(1000);
  const Json whole = office.event("desk", "d1", {{"city", "Paris"}, {"street", "Via 3"}});
  const Json when{{"city", known_at}, {"street", whole["occurred_at"]}};
  CHECK_FALSE(office.says("desk", "d1", whole["record"], {{"changed_at", when}}).contains("fetch"));
}

TEST_CASE(
    "a change that the event does not list is asked for: its own event was lost, or is late") {
  Office office({text_field("name") + ", " + text_field("phone")});
  office.both_know({{"name", "Ada"}, {"phone", "1"}});
  const Json record{{"email", "ada@example.com"}, {"name", "Grace"}, {"phone", "2"}};
  SECTION("not listed") {
    const Json answer = office.says("crm", "c1", record, {{"changed", {"name"}}});
    CHECK(answer["outcome"] == "applied");
    CHECK(answer["fetch"] == Json({{"system", "crm"}, {"entity", "contact"}, {"id", "c1"}}));
  }
  SECTION("emptied, and not listed") {
    Json emptied = record;
    emptied["phone"] = nullptr;
    const Json answer = office.says("crm", "c1", emptied, {{"changed", {"name"}}});
    CHECK(answer["fetch"] == Json({{"system", "crm"}, {"entity", "contact"}, {"id", "c1"}}));
  }
  SECTION("listed") {
    CHECK_FALSE(
        office.says("crm", "c1", record, {{"changed", {"name", "phone"}}}).contains("fetch"));
  }
  SECTION("an event that lists nothing says nothing of what it leaves out") {
    CHECK_FALSE(office.says("crm", "c1", record).contains("fetch"));
  }
  SECTION("its history says when") {
    const Json when{{"name", to_rfc3339(office.now)}};
    CHECK_FALSE(office.says("crm", "c1", record, {{"changed_at", when}}).contains("fetch"));
  }
}

}  // namespace truce::test
