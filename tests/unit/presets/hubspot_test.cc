#include "tests/unit/presets/expand.h"

namespace truce::presets_test {

namespace {

Json webhook(const std::string& members) {
  return expand_one("hubspot.webhook",
                    R"([{"portalId":9,"subscriptionId":8,"occurredAt":1760000000123,
                         "attemptNumber":0,"changeSource":"CRM_UI","sourceId":"userId:42",)" +
                        members + "}]");
}

}  // namespace

TEST_CASE(
    "a HubSpot property change carries its one property, its time, its author and its event id") {
  check_equal(webhook(R"("eventId":77,"subscriptionType":"contact.propertyChange","objectId":151,
                         "propertyName":"email","propertyValue":"ada@example.org")"),
              R"({"system":"source","entity":"contact","op":"upsert","id":"151",
                  "event_id":"9/8/77/151/1760000000123","occurred_at":"2025-10-09T08:53:20.123Z",
                  "actor":"CRM_UI/userId:42","changed":["email"],"partial":true,
                  "record":{"id":"151","properties":{"email":"ada@example.org"}}})");
}

TEST_CASE("a HubSpot event that is sent again is the same event") {
  const auto first = expand_one("hubspot.webhook", R"({"eventId":7,"portalId":1,"subscriptionId":2,
      "subscriptionType":"deal.deletion","objectId":5,"occurredAt":1760000000000,"attemptNumber":0})");
  const auto again = expand_one("hubspot.webhook", R"({"eventId":7,"portalId":1,"subscriptionId":2,
      "subscriptionType":"deal.deletion","objectId":5,"occurredAt":1760000000000,"attemptNumber":4})");
  CHECK(to_canonical(first) == to_canonical(again));
}

TEST_CASE("a HubSpot creation is an id without a record") {
  const auto event = webhook(R"("subscriptionType":"company.creation","objectId":3,"eventId":1)");
  CHECK(event["entity"] == "company");
  CHECK(event["op"] == "upsert");
  CHECK_FALSE(event.contains("record"));
}

TEST_CASE("HubSpot deletions of both kinds delete, and a restore restores") {
  for (const auto* action : {"deletion", "privacyDeletion"}) {
    const auto event =
        webhook(R"("subscriptionType":"contact.)" + std::string(action) + R"(","objectId":3)");
    CHECK(event["op"] == "delete");
    CHECK_FALSE(event.contains("event_id"));
  }
  CHECK(webhook(R"("subscriptionType":"contact.restore","objectId":3)")["op"] == "restore");
}

TEST_CASE("n8n's HubSpot Trigger renames the id, and it is found") {
  for (const auto& [kind, key] : {std::pair{"contact", "contactId"},
                                  {"company", "companyId"},
                                  {"deal", "dealId"},
                                  {"ticket", "ticketId"}}) {
    const auto event = webhook(R"("subscriptionType":")" + std::string(kind) + R"(.deletion",")" +
                               key + R"(":508369434347)");
    CHECK(event["id"] == "508369434347");
    CHECK(event["entity"] == kind);
  }
}

TEST_CASE("an event whose id n8n dropped is refused with the reason") {
  const auto problem = refusal("hubspot.webhook", R"([{"subscriptionType":"object.creation",
      "objectTypeId":"2-143964984","occurredAt":1750865189547}])");
  CHECK(problem.message.find("n8n") != std::string::npos);
}

TEST_CASE("the newer object.* events name the kind by its type id") {
  CHECK(
      webhook(
          R"("subscriptionType":"object.creation","objectTypeId":"0-1","objectId":3)")["entity"] ==
      "contact");
  CHECK(
      webhook(
          R"("subscriptionType":"object.creation","objectTypeId":"2-77","objectId":3)")["entity"] ==
      "2-77");
}

TEST_CASE("a HubSpot merge moves every loser and asks for the survivor") {
  const auto merge_of = [](const std::string& new_id) {
    return expand("hubspot.webhook", R"([{"subscriptionType":"contact.merge","objectId":1,
        "primaryObjectId":1,"mergedObjectIds":[2,3],)" +
                                         new_id + R"("occurredAt":1625097600000}])");
  };
  for (const auto* same : {"", R"("newObjectId":null,)", R"("newObjectId":1,)"}) {
    const auto events = merge_of(same);
    REQUIRE(events.size() == 3);
    CHECK(events[0]["id"] == "2");
    CHECK(events[1]["id"] == "3");
    for (const auto index : {0U, 1U}) {
      CHECK(events[index]["op"] == "merge");
      CHECK(events[index]["merged_into"] == "1");
    }
    CHECK(events[2]["id"] == "1");
    CHECK(events[2]["op"] == "upsert");
    CHECK_FALSE(events[2].contains("record"));
  }
}

TEST_CASE("a HubSpot merge into a third id moves the primary too") {
  const auto events = expand("hubspot.webhook", R"([{"subscriptionType":"contact.merge",
      "contactId":1,"primaryObjectId":1,"mergedObjectIds":[2],"newObjectId":9}])");
  REQUIRE(events.size() == 3);
  CHECK(events[0]["id"] == "1");
  CHECK(events[1]["id"] == "2");
  CHECK(events[0]["merged_into"] == "9");
  CHECK(events[1]["merged_into"] == "9");
  CHECK(events[2]["id"] == "9");
}

TEST_CASE("an association change asks for the record it starts from") {
  const auto event = expand_one("hubspot.webhook", R"([{"eventId":5,"portalId":1,"subscriptionId":2,
      "subscriptionType":"deal.associationChange","associationType":"DEAL_TO_COMPANY",
      "fromObjectId":11,"toObjectId":22,"associationRemoved":false,"occurredAt":1760000000000}])");
  CHECK(event["entity"] == "deal");
  CHECK(event["id"] == "11");
  CHECK_FALSE(event.contains("record"));
}

TEST_CASE("a HubSpot v3 record goes through as it is, from every envelope") {
  const std::string record = R"({"id":"9","properties":{"email":"a@b.example",
      "lastmodifieddate":"2026-03-12T10:04:17.969Z"},"archived":false})";
  const auto expected = json(R"({"system":"source","entity":"contact","op":"upsert","id":"9",
                                 "record":)" +
                             record + "}");
  check_same(expand_one("hubspot.record", record), expected);
  check_same(expand_one("hubspot.record", "[" + record + "]"), expected);
  check_same(expand_one("hubspot.record", R"({"results":[)" + record + R"(],"paging":{}})"),
             expected);
  check_same(expand_one("hubspot.record",
                        R"({"status":"COMPLETE","results":[)" + record + R"(],"numErrors":0})"),
             expected);
}

TEST_CASE("the url of a HubSpot record says what it is") {
  CHECK(expand_one("hubspot.record", R"({"id":"9","properties":{"name":"x"},
      "url":"https://app.example/contacts/1/record/0-2/9"})")["entity"] == "company");
  CHECK(expand_one("hubspot.record",
                   R"({"id":"9","properties":{"name":"x"},"objectTypeId":"0-3"})")["entity"] ==
        "deal");
}

TEST_CASE("properties that only one kind has say what a HubSpot record is") {
  for (const auto& [property, entity] : {std::pair{"lastmodifieddate", "contact"},
                                         {"dealname", "deal"},
                                         {"hs_pipeline_stage", "ticket"},
                                         {"domain", "company"}}) {
    CHECK(expand_one("hubspot.record", R"({"id":"1","properties":{")" + std::string(property) +
                                           R"(":null}})")["entity"] == entity);
  }
}

TEST_CASE("an archived HubSpot record is a deletion at the time it was archived") {
  const auto event = expand_one("hubspot.record", R"({"id":"9","objectTypeId":"0-1","archived":true,
      "archivedAt":"2026-03-12T10:04:17.969Z","properties":{"email":"a@b.example"}})");
  CHECK(event["op"] == "delete");
  CHECK(event["occurred_at"] == "2026-03-12T10:04:17.969Z");
  CHECK_FALSE(event.contains("record"));
}

TEST_CASE("a HubSpot property history says when each property changed and what it held") {
  const auto event = expand_one("hubspot.record", R"({"id":"9","properties":{"dealname":"New"},
      "propertiesWithHistory":{"dealname":[
         {"value":"New","timestamp":"2026-03-02T00:00:00.000Z"},
         {"value":"Old","timestamp":"2026-03-01T00:00:00.000Z"}],"amount":[]}})");
  check_equal(event["changed_at"], R"({"dealname":"2026-03-02T00:00:00.000Z"})");
  check_equal(event["previous"], R"({"dealname":"Old"})");
}

TEST_CASE("of a HubSpot history that is asked for since a time, what is older does not count") {
  constexpr auto deal = R"({"id":"9","properties":{"dealname":"New","amount":"5"},
      "propertiesWithHistory":{
         "dealname":[{"value":"New","timestamp":"2026-03-02T00:00:00.000Z"},
                     {"value":"Old","timestamp":"2026-03-01T00:00:00.000Z"}],
         "amount":[{"value":"5","timestamp":"2026-02-28T23:59:59.999Z"},
                   {"value":"4","timestamp":"2026-02-01T00:00:00.000Z"}]}})";
  const auto since = [&](const char* time) {
    return expand("hubspot.record", deal, known_entity, *parse_time(time));
  };
  const auto of_both_days = since("2026-03-01T00:00:00Z");
  REQUIRE(of_both_days.size() == 2);
  check_equal(of_both_days[0]["changed_at"], R"({"dealname":"2026-03-02T00:00:00.000Z"})");
  check_equal(of_both_days[0]["previous"], R"({"dealname":"Old"})");
  CHECK(since("2026-03-01T00:00:00.001Z").size() == 1);
  const auto of_none = since("2026-03-02T00:00:00.001Z");
  REQUIRE(of_none.size() == 1);
  CHECK_FALSE(of_none[0].contains("changed_at"));
  CHECK_FALSE(of_none[0].contains("previous"));
  CHECK(of_none[0]["record"]["properties"]["dealname"] == "New");
}

TEST_CASE("HubSpot values that were written over are events of their own behind the record's") {
  const auto events =
      expand("hubspot.record", R"({"id":"9","properties":{"dealname":"C","amount":"3"},
      "propertiesWithHistory":{
         "dealname":[{"value":"C","timestamp":"2026-03-04T00:00:00.000Z"},
                     {"value":"B","timestamp":"2026-03-03T00:00:00.000Z"},
                     {"value":"A","timestamp":"2026-03-02T00:00:00.000Z"},
                     {"value":"","timestamp":"2026-03-01T00:00:00.000Z"}],
         "amount":[{"value":"3","timestamp":"2026-03-05T00:00:00.000Z"},
                   {"value":"2","timestamp":"2026-03-03T00:00:00.000Z"}]}})",
             known_entity, *parse_time("2026-03-02T00:00:00Z"));
  REQUIRE(events.size() == 3);
  CHECK_FALSE(events[0].contains("partial"));
  check_equal(events[0]["previous"], R"({"dealname":"B","amount":"2"})");
  check_equal(events[1], R"({"system":"source","entity":"deal","op":"upsert","id":"9",
      "occurred_at":"2026-03-02T00:00:00.000Z","changed":["dealname"],"previous":{"dealname":""},
      "record":{"id":"9","properties":{"dealname":"A"}},"partial":true})");
  check_equal(events[2], R"({"system":"source","entity":"deal","op":"upsert","id":"9",
      "occurred_at":"2026-03-03T00:00:00.000Z","changed":["amount","dealname"],
      "previous":{"dealname":"A"},
      "record":{"id":"9","properties":{"amount":"2","dealname":"B"}},"partial":true})");
}

TEST_CASE("a legacy v1 contact's versions tell of what was written over, too") {
  const auto events = expand("hubspot.record", R"({"vid":151,"properties":{
        "email":{"value":"new@b.example","versions":[
           {"value":"new@b.example","timestamp":1760000000123},
           {"value":"old@b.example","timestamp":1750000000000}]}}})",
                             known_entity, *parse_time("2025-01-01T00:00:00Z"));
  REQUIRE(events.size() == 2);
  CHECK(events[1]["entity"] == "contact");
  CHECK(events[1]["partial"] == true);
  check_equal(events[1]["record"], R"({"id":"151","properties":{"email":"old@b.example"}})");
}

TEST_CASE("a legacy v1 contact takes the v3 shape with its history") {
  const auto event = expand_one("hubspot.record", R"({"vid":151,"canonical-vid":151,
      "merged-vids":[],"properties":{
        "email":{"value":"new@b.example","versions":[
           {"value":"new@b.example","timestamp":1760000000123},
           {"value":"old@b.example","timestamp":1750000000000}]},
        "firstname":{"value":"Ada"}}})");
  CHECK(event["entity"] == "contact");
  check_equal(event["record"],
              R"({"id":"151","properties":{"email":"new@b.example","firstname":"Ada"}})");
  check_equal(event["changed_at"], R"({"email":"2025-10-09T08:53:20.123Z"})");
  check_equal(event["previous"], R"({"email":"old@b.example"})");
}

TEST_CASE("a legacy v1 contact that was merged away answers as its survivor") {
  const auto events = expand("hubspot.record", R"({"contacts":[{"vid":2,"canonical-vid":1,
      "properties":{"firstname":{"value":"Ada"}}}],"has-more":false,"vid-offset":2})");
  REQUIRE(events.size() == 2);
  CHECK(events[0]["op"] == "merge");
  CHECK(events[0]["id"] == "2");
  CHECK(events[0]["merged_into"] == "1");
  CHECK(events[1]["id"] == "1");
  CHECK(events[1]["record"]["id"] == "1");
}

TEST_CASE("legacy v1 companies and deals take the v3 shape, with their associations") {
  CHECK(expand_one("hubspot.record", R"({"portalId":1,"companyId":7,"isDeleted":false,
      "properties":{"name":{"value":"Acme","timestamp":1760000000123,"source":"API"}}})")
            ["entity"] == "company");
  const auto deal = expand_one("hubspot.record", R"({"deals":[{"dealId":8,"isDeleted":false,
      "associations":{"associatedVids":[151],"associatedCompanyIds":[7],"associatedDealIds":[]},
      "properties":{"amount":{"value":"10.50"}}}],"hasMore":false})");
  CHECK(deal["entity"] == "deal");
  check_equal(deal["record"], R"({"id":"8","properties":{"amount":"10.50"},"associations":{
      "contacts":{"results":[{"id":"151"}]},"companies":{"results":[{"id":"7"}]},
      "deals":{"results":[]}}})");
  CHECK(expand_one("hubspot.record", R"({"dealId":8,"isDeleted":true,"properties":{}})")["op"] ==
        "delete");
}

}  // namespace truce::presets_test
