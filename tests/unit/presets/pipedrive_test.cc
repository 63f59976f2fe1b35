#include "tests/unit/presets/expand.h"

namespace truce::presets_test {

namespace {

constexpr auto custom_key = "9dc80c50d78a15643bfc4ca79d76156a73a1ca0e";

}  // namespace

TEST_CASE("a Pipedrive v1 person takes the v2 shape") {
  const auto event = expand_one("pipedrive.record", R"({"success":true,"data":[{"id":2,
      "name":"Ada Byron","first_name":"Ada","last_name":"Byron",
      "owner_id":{"id":25,"name":"Owner","value":25},"org_id":{"name":"Acme","value":7},
      "email":[{"label":"home","value":"b@x.example","primary":false},
               {"label":"work","value":"a@x.example","primary":true}],
      "phone":[{"value":"","primary":true}],"active_flag":true,"label":null,"label_ids":[14],
      "update_time":"2025-02-17 21:22:41","next_activity_time":"10:00:00",
      ")" + std::string(custom_key) + R"(":"190"}],"additional_data":{}})");
  CHECK(event["entity"] == "contact");
  CHECK(event["id"] == "2");
  check_equal(event["record"], R"({"id":2,"name":"Ada Byron","first_name":"Ada","last_name":"Byron",
      "owner_id":25,"org_id":7,
      "emails":[{"label":"home","value":"b@x.example","primary":false},
                {"label":"work","value":"a@x.example","primary":true}],
      "phones":[{"value":"","primary":true}],"is_deleted":false,"label":null,"label_ids":[14],
      "update_time":"2025-02-17T21:22:41Z","next_activity_time":"10:00:00",
      "custom_fields":{")" + std::string(custom_key) +
                                   R"(":"190"}})");
}

TEST_CASE("a Pipedrive v1 deal takes the v2 shape") {
  const auto event = expand_one("pipedrive.record", R"({"data":{"id":3,"stage_id":1,"title":"Big",
      "user_id":{"id":25,"value":25},"person_id":{"name":"Ada","value":2},"org_id":null,
      "value":25000,"currency":"EUR","label":"14,15","deleted":false,
      ")" + std::string(custom_key) + R"(":12.50,")" + custom_key +
                                                        R"(_currency":"EUR"}})");
  CHECK(event["entity"] == "deal");
  check_equal(event["record"], R"({"id":3,"stage_id":1,"title":"Big","owner_id":25,"person_id":2,
      "org_id":null,"value":25000,"currency":"EUR","label_ids":[14,15],"is_deleted":false,
      "custom_fields":{")" + std::string(custom_key) +
                                   R"(":{"value":12.5,"currency":"EUR"}}})");
}

TEST_CASE(
    "a Pipedrive v2 record keeps its shape, and an empty list of addresses is one blank entry") {
  const auto event = expand_one("pipedrive.record", R"({"success":true,"data":{"id":1,
      "first_name":"Ada","org_id":7,"emails":[],"phones":[{"value":"12345","label":"work"}],
      "update_time":"2026-05-15T09:55:02Z","is_deleted":false,"custom_fields":null}})");
  check_equal(event["record"], R"({"id":1,"first_name":"Ada","org_id":7,
      "emails":[{"value":null,"primary":true}],
      "phones":[{"value":"12345","label":"work","primary":true}],
      "update_time":"2026-05-15T09:55:02Z","is_deleted":false,"custom_fields":{}})");
}

TEST_CASE("a v1 address beside its parts becomes an address with parts") {
  const auto event = expand_one("pipedrive.record", R"({"id":1,"people_count":0,
      "address":"Main St 1, Bonn","address_locality":"Bonn","address_country":null})");
  CHECK(event["entity"] == "company");
  check_equal(event["record"], R"({"id":1,"people_count":0,
      "address":{"value":"Main St 1, Bonn","locality":"Bonn","country":null}})");
}

TEST_CASE("a Pipedrive organization without an address has cleared every part of it") {
  const auto event = expand_one("pipedrive.record", R"({"id":1,"people_count":0,"address":null})");
  CHECK(event["record"]["address"]["value"].is_null());
  CHECK(event["record"]["address"].contains("postal_code"));
}

TEST_CASE("a deleted Pipedrive record is a deletion") {
  const auto v1 = expand_one("pipedrive.record", R"({"id":4,"first_name":"x","active_flag":false,
      "delete_time":"2025-02-17 21:22:41","update_time":"2025-02-18 00:00:00"})");
  CHECK(v1["op"] == "delete");
  CHECK(v1["occurred_at"] == "2025-02-17T21:22:41.000Z");
  const auto v2 = expand_one("pipedrive.record", R"({"id":4,"emails":[],"is_deleted":true,
      "update_time":"2025-02-18T00:00:00Z"})");
  CHECK(v2["op"] == "delete");
  CHECK(v2["occurred_at"] == "2025-02-18T00:00:00.000Z");
}

TEST_CASE("a Pipedrive webhook v1 tells what changed and what it held before") {
  const auto event = expand_one("pipedrive.webhook", R"({"v":1,"event":"updated.person","retry":2,
      "meta":{"action":"updated","object":"person","id":11,"timestamp":1739827618,
              "timestamp_micro":1739827618595189,"change_source":"app","user_id":77},
      "current":{"id":11,"first_name":"Ada","email":[{"value":"new@x.example","primary":true}],
                 "org_id":7,"update_time":"2025-02-17 21:26:58"},
      "previous":{"id":11,"first_name":"Ada","email":[{"value":"old@x.example","primary":true}],
                  "org_id":null,"update_time":"2025-02-17 21:15:41"}})");
  CHECK(event["id"] == "11");
  CHECK(event["entity"] == "contact");
  CHECK(event["occurred_at"] == "2025-02-17T21:26:58.595189Z");
  CHECK(event["version"] == "1739827618595189");
  CHECK(event["event_id"] == "person/11/updated/1739827618595189");
  CHECK(event["actor"] == "app/user:77");
  check_equal(event["changed"],
              R"(["emails","org_id","update_time","emails[primary=true].value"])");
  CHECK(event["previous"]["emails[primary=true].value"] == "old@x.example");
  CHECK(event["previous"]["org_id"].is_null());
  CHECK(event["record"]["emails"][0]["value"] == "new@x.example");
}

TEST_CASE("a Pipedrive update that moved nothing but its time says so") {
  const auto event = expand_one("pipedrive.webhook", R"({"v":1,
      "meta":{"action":"updated","object":"person","id":11,"timestamp_micro":1739827618595189},
      "current":{"id":11,"first_name":"Ada","update_time":"2025-02-17 21:26:58"},
      "previous":{"id":11,"first_name":"Ada","update_time":"2025-02-17 21:15:41"}})");
  check_equal(event["changed"], R"(["update_time"])");
}

TEST_CASE("a Pipedrive webhook v1 that is sent again is the same event") {
  const auto sent = [](const std::string& retry) {
    return expand_one("pipedrive.webhook", R"({"v":1,"retry":)" + retry + R"(,
        "meta":{"action":"added","object":"deal","id":1,"timestamp_micro":1739827618595189},
        "current":{"id":1,"title":"x"},"previous":null})");
  };
  CHECK(to_canonical(sent("0")) == to_canonical(sent("3")));
  CHECK(sent("0")["op"] == "upsert");
  CHECK_FALSE(sent("0").contains("changed"));
}

TEST_CASE("Pipedrive v1 deletions and merges") {
  const auto deleted = expand_one("pipedrive.webhook", R"({"v":1,
      "meta":{"action":"deleted","object":"organization","id":5,"timestamp_micro":1739827618595189},
      "current":null,"previous":{"id":5,"name":"Acme"}})");
  CHECK(deleted["op"] == "delete");
  CHECK(deleted["entity"] == "company");
  CHECK_FALSE(deleted.contains("record"));

  const auto merged = expand("pipedrive.webhook", R"({"v":1,
      "meta":{"action":"merged","object":"person","id":12,"timestamp_micro":1739827618595189},
      "current":{"id":12,"first_name":"Ada"},"previous":{"id":11,"first_name":"A."}})");
  REQUIRE(merged.size() == 2);
  CHECK(merged[0]["op"] == "merge");
  CHECK(merged[0]["id"] == "11");
  CHECK(merged[0]["merged_into"] == "12");
  CHECK(merged[1]["id"] == "12");
  CHECK_FALSE(merged[1].contains("changed"));
}

TEST_CASE("a Pipedrive webhook v2 tells what changed, down to the member") {
  const auto event = expand_one("pipedrive.webhook", R"({
      "data":{"id":"u-1","title":"Lead","value":{"amount":123,"currency":"BRL"},
              "update_time":"2025-06-19T16:07:36.753Z","was_seen":true},
      "previous":{"update_time":"2025-06-19T16:07:30.029Z","value":null},
      "meta":{"action":"change","entity":"lead","entity_id":"u-1","id":"e-1","attempt":1,
              "timestamp":"2025-06-19T16:07:36.754Z","user_id":"77","change_source":"app"}})");
  CHECK(event["entity"] == "lead");
  CHECK(event["id"] == "u-1");
  CHECK(event["event_id"] == "e-1");
  CHECK(event["occurred_at"] == "2025-06-19T16:07:36.754Z");
  check_equal(event["changed"], R"(["update_time","value.amount","value.currency"])");
  check_equal(
      event["previous"],
      R"({"update_time":"2025-06-19T16:07:30.029Z","value.amount":null,"value.currency":null})");
}

TEST_CASE("a Pipedrive webhook v2 may tell its time in epoch seconds") {
  const auto event = expand_one("pipedrive.webhook", R"({"data":{"id":1},"previous":{},
      "meta":{"action":"create","entity":"deal","entity_id":"1","id":"e","timestamp":1750349256}})");
  CHECK(event["occurred_at"] == "2025-06-19T16:07:36.000Z");
}

TEST_CASE("custom values that a webhook v2 wraps with their type are plain values") {
  const auto event = expand_one("pipedrive.webhook", R"({"previous":null,
      "data":{"id":1,"custom_fields":{"a":{"type":"varchar","value":"x"},"b":{"type":"enum","id":190},
          "c":{"type":"set","values":[{"id":1},{"id":2}]},
          "d":{"type":"monetary","value":5,"currency":"EUR"},"e":null}},
      "meta":{"action":"create","entity":"deal","entity_id":"1","id":"e"}})");
  check_equal(event["record"]["custom_fields"],
              R"({"a":"x","b":190,"c":[1,2],"d":{"value":5,"currency":"EUR"},"e":null})");
}

TEST_CASE("a Pipedrive v2 delete that names a survivor is a merge") {
  const auto events = expand("pipedrive.webhook", R"([
      {"meta":{"action":"delete","entity":"person","entity_id":"11","id":"e-1","merged_to_id":"12"},
       "data":null,"previous":{"id":11}},
      {"meta":{"action":"change","entity":"person","entity_id":"12","id":"e-2","merged_from_id":"11"},
       "data":{"id":12,"name":"Ada"},"previous":{}},
      {"meta":{"action":"delete","entity":"person","entity_id":"13","id":"e-3"},
       "data":null,"previous":{"id":13}}])");
  REQUIRE(events.size() == 4);
  for (const auto index : {0U, 1U}) {
    CHECK(events[index]["op"] == "merge");
    CHECK(events[index]["id"] == "11");
    CHECK(events[index]["merged_into"] == "12");
  }
  CHECK(events[2]["op"] == "upsert");
  CHECK(events[2]["id"] == "12");
  CHECK(events[3]["op"] == "delete");
  CHECK(events[3]["id"] == "13");
}

}  // namespace truce::presets_test
