#include "engine/app/reread.h"

#include <algorithm>

#include "engine/app/ingestion.h"

namespace truce {
namespace {

constexpr std::size_t events_a_sweep = 200;

ReadEvent read_again(Context& context, const RawEvent& raw) {
  ReadEvent read = read_raw_event({context.policy, context.transforms, context.secrets}, raw.body);
  read.key = raw.event_key;
  return read;
}

bool is_taken(const SourceRecord& source, const EventKey& key) {
  return std::any_of(source.fields.begin(), source.fields.end(), [&](const auto& field) {
    const auto& seen = field.second.observations;
    return std::any_of(seen.begin(), seen.end(),
                       [&](const Observation& one) { return one.event_key == key; });
  });
}

enum class Part {
  none,   // it waits for a person or its parent, or the next run of the slow loop reads it
  field,  // the rest of it is known
  whole,  // nothing of it is
};

Part part_to_take(Context& context, const ReadEvent& read) {
  const auto receipt = context.store.find_receipt(read.key);
  const auto source = context.store.find_source(read.system, read.entity, read.id);
  if (receipt && receipt->kind == OutcomeKind::rejected) return Part::whole;
  if (!source) return Part::none;
  const bool waited =
      receipt && (receipt->kind == OutcomeKind::held || receipt->kind == OutcomeKind::parked);
  if (waited && !is_taken(*source, read.key)) return Part::none;
  return Part::field;
}

// False: there is nothing of the field in it.
bool narrow(ReadEvent& read, const FieldName& field) {
  std::erase_if(read.record.fields, [&](const auto& named) { return named.first != field; });
  read.record.problems.clear();
  return !read.record.fields.empty();
}

// A single value where lists are the rule is taken as one element when a person says so.
bool is_odd(const ReadEvent& read, const Pause& pause) {
  return read.odd.refused.contains(pause.field) ||
         (read.odd.single.contains(pause.field) && pause.answer != PauseAnswer::resumed);
}

void take(Context& context, Pause& pause, const RawEvent& raw) {
  const FieldName& field = pause.field;
  Rereading& reading = *pause.rereading;
  ReadEvent read = read_again(context, raw);
  if (read.refusal || read.event.operation != EventOperation::upsert || !read.event.record) return;
  if (is_odd(read, pause)) {
    ++reading.refused;
    return;
  }
  if (!read.record.fields.contains(field)) return;
  const Part part = part_to_take(context, read);
  if (part == Part::none || (part == Part::field && !narrow(read, field))) return;
  take_again(context, read, raw.received_at, MissingParent::leave_out);
  ++reading.taken;
}

}  // namespace

bool reads_example(Context& context, const Pause& pause) {
  const auto raw = context.store.find_raw(pause.example);
  if (!raw) return pause.kind == PauseKind::shape;
  const ReadEvent read = read_again(context, *raw);
  if (read.refusal) return true;
  if (pause.kind == PauseKind::missing) {
    return read.record.fields.contains(pause.field) ||
           std::any_of(read.record.problems.begin(), read.record.problems.end(),
                       [&](const FieldProblem& one) { return one.field == pause.field; });
  }
  return !read.odd.refused.contains(pause.field) && !read.odd.single.contains(pause.field);
}

bool reread_piece(Context& context, const Entity& entity, Pause& pause) {
  Rereading& reading = *pause.rereading;
  RawFilter filter;
  filter.received_at = reading.at;
  filter.event_key = reading.key;
  filter.limit = events_a_sweep;
  const auto raws = context.store.list_raw(filter);
  for (const RawEvent& raw : raws) {
    if (raw.received_at > reading.until) return false;
    reading.at = raw.received_at;
    reading.key = raw.event_key;
    if (raw.system == pause.system && raw.entity == entity.name) {
      take(context, pause, raw);
    }
  }
  return raws.size() == events_a_sweep;
}

}  // namespace truce
