// One record's values between the fields of two policies, by way of the system's own form.
#pragma once

#include <map>
#include <optional>

#include "engine/core/migrate/carry.h"

namespace truce {

using Values = std::map<FieldName, Value>;

// The part of a system's record that shows these values under `policy`, and whether it shows all
// of them.
struct RecordPart {
  Json record = Json::object();
  std::map<FieldName, Problem> missing;
};
RecordPart record_part(const Carriage& carriage, const Policy& policy, const SystemName& system,
                       const Values& values);

// The values that `values` of the policy left have as fields of the policy entered. In `unclear`
// are fields that would have one, and nobody can say which.
struct CarriedValues {
  Values values;
  std::set<FieldName> unclear;
};
CarriedValues carry_values(const Carriage& carriage, const SystemName& system,
                           const Values& values);

// carry_source.cc: the way from the fields to come to those before; `change` is that way's, and
// must outlive it.
Carriage way_back(const Carriage& carriage, const EntityChange& change);

// carry_source.cc: where what stood at `order` in the history before stands now. Behind all of that
// time where nothing in it is of the same event.
HistoryOrder carried_order(const FieldHistory& now, const FieldHistory& before,
                           const HistoryOrder& order);

}  // namespace truce
