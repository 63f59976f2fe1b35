// What the store keeps is what it gives back, to the last microsecond and digit.
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "engine/core/model/work.h"
#include "tests/unit/model/any_fact.h"

namespace truce {
namespace {

ValueHash hash_of(const std::string& text) { return value_hash(Value::of_text(text)); }

// Through text, as a store does it.
template <class Record>
StoredDocument stored(const Record& record) {
  return StoredDocument::parse(to_stored(record)).value();
}

// The form names everything that is not at its default; comparing forms compares records, provided
// that the form leaves nothing out, which the tests of single members below show.
template <class Record, class Read>
void check_round_trip(const Record& record, Read read) {
  RC_ASSERT(to_stored(read(stored(record).root())) == to_stored(record));
}

TEST_CASE("any record, delivery or exception comes back as it was stored") {
  rc::prop("source records",
           [] { check_round_trip(any_source_record(), source_record_from_stored); });
  rc::prop("golden records",
           [] { check_round_trip(any_golden_record(), golden_record_from_stored); });
  rc::prop("deliveries", [] { check_round_trip(any_delivery(), delivery_from_stored); });
  rc::prop("exceptions", [] { check_round_trip(any_exception(), exception_from_stored); });
}

TEST_CASE("every member of a source record is stored") {
  Observation observation;
  observation.order = {Time{1'700'000'000'123'457}, "7", hash_of("hash")};
  observation.value = Value::of_text("X", "x");
  observation.evidence = Evidence::certain;
  observation.previous = Value::null();
  observation.event_key = EventKey("key");
  observation.actor = "user:1";
  observation.received_at = Time{-3};
  Write write;
  write.delivery = DeliveryId("d");
  write.state = Write::State::acknowledged;
  write.value = Value::of_boolean(true);
  write.planned_after = HistoryOrder{Time{4}, "", {}};
  write.handed_out_at = Time{5};
  write.settled_at = Time{0};
  write.stored = HistoryOrder{Time{7}, "", hash_of("w")};
  write.provenance = {SystemName("crm"), Time{6}, Evidence::certain, EventKey("other")};
  SourceRecord record;
  record.system = SystemName("desk");
  record.entity = EntityName("contact");
  record.id = RecordId("151");
  record.golden = GoldenId("g");
  record.state = LinkState::unlinked;
  record.merged_into = RecordId("152");
  record.fields[FieldName("email")] = {{observation}, {write}, {}};
  record.fields[FieldName("empty")] = {};
  record.deleted_at = Time{0};
  record.present_at = Time{8};
  record.first_seen = Time{9};

  const SourceRecord read = source_record_from_stored(stored(record).root());
  CHECK(read.system == record.system);
  CHECK(read.entity == record.entity);
  CHECK(read.id == record.id);
  CHECK(read.golden == record.golden);
  CHECK(read.state == record.state);
  CHECK(read.merged_into == record.merged_into);
  CHECK(read.deleted_at == record.deleted_at);
  CHECK(read.present_at == record.present_at);
  CHECK(read.first_seen == record.first_seen);
  REQUIRE(read.fields.size() == 2);
  const FieldHistory& history = read.fields.at(FieldName("email"));
  REQUIRE(history.observations.size() == 1);
  const Observation& seen = history.observations.front();
  CHECK(seen.order.at == observation.order.at);
  CHECK(seen.order.version == "7");
  CHECK(seen.order.hash == hash_of("hash"));
  CHECK(seen.value.text() == "X");
  CHECK(seen.value.key() == "x");
  CHECK(seen.evidence == Evidence::certain);
  REQUIRE(seen.previous);
  CHECK(seen.previous->is_null());
  CHECK(seen.event_key == observation.event_key);
  CHECK(seen.actor == "user:1");
  CHECK(seen.received_at == Time{-3});
  REQUIRE(history.writes.size() == 1);
  const Write& written = history.writes.front();
  CHECK(written.delivery == write.delivery);
  CHECK(written.state == Write::State::acknowledged);
  CHECK(written.value == write.value);
  CHECK(written.planned_after == write.planned_after);
  CHECK(written.handed_out_at == Time{5});
  CHECK(written.settled_at == Time{0});
  CHECK(written.stored == HistoryOrder{Time{7}, "", hash_of("w")});
  CHECK(written.provenance.system == write.provenance.system);
  CHECK(written.provenance.changed_at == Time{6});
  CHECK(written.provenance.evidence == Evidence::certain);
  CHECK(written.provenance.event_key == write.provenance.event_key);
}

TEST_CASE("every member of a golden record is stored") {
  GoldenRecord record;
  record.id = GoldenId("g");
  record.entity = EntityName("contact");
  record.decisions = {{DecisionId("1"),
                       FieldName("email"),
                       Value::of_text("v"),
                       Time{2},
                       "ana",
                       "why",
                       {{SystemName("crm"), {Time{3}, "4", hash_of("5")}}}}};
  record.no_create = {SystemName("desk")};
  record.unread_in = {SystemName("bill")};
  record.flips[FieldName("stage")] = {{Time{1}, Time{2}}, Value::of_text("lead"), true};
  record.deleted_at = Time{7};
  record.merged_into = GoldenId("h");
  record.fields[FieldName("email")] = {
      Value::of_text("v"), true,      SystemName("crm"), Time{9},
      Evidence::certain,   "recency", "newest",          EventKey("k")};
  record.version = UINT64_MAX;
  record.created_at = Time{11};
  record.updated_at = Time{12};
  record.policy_sha256 = "sha";

  const GoldenRecord read = golden_record_from_stored(stored(record).root());
  CHECK(read.id == record.id);
  CHECK(read.entity == record.entity);
  REQUIRE(read.decisions.size() == 1);
  const Decision& decision = read.decisions.front();
  CHECK(decision.id == DecisionId("1"));
  CHECK(decision.field == FieldName("email"));
  CHECK(decision.value.text() == "v");
  CHECK(decision.decided_at == Time{2});
  CHECK(decision.actor == "ana");
  CHECK(decision.note == "why");
  CHECK(decision.seen == record.decisions.front().seen);
  CHECK(read.no_create == record.no_create);
  CHECK(read.unread_in == record.unread_in);
  REQUIRE(read.flips.size() == 1);
  CHECK(read.flips.at(FieldName("stage")).at == record.flips.at(FieldName("stage")).at);
  CHECK(read.flips.at(FieldName("stage")).previous.text() == "lead");
  CHECK(read.flips.at(FieldName("stage")).frozen);
  CHECK(read.deleted_at == Time{7});
  CHECK(read.merged_into == GoldenId("h"));
  const GoldenField& field = read.fields.at(FieldName("email"));
  CHECK(field.value.text() == "v");
  CHECK(field.contested);
  CHECK(field.system == SystemName("crm"));
  CHECK(field.changed_at == Time{9});
  CHECK(field.evidence == Evidence::certain);
  CHECK(field.rule == "recency");
  CHECK(field.why == "newest");
  CHECK(field.event_key == EventKey("k"));
  CHECK(read.version == UINT64_MAX);
  CHECK(read.created_at == Time{11});
  CHECK(read.updated_at == Time{12});
  CHECK(read.policy_sha256 == "sha");
}

TEST_CASE("every member of a delivery is stored") {
  Delivery delivery;
  delivery.id = DeliveryId("d");
  delivery.golden = GoldenId("g");
  delivery.entity = EntityName("contact");
  delivery.system = SystemName("crm");
  delivery.operation = Operation::lookup;
  delivery.record_id = RecordId("r");
  delivery.fields[FieldName("email")] = {
      Value::of_text("v"),
      {SystemName("desk"), Time{1}, Evidence::certain, EventKey("k")},
      HistoryOrder{Time{2}, "3", hash_of("4")}};
  delivery.body = parse_json(R"({"amount":1.10,"list":[null]})").value();
  delivery.idempotency_key = "once";
  delivery.state = DeliveryState::verifying;
  delivery.intended = Operation::create;
  delivery.attempt = 3;
  delivery.forgiven = 2;
  delivery.created_at = Time{5};
  delivery.due_at = Time{6};
  delivery.handed_out_at = Time{7};
  delivery.lease_expires_at = Time{8};
  delivery.settled_at = Time{9};
  delivery.error = "429";
  delivery.sequence = 10;

  const Delivery read = delivery_from_stored(stored(delivery).root());
  CHECK(read.id == delivery.id);
  CHECK(read.golden == delivery.golden);
  CHECK(read.entity == delivery.entity);
  CHECK(read.system == delivery.system);
  CHECK(read.operation == Operation::lookup);
  CHECK(read.record_id == delivery.record_id);
  const DeliveryField& field = read.fields.at(FieldName("email"));
  CHECK(field.value.text() == "v");
  CHECK(field.provenance.system == SystemName("desk"));
  CHECK(field.provenance.changed_at == Time{1});
  CHECK(field.provenance.evidence == Evidence::certain);
  CHECK(field.provenance.event_key == EventKey("k"));
  CHECK(field.planned_after == HistoryOrder{Time{2}, "3", hash_of("4")});
  CHECK(to_wire(*read.body) == R"({"amount":1.10,"list":[null]})");
  CHECK(read.idempotency_key == "once");
  CHECK(read.state == DeliveryState::verifying);
  CHECK(read.intended == Operation::create);
  CHECK(read.attempt == 3);
  CHECK(read.forgiven == 2);
  CHECK(read.created_at == Time{5});
  CHECK(read.due_at == Time{6});
  CHECK(read.handed_out_at == Time{7});
  CHECK(read.lease_expires_at == Time{8});
  CHECK(read.settled_at == Time{9});
  CHECK(read.error == "429");
  CHECK(read.sequence == 10);
}

TEST_CASE("every member of an exception is stored") {
  ExceptionItem item;
  item.id = ExceptionId("e");
  item.category = Category::erase;
  item.state = ExceptionState::claimed;
  item.subject = "conflict/g/email";
  item.version = 4;
  item.entity = EntityName("contact");
  item.golden = GoldenId("g");
  item.field = FieldName("email");
  item.system = SystemName("crm");
  item.record = RecordId("r");
  item.delivery = DeliveryId("d");
  item.base = Value::null();
  item.candidates = {{SystemName("crm"),
                      Value::of_text("v"),
                      Time{1},
                      Evidence::certain,
                      "ana",
                      {Time{2}, "3", hash_of("4")}}};
  item.actions = {"merge", "ignore"};
  item.detail = {{"count", 5}};
  item.opened_at = Time{6};
  item.updated_at = Time{7};
  item.owner = "sales";
  item.roles = {"lead"};
  item.due_at = Time{8};
  item.claimed_by = "ana";
  item.closed_at = Time{9};
  item.closed_by = "bob";
  item.resolution = "chose crm";
  item.sequence = 10;

  const ExceptionItem read = exception_from_stored(stored(item).root());
  CHECK(read.id == item.id);
  CHECK(read.category == Category::erase);
  CHECK(read.state == ExceptionState::claimed);
  CHECK(read.subject == item.subject);
  CHECK(read.version == 4);
  CHECK(read.entity == item.entity);
  CHECK(read.golden == item.golden);
  CHECK(read.field == item.field);
  CHECK(read.system == item.system);
  CHECK(read.record == item.record);
  CHECK(read.delivery == item.delivery);
  REQUIRE(read.base);
  CHECK(read.base->is_null());
  REQUIRE(read.candidates.size() == 1);
  CHECK(read.candidates[0].system == SystemName("crm"));
  CHECK(read.candidates[0].value.text() == "v");
  CHECK(read.candidates[0].changed_at == Time{1});
  CHECK(read.candidates[0].evidence == Evidence::certain);
  CHECK(read.candidates[0].actor == "ana");
  CHECK(read.candidates[0].order == HistoryOrder{Time{2}, "3", hash_of("4")});
  CHECK(read.actions == item.actions);
  CHECK(to_wire(read.detail) == R"({"count":5})");
  CHECK(read.opened_at == Time{6});
  CHECK(read.updated_at == Time{7});
  CHECK(read.owner == "sales");
  CHECK(read.roles == item.roles);
  CHECK(read.due_at == Time{8});
  CHECK(read.claimed_by == "ana");
  CHECK(read.closed_at == Time{9});
  CHECK(read.closed_by == "bob");
  CHECK(read.resolution == "chose crm");
  CHECK(read.sequence == 10);
}

TEST_CASE("an event key stands once in a row, however many fields it told of") {
  SourceRecord record;
  for (const char* field : {"a", "b", "c"}) {
    for (const char* key : {"first-key", "second-key"}) {
      Observation observation;
      observation.order.at = Time{record.fields.empty() ? 1 : 2};
      observation.event_key = EventKey(key);
      record.fields[FieldName(field)].observations.push_back(observation);
    }
  }
  record.fields[FieldName("d")].observations.push_back({});
  const std::string row = to_stored(record);
  CHECK(row.find("first-key") == row.rfind("first-key"));
  const SourceRecord read = source_record_from_stored(stored(record).root());
  for (const char* field : {"a", "b", "c"}) {
    const auto& observations = read.fields.at(FieldName(field)).observations;
    CHECK(observations.at(0).event_key.text() == "first-key");
    CHECK(observations.at(1).event_key.text() == "second-key");
  }
  CHECK(read.fields.at(FieldName("d")).observations.at(0).event_key.empty());
}

TEST_CASE("event keys beyond those that are looked for are listed again, and come back") {
  SourceRecord record;
  for (const char* field : {"a", "b"}) {
    for (int i = 0; i < 200; ++i) {
      Observation observation;
      observation.event_key = EventKey("key " + std::to_string(field[0] == 'a' ? i : 199 - i));
      record.fields[FieldName(field)].observations.push_back(observation);
    }
  }
  const SourceRecord read = source_record_from_stored(stored(record).root());
  for (const char* field : {"a", "b"}) {
    for (std::size_t i = 0; i < 200; ++i) {
      CHECK(read.fields.at(FieldName(field)).observations.at(i).event_key ==
            record.fields.at(FieldName(field)).observations.at(i).event_key);
    }
  }
}

TEST_CASE("what several fields are told alike stands once in a row") {
  SourceRecord source;
  GoldenRecord golden;
  for (const char* name : {"a", "b", "c"}) {
    Observation said;
    said.order = {Time{1'700'000'000'123'457}, "7", hash_of(name)};
    said.value = Value::of_text(name);
    said.actor = "ana";
    said.received_at = Time{1'700'000'000'555'555};
    Observation later = said;
    later.order.at = Time{1'700'000'000'999'999};
    source.fields[FieldName(name)].observations = {said, later};
    GoldenField field;
    field.value = said.value;
    field.system = SystemName("crm");
    field.why = "crm changed it last";
    golden.fields[FieldName(name)] = field;
  }
  const std::string source_row = to_stored(source), golden_row = to_stored(golden);
  for (const char* once : {"1700000000123457", "1700000000999999"}) {
    CAPTURE(once);
    CHECK(source_row.find(once) == source_row.rfind(once));
  }
  CHECK(source_row.find("\"h\"") == std::string::npos);  // it is its value's
  CHECK(golden_row.find("crm changed it last") == golden_row.rfind("crm changed it last"));
  const SourceRecord read = source_record_from_stored(stored(source).root());
  for (const auto& [name, history] : read.fields) {
    const Observation& said = history.observations.at(0);
    CHECK(said.order == source.fields.at(name).observations.at(0).order);
    CHECK(said.actor == "ana");
    CHECK(history.observations.at(1).order == source.fields.at(name).observations.at(1).order);
  }
}

TEST_CASE("a row of before fields were told alike is read as it was meant") {
  const auto source =
      StoredDocument::parse(R"({"system":"crm","id":"1","fields":{"a":{"o":[{"o":{"t":5,"n":"2",)"
                            R"("h":"c0e7ba8fad5be1cd2ff491ab7343b078"},"v":["t","A"],"e":true,)"
                            R"("p":["t","B"],"k":0,"a":"ana","r":6}]}},"event_keys":["key"]})")
          .value();
  const SourceRecord record = source_record_from_stored(source.root());
  const Observation& said = record.fields.at(FieldName("a")).observations.at(0);
  CHECK(said.order ==
        HistoryOrder{Time{5}, "2", ValueHash::from_hex("c0e7ba8fad5be1cd2ff491ab7343b078")});
  CHECK(said.value.text() == "A");
  CHECK(said.evidence == Evidence::certain);
  REQUIRE(said.previous);
  CHECK(said.previous->text() == "B");
  CHECK(said.event_key.text() == "key");
  CHECK(said.actor == "ana");
  CHECK(said.received_at == Time{6});

  const auto golden =
      StoredDocument::parse(R"({"id":"g","fields":{"a":{"v":["t","A"],"c":true,"s":"crm","t":5,)"
                            R"("e":true,"r":"recency","w":"newest","k":0}},"event_keys":["key"]})")
          .value();
  const GoldenField field = golden_record_from_stored(golden.root()).fields.at(FieldName("a"));
  CHECK(field.value.text() == "A");
  CHECK(field.contested);
  CHECK(field.system == SystemName("crm"));
  CHECK(field.changed_at == Time{5});
  CHECK(field.evidence == Evidence::certain);
  CHECK(field.rule == "recency");
  CHECK(field.why == "newest");
  CHECK(field.event_key.text() == "key");
}

TEST_CASE(
    "an event key may stand in its place, as in older rows, and one that is nowhere is empty") {
  const StoredDocument row =
      StoredDocument::parse(R"({"fields":{"a":{"o":[{"k":"key"},{"k":0},{"k":1},{"k":-1}]}},)"
                            R"("event_keys":["listed"]})")
          .value();
  const SourceRecord record = source_record_from_stored(row.root());
  const auto& observations = record.fields.at(FieldName("a")).observations;
  REQUIRE(observations.size() == 4);
  CHECK(observations[0].event_key.text() == "key");
  CHECK(observations[1].event_key.text() == "listed");
  CHECK(observations[2].event_key.empty());
  CHECK(observations[3].event_key.empty());
}

TEST_CASE("a row that is no record gives the defaults instead of a failure") {
  for (const char* row :
       {"[]", "{}", R"({"fields":[1],"state":7})",
        R"({"fields":{"a":1,"b":{"o":[1],"w":{}}},"deleted_at":"x"})",
        R"({"fields":{"b":{"o":[{"i":7}],"i":-1}},"tellings":[1],"origins":1})"}) {
    CAPTURE(row);
    const StoredDocument document = StoredDocument::parse(row).value();
    const StoredNode& node = document.root();
    CHECK(source_record_from_stored(node).state == LinkState::active);
    CHECK_FALSE(source_record_from_stored(node).deleted_at);
    CHECK(golden_record_from_stored(node).version == 0);
    CHECK(delivery_from_stored(node).state == DeliveryState::pending);
    CHECK(exception_from_stored(node).state == ExceptionState::open);
    CHECK(exception_from_stored(node).candidates.empty());
  }
}

}  // namespace
}  // namespace truce
