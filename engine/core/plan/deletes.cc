#include <algorithm>

#include "engine/core/history/presence.h"
#include "engine/core/plan/planning.h"

namespace truce {
namespace {

// A delete that a system stated itself: not ours coming back, which is nobody's word.
struct StatedDelete {
  const SourceRecord* record = nullptr;
  Time at;
};

// The one that is to be answered: the latest.
std::optional<StatedDelete> latest_stated(const Planning& planning) {
  std::optional<StatedDelete> latest;
  for (const SourceView& view : planning.views) {
    if (view.record->state != LinkState::active) continue;
    const auto at = own_delete(*view.record, *view.system);
    if (at && (!latest || latest->at < *at)) latest = StatedDelete{view.record, *at};
  }
  return latest;
}

bool any_is(const Planning& planning, bool deleted) {
  return std::any_of(planning.views.begin(), planning.views.end(), [&](const SourceView& view) {
    return view.record->state == LinkState::active && is_deleted(*view.record) == deleted;
  });
}

// One that came back from a delete since then speaks against this one.
bool has_one_come_back_since(const RecordState& state, const StatedDelete& deleted) {
  return std::any_of(state.sources.begin(), state.sources.end(), [&](const SourceRecord& source) {
    return source.state == LinkState::active && source.deleted_at && !is_deleted(source) &&
           *source.present_at > deleted.at;
  });
}

// What the system last said of a field itself; an emptied field is an edit too, whatever the rule
// makes of a blank.
std::optional<Candidate> last_edit(const SystemName& system, const Timeline& timeline) {
  const auto own = std::find_if(timeline.entries.rbegin(), timeline.entries.rend(),
                                [](const Entry& entry) {
                                  return entry.kind == EntryKind::assertion ||
                                         entry.kind == EntryKind::blank;
                                });
  if (own == timeline.entries.rend()) return std::nullopt;
  const Observation& said = *own->observation;
  return Candidate{system, said.value, said.order.at, said.evidence, said.actor, said.order};
}

// The newest edit elsewhere that the deleting side cannot have known.
std::optional<Candidate> edit_after(const Planning& planning, const StatedDelete& deleted) {
  std::optional<Candidate> newest;
  for (const SourceView& view : planning.views) {
    if (view.record == deleted.record || view.record->state != LinkState::active) continue;
    for (const auto& [name, timeline] : view.timelines) {
      auto last = last_edit(view.system->name, timeline);
      if (!last || last->changed_at <= deleted.at) continue;
      if (!newest || newest->changed_at < last->changed_at) newest = std::move(last);
    }
  }
  return newest;
}

std::optional<std::string> answer_to(const GoldenRecord& golden, const StatedDelete& deleted) {
  std::optional<std::string> answer;
  Time decided = Time::beginning();
  for (const Decision& decision : golden.decisions) {
    if (decision.field != delete_question || decision.decided_at < decided) continue;
    const auto seen = decision.seen.find(deleted.record->system);
    if (seen == decision.seen.end() || seen->second.at < deleted.at) continue;
    answer = decision.value.text;
    decided = decision.decided_at;
  }
  return answer;
}

Wanted delete_item(const Planning& planning, const StatedDelete& deleted,
                   const std::optional<Candidate>& edit) {
  Wanted item;
  item.subject = subject_of(Category::erase, planning.state.golden.id, deleted.record->system.text);
  item.system = deleted.record->system;
  item.actions = {"propagate", "restore", "ignore"};
  item.question.category = Category::erase;
  Candidate gone;
  gone.system = deleted.record->system;
  gone.changed_at = deleted.at;
  gone.evidence = Evidence::certain;
  gone.order.at = deleted.at;
  item.question.candidates.push_back(std::move(gone));
  if (edit) item.question.candidates.push_back(*edit);
  item.detail = {{"deleted_in", deleted.record->system.text},
                 {"record_id", deleted.record->id.text},
                 {"deleted_at", to_rfc3339(deleted.at)},
                 {"edited_since", edit.has_value()}};
  return item;
}

}  // namespace

DeleteWish weigh_deletes(Planning& planning, std::vector<Wanted>& wanted) {
  if (!any_is(planning, false)) return {};
  const auto deleted = latest_stated(planning);
  // Nobody says that it is deleted any more: what we deleted for somebody's word is made again.
  if (!deleted) return {false, any_is(planning, true), planning.context.now};
  const auto answer = answer_to(planning.state.golden, *deleted);
  if (answer == "propagate") return {true, false, planning.context.now};
  if (answer == "restore") return {false, true, planning.context.now};
  const Entity& entity = planning.context.entity;
  // Left alone: a deleted link is neither written nor made again, and a reappearance lifts it.
  if (answer == "ignore" || entity.on_delete == DeletePolicy::ignore) return {};
  const auto edit = edit_after(planning, *deleted);
  if (entity.on_delete == DeletePolicy::restore) return {false, true, planning.context.now};
  if (entity.on_delete == DeletePolicy::propagate &&
      has_one_come_back_since(planning.state, *deleted)) {
    return {false, true, planning.context.now};
  }
  if (entity.on_delete == DeletePolicy::propagate && !edit) {
    return {true, false, planning.context.now + entity.delete_grace};
  }
  wanted.push_back(delete_item(planning, *deleted, edit));
  return {};
}

}  // namespace truce
