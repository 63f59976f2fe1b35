#include "engine/core/plan/plan.h"

#include <algorithm>

#include "engine/core/model/hash.h"
#include "engine/core/plan/planning.h"

namespace truce {
namespace {

bool shown_alike(const GoldenField& a, const GoldenField& b) {
  return same(a.value, b.value) && a.contested == b.contested;
}

std::vector<FieldChange> changes_between(const SharedMap<FieldName, GoldenField>& before,
                                         const SharedMap<FieldName, GoldenField>& after) {
  std::vector<FieldChange> changes;
  for (auto field = before.begin(); field != before.end(); ++field) {
    const auto now = after.find(field->first);
    if (now == after.end()) {
      changes.push_back({field->first, field->second, std::nullopt});
    } else if (!now.shared().is_one_with(field.shared()) &&
               !shown_alike(field->second, now->second)) {
      changes.push_back({field->first, field->second, now->second});
    }
  }
  for (const auto& [name, field] : after) {
    if (!before.contains(name)) changes.push_back({name, std::nullopt, field});
  }
  return changes;
}

Planning begin(const PlanContext& context, RecordState& state) {
  Planning planning{context, state, {}, {}};
  // Of a first import each record is derived once.
  const bool is_new = state.golden.version == 0;
  for (const SourceRecord& source : state.sources) {
    if (source.state == LinkState::ambiguous || !context.policy.system(source.system)) continue;
    planning.views.push_back(view_source(context.policy, context.entity, source,
                                         is_new ? Remember::no : Remember::yes));
  }
  read_as_joined(planning.views, context.survivor_of);
  planning.plan.survivors =
      survive(context.policy, context.entity, planning.views,
              decisions_as_joined(context.entity, state.golden.decisions, context.survivor_of),
              state.golden.derivation);
  if (is_new) state.golden.derivation.reset();
  return planning;
}

SharedMap<FieldName, GoldenField> fields_of(const Plan& plan) {
  SharedMap<FieldName, GoldenField> fields;
  for (const auto& [name, survivor] : plan.survivors) {
    if (survivor.field) fields.put(name, survivor.field);
  }
  return fields;
}

void derive_golden(Planning& planning) {
  GoldenRecord& golden = planning.state.golden;
  SharedMap<FieldName, GoldenField> fields = fields_of(planning.plan);
  planning.plan.changes = changes_between(golden.fields, fields);
  golden.fields = std::move(fields);
  if (!planning.plan.changes.empty() || golden.version == 0) {
    ++golden.version;
    golden.updated_at = planning.context.now;
  }
  golden.policy_sha256 = planning.context.policy.sha256;
}

// Deleted once no living record is left that is linked.
void derive_deletion(Planning& planning) {
  std::optional<Time> deleted;
  bool living = false;
  for (const SourceRecord& source : planning.state.sources) {
    if (source.state == LinkState::merged) continue;
    if (is_deleted(source))
      deleted = std::max(deleted.value_or(Time::beginning()), *source.deleted_at);
    else if (source.state == LinkState::active)
      living = true;
  }
  planning.state.golden.deleted_at = living ? std::nullopt : deleted;
}

std::vector<Wanted> questions_of(const Planning& planning) {
  std::vector<Wanted> wanted;
  for (const auto& [name, survivor] : planning.plan.survivors) {
    if (!survivor.question) continue;
    Wanted item;
    item.subject = subject_of(survivor.question->category, planning.state.golden.id, name.text);
    item.question = *survivor.question;
    item.field = survivor.question->differs_in.empty() ? name : survivor.question->differs_in;
    if (!item.question.members.empty()) {
      Json members = Json::array();
      for (const FieldName& member : item.question.members) members.push_back(member.text);
      item.detail["group"] = std::move(members);
    }
    wanted.push_back(std::move(item));
  }
  return wanted;
}

}  // namespace

Plan make_plan(const PlanContext& context, RecordState& state) {
  Planning planning = begin(context, state);
  derive_golden(planning);
  derive_deletion(planning);
  std::vector<Wanted> wanted = questions_of(planning);
  watch_flips(planning, wanted);
  const DeleteWish deletes = weigh_deletes(planning, wanted);
  // Of a record that is gone and stays so nothing will be written: only its delete is asked about.
  if (state.golden.deleted_at && !deletes.restore) {
    std::erase_if(wanted,
                  [](const Wanted& one) { return one.question.category != Category::erase; });
  }
  plan_deliveries(planning, deletes, wanted);
  settle_items(planning, std::move(wanted));
  return std::move(planning.plan);
}

void show_golden(const PlanContext& context, RecordState& state) {
  state.golden.fields = fields_of(begin(context, state).plan);
}

std::string fingerprint(const std::vector<Candidate>& candidates) {
  std::string all;
  for (const Candidate& candidate : candidates) {
    all += candidate.system.text + '/' + std::to_string(candidate.order.at.us) + '/' +
           candidate.order.version + '/' + value_hash(candidate.value).hex() + '\n';
  }
  return sha256_hex(all);
}

const SourceRecord* linked_source(const RecordState& state, const SystemName& system) {
  for (const SourceRecord& source : state.sources) {
    if (source.system == system && source.state == LinkState::active) return &source;
  }
  return nullptr;
}

std::string subject_of(Category category, const GoldenId& golden, const std::string& what) {
  return std::string(to_string(category)) + '/' + golden.text + '/' + what;
}

}  // namespace truce
