// Zendesk's own records and events.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/payloads/materials.h"

namespace truce::payloads_test {

namespace {

// Times with whole seconds, as the API shows them.
std::string with_milliseconds(const Json& raw) {
  auto text = raw.get<std::string>();
  text.insert(text.size() - 1, ".000");
  return text;
}

}  // namespace

TEST_CASE("a page of Zendesk users, one of them deleted") {
  if (!payloads_are_there("a page of Zendesk users")) return;
  const auto contact = policy("contact.json");
  const Json page = payload("zendesk/users_incremental.json");
  const auto events = events_of(*contact, "zendesk", "zendesk.record", page);
  REQUIRE(events.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) {
    const Json& raw = page["users"][i];
    check_event(events[i], {{"system", "zendesk"},
                            {"entity", "contact"},
                            {"op", "upsert"},
                            {"id", number_text(raw["id"])}});
    const auto record = canonical(*contact, events[i]);
    check_fields(record, {{"email", raw["email"]},
                          {"full_name", raw["name"]},
                          {"phone", nullptr},
                          {"tags", nullptr},
                          {"first_seen", with_milliseconds(raw["created_at"])}});
    CHECK(record.modified == with_milliseconds(raw["updated_at"]));
  }
  check_event(events[3], {{"system", "zendesk"},
                          {"entity", "contact"},
                          {"op", "delete"},
                          {"id", number_text(page["users"][3]["id"])},
                          {"occurred_at", "2026-05-06T08:47:47.000Z"}});
}

TEST_CASE("a page of Zendesk tickets, with a field of its own making") {
  if (!payloads_are_there("a page of Zendesk tickets")) return;
  const auto ticket = policy("ticket.json");
  const Json page = payload("zendesk/tickets_incremental.json");
  const auto events = events_of(*ticket, "zendesk", "zendesk.record", page);
  REQUIRE(events.size() == 4);
  const std::vector<Json> languages = {"language__en", "language__en", nullptr, "language__en"};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& raw = page["tickets"][i];
    std::vector<std::string> tags = raw["tags"];
    std::sort(tags.begin(), tags.end());
    check_fields(canonical(*ticket, events[i]),
                 {{"number", number_text(raw["id"])},
                  {"subject", raw["subject"]},
                  {"description", raw["description"]},
                  {"status", raw["status"]},
                  {"priority", raw["priority"]},
                  {"tags", tags},
                  {"language", languages[i]},
                  {"requester", number_text(raw["requester_id"])},
                  {"opened_at", with_milliseconds(raw["created_at"])},
                  {"due_at", nullptr}});
  }
}

TEST_CASE("a Zendesk ticket event in capitals is the record that the REST API shows") {
  if (!payloads_are_there("a Zendesk ticket event in capitals")) return;
  const auto ticket = policy("ticket.json");
  const Json sent = payload("zendesk/event_ticket_created.json");
  const auto events = events_of(*ticket, "zendesk", "zendesk.event", sent);
  REQUIRE(events.size() == 1);
  check_event(events[0], {{"system", "zendesk"},
                          {"entity", "ticket"},
                          {"op", "upsert"},
                          {"id", "5158"},
                          {"event_id", sent["id"]},
                          {"actor", "user:" + sent["detail"]["actor_id"].get<std::string>()},
                          {"occurred_at", "2025-01-08T10:12:07.672717Z"}});
  const Json& detail = sent["detail"];
  check_fields(canonical(*ticket, events[0]), {{"number", "5158"},
                                               {"subject", detail["subject"]},
                                               {"description", detail["description"]},
                                               {"status", "open"},
                                               {"priority", "low"},
                                               {"tags", detail["tags"]},
                                               {"requester", detail["requester_id"]},
                                               {"opened_at", "2025-01-08T10:12:07.000Z"}});
}

TEST_CASE("a Zendesk user set inactive in 2099 is deleted in 2099") {
  if (!payloads_are_there("a Zendesk user set inactive in 2099")) return;
  const auto contact = policy("contact.json");
  const Json sent = payload("zendesk/event_user_active_changed.json");
  const auto events = events_of(*contact, "zendesk", "zendesk.event", sent);
  REQUIRE(events.size() == 1);
  check_event(events[0], {{"system", "zendesk"},
                          {"entity", "contact"},
                          {"op", "delete"},
                          {"id", sent["detail"]["id"]},
                          {"event_id", sent["id"]},
                          {"occurred_at", "2099-07-04T05:33:18.000Z"}});
}

}  // namespace truce::payloads_test
