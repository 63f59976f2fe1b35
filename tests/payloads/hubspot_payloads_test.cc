// HubSpot's own records and webhooks. Values that pass through unchanged are taken from the
// payload; those that a type or a map changes are written out.
#include <catch2/catch.hpp>

#include "tests/payloads/materials.h"

namespace truce::payloads_test {

namespace {

// HubSpot's times are what the API shows: UTC with milliseconds.
void check_contact(const Canonical& contact, const Json& raw, const Json& phone) {
  const Json& properties = raw["properties"];
  check_fields(contact, {{"email", properties["email"]},
                         {"first_name", properties["firstname"]},
                         {"last_name", properties["lastname"]},
                         {"job_title", properties["jobtitle"]},
                         {"phone", phone},
                         {"first_seen", properties["createdate"]}});
  CHECK(contact.modified == properties["lastmodifieddate"]);
}

}  // namespace

TEST_CASE("a page of HubSpot contacts") {
  if (!payloads_are_there("a page of HubSpot contacts")) return;
  const auto contact = policy("contact.json");
  const Json page = payload("hubspot/contacts_list.json");
  const auto events = events_of(*contact, "hubspot", "hubspot.record", page);
  REQUIRE(events.size() == page["results"].size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& raw = page["results"][i];
    check_event(
        events[i],
        {{"system", "hubspot"}, {"entity", "contact"}, {"op", "upsert"}, {"id", raw["id"]}});
    // None of these numbers can exist, so they are kept as they came.
    check_contact(canonical(*contact, events[i]), raw, raw["properties"]["phone"]);
  }
}

TEST_CASE("a batch read of HubSpot contacts gives the same records as the page") {
  if (!payloads_are_there("a batch read of HubSpot contacts")) return;
  const auto contact = policy("contact.json");
  const auto page =
      events_of(*contact, "hubspot", "hubspot.record", payload("hubspot/contacts_list.json"));
  const auto batch = events_of(*contact, "hubspot", "hubspot.record",
                               payload("hubspot/contacts_batch_read_assembled.json"));
  REQUIRE(batch.size() == 3);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    CHECK(batch[i]["id"] == page[i]["id"]);
    CHECK(canonical(*contact, batch[i]).fields == canonical(*contact, page[i]).fields);
  }
}

TEST_CASE("a HubSpot property cleared with an empty string is null, and absent ones say nothing") {
  if (!payloads_are_there("a HubSpot property cleared")) return;
  const auto contact = policy("contact.json");
  const Json record = payload("hubspot/contact_patch_clear_field.json");
  const auto events = events_of(*contact, "hubspot", "hubspot.record", record);
  REQUIRE(events.size() == 1);
  check_fields(canonical(*contact, events[0]),
               {{"email", nullptr},
                {"first_name", record["properties"]["firstname"]},
                {"first_seen", record["properties"]["createdate"]}});
}

TEST_CASE("a page of HubSpot companies") {
  if (!payloads_are_there("a page of HubSpot companies")) return;
  const auto company = policy("company.json");
  const Json page = payload("hubspot/companies_list.json");
  const auto events = events_of(*company, "hubspot", "hubspot.record", page);
  REQUIRE(events.size() == 4);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& properties = page["results"][i]["properties"];
    CHECK(events[i]["entity"] == "company");
    const auto record = canonical(*company, events[i]);
    const Json industry = i == 0 ? Json("technology") : Json(nullptr);
    check_fields(record, {{"name", properties["name"]},
                          {"domain", properties["domain"]},
                          {"website", properties["website"]},
                          {"phone", nullptr},
                          {"city", properties["city"]},
                          {"state", properties["state"]},
                          {"country", properties["country"]},
                          {"industry", industry}});
    CHECK(record.modified == properties["hs_lastmodifieddate"]);
  }
}

TEST_CASE("a page of HubSpot tickets") {
  if (!payloads_are_there("a page of HubSpot tickets")) return;
  const auto ticket = policy("ticket.json");
  const Json page = payload("hubspot/tickets_list.json");
  const auto events = events_of(*ticket, "hubspot", "hubspot.record", page);
  REQUIRE(events.size() == 5);
  const std::vector<Json> priorities = {"normal", nullptr, "high", "high", nullptr};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& properties = page["results"][i]["properties"];
    check_fields(canonical(*ticket, events[i]), {{"subject", properties["subject"]},
                                                 {"description", properties["content"]},
                                                 {"status", "new"},
                                                 {"priority", priorities[i]},
                                                 {"opened_at", properties["createdate"]}});
  }
}

TEST_CASE("a portal's lifecycle of contact, company, deal and ticket") {
  if (!payloads_are_there("a portal's lifecycle")) return;
  const Json sent = payload("hubspot/webhook_events_lifecycle_14.json");
  const auto contact = policy("contact.json");
  const auto events = events_of(*contact, "hubspot", "hubspot.webhook", sent);
  REQUIRE(events.size() == sent.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto type = sent[i]["subscriptionType"].get<std::string>();
    INFO(type);
    CHECK(type.starts_with(events[i]["entity"].get<std::string>() + "."));
    CHECK(events[i]["op"] == (type.ends_with("deletion") ? "delete" : "upsert"));
    CHECK(events[i].contains("record") == type.ends_with("propertyChange"));
    CHECK(events[i]["id"] == scalar_text(sent[i]["objectId"]).value());
    CHECK(events[i]["occurred_at"] ==
          to_rfc3339(Time::of_ms(to_int64(sent[i]["occurredAt"]).value())));
    CHECK(events[i]["event_id"].get<std::string>().find(number_text(sent[i]["eventId"])) !=
          std::string::npos);
    CHECK(events[i]["actor"] == "INTEGRATION/" + sent[i]["sourceId"].get<std::string>());
  }
}

TEST_CASE("each property change of the lifecycle is one canonical field") {
  if (!payloads_are_there("each property change of the lifecycle")) return;
  const Json sent = payload("hubspot/webhook_events_lifecycle_14.json");
  struct Expected {
    std::size_t index;
    const char* policy;
    const char* field;
    const char* value;  // nullptr: as it was sent
    const char* property;
  };
  for (const auto& [index, file, field, value, property] :
       {Expected{1, "contact.json", "first_name", nullptr, "firstname"},
        Expected{4, "company.json", "city", nullptr, "city"},
        Expected{7, "deal.json", "amount", "2000", "amount"},
        Expected{9, "deal.json", "stage", "qualified", "dealstage"},
        Expected{11, "ticket.json", "description", nullptr, "content"}}) {
    INFO(property);
    const auto rules = policy(file);
    const auto event = events_of(*rules, "hubspot", "hubspot.webhook", sent)[index];
    const Json expected = value == nullptr ? sent[index]["propertyValue"] : Json(value);
    check_fields(canonical(*rules, event), {{field, expected}});
    CHECK(event["changed"] == Json::array({property}));
  }
}

TEST_CASE("n8n's HubSpot Trigger hands over the same events") {
  if (!payloads_are_there("n8n's HubSpot Trigger")) return;
  const auto contact = policy("contact.json");
  const auto sent = events_of(*contact, "hubspot", "hubspot.webhook",
                              payload("hubspot/webhook_events_lifecycle_14.json"));
  const auto from_n8n = events_of(*contact, "hubspot", "hubspot.webhook",
                                  payload("n8n/hubspot_trigger_output_derived.json"));
  REQUIRE(from_n8n.size() == 7);
  for (std::size_t i = 0; i < 6; ++i) CHECK(to_canonical(from_n8n[i]) == to_canonical(sent[i]));
  // The id of a custom object's event is gone, and only that event is lost.
  CHECK(from_n8n[6]["problem"]["code"] == "schema");
}

TEST_CASE("a HubSpot event on its fifth retry, and an enrichment before its creation") {
  if (!payloads_are_there("a HubSpot event on its fifth retry")) return;
  const auto company = policy("company.json");
  const auto events = events_of(*company, "hubspot", "hubspot.webhook",
                                payload("hubspot/webhook_company_events_retry5.json"));
  REQUIRE(events.size() == 3);
  CHECK(events[0]["id"] == events[1]["id"]);
  CHECK(events[0]["occurred_at"] > events[1]["occurred_at"]);
  CHECK(canonical(*company, events[0]).fields.empty());
  CHECK_FALSE(events[1].contains("record"));
  CHECK(events[2]["op"] == "delete");
  CHECK(events[2]["event_id"] == "26525078/1876046/2737147673/6674551525/1670944855442");
}

TEST_CASE("a HubSpot merge into a third id, and a restore") {
  if (!payloads_are_there("a HubSpot merge and a restore")) return;
  const auto contact = policy("contact.json");
  const auto merge = events_of(*contact, "hubspot", "hubspot.webhook",
                               payload("hubspot/webhook_merge_fixture_amp.json"));
  REQUIRE(merge.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(merge[i]["op"] == "merge");
    CHECK(merge[i]["merged_into"] == "999");
  }
  CHECK(merge[3]["id"] == "999");
  const auto restore = events_of(*contact, "hubspot", "hubspot.webhook",
                                 payload("hubspot/webhook_restore_assembled.json"));
  REQUIRE(restore.size() == 1);
  CHECK(restore[0]["op"] == "restore");
  CHECK(restore[0]["id"] == "123");
}

}  // namespace truce::payloads_test
