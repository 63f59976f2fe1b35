#include "tests/unit/model/any_fact.h"

namespace truce {
namespace {

std::string any_text() {
  return *rc::gen::element<std::string>("", "a", "Rose@Edge.com", "\u00FC \"quoted\"\n", "0",
                                        "true", "\U0001F600");
}
bool any_flag() { return *rc::gen::arbitrary<bool>(); }
// Often the same, so that facts are told alike.
Time any_time() {
  return Time{any_flag() ? *rc::gen::inRange<std::int64_t>(0, 2)
                         : *rc::gen::arbitrary<std::int64_t>()};
}
std::optional<Time> perhaps_time() { return any_flag() ? std::optional(any_time()) : std::nullopt; }
std::size_t few() { return *rc::gen::inRange<std::size_t>(0, 4); }
Evidence any_evidence() { return any_flag() ? Evidence::certain : Evidence::possible; }
template <class Enum>
Enum any_up_to(Enum last) {
  return static_cast<Enum>(*rc::gen::inRange(0, static_cast<int>(last) + 1));
}
HistoryOrder any_order() {
  return {any_time(), any_text(),
          any_flag() ? value_hash(Value::of_text(any_text())) : ValueHash()};
}
std::optional<HistoryOrder> perhaps_order() {
  return any_flag() ? std::optional(any_order()) : std::nullopt;
}
std::vector<std::string> any_texts() {
  std::vector<std::string> texts(few());
  for (std::string& text : texts) text = any_text();
  return texts;
}

Value any_value() {
  const auto kind = any_up_to(Value::Kind::set);
  if (kind == Value::Kind::null) return Value::null();
  if (kind != Value::Kind::set) return Value::of_scalar(kind, any_text(), any_text());
  std::vector<Value::Element> elements;
  for (std::size_t i = few(); i > 0; --i) elements.push_back({any_text(), any_text()});
  return Value::of_set(std::move(elements));
}
std::optional<Value> perhaps_value() {
  return any_flag() ? std::optional(any_value()) : std::nullopt;
}

Provenance any_provenance() {
  return {SystemName(any_text()), any_time(), any_evidence(), EventKey(any_text())};
}

FieldHistory any_history() {
  FieldHistory history;
  for (std::size_t i = few(); i > 0; --i) {
    history.observations.push_back({any_order(), any_value(), any_evidence(), perhaps_value(),
                                    EventKey(any_text()), any_text(), any_time()});
  }
  for (std::size_t i = few(); i > 0; --i) {
    history.writes.push_back({DeliveryId(any_text()), any_up_to(Write::State::acknowledged),
                              any_value(), perhaps_order(), any_time(), perhaps_time(),
                              perhaps_order(), any_provenance()});
  }
  return history;
}

Json any_body() {
  return *rc::gen::element<Json>(Json(), Json::object(), Json::array({1, "x", nullptr}),
                                 parse_json(R"({"n":[1.10,-0,18446744073709551616]})").value());
}

}  // namespace

SourceRecord any_source_record() {
  SourceRecord record;
  record.system = SystemName(any_text());
  record.entity = EntityName(any_text());
  record.id = RecordId(any_text());
  record.golden = GoldenId(any_text());
  record.state = any_up_to(LinkState::merged);
  record.merged_into = RecordId(any_text());
  for (std::size_t i = few(); i > 0; --i) record.fields[FieldName(any_text())] = any_history();
  record.deleted_at = perhaps_time();
  record.present_at = perhaps_time();
  record.first_seen = any_time();
  return record;
}

GoldenRecord any_golden_record() {
  GoldenRecord record;
  record.id = GoldenId(any_text());
  record.entity = EntityName(any_text());
  for (std::size_t i = few(); i > 0; --i) {
    Decision decision{DecisionId(any_text()),
                      FieldName(any_text()),
                      any_value(),
                      any_time(),
                      any_text(),
                      any_text(),
                      {}};
    decision.seen[SystemName(any_text())] = any_order();
    record.decisions.push_back(std::move(decision));
  }
  for (const std::string& system : any_texts()) record.no_create.emplace_back(system);
  for (const std::string& system : any_texts()) record.unread_in.emplace_back(system);
  for (std::size_t i = few(); i > 0; --i) {
    Flips& flips = record.flips[FieldName(any_text())];
    flips = {{any_time(), any_time()}, any_value(), any_flag()};
  }
  record.deleted_at = perhaps_time();
  record.merged_into = GoldenId(any_text());
  for (std::size_t i = few(); i > 0; --i) {
    record.fields[FieldName(any_text())] = {
        any_value(), any_flag(), SystemName(any_text()), any_time(), any_evidence(),
        any_text(),  any_text(), EventKey(any_text())};
  }
  record.version = *rc::gen::arbitrary<std::uint64_t>();
  record.created_at = any_time();
  record.updated_at = any_time();
  record.policy_sha256 = any_text();
  return record;
}

Delivery any_delivery() {
  Delivery delivery;
  delivery.id = DeliveryId(any_text());
  delivery.golden = GoldenId(any_text());
  delivery.entity = EntityName(any_text());
  delivery.system = SystemName(any_text());
  delivery.operation = any_up_to(Operation::lookup);
  delivery.record_id = RecordId(any_text());
  for (std::size_t i = few(); i > 0; --i) {
    delivery.fields[FieldName(any_text())] = {any_value(), any_provenance(), perhaps_order()};
  }
  delivery.body = any_body();
  delivery.idempotency_key = any_text();
  delivery.state = any_up_to(DeliveryState::discarded);
  delivery.intended = any_up_to(Operation::lookup);
  delivery.attempt = *rc::gen::inRange(0, 100);
  delivery.forgiven = *rc::gen::inRange(0, 100);
  delivery.created_at = any_time();
  delivery.due_at = any_time();
  delivery.handed_out_at = perhaps_time();
  delivery.lease_expires_at = perhaps_time();
  delivery.settled_at = perhaps_time();
  delivery.error = any_text();
  for (std::size_t i = few(); i > 0; --i) delivery.refused.emplace_back(any_text());
  for (std::size_t i = few(); i > 0; --i) delivery.lossy.emplace_back(any_text());
  delivery.sequence = *rc::gen::arbitrary<std::uint64_t>();
  return delivery;
}

ExceptionItem any_exception() {
  ExceptionItem item;
  item.id = ExceptionId(any_text());
  item.category = any_up_to(Category::association);
  item.state = any_up_to(ExceptionState::dismissed);
  item.subject = any_text();
  item.version = *rc::gen::arbitrary<std::uint64_t>();
  item.base = perhaps_value();
  for (std::size_t i = few(); i > 0; --i) {
    item.candidates.push_back(
        {SystemName(any_text()), any_value(), any_time(), any_evidence(), any_text(), any_order()});
  }
  item.actions = any_texts();
  item.detail = any_body();
  item.opened_at = any_time();
  item.roles = any_texts();
  item.due_at = perhaps_time();
  item.closed_at = perhaps_time();
  item.resolution = any_text();
  item.sequence = *rc::gen::arbitrary<std::uint64_t>();
  return item;
}

}  // namespace truce
