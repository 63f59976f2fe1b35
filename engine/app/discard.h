// Refusing the events of a held mass change, at a person's word. Internal to engine/app.
#pragma once

#include <set>
#include <string>
#include <tuple>

#include "engine/app/ingestion.h"

namespace truce {

class Discard {
 public:
  Discard(Context& context, std::string actor) : context_(context), actor_(std::move(actor)) {}

  // The event becomes known, and what it says is overruled at once: what the record showed before
  // is written back. What it does not change is left as it is, and so is a field that a person is
  // asked about.
  void overrule(const ParkedEvent& parked);

 private:
  void refuse_values(const GoldenRecord& before, const SourceRecord& known, const SourceRecord& now,
                     const DecisionId& id, RecordState& state);
  bool is_refused(const SourceRecord& known, const SourceRecord& now, const Field& field);

  Context& context_;
  std::string actor_;
  std::set<std::tuple<SystemName, RecordId, FieldName>> refused_;
};

}  // namespace truce
