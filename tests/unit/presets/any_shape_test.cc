// What comes from outside may be anything at any place. A preset answers with events or a Problem.
#include <array>

#include "tests/unit/presets/expand.h"

namespace truce::presets_test {

namespace {

struct Sample {
  const char* preset;
  const char* payload;
};

constexpr std::array<Sample, 14> samples = {{
    {"hubspot.webhook", R"([{"subscriptionType":"contact.propertyChange","objectId":1,"eventId":2,
        "portalId":3,"occurredAt":1760000000000,"propertyName":"email","propertyValue":"a"}])"},
    {"hubspot.webhook", R"([{"subscriptionType":"contact.merge","primaryObjectId":1,
        "mergedObjectIds":[2,3],"newObjectId":9}])"},
    {"hubspot.record", R"({"results":[{"id":"1","archived":false,"objectTypeId":"0-1","url":"/x",
        "properties":{"email":"a"},"propertiesWithHistory":{"email":[{"value":"a",
        "timestamp":"2026-03-01T00:00:00Z"},{"value":"b"}]}}]})"},
    {"hubspot.record", R"({"vid":1,"canonical-vid":2,"isDeleted":false,"properties":{"email":
        {"value":"a","versions":[{"value":"a","timestamp":1760000000000},{"value":"b"}]}},
        "associations":{"associatedVids":[1]}})"},
    {"salesforce.record", R"({"records":[{"attributes":{"type":"Contact"},"Id":"003A",
        "IsDeleted":true,"MasterRecordId":"003B","SystemModstamp":"2026-05-01T07:25:37.000+0000"}]})"},
    {"salesforce.cdc", R"({"data":{"payload":{"ChangeEventHeader":{"entityName":"Account",
        "changeType":"UPDATE","recordIds":["001A"],"commitTimestamp":1,"commitNumber":2,
        "sequenceNumber":3,"transactionKey":"t","changeOrigin":"client=x","commitUser":"u",
        "nulledFields":["A"],"diffFields":["B"],"changedFields":["0x1"]},
        "Name":"x","BillingAddress":{"City":"y"},"B":{"diff":"z"}},"event":{"replayId":4}}})"},
    {"salesforce.cdc", R"({"replayId":4,"payload":{"ChangeEventHeader":{"entityName":"Account",
        "changeType":"UPDATE","recordIds":["001A"],"nulledFields":["A.B"],"diffFields":[]},
        "Name":null}})"},
    {"pipedrive.record", R"({"data":[{"id":1,"stage_id":2,"email":[{"value":"a","primary":true}],
        "phone":[{"value":"1"}],"user_id":{"id":3,"value":3},"org_id":{"value":4},"label":"1,2",
        "active_flag":true,"deleted":false,"update_time":"2025-02-17 21:22:41","address":"s",
        "address_locality":"l","custom_fields":{"a":{"type":"set","values":[{"id":1}]}},
        "9dc80c50d78a15643bfc4ca79d76156a73a1ca0e":1,
        "9dc80c50d78a15643bfc4ca79d76156a73a1ca0e_currency":"EUR"}]})"},
    {"pipedrive.webhook", R"({"v":1,"meta":{"action":"merged","object":"person","id":12,
        "timestamp_micro":1739827618595189,"change_source":"app","user_id":1},
        "current":{"id":12,"email":[{"value":"a","primary":true}]},
        "previous":{"id":11,"email":[{"value":"b","primary":true}]}})"},
    {"pipedrive.webhook", R"({"meta":{"action":"change","entity":"deal","entity_id":"1","id":"e",
        "timestamp":"2025-06-19T16:07:36.754Z","merged_from_id":"2","merged_to_id":"3"},
        "data":{"id":1,"value":{"amount":1}},"previous":{"value":null}})"},
    {"zendesk.event", R"({"type":"zen:event-type:ticket.tags_changed","id":"e","time":"2025",
        "subject":"zen:ticket:1","detail":{"id":"1","tags":["a"],"status":"OPEN","actor_id":"2"},
        "event":{"tags_added":["a"],"tags_removed":["b"],"meta":{"sequence":{"position":1}}}})"},
    {"zendesk.event", R"({"type":"zen:event-type:user.custom_field_changed","id":"e",
        "detail":{"id":"1"},"event":{"custom_field":{"id":"5"},"current":{"value":1},
        "previous":{"value":2}}})"},
    {"zendesk.record",
     R"({"tickets":[{"id":1,"status":"open"}],"users":[{"id":2,"active":true}]})"},
    {"stripe.event", R"({"id":"e","type":"customer.updated","created":1,"request":{"id":"r"},
        "data":{"object":{"id":"c","object":"customer","address":null,"metadata":{"a":"1"}},
        "previous_attributes":{"metadata":{"a":"0"},"address":{"city":"x"}}}})"},
}};

void collect_pointers(const Json& node, const Json::json_pointer& here,
                      std::vector<Json::json_pointer>& pointers) {
  pointers.push_back(here);
  if (node.is_object()) {
    for (const auto& member : node.items()) {
      collect_pointers(member.value(), here / member.key(), pointers);
    }
  } else if (node.is_array()) {
    for (std::size_t i = 0; i < node.size(); ++i) collect_pointers(node[i], here / i, pointers);
  }
}

void check_answer(const Result<std::vector<Json>>& answer) {
  if (!answer) {
    CHECK_FALSE(answer.error().message.empty());
    return;
  }
  for (const auto& event : *answer) {
    CHECK(event["system"] == "source");
    if (event.contains("problem")) continue;
    CHECK_FALSE(event["entity"].get<std::string>().empty());
    CHECK_FALSE(event["id"].get<std::string>().empty());
    if (event["op"] == "merge") CHECK(event["merged_into"] != event["id"]);
    if (event.contains("record")) CHECK(event["record"].is_object());
  }
}

}  // namespace

TEST_CASE("whatever stands anywhere in a payload, the answer is events or a Problem") {
  const auto replacements =
      json(R"([null, true, 7, 1e300, "", "x", [], [1], ["x"], {}, {"a":1}, {"id":{"id":1}},
               {"value":[]}, [[{"primary":true}]]])");
  for (const auto& [preset, text] : samples) {
    const Json whole = json(text);
    check_answer(expand_payload(preset, SystemName("source"), known_entity, whole));
    std::vector<Json::json_pointer> pointers;
    collect_pointers(whole, Json::json_pointer(), pointers);
    for (const auto& pointer : pointers) {
      for (const auto& replacement : replacements) {
        Json changed = whole;
        changed[pointer] = replacement;
        INFO(preset << " " << to_wire(changed));
        check_answer(expand_payload(preset, SystemName("source"), known_entity, changed));
      }
    }
  }
}

}  // namespace truce::presets_test
