// The parts of make_plan, each in its own file. Internal to this folder.
#pragma once

#include <set>

#include "engine/core/plan/plan.h"

namespace truce {

// One round of planning: what the parts share.
struct Planning {
  const PlanContext& context;
  RecordState& state;
  std::vector<SourceView> views;
  Plan plan;
};

// items.cc: opens, updates and closes the items that are derived from the facts.
struct Wanted {
  std::string subject;
  Question question;
  FieldName field;
  SystemName system;
  std::vector<std::string> actions;
  Json detail;
};
void settle_items(Planning& planning, std::vector<Wanted> wanted);

// deletes.cc: which systems a deleted record is to be deleted or made again in.
struct DeleteWish {
  bool erase = false;    // delete it where it still lives
  bool restore = false;  // make it again where it was deleted
  Time not_before;       // the end of the grace, for deliveries that are new
};
DeleteWish weigh_deletes(Planning& planning, std::vector<Wanted>& wanted);

// targets.cc: one delivery for each system that differs.
void plan_deliveries(Planning& planning, const DeleteWish& deletes, std::vector<Wanted>& wanted);

// breaker.cc: counts flips of the shown values; gives the frozen fields' items.
void watch_flips(Planning& planning, std::vector<Wanted>& wanted);
// Counts as a flip, too, that what we last wrote there is to be written once more.
void count_rewrite(Planning& planning, const SourceRecord& target, const FieldName& field,
                   const Value& value);
bool is_frozen(const GoldenRecord& golden, const FieldName& field);

std::string subject_of(Category category, const GoldenId& golden, const std::string& what);

}  // namespace truce
