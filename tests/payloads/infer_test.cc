// truce infer on what real systems send: the fields that everybody would map by hand.
#include <catch2/catch.hpp>
#include <map>

#include "engine/infer/policy_text.h"
#include "engine/infer/proposal.h"
#include "tests/payloads/materials.h"

namespace truce::payloads_test {

namespace {

const std::string folder = std::string(TRUCE_SOURCE_DIR) + "/../shared/payloads/";

PolicyPtr inferred(const std::vector<std::string>& files) {
  std::vector<infer::SampleFile> samples;
  for (const std::string& file : files) samples.push_back({file, "", text_of_file(folder + file)});
  const auto proposal = infer::propose(samples, "");
  if (!proposal) FAIL(proposal.error().message);
  const auto text = infer::policy_text(*proposal);
  if (!text) FAIL(text.error().message);
  const auto reading = parse_policy(*text);
  for (const Finding& finding : reading.findings) {
    INFO(render_finding(finding));
    CHECK(finding.severity == Finding::Severity::warning);
  }
  REQUIRE(reading.policy != nullptr);
  return reading.policy;
}

using Paths = std::map<std::string, std::string>;  // system -> path

Paths spelled(const std::map<SystemName, Path>& paths) {
  Paths result;
  for (const auto& [system, path] : paths) result[system.text] = path.spelling;
  return result;
}

Paths paths_of(const Entity& entity, const char* name) {
  Paths result;
  const Field* field = entity.field(FieldName(name));
  if (field == nullptr) return result;
  for (const auto& [system, map] : field->map) result[system.text] = map.path.spelling;
  return result;
}

}  // namespace

TEST_CASE("infer pairs the contacts of four real systems") {
  if (!payloads_are_there("infer: contacts")) return;
  const PolicyPtr policy =
      inferred({"hubspot/contacts_list.json", "salesforce/contacts_query.json",
                "pipedrive/persons_v1_list.json", "zendesk/users_incremental.json"});
  const Entity* contact = policy->entity(EntityName("contact"));
  REQUIRE(contact != nullptr);
  CHECK(spelled(contact->id) ==
        Paths{{"hubspot", "id"}, {"pipedrive", "id"}, {"salesforce", "Id"}, {"zendesk", "id"}});
  CHECK(spelled(contact->modified) == Paths{{"hubspot", "properties.lastmodifieddate"},
                                            {"pipedrive", "update_time"},
                                            {"salesforce", "SystemModstamp"},
                                            {"zendesk", "updated_at"}});
  CHECK(paths_of(*contact, "email") == Paths{{"hubspot", "properties.email"},
                                             {"pipedrive", "emails[primary=true].value"},
                                             {"salesforce", "Email"},
                                             {"zendesk", "email"}});
  CHECK(paths_of(*contact, "phone") == Paths{{"hubspot", "properties.phone"},
                                             {"pipedrive", "phones[primary=true].value"},
                                             {"salesforce", "Phone"},
                                             {"zendesk", "phone"}});
  CHECK(paths_of(*contact, "first_name") == Paths{{"hubspot", "properties.firstname"},
                                                  {"pipedrive", "first_name"},
                                                  {"salesforce", "FirstName"}});
  CHECK(paths_of(*contact, "last_name") == Paths{{"hubspot", "properties.lastname"},
                                                 {"pipedrive", "last_name"},
                                                 {"salesforce", "LastName"}});
  CHECK(paths_of(*contact, "name") == Paths{{"pipedrive", "name"}, {"zendesk", "name"}});
  REQUIRE_FALSE(contact->match.empty());
  CHECK(contact->match.front() == std::vector<FieldName>{FieldName("email")});
}

TEST_CASE("infer pairs the companies of three real systems") {
  if (!payloads_are_there("infer: companies")) return;
  const PolicyPtr policy =
      inferred({"hubspot/companies_list.json", "salesforce/accounts_query.json",
                "pipedrive/organization_v2_example.json"});
  const Entity* company = policy->entity(EntityName("company"));
  REQUIRE(company != nullptr);
  CHECK(paths_of(*company, "name") ==
        Paths{{"hubspot", "properties.name"}, {"pipedrive", "name"}, {"salesforce", "Name"}});
  CHECK(paths_of(*company, "website") ==
        Paths{{"hubspot", "properties.website"}, {"salesforce", "Website"}});
  CHECK(paths_of(*company, "city") ==
        Paths{{"hubspot", "properties.city"}, {"salesforce", "BillingCity"}});
}

TEST_CASE("infer pairs the tickets of three real systems") {
  if (!payloads_are_there("infer: tickets")) return;
  const PolicyPtr policy = inferred({"hubspot/tickets_list.json", "salesforce/cases_query.json",
                                     "zendesk/tickets_incremental.json"});
  const Entity* ticket = policy->entity(EntityName("ticket"));
  REQUIRE(ticket != nullptr);
  CHECK(paths_of(*ticket, "subject") == Paths{{"hubspot", "properties.subject"},
                                              {"salesforce", "Subject"},
                                              {"zendesk", "subject"}});
  CHECK(paths_of(*ticket, "priority") == Paths{{"hubspot", "properties.hs_ticket_priority"},
                                               {"salesforce", "Priority"},
                                               {"zendesk", "priority"}});
  CHECK(ticket->field(FieldName("priority"))->type == FieldType::enumeration);
}

TEST_CASE("infer pairs a real list of deals with a deal in the shape that HubSpot documents") {
  if (!payloads_are_there("infer: deals")) return;
  const std::string deal = R"({"results":[{"id":"77","archived":false,"properties":{
      "dealname":"Turbines for Ulm","amount":"125000.50","deal_currency_code":"EUR",
      "dealstage":"contractsent","closedate":"2026-12-24T00:00:00Z","createdate":
      "2026-10-01T10:00:00Z","hs_lastmodifieddate":"2026-11-20T10:00:00.000Z"}}]})";
  std::vector<infer::SampleFile> samples = {
      {"deals.json", "", deal},
      {"pipedrive", "", text_of_file(folder + "pipedrive/deals_v1_list.json")}};
  const auto proposal = infer::propose(samples, "");
  REQUIRE(proposal);
  const auto text = infer::policy_text(*proposal);
  REQUIRE(text);
  const auto reading = parse_policy(*text);
  REQUIRE(reading.policy != nullptr);
  const Entity* entity = reading.policy->entity(EntityName("deal"));
  REQUIRE(entity != nullptr);
  CHECK(paths_of(*entity, "subject") ==
        Paths{{"hubspot", "properties.dealname"}, {"pipedrive", "title"}});
  CHECK(paths_of(*entity, "amount") ==
        Paths{{"hubspot", "properties.amount"}, {"pipedrive", "value"}});
  CHECK(paths_of(*entity, "currency") ==
        Paths{{"hubspot", "properties.deal_currency_code"}, {"pipedrive", "currency"}});
  CHECK(paths_of(*entity, "close_date") ==
        Paths{{"hubspot", "properties.closedate"}, {"pipedrive", "expected_close_date"}});
}

// Records of the samples are other people's; nothing of them may stand in what people pass on.
TEST_CASE("infer quotes no address, name or number of the real contacts") {
  if (!payloads_are_there("infer: quotes")) return;
  const std::string hubspot = text_of_file(folder + "hubspot/contacts_list.json");
  const std::string salesforce = text_of_file(folder + "salesforce/contacts_query.json");
  const auto proposal =
      infer::propose({{"a.json", "hubspot", hubspot}, {"b.json", "salesforce", salesforce}}, "");
  REQUIRE(proposal);
  const std::string text = infer::policy_text(*proposal).value();
  for (const Json& record : payload("salesforce/contacts_query.json")["records"]) {
    for (const char* member :
         {"Email", "Phone", "MobilePhone", "LastName", "Id", "MailingStreet"}) {
      const Json* value = find_member(record, member);
      if (value == nullptr || !value->is_string()) continue;
      INFO(member);
      CHECK(text.find(value->get<std::string>()) == std::string::npos);
    }
  }
}

}  // namespace truce::payloads_test
