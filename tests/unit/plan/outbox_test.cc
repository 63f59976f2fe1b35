// What a new plan makes of deliveries that stand in the outbox already.
#include "tests/unit/plan/planned.h"

namespace truce::test {
namespace {

// crm says B; desk is to be told.
Planned queued() {
  Planned office;
  office.says("crm", "A", 101);
  office.says("desk", "A", 101);
  office.says("crm", "B", 105);
  CHECK(office.outbox() == R"(desk update desk1 {"f":"B"})");
  return office;
}

}  // namespace

TEST_CASE("planned again from the same facts, nothing moves") {
  Planned office = queued();
  const Plan again = office.plan();
  CHECK(again.deliveries.empty());
  CHECK(again.changes.empty());
  CHECK(again.items.empty());
}

TEST_CASE("a newer value goes into the delivery that was not handed out yet") {
  Planned office = queued();
  const std::string id = office.delivery_to("desk").id.text;
  const std::string key = office.delivery_to("desk").idempotency_key;
  office.says("crm", "C", 110);
  CHECK(office.states_of(office.plan()) == "desk pending");
  CHECK(office.outbox() == R"(desk update desk1 {"f":"C"})");
  CHECK(office.delivery_to("desk").id.text == id);
  CHECK(office.delivery_to("desk").idempotency_key != key);
}

TEST_CASE("the same content with another author or place keeps its idempotency key") {
  Planned office = queued();
  const std::string key = office.delivery_to("desk").idempotency_key;
  office.says("crm", "B", 103, {.received = 120});
  office.says("desk", "A", 104);
  CHECK(office.states_of(office.plan()) == "desk pending");
  const Delivery& delivery = office.delivery_to("desk");
  CHECK(delivery.idempotency_key == key);
  CHECK(delivery.fields.at(FieldName("f")).provenance.event_key.text() == "crm@103");
  CHECK(delivery.fields.at(FieldName("f")).planned_after->at == at(104));
}

TEST_CASE("what no longer applies is withdrawn") {
  Planned office = queued();
  office.says("desk", "B", 107);
  const Plan plan = office.plan();
  CHECK(office.states_of(plan) == "desk withdrawn");
  CHECK(plan.deliveries[0].settled_at == at(1000));
  CHECK(office.state.deliveries.empty());
}

TEST_CASE("an unsent write of a value that became contested is withdrawn") {
  Planned office = queued();
  office.policy.sha256 = "p2";
  office.field().rule = Rule::escalate;
  CHECK(office.states_of(office.plan()) == "desk withdrawn");
  CHECK(office.items() == "conflict f");
}

TEST_CASE("a delivery that waits for its next attempt takes the newer value too") {
  Planned office = queued();
  office.delivery_to("desk").state = DeliveryState::waiting;
  office.delivery_to("desk").due_at = at(1500);
  office.says("crm", "C", 110);
  CHECK(office.outbox() == R"(desk update desk1 {"f":"C"})");
  CHECK(office.delivery_to("desk").due_at == at(1500));
}

TEST_CASE("what is on its way is taken for held, and another value queues behind it") {
  for (const auto flying : {DeliveryState::leased, DeliveryState::verifying}) {
    Planned office = queued();
    office.delivery_to("desk").state = flying;
    CHECK(office.plan().deliveries.empty());
    office.says("crm", "C", 110);
    CHECK(office.outbox() == R"(desk update desk1 {"f":"B"}; desk update desk1 {"f":"C"})");
    office.says("crm", "B", 111);
    CHECK(office.outbox() == R"(desk update desk1 {"f":"B"})");
  }
}

TEST_CASE("what was refused for good is not tried again by itself, another content is") {
  for (const auto given_up : {DeliveryState::dead, DeliveryState::discarded}) {
    Planned office = queued();
    office.delivery_to("desk").state = given_up;
    CHECK(office.plan().deliveries.empty());
    office.says("crm", "B", 110);
    CHECK(office.plan().deliveries.empty());
    office.says("crm", "C", 120);
    CHECK(office.states_of(office.plan()) == "desk pending");
    CHECK(office.state.deliveries.size() == 2);
  }
}

TEST_CASE("a dead letter with nothing left to say is withdrawn, and its item closed") {
  Planned office = queued();
  Delivery& dead = office.delivery_to("desk");
  dead.state = DeliveryState::dead;
  for (const auto category : {Category::dead_letter, Category::lookup, Category::clock}) {
    ExceptionItem item;
    item.category = category;
    item.subject = std::string(to_string(category));
    item.delivery = dead.id;
    office.state.items.push_back(std::move(item));
  }
  office.says("desk", "B", 107);
  const Plan plan = office.plan();
  CHECK(office.states_of(plan) == "desk withdrawn");
  REQUIRE(plan.items.size() == 2);
  CHECK(plan.items[0].state == ExceptionState::resolved);
  CHECK(plan.items[0].closed_by == "truce");
  CHECK(office.items() == "clock");
}

TEST_CASE("a dead letter whose field is only blocked keeps its question") {
  Planned office = queued();
  office.delivery_to("desk").state = DeliveryState::dead;
  office.field().rule = Rule::escalate;
  CHECK(office.plan().deliveries.empty());
  CHECK(office.state.deliveries.size() == 1);
}

TEST_CASE("a queued update of a record that gave way to another is withdrawn and made anew") {
  Planned office = queued();
  office.record("desk").state = LinkState::merged;
  const Observation held = observation_of(word("A"), 101, {.key = "desk2@101"});
  join(office.record("desk", 2).fields[FieldName("f")], held);
  CHECK(office.states_of(office.plan()) == "desk withdrawn, desk pending");
  CHECK(office.outbox() == R"(desk update desk2 {"f":"B"})");
}

}  // namespace truce::test
