// What a cycle of the slow loop costs the systems: calls, counted by the systems themselves.
#include <catch2/catch.hpp>
#include <chrono>

#include "tests/api/support/fake_crm.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

constexpr int people = 20'000;
constexpr int one_percent = people / 100;
constexpr int calls_max = 500;

std::string digits_of(int number) {
  const std::string digits = std::to_string(number);
  return std::string(6 - digits.size(), '0') + digits;
}

struct Two {
  World world;
  FakeCrm crm, desk;
  CrmClient crm_client{crm}, desk_client{desk};

  Two() {
    for (int i = 0; i < people; ++i) {
      const std::string n = digits_of(i);
      crm.put("c" + n, {{"email", "p" + n + "@edge.example"}, {"name", "Ada " + n}});
      desk.put("d" + n, {{"mail", "p" + n + "@edge.example"}, {"full_name", "Ada " + n}});
    }
  }

  CrmClient& client_of(const std::string& system) {
    return system == "crm" ? crm_client : desk_client;
  }

  void read(const std::string& run, const std::string& system) {
    std::string after;
    for (bool more = true; more;) {
      const CrmClient::Page page = client_of(system).list(after);
      REQUIRE(page.status == 200);
      const Reply taken = world.truce.post("/v1/reconciliations/" + run + "/pages",
                                           {{"system", system}, {"records", Json(page.records)}});
      REQUIRE(taken.status == 200);
      more = page.records.size() == FakeCrm::page_max;
      if (more) after = page.records.back().at("id").get<std::string>();
    }
  }

  void write(const Json& group) {
    REQUIRE(group.at("op") == "update");
    std::vector<Json> records;
    Json results = Json::array();
    for (const Json& delivery : group.at("deliveries")) {
      Json record = delivery.at("fields");
      record["id"] = delivery.at("record_id");
      records.push_back(std::move(record));
      results.push_back({{"id", delivery.at("id")},
                         {"attempt", delivery.at("attempt")},
                         {"status", "delivered"}});
    }
    REQUIRE(client_of(group.at("system").get<std::string>()).update(records) == 200);
    REQUIRE(world.truce.post("/v1/deliveries/settle", {{"results", std::move(results)}}).status ==
            200);
  }

  // Both systems are read by pages, compared, and what differs is written in bulk.
  Json cycle() {
    const Reply opened = world.truce.post("/v1/reconciliations",
                                          {{"entity", "contact"}, {"systems", {"crm", "desk"}}});
    REQUIRE(opened.status == 200);
    const std::string run = opened.body.at("id").get<std::string>();
    read(run, "crm");
    read(run, "desk");
    const Reply done = world.truce.post("/v1/reconciliations/" + run + "/complete?wait_ms=120000",
                                        {{"complete", {"crm", "desk"}}});
    INFO(done.text);
    REQUIRE(done.status == 200);
    while (true) {
      const Reply claimed =
          world.truce.post("/v1/deliveries/claim", {{"limit", 1000}, {"group", 100}});
      REQUIRE(claimed.status == 200);
      if (claimed.body.at("groups").empty()) return done.body;
      for (const Json& group : claimed.body.at("groups")) write(group);
    }
  }

  void forget_calls() {
    crm.forget_calls();
    desk.forget_calls();
  }
  int calls() const { return crm.calls().all() + desk.calls().all(); }

  int people_apart() const {
    int apart = 0;
    for (int i = 0; i < people; ++i) {
      const std::string n = digits_of(i);
      apart += crm.shown("c" + n).at("name") != desk.shown("d" + n).at("full_name");
    }
    return apart;
  }
};

}  // namespace

TEST_CASE("20,000 people in two systems with 1 % differences take at most 500 calls",
          "[scale]") {
  const auto begun = std::chrono::steady_clock::now();
  Two two;
  CHECK(two.cycle().at("matched") == people);
  // Half of the differences are made in each system, and nobody is told.
  for (int i = 0; i < one_percent; ++i) {
    const std::string n = digits_of(i * 100);
    if (i % 2 == 0) {
      two.crm.put("c" + n, {{"name", "Grace " + n}});
    } else {
      two.desk.put("d" + n, {{"full_name", "Grace " + n}});
    }
  }
  REQUIRE(two.people_apart() == one_percent);

  two.forget_calls();
  const Json report = two.cycle();
  INFO(to_wire(report));
  CHECK(report.at("different") == one_percent);
  CHECK(report.at("matched") == people - one_percent);
  CHECK(two.calls() <= calls_max);
  CHECK(two.crm.calls().bulk + two.desk.calls().bulk == one_percent / 100);
  CHECK(two.people_apart() == 0);
  const int cycle_calls = two.calls();

  const Json again = two.cycle();
  CHECK(again.at("discrepancies") == 0);
  CHECK(again.at("deliveries") == 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  WARN(cycle_calls << " calls a cycle; three cycles took " << took.count() << " s");
}

}  // namespace truce::test
