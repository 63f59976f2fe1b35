// Salesforce's own rows and change events.
#include <catch2/catch.hpp>

#include "tests/payloads/materials.h"

namespace truce::payloads_test {

namespace {

constexpr auto loaded_at = "2026-05-01T07:25:37.000Z";

// "(512) 757-6000" as a number of the United States; null stays null.
Json american_number(const Json& raw) {
  if (raw.is_null()) return nullptr;
  std::string digits = "+1";
  for (const char c : raw.get<std::string>()) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

}  // namespace

TEST_CASE("a query page of Salesforce contacts") {
  if (!payloads_are_there("a query page of Salesforce contacts")) return;
  const auto contact = policy("contact.json");
  const Json page = payload("salesforce/contacts_query.json");
  const auto events = events_of(*contact, "salesforce", "salesforce.record", page);
  REQUIRE(events.size() == page["records"].size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& row = page["records"][i];
    check_event(
        events[i],
        {{"system", "salesforce"}, {"entity", "contact"}, {"op", "upsert"}, {"id", row["Id"]}});
    // (014) is no area code: such a number is kept as it came.
    const bool exists = !row["Phone"].get<std::string>().starts_with("(014)");
    const auto record = canonical(*contact, events[i]);
    check_fields(record,
                 {{"email", row["Email"]},
                  {"first_name", row["FirstName"]},
                  {"last_name", row["LastName"]},
                  {"job_title", row["Title"]},
                  {"phone", exists ? american_number(row["Phone"]) : row["Phone"]},
                  {"mobile", exists ? american_number(row["MobilePhone"]) : row["MobilePhone"]},
                  {"first_seen", loaded_at}});
    CHECK(record.modified == loaded_at);
  }
}

TEST_CASE("a query page of Salesforce accounts") {
  if (!payloads_are_there("a query page of Salesforce accounts")) return;
  const auto company = policy("company.json");
  const Json page = payload("salesforce/accounts_query.json");
  const auto events = events_of(*company, "salesforce", "salesforce.record", page);
  REQUIRE(events.size() == 6);
  const std::vector<Json> domains = {"burlington.com", "genepoint.com", "sforce.com",
                                     nullptr,          "edgecomm.com",  "grandhotels.com"};
  const std::vector<Json> industries = {"apparel", "biotechnology", nullptr,
                                        nullptr,   "electronics",   "hospitality"};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& row = page["records"][i];
    check_fields(canonical(*company, events[i]), {{"name", row["Name"]},
                                                  {"domain", domains[i]},
                                                  {"website", row["Website"]},
                                                  {"industry", industries[i]},
                                                  {"phone", american_number(row["Phone"])},
                                                  {"city", row["BillingCity"]},
                                                  {"state", row["BillingState"]},
                                                  {"country", row["BillingCountry"]}});
  }
}

TEST_CASE("a whole Salesforce account: money, a count, a date, an address") {
  if (!payloads_are_there("a whole Salesforce account")) return;
  const auto company = policy("company.json");
  const Json row = payload("salesforce/account_get_full.json");
  const auto events = events_of(*company, "salesforce", "salesforce.record", row);
  REQUIRE(events.size() == 1);
  check_fields(canonical(*company, events[0]), {{"name", row["Name"]},
                                                {"domain", "edgecomm.com"},
                                                {"website", "http://edgecomm.com"},
                                                {"industry", "electronics"},
                                                {"phone", "+15127576000"},
                                                {"street", row["BillingStreet"]},
                                                {"city", row["BillingCity"]},
                                                {"zip", nullptr},
                                                {"state", row["BillingState"]},
                                                {"country", row["BillingCountry"]},
                                                {"annual_revenue", "139000000"},
                                                {"employees", 1000},
                                                {"support_until", "2026-05-24"},
                                                {"parent", nullptr}});
}

TEST_CASE("a query page of Salesforce cases") {
  if (!payloads_are_there("a query page of Salesforce cases")) return;
  const auto ticket = policy("ticket.json");
  const Json page = payload("salesforce/cases_query.json");
  const auto events = events_of(*ticket, "salesforce", "salesforce.record", page);
  REQUIRE(events.size() == 6);
  const std::vector<const char*> priorities = {"high", "high", "low", "low", "normal", "normal"};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& row = page["records"][i];
    CHECK(events[i]["entity"] == "ticket");
    check_fields(canonical(*ticket, events[i]), {{"subject", row["Subject"]},
                                                 {"description", nullptr},
                                                 {"status", i == 2 ? "new" : "closed"},
                                                 {"priority", priorities[i]},
                                                 {"requester", row["ContactId"]},
                                                 {"opened_at", loaded_at}});
  }
}

TEST_CASE("changes of a custom object over CometD") {
  if (!payloads_are_there("changes of a custom object over CometD")) return;
  const auto company = policy("company.json");
  const auto event = [&](const std::string& kind) {
    const auto events = events_of(*company, "salesforce", "salesforce.cdc",
                                  payload("salesforce/cdc_cometd_" + kind + ".json"));
    REQUIRE(events.size() == 1);
    return events[0];
  };
  const Json create = event("create");
  // The policy does not know employees, so this one is to be rejected by its entity.
  CHECK(create["entity"] == "employee__c");
  CHECK(create["occurred_at"] == "2019-05-02T11:27:36.000Z");
  CHECK(create["version"] == "32872942");
  CHECK(create["record"]["Tenure__c"] ==
        payload("salesforce/cdc_cometd_create.json")["data"]["payload"]["Tenure__c"]);
  CHECK(create["record"]["Id"] == create["id"]);

  const Json update = event("update");
  CHECK(update["id"] == create["id"]);
  CHECK(update["event_id"] == "000267e8-ba20-f483-b6b9-5da9bb5c6c64/1");
  CHECK(update["changed"] ==
        Json::array({"First_Name__c", "LastModifiedDate", "Last_Name__c", "Tenure__c"}));

  const Json erased = event("delete");
  CHECK(erased["op"] == "delete");
  CHECK_FALSE(erased.contains("record"));
  CHECK(erased["version"] > update["version"]);
}

TEST_CASE("an account created over Pub/Sub shows only what has a value") {
  if (!payloads_are_there("an account created over Pub/Sub")) return;
  const auto company = policy("company.json");
  const auto events = events_of(*company, "salesforce", "salesforce.cdc",
                                payload("salesforce/cdc_pubsub_account_create.json"));
  REQUIRE(events.size() == 1);
  check_fields(canonical(*company, events[0]), {{"name", "Acme"}});
  CHECK(events[0]["occurred_at"] == "2024-04-09T20:19:25.000Z");
  CHECK_FALSE(events[0]["record"].contains("Website"));
}

TEST_CASE("an address change over Pub/Sub names its parts as the rows do") {
  if (!payloads_are_there("an address change over Pub/Sub")) return;
  const auto company = policy("company.json");
  const auto events = events_of(*company, "salesforce", "salesforce.cdc",
                                payload("salesforce/cdc_pubsub_node_client_update.json"));
  REQUIRE(events.size() == 1);
  check_fields(canonical(*company, events[0]), {{"city", "San Francisco"}, {"state", "CA"}});
  CHECK(events[0]["changed"] == Json::array({"BillingCity", "BillingState", "LastModifiedDate"}));
  CHECK(events[0]["version"] == "18098167");
}

TEST_CASE("a gap over Pub/Sub names the account to be read again") {
  if (!payloads_are_there("a gap over Pub/Sub")) return;
  const auto company = policy("company.json");
  const auto events = events_of(*company, "salesforce", "salesforce.cdc",
                                payload("salesforce/cdc_pubsub_gap_create.json"));
  REQUIRE(events.size() == 1);
  check_event(events[0], {{"system", "salesforce"},
                          {"entity", "company"},
                          {"op", "upsert"},
                          {"id", "001ZM000001n4n5YAA"},
                          {"event_id", "000a50de-05dd-07c4-22fb-44b7f9e72ab5/19"},
                          {"version", "72784468115000019"},
                          {"actor", "user:005ZM000000Q6ipYAC"},
                          {"occurred_at", "2024-04-29T18:58:32.000Z"}});
  CHECK_FALSE(events[0].contains("record"));
}

TEST_CASE("a converted lead is a change of the lead") {
  if (!payloads_are_there("a converted lead")) return;
  const auto company = policy("company.json");
  const auto events = events_of(*company, "salesforce", "salesforce.cdc",
                                payload("salesforce/cdc_pubsub_lead_converted.json"));
  REQUIRE(events.size() == 1);
  CHECK(events[0]["entity"] == "lead");
  CHECK(events[0]["op"] == "upsert");
  CHECK(events[0]["record"]["IsConverted"] == true);
  CHECK(events[0]["record"].contains("ConvertedContactId"));
  CHECK_FALSE(events[0]["record"].contains("Email"));
}

}  // namespace truce::payloads_test
