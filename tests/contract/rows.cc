#include "tests/contract/rows.h"

#include "engine/core/model/hash.h"

namespace truce::contract {
namespace {

// More digits than a double has, and a name that needs escaping.
ValueHash hash_of(const std::string& text) { return value_hash(Value::of_text(text)); }

Json telling_json() {
  Json node = Json::object();
  node["amount"] = make_number("12345678901234567890.10");
  node["na\"me"] = "M\u00fcller\n";
  node["count"] = make_number("3");
  node["nothing"] = nullptr;
  return node;
}

Observation observation(const std::string& text) {
  Observation seen;
  seen.order = {at(101), "7", hash_of("a")};
  seen.value = Value::of_text(text, "key of " + text);
  seen.evidence = Evidence::certain;
  seen.previous = Value::null();
  seen.event_key = event_key(text);
  seen.actor = "user:42";
  seen.received_at = at(102);
  return seen;
}

Provenance provenance() { return {SystemName("desk"), at(99), Evidence::certain, event_key("p")}; }

Write written() {
  Write write;
  write.delivery = DeliveryId("d_w");
  write.state = Write::State::acknowledged;
  write.value = Value::of_boolean(true);
  write.planned_after = HistoryOrder{at(100), "", hash_of("h")};
  write.handed_out_at = at(103);
  write.settled_at = at(104);
  write.stored = HistoryOrder{at(105), "", hash_of("w")};
  write.provenance = provenance();
  return write;
}

}  // namespace

std::string digest_of(const std::string& text) { return sha256_hex(text); }

SourceRecord source(const std::string& system, const std::string& id, const std::string& golden_id,
                    LinkState state) {
  SourceRecord record;
  record.system = SystemName(system);
  record.entity = EntityName("contact");
  record.id = RecordId(id);
  record.golden = GoldenId(golden_id);
  record.state = state;
  if (state == LinkState::merged) record.merged_into = RecordId("other");
  record.fields[FieldName("email")].observations.push_back(observation(id + "@example.com"));
  record.fields[FieldName("email")].writes.push_back(written());
  record.fields[FieldName("tags")].observations.push_back(observation("vip"));
  record.deleted_at = at(50);
  record.present_at = at(60);
  record.first_seen = at(40);
  return record;
}

GoldenRecord golden(const std::string& id, const std::string& entity, const std::string& policy) {
  GoldenRecord record;
  record.id = GoldenId(id);
  record.entity = EntityName(entity);
  record.policy_sha256 = digest_of(policy);
  Decision decision;
  decision.id = DecisionId("x_1");
  decision.field = FieldName("stage");
  decision.value = Value::of_text("Customer", "customer");
  decision.decided_at = at(70);
  decision.actor = "ann";
  decision.note = "asked them";
  decision.seen[SystemName("crm")] = {at(69), "3", hash_of("h")};
  record.decisions.push_back(decision);
  record.no_create.push_back(SystemName("bill"));
  record.unread_in.push_back(SystemName("desk"));
  record.flips[FieldName("stage")] = {{at(1), at(2)}, Value::of_text("lead"), true};
  GoldenField field;
  field.value = Value::of_text("Customer", "customer");
  field.contested = true;
  field.system = SystemName("crm");
  field.changed_at = at(69);
  field.evidence = Evidence::certain;
  field.rule = "recency";
  field.why = "the latest";
  field.event_key = event_key("winner");
  record.fields[FieldName("stage")] = field;
  record.version = 9;
  record.created_at = at(30);
  record.updated_at = at(71);
  return record;
}

Delivery delivery(const std::string& id, const std::string& golden_id, const std::string& system,
                  DeliveryState state, Time due_at) {
  Delivery row;
  row.id = DeliveryId(id);
  row.golden = GoldenId(golden_id);
  row.entity = EntityName("contact");
  row.system = SystemName(system);
  row.operation = Operation::lookup;
  row.record_id = RecordId("003");
  row.fields[FieldName("email")] = {Value::of_text("a@b.c"), provenance(),
                                    HistoryOrder{at(5), "2", hash_of("h")}};
  row.body = telling_json();
  row.idempotency_key = "key of " + id;
  row.state = state;
  row.intended = Operation::create;
  row.attempt = 2;
  row.created_at = at(10);
  row.due_at = due_at;
  row.error = "503 busy";
  if (state == DeliveryState::leased) {
    row.handed_out_at = at(11);
    row.lease_expires_at = due_at;
  }
  if (state == DeliveryState::delivered) row.settled_at = at(12);
  return row;
}

ExceptionItem exception(const std::string& id, const std::string& subject, Category category) {
  ExceptionItem item;
  item.id = ExceptionId(id);
  item.category = category;
  item.subject = subject;
  item.version = 3;
  item.entity = EntityName("contact");
  item.golden = GoldenId("g1");
  item.field = FieldName("amount");
  item.system = SystemName("crm");
  item.record = RecordId("17");
  item.delivery = DeliveryId("d1");
  item.base = Value::of_text("10");
  item.candidates.push_back({SystemName("crm"), Value::of_text("11"), at(80), Evidence::certain,
                             "user:1", HistoryOrder{at(80), "", hash_of("h")}});
  item.actions = {"discard", "release"};
  item.detail = telling_json();
  item.opened_at = at(81);
  item.updated_at = at(82);
  item.owner = "sales";
  item.roles = {"lead"};
  item.due_at = at(90);
  return item;
}

ExceptionItem closed(ExceptionItem item) {
  item.state = ExceptionState::resolved;
  item.closed_at = at(95);
  item.closed_by = "ann";
  item.resolution = "choose crm";
  return item;
}

Receipt receipt(const std::string& event, const std::string& system, Time received_at) {
  return {
      event_key(event), OutcomeKind::applied, GoldenId("g1"),        7,
      received_at,      SystemName(system),   EntityName("contact"), R"({"outcome":"applied"})"};
}

RawEvent raw_event(const std::string& event, Time received_at) {
  return {event_key(event), received_at, SystemName("crm"), EntityName("contact"), "sealed body"};
}

ParkedEvent parked(const std::string& event, const std::string& waits_for, Time received_at) {
  return {event_key(event), waits_for, received_at, R"({"id":"1"})"};
}

AuditEntry audit(std::uint64_t sequence, const std::string& golden_id, const std::string& event) {
  const std::string previous = "entry " + std::to_string(sequence - 1);
  return {sequence,
          at(static_cast<std::int64_t>(sequence)),
          "event",
          "n8n",
          EntityName("contact"),
          GoldenId(golden_id),
          event.empty() ? EventKey() : event_key(event),
          to_wire(telling_json()),
          digest_of(previous),
          digest_of("entry " + std::to_string(sequence))};
}

Change change(const std::string& kind, Time time) {
  return {0, time, kind, to_wire(telling_json())};
}

std::string shown(const SourceRecord& record) { return to_stored(record); }
std::string shown(const GoldenRecord& record) { return to_stored(record); }
std::string shown(const Delivery& row) { return to_stored(row); }
std::string shown(const ExceptionItem& item) { return to_stored(item); }

namespace {

std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += part + "|";
  return text;
}
std::string number(std::uint64_t value) { return std::to_string(value); }
std::string number(Time time) { return std::to_string(time.us); }

}  // namespace

std::string shown(const Receipt& row) {
  return joined({row.event_key.text(), std::string(to_string(row.kind)), row.golden.text,
                 number(row.audit_sequence), number(row.received_at), row.system.text,
                 row.entity.text, row.answer});
}
std::string shown(const RawEvent& row) {
  return joined(
      {row.event_key.text(), number(row.received_at), row.system.text, row.entity.text, row.body});
}
std::string shown(const ParkedEvent& row) {
  return joined({row.event_key.text(), row.waits_for, number(row.received_at), row.body});
}
std::string shown(const AuditEntry& row) {
  return joined({number(row.sequence), number(row.at), row.kind, row.actor, row.entity.text,
                 row.golden.text, row.event_key.text(), row.body, row.previous_hash, row.hash});
}
std::string shown(const Change& row) {
  return joined({number(row.sequence), number(row.at), row.kind, row.body});
}

Reconciliation reconciliation(const std::string& id) {
  Reconciliation run;
  run.id = RunId(id);
  run.entity = EntityName("contact");
  SystemSnapshot& crm = run.systems[SystemName("crm")];
  crm = {2, 150, 1, true, at(5), 3};
  run.systems[SystemName("desk")];
  run.mode = RunMode::plan;
  run.stage = RunStage::absences;
  run.key_ranges_done = 2;
  run.max_creates = 9;
  run.actor = "ann";
  run.opened_at = at(1);
  run.touched_at = at(2);
  run.completed_at = at(3);
  run.counts.matched = 4;
  run.counts.held = 2;
  run.counts.auto_resolved["recency"] = 3;
  run.counts.escalated["conflict"] = 1;
  run.counts.causes["lost_event"] = 4;
  run.counts.causes_by_system["crm"]["lost_event"] = 4;
  run.compared = 8;
  run.absences_system = SystemName("crm");
  run.absences_after = RecordId("c7");
  run.problem = "none";
  return run;
}

StagedRecord staged(const std::string& system, const std::string& id, const std::string& golden,
                    StagedState state) {
  StagedRecord record;
  record.system = SystemName(system);
  record.id = RecordId(id);
  record.observed_at = at(7);
  record.digest = digest_of(system + id);
  record.state = state;
  record.golden = GoldenId(golden);
  if (state == StagedState::waiting) record.body = R"({"id":")" + id + "\"}";
  return record;
}

Discrepancy discrepancy(DiscrepancyKind kind, const std::string& system) {
  Discrepancy row;
  row.kind = kind;
  row.cause = Cause::out_of_order;
  row.resolution = Resolution::escalated;
  row.system = SystemName(system);
  row.golden = GoldenId("g1");
  row.detail = {{"field", "email"}};
  return row;
}

std::string shown(const Reconciliation& run) {
  Reconciliation copy = run;
  copy.sequence = 0;
  return to_stored(copy);
}

std::string shown(const StagedRecord& record) {
  return record.system.text + '/' + record.id.text + '/' + std::to_string(record.observed_at.us) +
         '/' + record.digest + '/' + std::string(to_string(record.state)) + '/' +
         record.golden.text + '/' + record.body;
}

std::string shown(const SnapshotMark& mark) {
  return mark.system.text + '/' + mark.entity.text + '/' + mark.id.text + '/' + mark.digest + '/' +
         mark.golden.text + '/' + std::to_string(mark.audit_sequence) + '/' + mark.policy_sha256;
}

std::string shown(const Discrepancy& row) {
  return std::to_string(row.number) + '/' + std::string(to_string(row.kind)) + '/' +
         std::string(to_string(row.cause)) + '/' + std::string(to_string(row.resolution)) + '/' +
         row.system.text + '/' + row.golden.text + '/' + to_wire(row.detail);
}

}  // namespace truce::contract
