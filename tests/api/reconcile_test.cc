// The slow loop over HTTP: pages in any form, a report, kill -9 anywhere.
#include <catch2/catch.hpp>
#include <csignal>
#include <random>
#include <set>
#include <thread>

#include "tests/api/support/nightly.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

Json crm(int i, const std::string& name) {
  const std::string n = std::to_string(i);
  return {{"id", "c" + n}, {"email", "p" + n + "@edge.example"}, {"name", name}};
}
Json desk(int i, const std::string& name) {
  const std::string n = std::to_string(i);
  return {{"id", "d" + n}, {"mail", "p" + n + "@edge.example"}, {"full_name", name}};
}

std::string open_run(const TruceProcess& truce, const std::string& mode = "apply") {
  const Reply opened = truce.post(
      "/v1/reconciliations", {{"entity", "contact"}, {"systems", {"crm", "desk"}}, {"mode", mode}});
  INFO(opened.text);
  REQUIRE(opened.status == 200);
  CHECK(opened.body.at("state") == "open");
  return opened.body.at("id").get<std::string>();
}

Json add_page(const TruceProcess& truce, const std::string& run, const Json& body) {
  const Reply reply = truce.post("/v1/reconciliations/" + run + "/pages", body);
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  return reply.body;
}

Reply complete(const TruceProcess& truce, const std::string& run, const std::string& query = "") {
  return truce.post("/v1/reconciliations/" + run + "/complete" + query,
                    {{"complete", {"crm", "desk"}}});
}

Json report_at_end(const TruceProcess& truce, const std::string& run) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < patience) {
    const Reply reply = truce.get("/v1/reconciliations/" + run);
    REQUIRE(reply.status == 200);
    if (reply.body.at("state") == "done") return reply.body;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  FAIL("the run does not end");
  return {};
}

std::vector<Json> found_by(const TruceProcess& truce, const std::string& run,
                           const std::string& filter = "") {
  std::vector<Json> rows;
  std::string after = "0";
  while (true) {
    const Reply page =
        truce.get("/v1/reconciliations/" + run + "/discrepancies?limit=7&after=" + after + filter);
    INFO(page.text);
    REQUIRE(page.status == 200);
    for (const Json& row : page.body.at("discrepancies")) rows.push_back(row);
    if (page.body.at("next").is_null()) return rows;
    after = page.body.at("next").get<std::string>();
  }
}

}  // namespace

TEST_CASE("the last full page of reconciliations and of discrepancies says that it is the last") {
  const World world;
  std::string run;
  for (int i = 0; i < 2; ++i) {
    run = world.truce
              .post("/v1/reconciliations", {{"entity", "contact"}, {"systems", {"crm", "desk"}}})
              .body.at("id")
              .get<std::string>();
  }
  const Json first = world.truce.get("/v1/reconciliations?limit=1").body;
  REQUIRE(first.at("next").is_string());
  const Json last =
      world.truce.get("/v1/reconciliations?limit=1&after=" + first.at("next").get<std::string>())
          .body;
  CHECK(last.at("reconciliations").at(0).at("id") == run);
  CHECK(last.at("next").is_null());

  world.truce.post("/v1/reconciliations/" + run + "/pages",
                   {{"system", "crm"}, {"records", {{{"id", "c1"}, {"email", "a@edge.example"}}}}});
  complete(world.truce, run);
  const std::size_t found = report_at_end(world.truce, run).at("discrepancies");
  REQUIRE(found > 0);
  const Json rows =
      world.truce
          .get("/v1/reconciliations/" + run + "/discrepancies?limit=" + std::to_string(found))
          .body;
  CHECK(rows.at("discrepancies").size() == found);
  CHECK(rows.at("next").is_null());
}

TEST_CASE("snapshots in pages of every form become a report, discrepancies and deliveries") {
  World world;
  const std::string run = open_run(world.truce);
  const Json page = add_page(
      world.truce, run,
      {{"system", "crm"}, {"records", {crm(1, "Ada"), crm(2, "Bea"), {{"name", "no id"}}, 7}}});
  CHECK(page.at("records") == 2);
  CHECK(page.at("received") == 4);
  REQUIRE(page.at("errors").size() == 2);
  CHECK(page.at("errors").at(0).at("pointer") == "/records/2");
  CHECK(page.at("errors").at(0).at("code") == "id-invalid");
  const Reply lines = world.truce.send(
      "POST", "/v1/reconciliations/" + run + "/pages?system=desk",
      to_wire(desk(1, "Ada L.")) + "\n\n" + to_wire(desk(2, "Bea")) + "\n", "application/x-ndjson");
  INFO(lines.text);
  REQUIRE(lines.status == 200);
  CHECK(lines.body.at("records") == 2);
  const Reply mixed =
      world.truce.send("POST", "/v1/reconciliations/" + run + "/pages",
                       to_wire({{"system", "crm"}, {"record", crm(3, "Cee")}}) + "\n" +
                           to_wire({{"system", "desk"}, {"records", {desk(3, "Cee")}}}) + "\n",
                       "application/x-ndjson");
  INFO(mixed.text);
  REQUIRE(mixed.status == 200);
  CHECK(mixed.body.at("answers").size() == 2);

  const Reply done = complete(world.truce, run);
  INFO(done.text);
  REQUIRE(done.status == 200);
  CHECK(done.body.at("state") == "done");
  CHECK(done.body.at("matched") == 2);
  CHECK(done.body.at("different") == 1);
  CHECK(done.body.at("systems").at("crm").at("records") == 3);
  const auto found = found_by(world.truce, run, "&kind=different");
  REQUIRE(found.size() == 1);
  CHECK(found[0].at("field") == "name");
  CHECK(found[0].at("values") == Json({{"crm", "Ada"}, {"desk", "Ada L."}}));
  const Reply claimed = world.truce.post("/v1/deliveries/claim", Json::object());
  CHECK(claimed.body.at("deliveries").size() == done.body.at("deliveries"));
  CHECK(world.truce.get("/v1/reconciliations?entity=contact&state=done")
            .body.at("reconciliations")
            .at(0) == done.body);
}

TEST_CASE("a record that a preset cannot read is told, and nothing is concluded from its absence") {
  World world;
  const std::string run = open_run(world.truce);
  const Json page = add_page(world.truce, run,
                             {{"system", "crm"},
                              {"preset", "hubspot.record"},
                              {"payload",
                               {{"results",
                                 {{{"id", "4"}, {"properties", {{"email", "a4@edge.example"}}}},
                                  {{"properties", {{"email", "z@edge.example"}}}},
                                  {{"id", "5"},
                                   {"objectTypeId", "0-2"},
                                   {"properties", {{"email", "a5@edge.example"}}}}}}}}});
  CHECK(page.at("received") == 3);
  CHECK(page.at("records") == 1);
  REQUIRE(page.at("errors").size() == 2);
  CHECK(page.at("errors").at(0).at("index") == 1);
  // A company is no contact, whatever the run is of.
  CHECK(page.at("errors").at(1).at("index") == 2);
  CHECK(page.at("errors").at(1).at("code") == "unknown-entity");
  CHECK(complete(world.truce, run).body.at("systems").at("crm").at("unreadable") == 2);
}

TEST_CASE("a record that a preset tells to be deleted is a delete, and not an absence") {
  World world;
  const std::string first = open_run(world.truce);
  const auto shown = [](const std::string& id) {
    return Json{{"id", id}, {"properties", {{"email", "a" + id + "@edge.example"}}}};
  };
  const auto page_of = [](const std::vector<Json>& results) {
    return Json{
        {"system", "crm"}, {"preset", "hubspot.record"}, {"payload", {{"results", results}}}};
  };
  add_page(world.truce, first, page_of({shown("4"), shown("5")}));
  complete(world.truce, first);
  const std::string run = open_run(world.truce);
  const Json page = add_page(
      world.truce, run,
      page_of({shown("4"), {{"id", "5"}, {"archived", true}, {"properties", Json::object()}}}));
  CHECK(page.at("records") == 1);
  CHECK(page.at("errors").empty());
  const Reply done =
      world.truce.post("/v1/reconciliations/" + run + "/complete", {{"complete", Json::array()}});
  INFO(done.text);
  CHECK(done.body.at("missing") == 1);
  const auto found = found_by(world.truce, run, "&kind=missing");
  REQUIRE(found.size() == 1);
  CHECK(found[0].at("record_id") == "5");
}

TEST_CASE("what is wrong with a run is said where it is") {
  World world;
  const auto refused = [&](const Json& body, const std::string& pointer) {
    const Reply reply = world.truce.post("/v1/reconciliations", body);
    INFO(reply.text);
    CHECK(reply.status == 422);
    CHECK(reply.body.at("errors").at(0).at("pointer") == pointer);
  };
  refused({{"systems", {"crm"}}}, "/entity");
  refused({{"entity", "deal"}, {"systems", {"crm"}}}, "/entity");
  refused({{"entity", "contact"}}, "/systems");
  refused({{"entity", "contact"}, {"systems", Json::array()}}, "/systems");
  refused({{"entity", "contact"}, {"systems", {"crm", "sap"}}}, "/systems/1");
  refused({{"entity", "contact"}, {"systems", {"crm"}}, {"mode", "guess"}}, "/mode");
  refused({{"entity", "contact"}, {"systems", {"crm"}}, {"max_creates", -1}}, "/max_creates");

  const std::string run = open_run(world.truce);
  const auto page = [&](const Json& body) {
    return world.truce.post("/v1/reconciliations/" + run + "/pages", body);
  };
  CHECK(page({{"records", Json::array()}}).body.at("errors").at(0).at("pointer") == "/system");
  CHECK(page({{"system", "sap"}, {"records", Json::array()}}).code() == "unknown-system");
  CHECK(page({{"system", "crm"}}).body.at("errors").at(0).at("pointer") == "/records");
  CHECK(page({{"system", "crm"}, {"records", Json::array()}, {"observed_at", "soon"}}).code() ==
        "timestamp-invalid");
  CHECK(world.truce.post("/v1/reconciliations/nobody/pages", {{"system", "crm"}}).status == 404);
  CHECK(world.truce.post("/v1/reconciliations/" + run + "/complete", {{"complete", {"sap"}}})
            .body.at("errors")
            .at(0)
            .at("pointer") == "/complete/0");
  CHECK(complete(world.truce, run).status == 200);
  // Told again it is the same; a page comes too late.
  CHECK(complete(world.truce, run).status == 200);
  const Reply late = page({{"system", "crm"}, {"records", {crm(1, "Ada")}}});
  CHECK(late.status == 409);
  CHECK(late.code() == "already-settled");
  CHECK(world.truce.get("/v1/reconciliations/" + run + "/discrepancies?kind=odd").status == 400);
}

TEST_CASE("an abandoned run does nothing more, and a plan changes nothing") {
  World world;
  const std::string dropped = open_run(world.truce);
  add_page(world.truce, dropped, {{"system", "crm"}, {"records", {crm(1, "Ada")}}});
  CHECK(world.truce.send("DELETE", "/v1/reconciliations/" + dropped).body.at("state") ==
        "abandoned");
  CHECK(complete(world.truce, dropped).status == 409);

  const std::string plan = open_run(world.truce, "plan");
  add_page(world.truce, plan, {{"system", "crm"}, {"records", {crm(1, "Ada")}}});
  add_page(world.truce, plan, {{"system", "desk"}, {"records", {desk(1, "Bea")}}});
  const Reply report = complete(world.truce, plan);
  CHECK(report.body.at("different") == 1);
  CHECK(world.truce.get("/v1/records/contact?system=crm&id=c1").status == 404);
  CHECK(world.truce.get("/v1/deliveries").body.at("deliveries").empty());
}

TEST_CASE("a run that takes long is answered 202 and goes on by itself") {
  World world;
  const std::string run = open_run(world.truce);
  Json records = Json::array();
  for (int i = 0; i < 2'000; ++i) records.push_back(crm(i, "Ada"));
  add_page(world.truce, run, {{"system", "crm"}, {"records", records}});
  const Reply begun = complete(world.truce, run, "?wait_ms=0");
  CHECK(begun.status == 202);
  CHECK(begun.body.at("state") == "running");
  const Json report = report_at_end(world.truce, run);
  CHECK(report.at("only") == 2'000);
  CHECK(report.at("creates") == 2'000);
}

TEST_CASE("kill -9 anywhere in a run: it goes on, and nothing is lost or done twice") {
  const int kills = at_night(100, 8);
  const int count = 300;
  const PolicyFolder folder;
  std::mt19937 chance(20260512);
  std::string run;
  {
    TruceProcess truce(folder);
    run = open_run(truce);
    Json theirs = Json::array(), ours = Json::array();
    for (int i = 0; i < count; ++i) {
      theirs.push_back(crm(i, "Ada"));
      if (i % 3 != 0) ours.push_back(desk(i, i % 3 == 1 ? "Ada" : "Bea"));
    }
    add_page(truce, run, {{"system", "crm"}, {"records", theirs}});
    add_page(truce, run, {{"system", "desk"}, {"records", ours}});
    REQUIRE(complete(truce, run, "?wait_ms=0").status == 202);
    truce.signal(SIGKILL);
    truce.wait();
  }
  int interrupted = 0;
  for (int i = 0; i < kills; ++i) {
    TruceProcess truce(folder);
    REQUIRE(truce.listens());
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution(0, 12)(chance)));
    interrupted += truce.get("/v1/reconciliations/" + run).body.at("state") == "running";
    truce.signal(SIGKILL);
    truce.wait();
  }
  const TruceProcess truce(folder);
  const Json report = report_at_end(truce, run);
  INFO(to_wire(report));
  CHECK(report.at("compared") == count + 2 * count / 3);
  CHECK(report.at("matched") == count / 3);
  CHECK(report.at("different") == count / 3);
  CHECK(report.at("only") == count / 3);
  CHECK(report.at("creates") == count / 3);
  std::set<std::string> once;
  for (const Json& row : found_by(truce, run)) {
    const std::string what = row.at("kind").get<std::string>() + to_wire(row.at("golden_id"));
    CHECK(once.insert(what).second);
  }
  CHECK(once.size() == report.at("discrepancies"));
  std::set<std::string> written;
  for (const char* op : {"a", "b"}) {
    const Reply claimed = truce.post("/v1/deliveries/claim", {{"limit", 1000}});
    for (const Json& delivery : claimed.body.at("deliveries")) {
      INFO(op);
      CHECK(written.insert(delivery.at("golden_id").get<std::string>()).second);
    }
  }
  CHECK(written.size() == 2 * count / 3);
  CHECK(truce.get("/v1/audit/verify").body.at("ok") == true);
  WARN(kills << " kills, " << interrupted << " of them in the run");
}

}  // namespace truce::test
