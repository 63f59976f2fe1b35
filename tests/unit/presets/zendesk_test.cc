#include "tests/unit/presets/expand.h"

namespace truce::presets_test {

namespace {

Json zendesk_event(const std::string& type, const std::string& detail, const std::string& change) {
  return expand_one("zendesk.event", R"({"account_id":1,"id":"e-1","subject":"zen:ticket:5158",
      "time":"2025-01-08T10:12:07.672717030Z","zendesk_event_version":"2022-11-06",
      "type":"zen:event-type:)" + type + R"(","detail":{"id":"5158",)" +
                                         detail +
                                         R"("updated_at":"2025-01-08T10:12:07Z"},"event":)" +
                                         change + "}");
}

}  // namespace

TEST_CASE("Zendesk records are named by their list, their url or their search result") {
  CHECK(expand_one("zendesk.record",
                   R"({"tickets":[{"id":2,"status":"open"}],"end_of_stream":true})")["entity"] ==
        "ticket");
  CHECK(expand_one("zendesk.record", R"({"users":[{"id":46406156914577,"active":true}]})")["id"] ==
        "46406156914577");
  CHECK(expand_one("zendesk.record", R"({"ticket":{"id":2}})")["entity"] == "ticket");
  CHECK(expand_one("zendesk.record",
                   R"({"id":2,"url":"https://x.example/api/v2/organizations/2.json"})")["entity"] ==
        "company");
  CHECK(expand_one("zendesk.record", R"({"results":[{"id":2,"result_type":"user"}]})")["entity"] ==
        "contact");
  CHECK(expand("zendesk.record", R"({"tickets":[{"id":2}],"users":[{"id":3},{"id":4}]})").size() ==
        3);
}

TEST_CASE("what Zendesk keeps of the deleted is a deletion") {
  const auto user = expand_one("zendesk.record", R"({"users":[{"id":3,"active":false,
      "updated_at":"2026-05-06T08:47:47Z"}]})");
  CHECK(user["op"] == "delete");
  CHECK(user["occurred_at"] == "2026-05-06T08:47:47.000Z");
  CHECK(expand_one("zendesk.record", R"({"tickets":[{"id":3,"status":"deleted"}]})")["op"] ==
        "delete");
}

TEST_CASE("a Zendesk event spells its record as the REST API does") {
  const auto event = zendesk_event(
      "ticket.created",
      R"("actor_id":"84","priority":"LOW","status":"OPEN","type":"TASK","custom_status":"8447",
         "form_id":"86","organization_id":"0","external_id":"","tags":null,"subject":"OPEN DOOR",)",
      "{}");
  CHECK(event["id"] == "5158");
  CHECK(event["event_id"] == "e-1");
  CHECK(event["occurred_at"] == "2025-01-08T10:12:07.672717Z");
  CHECK(event["actor"] == "user:84");
  check_equal(event["record"], R"({"id":"5158","priority":"low","status":"open","type":"task",
      "custom_status_id":"8447","ticket_form_id":"86","organization_id":null,"external_id":null,
      "tags":[],"subject":"OPEN DOOR","updated_at":"2025-01-08T10:12:07Z"})");
}

TEST_CASE("a Zendesk change event names the field in the REST API's words") {
  const auto status = zendesk_event(
      "ticket.status_changed", R"("status":"SOLVED",)",
      R"({"current":"SOLVED","previous":"ON_HOLD","meta":{"sequence":{"id":"s","position":2}}})");
  check_equal(status["changed"], R"(["status"])");
  check_equal(status["previous"], R"({"status":"hold"})");
  CHECK(status["record"]["status"] == "solved");
  CHECK(status["version"] == "2");

  const auto assignee =
      zendesk_event("ticket.agent_assignment_changed", "", R"({"current":"85","previous":"0"})");
  check_equal(assignee["changed"], R"(["assignee_id"])");
  CHECK(assignee["previous"]["assignee_id"].is_null());
  CHECK(assignee["record"]["assignee_id"] == "85");
}

TEST_CASE("a custom field and tags that changed are found under their paths") {
  const auto field = zendesk_event(
      "ticket.custom_field_changed", "",
      R"({"custom_field":{"id":"10","type":"text"},"current":{"value":"B"},"previous":{"value":"A"}})");
  check_equal(field["record"]["custom_fields"], R"([{"id":"10","value":"B"}])");
  check_equal(field["previous"], R"({"custom_fields[id=10].value":"A"})");

  const auto tags = zendesk_event("ticket.tags_changed", R"("tags":["a","b"],)",
                                  R"({"tags_added":["b"],"tags_removed":["c"]})");
  check_equal(tags["changed"], R"(["tags"])");
  check_equal(tags["previous"], R"({"tags":["a","c"]})");
}

TEST_CASE("a change of something that is no field of the record changes no field") {
  const auto event = zendesk_event("user.identity_changed", "",
                                   R"({"current":{"type":"email"},"previous":{"type":"email"}})");
  CHECK_FALSE(event.contains("changed"));
  CHECK(event.contains("record"));
}

TEST_CASE("what a Zendesk event shows of a user is a part of it, of a ticket the whole") {
  CHECK(zendesk_event("user.name_changed", "", R"({"current":"Ada"})")["partial"] == true);
  CHECK_FALSE(zendesk_event("ticket.created", "", "{}").contains("partial"));
}

TEST_CASE("deletes, restores and merges of Zendesk") {
  for (const auto* type : {"ticket.soft_deleted", "ticket.permanently_deleted", "user.deleted"}) {
    const auto event = zendesk_event(type, "", "{}");
    CHECK(event["op"] == "delete");
    CHECK_FALSE(event.contains("record"));
  }
  CHECK(zendesk_event("ticket.undeleted", "", "{}")["op"] == "restore");
  const auto merged = zendesk_event("ticket.merged", "", R"({"target_ticket_id":"7"})");
  CHECK(merged["op"] == "merge");
  CHECK(merged["merged_into"] == "7");
  const auto somewhere = zendesk_event("ticket.merged", "", "{}");
  CHECK(somewhere["op"] == "upsert");
  CHECK_FALSE(somewhere.contains("record"));
}

TEST_CASE("a user set inactive is deleted, and set active restored") {
  CHECK(zendesk_event("user.active_changed", "", R"({"current":false,"previous":true})")["op"] ==
        "delete");
  CHECK(zendesk_event("user.active_changed", "", R"({"current":true,"previous":false})")["op"] ==
        "restore");
}

TEST_CASE("the subject names the record where the detail does not") {
  const auto event = expand_one("zendesk.event", R"({"id":"e","subject":"zen:organization:77",
      "type":"zen:event-type:organization.deleted","time":"2025-01-08T10:12:07Z"})");
  CHECK(event["entity"] == "company");
  CHECK(event["id"] == "77");
}

TEST_CASE("what a Zendesk trigger's template sends is an id to be fetched") {
  for (const auto* payload : {R"({"ticket.id":"123"})", R"({"ticket_id":123})",
                              R"({"ticket":{"id":"123","status":"Open"}})"}) {
    check_equal(expand_one("zendesk.trigger", payload),
                R"({"system":"source","entity":"ticket","op":"upsert","id":"123"})");
  }
}

}  // namespace truce::presets_test
