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

bool is_echo(const FieldHistory& history, const Observation& told, const SourceRecord& record,
             Duration skew) {
  return std::any_of(
      history.writes.begin(), history.writes.end(),
      [&](const Write& erase) { return is_echo_of(erase, told, record, skew); });
}

}  // namespace

Time last_sign_of(const SourceRecord& record) {
  Time sign = record.present_at.value_or(record.first_seen);
  for (const auto& [name, history] : record.fields) {
    if (name == presence_field) continue;
    for (const Write& write : history.writes) {
      if (write.state == Write::State::acknowledged) sign = std::max(sign, *write.settled_at);
    }
  }
  return sign;
}

void join_delete(SourceRecord& record, Observation told) {
  record.deleted_at = std::max(record.deleted_at.value_or(Time::beginning()), told.order.at);
  told.value = Value::null();
  told.order.hash = value_hash(told.value);
  FieldHistory& history = record.fields[presence_field];
  join(history, told);
  // What a later sign of the record lifted stays lifted.
  std::erase_if(history.observations, [&](const Observation& observation) {
    return is_lifted(record, observation.order.at);
  });
}

std::optional<OwnDelete> own_delete(const SourceRecord& record, const System& system) {
  if (!is_deleted(record)) return std::nullopt;
  const auto kept = record.fields.find(presence_field);
  if (kept == record.fields.end()) return OwnDelete{*record.deleted_at, *record.deleted_at};
  const FieldHistory& history = kept->second;
  std::optional<Time> certain, possible;
  for (const Observation& told : history.observations) {
    if (is_lifted(record, told.order.at)) continue;
    if (is_echo(history, told, record, system.clock_skew)) continue;
    if (told.evidence == Evidence::certain)
      certain = told.order.at;
    else if (!possible)
      possible = told.order.at;
  }
  if (certain) return OwnDelete{*certain, *certain};
  if (possible) return OwnDelete{*possible, std::min(*possible, last_sign_of(record))};
  return std::nullopt;
}

}  // namespace truce
