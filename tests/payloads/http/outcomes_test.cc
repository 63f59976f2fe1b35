// Real payloads through the running program: what it answers, and what it would write where.
#include <catch2/catch.hpp>
#include <chrono>

#include "engine/core/model/time.h"
#include "tests/payloads/http/running_sidecar.h"
#include "tests/payloads/recorded.h"

namespace truce::payloads_test {

namespace {

void check_same(const Json& actual, const Json& expected) {
  CHECK(to_canonical(actual) == to_canonical(expected));
}

std::vector<std::string> kinds(const std::vector<Json>& outcomes) {
  std::vector<std::string> all;
  for (const auto& outcome : outcomes) all.push_back(outcome["outcome"]);
  return all;
}
using Kinds = std::vector<std::string>;

// The one delivery to `system`.
Json delivery_to(const Json& outcome, const std::string& system) {
  Json found;
  for (const auto& delivery : outcome["deliveries"]) {
    if (delivery["system"] != system) continue;
    CHECK(found.is_null());
    found = delivery;
  }
  INFO(to_wire(outcome));
  REQUIRE_FALSE(found.is_null());
  return found;
}

void check_create(const Json& delivery, const std::string& entity, const Json& fields) {
  CHECK(delivery["op"] == "create");
  CHECK(delivery["entity"] == entity);
  CHECK(delivery["record_id"].is_null());
  CHECK(delivery["state"] == "leased");
  check_same(delivery["fields"], fields);
}

}  // namespace

TEST_CASE("HubSpot contacts become contacts in Salesforce, once") {
  if (!payloads_are_there("HubSpot contacts over HTTP")) return;
  RunningSidecar truce("contact.json");
  const Json page = payload("hubspot/contacts_list.json");
  const auto outcomes = truce.send("hubspot.record", page);
  REQUIRE(kinds(outcomes) == Kinds(6, "applied"));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    Json properties = page["results"][i]["properties"];
    Json record = {{"email", properties["email"]},
                   {"first_name", properties["firstname"]},
                   {"last_name", properties["lastname"]},
                   {"first_seen", properties["createdate"]}};
    Json fields = {{"Email", properties["email"]},
                   {"FirstName", properties["firstname"]},
                   {"LastName", properties["lastname"]}};
    if (!properties["phone"].is_null()) record["phone"] = fields["Phone"] = properties["phone"];
    if (!properties["jobtitle"].is_null()) {
      record["job_title"] = fields["Title"] = properties["jobtitle"];
    }
    check_same(outcomes[i]["record"], record);
    CHECK(outcomes[i]["deliveries"].size() == 1);
    check_create(delivery_to(outcomes[i], "salesforce"), "contact", fields);
  }
  // The batch read shows three of them again.
  const auto again =
      truce.send("hubspot.record", payload("hubspot/contacts_batch_read_assembled.json"));
  REQUIRE(kinds(again) == Kinds(3, "duplicate"));
  for (std::size_t i = 0; i < again.size(); ++i) {
    CHECK(again[i]["deliveries"].empty());
    check_same(again[i]["first"]["record"], outcomes[i]["record"]);
  }
  // A picture from before the page: its cleared address was overtaken in HubSpot itself.
  const auto before =
      truce.send("hubspot.record", payload("hubspot/contact_patch_clear_field.json"));
  REQUIRE(before.size() == 1);
  CHECK(before[0]["record"]["email"] == outcomes[0]["record"]["email"]);
  CHECK(before[0]["deliveries"].empty());
}

TEST_CASE("a Salesforce contact, its copy in HubSpot, and an edit of it there") {
  if (!payloads_are_there("a Salesforce contact over HTTP")) return;
  RunningSidecar truce("contact.json");
  const Json page = payload("salesforce/contacts_query.json");
  const auto outcomes = truce.send("salesforce.record", page);
  REQUIRE(kinds(outcomes) == Kinds(8, "applied"));
  const Json& row = page["records"][0];
  check_same(outcomes[0]["record"], {{"email", row["Email"]},
                                     {"first_name", row["FirstName"]},
                                     {"last_name", row["LastName"]},
                                     {"job_title", row["Title"]},
                                     {"phone", "+15127576000"},
                                     {"mobile", "+15127579340"},
                                     {"first_seen", "2026-05-01T07:25:37.000Z"}});
  const Json create = delivery_to(outcomes[0], "hubspot");
  check_create(create, "contact",
               {{"properties",
                 {{"email", row["Email"]},
                  {"firstname", row["FirstName"]},
                  {"lastname", row["LastName"]},
                  {"jobtitle", row["Title"]},
                  {"phone", "+15127576000"},
                  {"mobilephone", "+15127579340"}}}});
  truce.settle(create, "9001");

  // HubSpot tells of the new record property by property: our own words.
  const auto property = [&](const std::string& name, const std::string& value, const char* at) {
    return truce.send("hubspot.webhook",
                      Json::array({{{"subscriptionType", "contact.propertyChange"},
                                    {"objectId", 9001},
                                    {"portalId", 1},
                                    {"eventId", 7},
                                    {"subscriptionId", 2},
                                    {"propertyName", name},
                                    {"propertyValue", value},
                                    {"occurredAt", at}}}))[0];
  };
  const auto now = to_rfc3339(Time{std::chrono::duration_cast<std::chrono::microseconds>(
                                       std::chrono::system_clock::now().time_since_epoch())
                                       .count()});
  CHECK(property("jobtitle", row["Title"], now.c_str())["outcome"] == "echo");

  // And then somebody edits it there.
  const auto edit = property("jobtitle", "Head of Procurement", now.c_str());
  CHECK(edit["outcome"] == "applied");
  CHECK(edit["record"]["job_title"] == "Head of Procurement");
  const Json update = delivery_to(edit, "salesforce");
  CHECK(update["op"] == "update");
  CHECK(update["record_id"] == row["Id"]);
  check_same(update["fields"], {{"Title", "Head of Procurement"}});
}

TEST_CASE("a portal's webhooks before anybody has seen the records ask for them") {
  if (!payloads_are_there("a portal's webhooks over HTTP")) return;
  RunningSidecar truce("contact.json");
  const auto outcomes =
      truce.send("hubspot.webhook", payload("hubspot/webhook_events_lifecycle_14.json"));
  REQUIRE(outcomes.size() == 13);
  CHECK(outcomes[0]["outcome"] == "incomplete");  // creation
  CHECK(outcomes[0]["fetch"]["system"] == "hubspot");
  CHECK(outcomes[0]["fetch"]["entity"] == "contact");
  CHECK_FALSE(outcomes[0]["fetch"]["id"].get<std::string>().empty());
  CHECK(outcomes[1]["outcome"] == "incomplete");  // a property of an unknown contact
  CHECK(outcomes[2]["outcome"] == "applied");     // its deletion: a tombstone
  for (std::size_t i = 3; i < outcomes.size(); ++i) {
    CHECK(outcomes[i]["outcome"] == "rejected");
    CHECK(outcomes[i]["errors"][0]["code"] == "unknown-entity");
  }
  // n8n's trigger hands over the same events, but for the one whose id it dropped.
  const auto again =
      truce.send("hubspot.webhook", payload("n8n/hubspot_trigger_output_derived.json"));
  REQUIRE(again.size() == 7);
  for (std::size_t i = 0; i < 6; ++i) CHECK(again[i]["outcome"] == "duplicate");
  CHECK(again[6]["outcome"] == "rejected");
  CHECK(again[6]["errors"][0]["message"].get<std::string>().find("n8n") != std::string::npos);
}

TEST_CASE("merges, restores and deletes of records that nobody has seen make nothing") {
  if (!payloads_are_there("merges over HTTP")) return;
  RunningSidecar truce("contact.json");
  CHECK(kinds(truce.send("hubspot.webhook", payload("hubspot/webhook_merge_fixture_amp.json"))) ==
        Kinds{"applied", "applied", "applied", "incomplete"});
  CHECK(kinds(truce.send("hubspot.webhook", payload("hubspot/webhook_restore_assembled.json"))) ==
        Kinds{"unchanged"});
  CHECK(truce.get("/v1/records/contact?system=hubspot&id=999").status == 404);
}

TEST_CASE("Pipedrive persons of one address: one is taken, of the others a person is asked") {
  if (!payloads_are_there("Pipedrive persons over HTTP")) return;
  RunningSidecar truce("contact.json");
  const Json list = payload("pipedrive/persons_v1_list.json");
  const auto outcomes = truce.send("pipedrive.record", list);
  REQUIRE(kinds(outcomes) == Kinds{"applied", "applied", "conflict", "conflict"});
  const Json& raw = list["data"][0];
  check_create(delivery_to(outcomes[0], "hubspot"), "contact",
               {{"properties",
                 {{"email", raw["email"][0]["value"]},
                  {"firstname", raw["first_name"]},
                  {"lastname", raw["last_name"]},
                  {"phone", raw["phone"][0]["value"]}}}});
  check_create(delivery_to(outcomes[0], "salesforce"), "contact",
               {{"Email", raw["email"][0]["value"]},
                {"FirstName", raw["first_name"]},
                {"LastName", raw["last_name"]},
                {"Phone", raw["phone"][0]["value"]}});
  for (const auto index : {2U, 3U}) {
    CHECK(outcomes[index]["conflicts"][0]["category"] == "ambiguous_match");
    CHECK(outcomes[index]["deliveries"].empty());
  }
  const auto queue = truce.get("/v1/exceptions?category=ambiguous_match");
  CHECK(queue.body["exceptions"].size() == 1);
}

TEST_CASE("Pipedrive's API v2 and its webhooks of both versions") {
  if (!payloads_are_there("Pipedrive webhooks over HTTP")) return;
  RunningSidecar truce("contact.json");
  const auto person = truce.send("pipedrive.record", payload("pipedrive/person_v2_example.json"));
  REQUIRE(kinds(person) == Kinds{"applied"});
  CHECK(person[0]["errors"][0]["code"] == "unknown-option");
  CHECK(delivery_to(person[0], "salesforce")["fields"]["Birthdate"] == "2000-12-31");
  // A person without an address is nobody that this policy could know again.
  const auto v1 =
      truce.send("pipedrive.webhook", payload("pipedrive/webhook_v1_updated_person.json"));
  REQUIRE(kinds(v1) == Kinds{"rejected"});
  CHECK(v1[0]["errors"][0]["field"] == "email");
  const auto lead =
      truce.send("pipedrive.webhook", payload("pipedrive/webhook_v2_change_lead.json"));
  REQUIRE(kinds(lead) == Kinds{"rejected"});
  CHECK(lead[0]["errors"][0]["code"] == "unknown-entity");
  const auto merge =
      truce.send("pipedrive.webhook", payload("pipedrive/webhook_v2_merge_pair_assembled.json"));
  CHECK(kinds(merge) == Kinds{"applied", "unchanged", "rejected"});
}

TEST_CASE("Pipedrive deals: one waits for its company, two of one title are asked about") {
  if (!payloads_are_there("Pipedrive deals over HTTP")) return;
  RunningSidecar truce("deal.json");
  const Json list = payload("pipedrive/deals_v1_list.json");
  const auto outcomes = truce.send("pipedrive.record", list);
  REQUIRE(kinds(outcomes) == Kinds{"applied", "conflict", "parked"});
  check_create(delivery_to(outcomes[0], "salesforce"), "deal",
               {{"Name", list["data"][0]["title"]},
                {"CurrencyIsoCode", "USD"},
                {"StageName", "Prospecting"}});
}

TEST_CASE("companies of HubSpot and Salesforce") {
  if (!payloads_are_there("companies over HTTP")) return;
  RunningSidecar truce("company.json");
  const auto hubspot = truce.send("hubspot.record", payload("hubspot/companies_list.json"));
  REQUIRE(kinds(hubspot) == Kinds(4, "applied"));
  check_create(delivery_to(hubspot[0], "salesforce"), "company",
               {{"Name", "Test Company Batch Updated - Dryrun"},
                {"Website", "testcompany.com"},
                {"Industry", "Technology"}});

  const Json row = payload("salesforce/account_get_full.json");
  const auto account = truce.send("salesforce.record", row);
  REQUIRE(kinds(account) == Kinds{"applied"});
  check_create(delivery_to(account[0], "hubspot"), "company",
               {{"properties",
                 {{"name", row["Name"]},
                  {"domain", "edgecomm.com"},
                  {"website", row["Website"]},
                  {"phone", "+15127576000"},
                  {"address", row["BillingStreet"]},
                  {"city", row["BillingCity"]},
                  {"state", row["BillingState"]},
                  {"country", row["BillingCountry"]},
                  {"industry", "CONSUMER_ELECTRONICS"},
                  {"annualrevenue", 139000000},
                  {"numberofemployees", 1000},
                  {"support_until", "1779580800000"}}}});

  // The query shows that account again, with fewer fields and nothing new, and five others.
  const auto accounts = truce.send("salesforce.record", payload("salesforce/accounts_query.json"));
  Kinds expected(6, "applied");
  expected[4] = "unchanged";
  REQUIRE(kinds(accounts) == expected);
  CHECK(accounts[4]["golden_id"] == account[0]["golden_id"]);
  CHECK(accounts[4]["deliveries"].empty());
}

TEST_CASE("Salesforce change events: created, unknown, a gap, another object, and an old one") {
  if (!payloads_are_there("Salesforce change events over HTTP")) return;
  RunningSidecar truce("company.json");
  const auto created =
      truce.send("salesforce.cdc", payload("salesforce/cdc_pubsub_account_create.json"));
  REQUIRE(kinds(created) == Kinds{"applied"});
  check_create(delivery_to(created[0], "hubspot"), "company", {{"properties", {{"name", "Acme"}}}});

  Json change = payload("salesforce/cdc_pubsub_node_client_update.json");
  CHECK(kinds(truce.send("salesforce.cdc", change)) == Kinds{"incomplete"});
  CHECK(kinds(truce.send("salesforce.cdc", payload("salesforce/cdc_pubsub_gap_create.json"))) ==
        Kinds{"incomplete"});
  const auto employee = truce.send("salesforce.cdc", payload("salesforce/cdc_cometd_update.json"));
  REQUIRE(kinds(employee) == Kinds{"rejected"});
  CHECK(employee[0]["errors"][0]["code"] == "unknown-entity");

  // The same change of an account that we know: it was overtaken two years later.
  const Json row = payload("salesforce/account_get_full.json");
  truce.send("salesforce.record", row);
  change["payload"]["ChangeEventHeader"]["recordIds"] = Json::array({row["Id"]});
  const auto old = truce.send("salesforce.cdc", change);
  REQUIRE(kinds(old) == Kinds{"stale"});
  CHECK(old[0]["record"]["city"] == row["BillingCity"]);
  // And once more as if it happened today: the street and the zip of the row stay.
  change["payload"]["ChangeEventHeader"]["commitTimestamp"] = 1790000000000;
  const auto fresh = truce.send("salesforce.cdc", change);
  REQUIRE(kinds(fresh) == Kinds{"applied"});
  CHECK(fresh[0]["record"]["city"] == "San Francisco");
  CHECK(fresh[0]["record"]["state"] == "CA");
  CHECK(fresh[0]["record"]["street"] == row["BillingStreet"]);
}

TEST_CASE("Zendesk tickets wait for who asked, and become tickets in HubSpot") {
  if (!payloads_are_there("Zendesk tickets over HTTP")) return;
  RunningSidecar truce("ticket.json");
  const auto users = truce.send("zendesk.record", payload("zendesk/users_incremental.json"));
  REQUIRE(kinds(users) == Kinds(4, "applied"));
  CHECK(users[3]["deliveries"].empty());  // deleted before anybody knew of it

  const Json page = payload("zendesk/tickets_incremental.json");
  const auto tickets = truce.send("zendesk.record", page);
  REQUIRE(kinds(tickets) == Kinds{"applied", "parked", "applied", "parked"});
  const Json& raw = page["tickets"][0];
  check_create(delivery_to(tickets[0], "hubspot"), "ticket",
               {{"properties",
                 {{"zendesk_number", "2"},
                  {"subject", raw["subject"]},
                  {"content", raw["description"]},
                  {"hs_pipeline_stage", "3"},
                  {"hs_ticket_priority", "LOW"},
                  {"ticket_tags",
                   "intent__misc__thanks__thanks;intent_confidence__low;language__en;"
                   "language_confidence__medium;sentiment__neutral;sentiment_confidence__high;"
                   "urgent"}}}});
  CHECK(tickets[0]["record"]["requester"] == users[1]["golden_id"]);
  CHECK(tickets[0]["record"]["opened_at"] == "2026-05-06T08:16:30.000Z");

  const auto event = truce.send("zendesk.event", payload("zendesk/event_ticket_created.json"));
  CHECK(kinds(event) == Kinds{"parked"});
}

TEST_CASE("Salesforce cases wait for their contacts and are released by them") {
  if (!payloads_are_there("Salesforce cases over HTTP")) return;
  RunningSidecar truce("ticket.json");
  const Json cases = payload("salesforce/cases_query.json");
  CHECK(kinds(truce.send("salesforce.record", cases)) == Kinds(6, "parked"));
  const auto of_case =
      "/v1/records/ticket?system=salesforce&id=" + cases["records"][1]["Id"].get<std::string>();
  CHECK(truce.get(of_case).status == 404);
  const auto contacts = truce.send("salesforce.record", payload("salesforce/contacts_query.json"));
  CHECK(kinds(contacts) == Kinds(8, "applied"));
  const auto released = truce.get(of_case);
  REQUIRE(released.status == 200);
  // Its status is Zendesk's word, which nobody has yet.
  CHECK_FALSE(released.body["record"].contains("status"));
  CHECK(released.body["record"]["subject"] == cases["records"][1]["Subject"]);
  CHECK(released.body["record"]["priority"] == "high");
  CHECK(released.body["record"]["requester"] == contacts[0]["golden_id"]);
}

TEST_CASE("HubSpot tickets stay where they are until Zendesk knows them") {
  if (!payloads_are_there("HubSpot tickets over HTTP")) return;
  RunningSidecar truce("ticket.json");
  const auto outcomes = truce.send("hubspot.record", payload("hubspot/tickets_list.json"));
  REQUIRE(kinds(outcomes) == Kinds(5, "applied"));
  for (const auto& outcome : outcomes) CHECK(outcome["deliveries"].empty());
  CHECK(outcomes[0]["record"]["priority"] == "normal");
}

TEST_CASE("a Zendesk user deleted in 2099 is taken at its receipt, and the clock is asked about") {
  if (!payloads_are_there("a clock in 2099 over HTTP")) return;
  RunningSidecar truce("contact.json");
  const auto outcomes =
      truce.send("zendesk.event", payload("zendesk/event_user_active_changed.json"));
  CHECK(kinds(outcomes) == Kinds{"applied"});
  const auto queue = truce.get("/v1/exceptions?category=clock");
  REQUIRE(queue.body["exceptions"].size() == 1);
}

TEST_CASE("Stripe customers and events") {
  if (!payloads_are_there("Stripe over HTTP")) return;
  RunningSidecar truce("contact.json");
  const Json raw = payload("stripe/customer_cus_6lsBvm5rJ0zyHc.json");
  const auto customer = truce.send("stripe.record", raw);
  REQUIRE(kinds(customer) == Kinds{"applied"});
  check_create(delivery_to(customer[0], "hubspot"), "contact",
               {{"properties", {{"email", raw["email"]}, {"stripe_balance", 0}}}});

  const Json sent = payload("stripe/event_customer_updated.json");
  const auto updated = truce.send("stripe.event", sent);
  REQUIRE(kinds(updated) == Kinds{"applied"});
  check_same(updated[0]["record"], {{"email", sent["data"]["object"]["email"]},
                                    {"full_name", sent["data"]["object"]["name"]},
                                    {"stripe_balance", "0"},
                                    {"first_seen", "2021-01-04T12:25:41.000Z"}});
  check_create(delivery_to(updated[0], "salesforce"), "contact",
               {{"Email", sent["data"]["object"]["email"]}});
  // Its address has the time of the event, by the source's own word.
  for (const auto& change : updated[0]["changes"]) {
    if (change["field"] != "email") continue;
    CHECK(change["winner"]["evidence"] == "certain");
    CHECK(change["winner"]["changed_at"] == "2021-04-29T12:58:31.000Z");
  }
  CHECK(kinds(truce.send("stripe.event", sent)) == Kinds{"duplicate"});
  CHECK(truce.send("stripe.event",
                   payload("stripe/event_invoice_paid.json"))[0]["errors"][0]["code"] ==
        "unknown-entity");
}

TEST_CASE("a payload of another shape is refused with what was expected") {
  RunningSidecar truce("contact.json");
  const auto answer = truce.post(
      "/v1/events", {{"preset", "stripe.event"}, {"system", "stripe"}, {"payload", {{"a", 1}}}});
  CHECK(answer.status == 422);
  CHECK(answer.body["code"] == "schema");
  CHECK(to_wire(answer.body).find("expected Stripe events") != std::string::npos);
}

}  // namespace truce::payloads_test
