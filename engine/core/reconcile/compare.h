// What a comparison of snapshots says about one golden record: where the systems differ, why, and
// what becomes of it. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/model/reconciliation.h"
#include "engine/core/plan/plan.h"

namespace truce {

// A field that is not compared this time, and why.
struct Exclusion {
  std::string why;
  Cause cause = Cause::unknown;
  ExceptionId item;                        // that asks about it; empty: none
  Category category = Category::rejected;  // of the item
};

// One source record as its snapshot shows it.
struct ShownRecord {
  SystemName system;
  RecordId id;
  std::map<FieldName, Value> fields;  // canonical; without those that are excluded
  std::map<FieldName, Exclusion> excluded;
  // Of the fields that it leaves out and that are written to it: what it is known to hold; nullopt:
  // nobody knows.
  std::map<FieldName, std::optional<Value>> left_out;
  std::map<FieldName, Cause> news;  // what its history did not know, and why
  bool is_new_link = false;         // it got its link by this comparison
};

// One golden record after everything that the snapshots show of it was taken.
struct Compared {
  const Entity& entity;
  const RecordState& state;        // as derived
  const Plan* plan = nullptr;      // of that derivation; null: nothing was news
  std::vector<ShownRecord> shown;  // never empty
  std::set<SystemName> complete;   // systems of the run whose snapshot is all there is
  bool writes_nothing = false;     // the run only links
};

// The policy maps a field of the entity in this system.
bool has_part(const Entity& entity, const SystemName& system);

// In the order of the fields, then of the systems. None: everything that was compared agrees.
std::vector<Discrepancy> compare(const Compared& compared);

}  // namespace truce
