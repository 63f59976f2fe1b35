// Pipedrive's own records and webhooks, of both versions.
#include <catch2/catch.hpp>

#include "tests/payloads/materials.h"

namespace truce::payloads_test {

TEST_CASE("a list of Pipedrive persons, API v1") {
  if (!payloads_are_there("a list of Pipedrive persons, API v1")) return;
  const auto contact = policy("contact.json");
  const Json list = payload("pipedrive/persons_v1_list.json");
  const auto events = events_of(*contact, "pipedrive", "pipedrive.record", list);
  REQUIRE(events.size() == 4);
  const std::vector<const char*> added = {"2026-05-15T09:58:20.000Z", "2026-05-15T10:11:48.000Z",
                                          "2026-05-15T10:14:24.000Z", "2026-05-15T10:14:47.000Z"};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& raw = list["data"][i];
    check_event(events[i], {{"system", "pipedrive"},
                            {"entity", "contact"},
                            {"op", "upsert"},
                            {"id", number_text(raw["id"])}});
    const auto record = canonical(*contact, events[i]);
    check_fields(record, {{"email", raw["email"][0]["value"]},
                          {"first_name", raw["first_name"]},
                          {"last_name", raw["last_name"]},
                          {"job_title", nullptr},
                          // Only the first of them has a number; the others have a blank entry.
                          {"phone", i == 0 ? raw["phone"][0]["value"] : Json(nullptr)},
                          {"birthday", nullptr},
                          {"tags", nullptr},
                          {"first_seen", added[i]}});
  }
  CHECK(canonical(*contact, events[0]).modified == "2026-05-15T10:11:04.000Z");
}

TEST_CASE("a Pipedrive person, API v2") {
  if (!payloads_are_there("a Pipedrive person, API v2")) return;
  const auto contact = policy("contact.json");
  const Json answer = payload("pipedrive/person_v2_example.json");
  const auto events = events_of(*contact, "pipedrive", "pipedrive.record", answer);
  REQUIRE(events.size() == 1);
  const auto record = canonical(*contact, events[0]);
  const Json& raw = answer["data"];
  CHECK(to_canonical(record.fields) ==
        to_canonical(Json{{"email", raw["emails"][0]["value"]},
                          {"first_name", raw["first_name"]},
                          {"last_name", raw["last_name"]},
                          {"job_title", raw["job_title"]},
                          {"phone", raw["phones"][0]["value"]},
                          {"birthday", raw["birthday"]},
                          {"first_seen", "2021-01-01T00:00:00.000Z"}}));
  // Labels 1, 2 and 3 are not in the policy's list.
  CHECK(record.problems == std::vector<std::string>{"tags: unknown-option"});
}

TEST_CASE("a list of Pipedrive deals, API v1, with its references") {
  if (!payloads_are_there("a list of Pipedrive deals, API v1")) return;
  const auto deal = policy("deal.json");
  const Json list = payload("pipedrive/deals_v1_list.json");
  const auto events = events_of(*deal, "pipedrive", "pipedrive.record", list);
  REQUIRE(events.size() == 3);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& raw = list["data"][i];
    const bool with_company = i == 2;
    const Json reference = with_company ? Json("2") : Json(nullptr);
    check_fields(canonical(*deal, events[i]),
                 {{"title", raw["title"]},
                  // 0 stands for no amount.
                  {"amount", with_company ? Json("25000") : Json(nullptr)},
                  {"currency", raw["currency"]},
                  {"stage", with_company ? "lost" : "scheduled"},
                  {"close_date", nullptr},
                  {"company", reference},
                  {"contact", reference}});
  }
}

TEST_CASE("a Pipedrive organization, API v2") {
  if (!payloads_are_there("a Pipedrive organization, API v2")) return;
  const auto company = policy("company.json");
  const Json answer = payload("pipedrive/organization_v2_example.json");
  const auto events = events_of(*company, "pipedrive", "pipedrive.record", answer);
  REQUIRE(events.size() == 1);
  CHECK(events[0]["entity"] == "company");
  check_fields(canonical(*company, events[0]), {{"name", answer["data"]["name"]}});
}

TEST_CASE("a Pipedrive webhook v1 about a label") {
  if (!payloads_are_there("a Pipedrive webhook v1")) return;
  const auto contact = policy("contact.json");
  const Json sent = payload("pipedrive/webhook_v1_updated_person.json");
  const auto events = events_of(*contact, "pipedrive", "pipedrive.webhook", sent);
  REQUIRE(events.size() == 1);
  check_event(events[0], {{"system", "pipedrive"},
                          {"entity", "contact"},
                          {"op", "upsert"},
                          {"id", "11"},
                          {"event_id", "person/11/updated/1739827618595189"},
                          {"version", "1739827618595189"},
                          {"actor", "app/user:1234567890"},
                          {"occurred_at", "2025-02-17T21:26:58.595189Z"},
                          {"changed", {"label", "label_ids", "update_time"}},
                          {"previous",
                           {{"label", nullptr},
                            {"label_ids", Json::array()},
                            {"update_time", "2025-02-17T21:15:41Z"}}}});
  const Json& raw = sent["current"];
  check_fields(canonical(*contact, events[0]), {{"email", nullptr},
                                                {"first_name", raw["first_name"]},
                                                {"last_name", raw["last_name"]},
                                                {"job_title", nullptr},
                                                {"phone", nullptr},
                                                {"birthday", nullptr},
                                                {"tags", {"vip"}},
                                                {"first_seen", "2025-02-17T21:15:41.000Z"}});
}

TEST_CASE("a Pipedrive webhook v2 about a lead") {
  if (!payloads_are_there("a Pipedrive webhook v2")) return;
  const auto contact = policy("contact.json");
  const Json sent = payload("pipedrive/webhook_v2_change_lead.json");
  const auto events = events_of(*contact, "pipedrive", "pipedrive.webhook", sent);
  REQUIRE(events.size() == 1);
  check_event(events[0], {{"system", "pipedrive"},
                          {"entity", "lead"},
                          {"op", "upsert"},
                          {"id", sent["meta"]["entity_id"]},
                          {"event_id", sent["meta"]["id"]},
                          {"actor", "app/user:12345678"},
                          {"occurred_at", "2025-06-19T16:07:36.754Z"},
                          {"changed", {"update_time", "value.amount", "value.currency"}},
                          {"previous",
                           {{"update_time", "2025-06-19T16:07:30.029Z"},
                            {"value.amount", nullptr},
                            {"value.currency", nullptr}}}});
  CHECK(events[0]["record"]["value"] == sent["data"]["value"]);
}

TEST_CASE("a merge by webhook v2 moves the loser, whichever half arrives") {
  if (!payloads_are_there("a merge by webhook v2")) return;
  const auto contact = policy("contact.json");
  const auto events = events_of(*contact, "pipedrive", "pipedrive.webhook",
                                payload("pipedrive/webhook_v2_merge_pair_assembled.json"));
  REQUIRE(events.size() == 3);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(events[i]["op"] == "merge");
    CHECK(events[i]["id"] == "11");
    CHECK(events[i]["merged_into"] == "12");
  }
  CHECK(events[2]["op"] == "upsert");
  CHECK(events[2]["id"] == "12");
}

}  // namespace truce::payloads_test
