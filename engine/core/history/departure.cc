#include "engine/core/history/departure.h"

#include <algorithm>

namespace truce {

void note_departure(SourceRecord& record, Time at, const GoldenId& stood_for) {
  Observation told;
  if (!stood_for.empty()) told.value = Value::of_text(stood_for.text);
  told.order = {at, {}, value_hash(told.value)};
  told.received_at = at;
  join(record.fields[departure_field], told);
}

void forget_departure(SourceRecord& record) { record.fields.erase(departure_field); }

std::optional<Time> departed_at(const SourceRecord& record) {
  const auto kept = record.fields.find(departure_field);
  if (kept == record.fields.end() || kept->second.observations.empty()) return std::nullopt;
  return kept->second.observations.front().order.at;
}

GoldenId left_standing_for(const SourceRecord& record) {
  const auto kept = record.fields.find(departure_field);
  if (record.state != LinkState::unlinked || kept == record.fields.end()) return {};
  const auto& all = kept->second.observations;
  const auto told = std::find_if(all.begin(), all.end(),
                                 [](const Observation& one) { return !one.value.is_null(); });
  return told == all.end() ? GoldenId() : GoldenId(told->value.text());
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
