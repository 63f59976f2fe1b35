// How workflow 8 reads what changed since the last time, played against a CRM that has the bad days
// of real ones: a fixed lower bound, pages by id, and a cursor that moves to the run's start, less
// the source's lag, when all that was read is committed.
#include <catch2/catch.hpp>

#include "tests/api/support/fake_crm.h"
#include "tests/api/support/truce_process.h"

namespace truce::test {

namespace {

constexpr const char* cursor = "/v1/cursors/catch-up-crm";

std::string policy() {
  return R"({"version": 1,
  "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}},
  "entities": {"contact": {
    "id": {"crm": "id", "desk": "id"}, "modified": {"crm": "modified", "desk": "modified"},
    "match": [["email"]], "create_in": [],
    "fields": {
      "email": {"type": "email", "rule": "recency", "map": {"crm": "email", "desk": "email"}},
      "name": {"type": "text", "rule": "recency", "map": {"crm": "name", "desk": "name"}}}}}})";
}

struct WatchedFolder : Folder {
  WatchedFolder() { write("policy.json", policy()); }
};

// c00001, so that the order of the ids is that of the numbers.
std::string id_of(int number) {
  const std::string digits = std::to_string(number);
  return "c" + std::string(5 - std::min<std::size_t>(5, digits.size()), '0') + digits;
}

Json person(int number, const std::string& name) {
  return {{"email", "p" + std::to_string(number) + "@edge.example"}, {"name", name}};
}

struct Office {
  WatchedFolder folder;
  TruceProcess truce{folder};
  FakeCrm crm;
  CrmClient client{crm};
  Duration lag = Duration::of_ms(300'000);

  // One second apart.
  void make(int first, int last, const std::string& name = "Ada") {
    for (int number = first; number <= last; ++number) {
      crm.put(id_of(number), person(number, name));
      crm.advance(1000);
    }
  }

  bool send(const std::vector<Json>& records) {
    if (records.empty()) return true;
    Json events = Json::array();
    for (const Json& record : records) {
      events.push_back({{"system", "crm"}, {"entity", "contact"}, {"record", record}});
    }
    return truce.post("/v1/events", {{"events", std::move(events)}, {"hand_out", false}}).status ==
           200;
  }

  struct Position {
    std::optional<Time> since;
    std::int64_t version = 0;
  };
  Position position() const {
    const Reply reply = truce.get(cursor);
    if (reply.status == 404) return {};
    REQUIRE(reply.status == 200);
    return {parse_time(reply.body.at("value").at("since").get<std::string>()).value(),
            to_int64(reply.body.at("version")).value()};
  }
  int move(const Position& from, Time to) const {
    return truce.put(cursor, {{"value", {{"since", to_rfc3339(to)}}}, {"if_match", from.version}})
        .status;
  }

  // False: a page could not be read or was not taken, and the position stays.
  bool catch_up() {
    const Time start = crm.now();
    const Position from = position();
    std::string after;
    while (true) {
      const CrmClient::Page page = client.search_behind(from.since, after);
      if (page.status != 200 || !send(page.records)) return false;
      if (page.records.size() < FakeCrm::page_max) break;
      after = page.records.back().at("id").get<std::string>();
    }
    return move(from, start - lag) == 200;
  }

  Json known_name(int number) const {
    const Reply reply = truce.get("/v1/records/contact?system=crm&id=" + id_of(number));
    return reply.status == 200 ? reply.body.at("record").at("name") : Json();
  }
  // Records of which Truce knows another name than they have, or nothing.
  std::vector<int> unknown(int first, int last) const {
    std::vector<int> numbers;
    for (int number = first; number <= last; ++number) {
      if (known_name(number) != crm.shown(id_of(number)).at("name")) numbers.push_back(number);
    }
    return numbers;
  }

  // The whole list is read and compared.
  Json reconcile() {
    const Reply opened =
        truce.post("/v1/reconciliations", {{"entity", "contact"}, {"systems", {"crm"}}});
    const std::string run = "/v1/reconciliations/" + opened.body.at("id").get<std::string>();
    std::string after;
    for (bool more = true; more;) {
      const CrmClient::Page page = client.list(after);
      REQUIRE(page.status == 200);
      REQUIRE(
          truce.post(run + "/pages", {{"system", "crm"}, {"records", Json(page.records)}}).status ==
          200);
      more = page.records.size() == FakeCrm::page_max;
      if (more) after = page.records.back().at("id").get<std::string>();
    }
    const Reply done = truce.post(run + "/complete", {{"complete", {"crm"}}});
    REQUIRE(done.status == 200);
    return done.body;
  }
};

std::set<std::string> ids_in(const std::vector<Json>& records) {
  std::set<std::string> ids;
  for (const Json& record : records) ids.insert(record.at("id").get<std::string>());
  return ids;
}

}  // namespace

TEST_CASE("E33 an edit between two pages makes offsets pass over a record, and ids not") {
  Office office;
  office.make(1, 250);
  // The first record moves to the end of the list, and all others one place forward.
  const auto edit_the_first = [&] { office.crm.put(id_of(1), {{"name", "Grace"}}); };

  office.crm.before_call(2, edit_the_first);
  std::set<std::string> by_offset;
  for (std::size_t offset = 0; offset < 300; offset += FakeCrm::page_max) {
    by_offset.merge(ids_in(office.client.search_at(std::nullopt, offset).records));
  }
  CHECK(by_offset.size() == 249);
  CHECK_FALSE(by_offset.contains(id_of(101)));

  office.make(1, 1);
  office.crm.before_call(2, edit_the_first);
  REQUIRE(office.catch_up());
  CHECK(office.unknown(1, 250) == std::vector<int>{1});
  // What was edited while it was read is within the bounds of the next run.
  REQUIRE(office.catch_up());
  CHECK(office.unknown(1, 250).empty());
  CHECK(office.reconcile().at("discrepancies") == 0);
}

TEST_CASE("E34 a record of the very instant of the cursor is read again, and is one event") {
  Office office;
  office.lag = Duration::of_ms(0);
  office.make(1, 3);
  REQUIRE(office.catch_up());
  const Time since = *office.position().since;
  // The CRM writes a further one in the instant in which the run began.
  REQUIRE(office.crm.now() == since);
  office.crm.put(id_of(4), person(4, "Ada"));
  office.crm.advance(1000);
  REQUIRE(office.catch_up());
  CHECK(office.known_name(4) == "Ada");
  office.crm.advance(1000);
  const Reply again = office.truce.post(
      "/v1/events",
      {{"system", "crm"}, {"entity", "contact"}, {"record", office.crm.shown(id_of(4))}});
  CHECK(again.body.at("results").at(0).at("outcome") == "duplicate");
  CHECK(office.reconcile().at("discrepancies") == 0);
}

TEST_CASE("E35 more records of one instant than a page holds do not stop the cursor") {
  Office office;
  for (int number = 1; number <= 350; ++number)
    office.crm.put(id_of(number), person(number, "Ada"));
  const Time imported_at = office.crm.now();
  office.crm.advance(3'600'000);
  // By time alone every page is the first one again.
  const auto page = office.client.search_at(imported_at, 0).records;
  REQUIRE(page.size() == FakeCrm::page_max);
  CHECK(page.back().at("modified") == to_rfc3339(imported_at));

  REQUIRE(office.catch_up());
  CHECK(office.unknown(1, 350).empty());
  CHECK(*office.position().since == office.crm.now() - office.lag);
  office.crm.forget_calls();
  REQUIRE(office.catch_up());
  CHECK(office.crm.calls().search == 1);
}

TEST_CASE("E36 records without a time of their own come with the first run, and by the slow loop") {
  Office office;
  office.make(1, 5);
  office.crm.put_timeless(id_of(6), person(6, "Ada"));
  REQUIRE(office.catch_up());
  CHECK(office.unknown(1, 6).empty());
  office.crm.put_timeless(id_of(6), {{"name", "Grace"}});
  office.crm.advance(1000);
  REQUIRE(office.catch_up());
  CHECK(office.unknown(1, 6) == std::vector<int>{6});
  CHECK(office.reconcile().at("different") == 1);
  CHECK(office.unknown(1, 6).empty());
}

TEST_CASE("E37 a run that fails in the middle leaves the cursor, and the next one lacks nothing") {
  Office office;
  office.make(1, 250);
  office.crm.advance(3'600'000);
  REQUIRE(office.catch_up());
  const auto before = office.position();
  office.make(1, 250, "Grace");
  office.crm.advance(3'600'000);
  office.crm.fail_call(2);
  CHECK_FALSE(office.catch_up());
  CHECK(office.position().version == before.version);
  CHECK(office.position().since == before.since);
  CHECK(office.unknown(1, 250).size() == 150);
  REQUIRE(office.catch_up());
  CHECK(office.unknown(1, 250).empty());
}

TEST_CASE(
    "E37 what is edited behind a run's back is read by the next: it began where the run began") {
  Office office;
  office.lag = Duration::of_ms(0);
  office.make(1, 250);
  office.crm.advance(1000);
  const Time start = office.crm.now();
  office.crm.before_call(3, [&] {
    office.crm.advance(60'000);
    office.crm.put(id_of(7), {{"name", "Grace"}});
    office.crm.advance(60'000);
  });
  REQUIRE(office.catch_up());
  CHECK(office.position().since == start);
  CHECK(office.unknown(1, 250) == std::vector<int>{7});
  REQUIRE(office.catch_up());
  CHECK(office.unknown(1, 250).empty());
}

TEST_CASE("E37 of two runs at once the one that comes later does not move the cursor back") {
  Office office;
  office.make(1, 3);
  const Time slow_start = office.crm.now();
  const auto seen_by_slow = office.position();
  office.crm.advance(600'000);
  REQUIRE(office.catch_up());
  const auto after_fast = office.position();
  CHECK(office.move(seen_by_slow, slow_start - office.lag) == 409);
  CHECK(office.position().since == after_fast.since);
}

TEST_CASE("E39 what a provider hides for a minute is waited for with the source's lag") {
  Office office;
  office.crm.hide_last(60'000);
  office.make(1, 5);
  office.crm.advance(120'000);
  office.lag = Duration::of_ms(0);
  REQUIRE(office.catch_up());
  office.crm.put(id_of(1), {{"name", "Grace"}});
  office.crm.advance(30'000);
  REQUIRE(office.catch_up());  // it is hidden still
  office.crm.advance(120'000);
  REQUIRE(office.catch_up());  // and lies before the cursor now
  CHECK(office.unknown(1, 5) == std::vector<int>{1});
  CHECK(office.reconcile().at("different") == 1);
  CHECK(office.unknown(1, 5).empty());

  office.lag = Duration::of_ms(60'000);
  REQUIRE(office.catch_up());
  office.crm.put(id_of(2), {{"name", "Grace"}});
  office.crm.advance(30'000);
  REQUIRE(office.catch_up());
  CHECK(office.unknown(1, 5) == std::vector<int>{2});
  office.crm.advance(120'000);
  REQUIRE(office.catch_up());
  CHECK(office.unknown(1, 5).empty());
}

TEST_CASE(
    "E40 a search that ends at 10,000 records is not the whole; by ids there is no end to it") {
  constexpr int count = 10'050;
  Office office;
  for (int number = 1; number <= count; ++number) {
    office.crm.put(id_of(number), person(number, "Ada"));
    office.crm.advance(10);
  }
  std::size_t by_offset = 0;
  CrmClient::Page page;
  do {
    page = office.client.search_at(std::nullopt, by_offset);
    by_offset += page.records.size();
  } while (page.status == 200);
  CHECK(by_offset == FakeCrm::search_max);

  REQUIRE(office.catch_up());
  CHECK(office.unknown(FakeCrm::search_max - 10, count).empty());
  CHECK(office.truce.get("/metrics").text.find("truce_rows{kind=\"golden_records\"} 10050\n") !=
        std::string::npos);
  const Json report = office.reconcile();
  CHECK(report.at("matched") == count);
  CHECK(report.at("discrepancies") == 0);
}

}  // namespace truce::test
