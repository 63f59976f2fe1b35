#include "engine/core/history/departure.h"

namespace truce {

void note_departure(SourceRecord& record, Time at) {
  Observation told;
  told.order = {at, {}, value_hash(Value::null())};
  told.value = Value::null();
  told.received_at = at;
  join(record.fields[departure_field], told);
}

void forget_departure(SourceRecord& record) { record.fields.erase(departure_field); }

std::optional<Time> departed_at(const SourceRecord& record) {
  const auto kept = record.fields.find(departure_field);
  if (kept == record.fields.end() || kept->second.observations.empty()) return std::nullopt;
  return kept->second.observations.front().order.at;
}

std::shared_ptr<const Timeline> timeline_while_linked(const SourceRecord& record,
                                                      const FieldHistory& history,
                                                      std::size_t policy_mark, const System& system,
                                                      const Field& field) {
  const auto until = departed_at(record);
  const auto& said = history.observations;
  if (!until || said.empty() || said.back().order.at <= *until) {
    return remembered_timeline(history, policy_mark, system, field);
  }
  return std::make_shared<const Timeline>(read_timeline_until(history, *until, system, field));
}

}  // namespace truce
