#include "engine/core/history/presence.h"

#include <algorithm>

#include "engine/core/history/timeline.h"

namespace truce {
namespace {

bool is_lifted(const SourceRecord& record, Time deleted_at) {
  return record.present_at && deleted_at < *record.present_at;
}

bool is_echo_of(const Write& erase, const Observation& told, const SourceRecord& record,
                Duration skew) {
  const bool precedes =
      told.order.at < erase.handed_out_at - skew || told.received_at <= erase.handed_out_at;
  if (precedes) return false;
  if (!erase.settled_at) return true;
  const Time over = *erase.settled_at + skew;
  // It was looked for and stood there: whatever deletes it later is not this one.
  if (erase.stored && told.order.at > over) return false;
  const bool has_come_back =
      record.present_at && *record.present_at > over && *record.present_at <= told.order.at;
  return !has_come_back;
}

}  // namespace

void join_delete(SourceRecord& record, Time at, Time received_at, const EventKey& event_key,
                 const std::string& actor) {
  record.deleted_at = std::max(record.deleted_at.value_or(Time::beginning()), at);
  Observation told;
  told.order = {at, {}, value_hash(Value::null())};
  told.value = Value::null();
  told.evidence = Evidence::certain;
  told.event_key = event_key;
  told.actor = actor;
  told.received_at = received_at;
  FieldHistory& history = record.fields[presence_field];
  join(history, told);
  // What a later sign of the record lifted stays lifted.
  std::erase_if(history.observations, [&](const Observation& observation) {
    return is_lifted(record, observation.order.at);
  });
}

std::optional<Time> own_delete(const SourceRecord& record, const System& system) {
  if (!is_deleted(record)) return std::nullopt;
  const auto kept = record.fields.find(presence_field);
  if (kept == record.fields.end()) return record.deleted_at;
  const FieldHistory& history = kept->second;
  std::optional<Time> own;
  for (const Observation& told : history.observations) {
    const bool is_echo =
        std::any_of(history.writes.begin(), history.writes.end(), [&](const Write& erase) {
          return is_echo_of(erase, told, record, system.clock_skew);
        });
    if (!is_echo && !is_lifted(record, told.order.at)) own = told.order.at;
  }
  return own;
}

}  // namespace truce
