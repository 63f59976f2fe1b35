// Real list responses of four systems, compared with each other by the running program.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/payloads/http/running_sidecar.h"
#include "tests/payloads/recorded.h"

namespace truce::payloads_test {

namespace {

struct Listed {
  std::string preset;
  std::string file;
  std::size_t records;   // that are present
  std::size_t gone = 0;  // that it says are deleted
};

// Numbers that carry their digits as ordinary numbers, to be compared with.
Json plain(const Json& node) { return Json::parse(to_wire(node)); }

std::string start(RunningSidecar& truce) {
  const auto opened = truce.post(
      "/v1/reconciliations",
      {{"entity", "contact"}, {"systems", {"hubspot", "salesforce", "pipedrive", "zendesk"}}});
  INFO(to_wire(opened.body));
  REQUIRE(opened.status == 200);
  return opened.body["id"];
}

Json add_page(RunningSidecar& truce, const std::string& run, const std::string& preset,
              const Json& response) {
  const auto added =
      truce.post("/v1/reconciliations/" + run + "/pages",
                 {{"system", system_of(preset)}, {"preset", preset}, {"payload", response}});
  INFO(to_wire(added.body));
  REQUIRE(added.status == 200);
  CHECK(added.body["errors"].empty());
  return plain(added.body);
}

Json complete(RunningSidecar& truce, const std::string& run) {
  const auto done = truce.post("/v1/reconciliations/" + run + "/complete",
                               {{"complete", {"hubspot", "salesforce", "pipedrive", "zendesk"}}});
  INFO(to_wire(done.body));
  REQUIRE(done.status == 200);
  return plain(done.body);
}

// One of Zendesk's four is deleted.
const std::vector<Listed> lists{{"hubspot.record", "hubspot/contacts_list.json", 6},
                                {"salesforce.record", "salesforce/contacts_query.json", 8},
                                {"pipedrive.record", "pipedrive/persons_v1_list.json", 4},
                                {"zendesk.record", "zendesk/users_incremental.json", 3, 1}};

}  // namespace

TEST_CASE("real list responses reconcile against each other, and again without a difference") {
  if (!payloads_are_there("list responses reconcile over HTTP")) return;
  RunningSidecar truce("../../tests/payloads/http/people.json");
  const std::string first = start(truce);
  std::size_t records = 0, gone = 0;
  for (const Listed& list : lists) {
    const Json page = add_page(truce, first, list.preset, payload(list.file));
    CHECK(page["received"] == list.records + list.gone);
    records += list.records;
    gone += list.gone;
  }
  const Json report = complete(truce, first);
  INFO(to_wire(report));
  for (const Listed& list : lists) {
    CHECK(report["systems"][system_of(list.preset)]["records"] == list.records);
  }
  CHECK(report["compared"] == records + gone);
  CHECK(report["excluded"] == 0);
  // Three people of Pipedrive share one address: the first is taken, the others are asked about.
  CHECK(report["ambiguous"] == 2);
  CHECK(report["linked"] == records - 2);

  const std::string second = start(truce);
  for (const Listed& list : lists) add_page(truce, second, list.preset, payload(list.file));
  const Json again = complete(truce, second);
  INFO(to_wire(again));
  CHECK(again["different"] == 0);
  CHECK(again["linked"] == 0);
  CHECK(again["deliveries"] == 0);
}

TEST_CASE("a real HubSpot contact that was edited in Salesforce unheard is found and mended") {
  if (!payloads_are_there("a lost edit of a real contact over HTTP")) return;
  RunningSidecar truce("../../tests/payloads/http/people.json");
  const Json hubspot = payload("hubspot/contacts_list.json");
  Json salesforce = payload("salesforce/contacts_query.json");
  // The first of Salesforce's people is the first of HubSpot's.
  const Json known = hubspot["results"][0];
  salesforce["records"][0]["Email"] = known["properties"]["email"];
  const std::string first = start(truce);
  add_page(truce, first, "hubspot.record", hubspot);
  add_page(truce, first, "salesforce.record", salesforce);
  CHECK(complete(truce, first)["different"] == 1);

  salesforce["records"][0]["LastName"] = "Unheard";
  salesforce["records"][0]["SystemModstamp"] = "2026-05-20T08:00:00.000+0000";
  const std::string second = start(truce);
  add_page(truce, second, "hubspot.record", hubspot);
  add_page(truce, second, "salesforce.record", salesforce);
  const Json report = complete(truce, second);
  INFO(to_wire(report));
  CHECK(report["causes_by_system"]["salesforce"]["lost_event"] == 1);
  const auto found = truce.get("/v1/reconciliations/" + second + "/discrepancies?cause=lost_event");
  REQUIRE(found.body["discrepancies"].size() == 1);
  CHECK(found.body["discrepancies"][0]["field"] == "last_name");
  CHECK(found.body["discrepancies"][0]["golden"] == "Unheard");
}

}  // namespace truce::payloads_test
