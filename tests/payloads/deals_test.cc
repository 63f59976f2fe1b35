// Deals of three systems. No recorded HubSpot deal or Salesforce opportunity was to be had, so
// these are our own, in the shape that the systems document.
#include <catch2/catch.hpp>

#include "tests/payloads/materials.h"

namespace truce::payloads_test {

namespace {

Json json(std::string_view text) {
  const auto parsed = parse_json(text);
  REQUIRE(parsed);
  return *parsed;
}

// The same deal as each system would show it, but for the ids of its company and its contact.
const Json the_deal = {{"reference_number", "D-2026-17"},
                       {"title", "Turbines for Ulm"},
                       {"amount", "125000.50"},
                       {"currency", "EUR"},
                       {"stage", "contract"},
                       {"close_date", "2026-12-24"}};

void check_deal(const std::string& system, std::string_view preset, std::string_view record,
                const std::string& company, const std::string& contact) {
  const auto deal = policy("deal.json");
  const auto events = events_of(*deal, system, preset, json(record));
  REQUIRE(events.size() == 1);
  CHECK(events[0]["entity"] == "deal");
  Json expected = the_deal;
  expected["company"] = company;
  expected["contact"] = contact;
  check_fields(canonical(*deal, events[0]), expected);
}

}  // namespace

TEST_CASE("a HubSpot deal") {
  check_deal("hubspot", "hubspot.record", R"({"id":"77","archived":false,"properties":{
      "deal_number":"D-2026-17","dealname":"Turbines for Ulm","amount":"125000.50",
      "deal_currency_code":"EUR","dealstage":"contractsent","closedate":"2026-12-24T00:00:00Z",
      "hs_lastmodifieddate":"2026-11-20T10:00:00.000Z"},
      "associations":{"companies":{"results":[{"id":"7","type":"deal_to_company"}]},
                      "contacts":{"results":[{"id":"151","type":"deal_to_contact"}]}}})",
             "7", "151");
}

TEST_CASE("a HubSpot deal as n8n's node returns it") {
  check_deal("hubspot", "hubspot.record", R"({"dealId":77,"isDeleted":false,"portalId":1,
      "associations":{"associatedVids":[151],"associatedCompanyIds":[7],"associatedDealIds":[]},
      "properties":{"deal_number":{"value":"D-2026-17"},"dealname":{"value":"Turbines for Ulm"},
        "amount":{"value":"125000.50"},"deal_currency_code":{"value":"EUR"},
        "dealstage":{"value":"contractsent"},"closedate":{"value":"1798070400000"}}})",
             "7", "151");
}

TEST_CASE("a Salesforce opportunity") {
  check_deal("salesforce", "salesforce.record", R"({"attributes":{"type":"Opportunity"},
      "Id":"006A","Deal_Number__c":"D-2026-17","Name":"Turbines for Ulm","Amount":125000.50,
      "CurrencyIsoCode":"EUR","StageName":"Negotiation/Review","CloseDate":"2026-12-24",
      "AccountId":"001A","ContactId":"003A","SystemModstamp":"2026-11-20T10:00:00.000+0000"})",
             "001A", "003A");
}

TEST_CASE("a Salesforce opportunity over Pub/Sub counts its days in milliseconds") {
  check_deal("salesforce", "salesforce.cdc", R"({"ChangeEventHeader":{"entityName":"Opportunity",
      "recordIds":["006A"],"changeType":"CREATE","transactionKey":"t","sequenceNumber":1,
      "commitTimestamp":1795168800000,"commitNumber":1,"commitUser":"005A","changeOrigin":"",
      "nulledFields":[],"diffFields":[],"changedFields":[]},
      "Deal_Number__c":"D-2026-17","Name":"Turbines for Ulm","Amount":125000.50,
      "CurrencyIsoCode":"EUR","StageName":"Negotiation/Review","CloseDate":1798070400000,
      "AccountId":"001A","ContactId":"003A","Description":null})",
             "001A", "003A");
}

TEST_CASE("a deal is written to Pipedrive with numbers where Pipedrive has them") {
  const auto deal = policy("deal.json");
  const auto written = [&](const char* name, const char* value) {
    const Field* field = deal->entities.at(EntityName("deal")).field(FieldName(name));
    REQUIRE(field != nullptr);
    const auto form =
        to_system(*field, field->map.at(SystemName("pipedrive")), Value::of_text(value), nullptr);
    REQUIRE(form);
    return to_wire(*form);
  };
  CHECK(written("stage", "contract") == "5");
  CHECK(written("company", "7") == "7");
  CHECK(written("contact", "2") == "2");
}

TEST_CASE("a Pipedrive deal of either API version") {
  const std::string v1 = R"({"id":3,"title":"Turbines for Ulm","value":125000.50,"currency":"EUR",
      "stage_id":5,"expected_close_date":"2026-12-24","org_id":{"name":"Ulm AG","value":7},
      "person_id":{"name":"Ada","value":2},"user_id":{"id":25,"value":25},"deleted":false,
      "update_time":"2026-11-20 10:00:00",
      "dcf558aac1ae4e8c4f849ba5e668430d8df9be12":"D-2026-17"})";
  const std::string v2 = R"({"id":3,"title":"Turbines for Ulm","value":125000.50,"currency":"EUR",
      "stage_id":5,"expected_close_date":"2026-12-24","org_id":7,"person_id":2,"owner_id":25,
      "is_deleted":false,"update_time":"2026-11-20T10:00:00Z",
      "custom_fields":{"dcf558aac1ae4e8c4f849ba5e668430d8df9be12":"D-2026-17"}})";
  for (const auto& record : {v1, v2}) check_deal("pipedrive", "pipedrive.record", record, "7", "2");
}

}  // namespace truce::payloads_test
