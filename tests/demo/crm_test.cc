// The fake CRMs, seen over HTTP as their clients see them.
#include <catch2/catch.hpp>

#include "sidecar/demo/crm_client.h"
#include "sidecar/demo/crm_server.h"

namespace truce::demo {
namespace {

constexpr FaultRates faultless{0, 0, 0, 1'000'000};

struct Crm {
  explicit Crm(Side side, FaultRates rates = faultless)
      : store(side, "9", [this] { return now; }), server(store, rates, Dice(1, "test")) {}

  Time now = Time::of_ms(1'780'000'000'000);
  CrmStore store;
  CrmServer server;
  CrmClient client{store.side(), server.port()};
};

const Content rose = {{Field::email, "Rose@Example.com"}, {Field::last_name, "Okafor"},
                      {Field::phone, "+4915112345678"},   {Field::stage, "lead"},
                      {Field::tags, "VIP;Trial"},         {Field::amount, "12.50"}};

TEST_CASE("what is created is read back in the CRM's own shape") {
  for (const Side side : all_sides) {
    Crm crm(side);
    Content content = rose;
    content[Field::stage] = stage_spelling(side, "lead");
    const Answer made = crm.client.create(to_body(side, content));
    REQUIRE(made.status == 201);
    const Answer read = crm.client.get(created_id(made));
    REQUIRE(read.status == 200);
    const SeenRecord record = crm.client.read(read.body);
    CHECK(record.id == created_id(made));
    CHECK(record.content == content);
    CHECK(record.modified >= crm.now);
    CHECK(crm.client.get("no such id").status == 404);
  }
}

TEST_CASE("a record is found by its address without case, and not by another's") {
  for (const Side side : all_sides) {
    Crm crm(side);
    crm.store.seed(rose, crm.now);
    CHECK(crm.client.find_by_email("rose@example.com").status == 200);
    CHECK(crm.client.find_by_email("ross@example.com").status == 404);
  }
}

TEST_CASE(
    "hubspot refuses a second record with an address and names the first, salesforce takes it") {
  Crm hubspot(Side::hubspot);
  const std::string first = hubspot.store.seed(rose, hubspot.now);
  const Answer refused = hubspot.client.create(to_body(Side::hubspot, rose));
  CHECK(refused.status == 409);
  CHECK(existing_id(refused) == first);
  Crm salesforce(Side::salesforce);
  salesforce.store.seed(rose, salesforce.now);
  CHECK(salesforce.client.create(to_body(Side::salesforce, rose)).status == 201);
  CHECK(salesforce.store.all().size() == 2);
}

TEST_CASE("every change causes one webhook with the record as it is then, no change causes none") {
  Crm crm(Side::salesforce);
  const std::string id = crm.store.seed(rose, crm.now);
  crm.now = crm.now + Duration::of_ms(500);
  CHECK(crm.client.update(id, {{"LastName", "Berg"}, {"Tags__c", "VIP;Trial"}}, Cause::machine)
            .done());
  CHECK(crm.client.update(id, {{"LastName", "Berg"}}, Cause::machine).done());
  crm.store.person_edits(id, Field::last_name, "Berger");
  const std::vector<Webhook> webhooks = crm.store.take_webhooks();
  REQUIRE(webhooks.size() == 2);
  CHECK(webhooks[0].changed == std::vector<Field>{Field::last_name});
  CHECK(webhooks[0].record.at("LastName") == "Berg");
  CHECK(webhooks[0].cause == Cause::machine);
  CHECK(webhooks[1].record.at("LastName") == "Berger");
  CHECK(webhooks[1].cause == Cause::person);
  CHECK(webhooks[1].occurred_at > webhooks[0].occurred_at);
  CHECK(crm.store.api_writes() == 2);
}

TEST_CASE("the automation rewrites a moment later and is done after one rewriting") {
  Crm crm(Side::hubspot);
  const std::string id = crm.store.seed({}, crm.now);
  crm.store.person_edits(id, Field::tags, "VIP");
  CHECK(crm.store.find(id)->content.at(Field::tags) == "VIP");
  const std::vector<DueAutomation> due = crm.store.take_automations();
  REQUIRE(due.size() == 1);
  crm.store.run_automation(due.front());
  CHECK(crm.store.find(id)->content.at(Field::tags) == "vip");
  CHECK(crm.store.take_automations().empty());
}

TEST_CASE("an update that answers a machine and repeats an older value is counted as a loop") {
  Crm crm(Side::salesforce);
  const std::string id = crm.store.seed(rose, crm.now);
  const auto update = [&](const char* name, Cause because) {
    REQUIRE(crm.client.update(id, {{"LastName", name}}, because).done());
  };
  update("Berg", Cause::machine);
  CHECK(crm.store.loop_writes() == 0);
  update("Okafor", Cause::person);
  CHECK(crm.store.loop_writes() == 0);
  update("Berg", Cause::machine);
  CHECK(crm.store.loop_writes() == 1);
}

TEST_CASE("a poll gives what changed since, with the time of each field's last change") {
  for (const Side side : all_sides) {
    Crm crm(side);
    crm.store.seed(rose, crm.now);
    const std::string edited = crm.store.seed({{Field::email, "b@example.com"}}, crm.now);
    const Time before = crm.now;
    crm.now = crm.now + Duration::of_ms(5'000);
    crm.store.person_edits(edited, Field::last_name, "Berg");
    const std::vector<SeenRecord> polled =
        crm.client.read_all(crm.client.poll_since(before + Duration::of_ms(1'000)));
    REQUIRE(polled.size() == 1);
    CHECK(polled[0].id == edited);
    CHECK(polled[0].changed_at.at(std::string(wire_name(side, Field::last_name))) ==
          to_rfc3339(crm.now));
    CHECK(polled[0].changed_at.at(std::string(wire_name(side, Field::email))) ==
          to_rfc3339(before));
    CHECK_FALSE(polled[0].body.contains("propertiesWithHistory"));
    CHECK_FALSE(polled[0].body.contains("Histories"));
  }
}

TEST_CASE("a poll also gives what was written over since, with what stood there before") {
  for (const Side side : all_sides) {
    Crm crm(side);
    const std::string id = crm.store.seed({{Field::tags, "a"}}, crm.now);
    const Time seeded = crm.now;
    crm.now = crm.now + Duration::of_ms(5'000);
    const Time edited = crm.now;
    crm.store.person_edits(id, Field::tags, "a;b");
    crm.now = crm.now + Duration::of_ms(5'000);
    crm.store.person_edits(id, Field::tags, "a;c");
    const std::vector<SeenRecord> polled = crm.client.read_all(crm.client.poll_since(edited));
    REQUIRE(polled.size() == 1);
    const std::vector<Overwritten>& told = polled[0].overwritten;
    REQUIRE(told.size() == 2);
    CHECK(told[0].value == Content{{Field::tags, "a"}});
    CHECK(told[0].before.empty());
    CHECK(told[0].at == seeded);
    CHECK(told[1].value == Content{{Field::tags, "a;b"}});
    CHECK(told[1].before == Content{{Field::tags, "a"}});
    CHECK(told[1].at == edited);
  }
}

TEST_CASE("a write without an answer is done, and the client can tell it from a refusal") {
  FaultRates rates = faultless;
  rates.no_answer = 1;
  Crm crm(Side::salesforce, rates);
  const Answer answer = crm.client.create(to_body(Side::salesforce, rose));
  CHECK_FALSE(answer.answered());
  CHECK(crm.store.all().size() == 1);
  CHECK(crm.client.find_by_email("rose@example.com").status == 200);
}

TEST_CASE("a refused request is not done, and says when to come back") {
  FaultRates rates = faultless;
  rates.too_many = 1;
  Crm crm(Side::hubspot, rates);
  const Answer answer = crm.client.create(to_body(Side::hubspot, rose));
  CHECK(answer.status == 429);
  CHECK(answer.retry_after_s == 1);
  CHECK(crm.store.all().empty());
}

TEST_CASE("beyond its limit a CRM answers 429 until the next second") {
  FaultRates rates = faultless;
  rates.requests_per_second = 3;
  Crm crm(Side::hubspot, rates);
  for (int i = 0; i < 3; ++i) CHECK(crm.client.get("1").status == 404);
  CHECK(crm.client.get("1").status == 429);
  crm.now = crm.now + Duration::of_ms(1'000);
  CHECK(crm.client.get("1").status == 404);
}

}  // namespace
}  // namespace truce::demo
