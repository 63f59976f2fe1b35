#include <algorithm>

#include "engine/core/history/presence.h"
#include "engine/core/plan/planning.h"

namespace truce {
namespace {

// A delete that a system stated itself: not ours coming back, which is nobody's word.
struct StatedDelete {
  const SourceView* view = nullptr;
  OwnDelete own;
};

// The one that is to be answered: the latest.
std::optional<StatedDelete> latest_stated(const Planning& planning) {
  std::optional<StatedDelete> latest;
  for (const SourceView& view : planning.views) {
    if (view.record->state != LinkState::active) continue;
    const auto own = own_delete(*view.record, *view.system);
    if (own && (!latest || latest->own.at < own->at)) latest = StatedDelete{&view, *own};
  }
  return latest;
}

bool any_is(const Planning& planning, bool deleted) {
  return std::any_of(planning.views.begin(), planning.views.end(), [&](const SourceView& view) {
    return view.record->state == LinkState::active && is_deleted(*view.record) == deleted;
  });
}

// Somewhere it is gone because we carried out another's word.
bool has_deleted_ourselves(const Planning& planning) {
  return std::any_of(planning.views.begin(), planning.views.end(), [](const SourceView& view) {
    return view.record->state == LinkState::active && is_deleted(*view.record) &&
           !own_delete(*view.record, *view.system);
  });
}

// One that came back from a delete since then speaks against this one.
bool has_one_come_back_since(const RecordState& state, const StatedDelete& deleted) {
  return std::any_of(state.sources.begin(), state.sources.end(), [&](const SourceRecord& source) {
    return source.state == LinkState::active && source.deleted_at && !is_deleted(source) &&
           *source.present_at > deleted.own.at;
  });
}

// What the system last said of a field itself; an emptied field is an edit too, whatever the rule
// makes of a blank.
std::optional<Candidate> last_edit(const SystemName& system, const Timeline& timeline) {
  const auto own =
      std::find_if(timeline.entries.rbegin(), timeline.entries.rend(), [](const Entry& entry) {
        return entry.kind == EntryKind::assertion || entry.kind == EntryKind::blank;
      });
  if (own == timeline.entries.rend()) return std::nullopt;
  const Observation& said = *own->observation;
  return Candidate{system, said.value, said.order.at, said.evidence, said.actor, said.order};
}

// Nobody knows when it was deleted, but it had this value by then: it was no news there.
bool was_known_there(const Planning& planning, const StatedDelete& deleted, const FieldName& name,
                     const Value& value) {
  if (deleted.own.after == deleted.own.at) return false;
  const Timeline* timeline = deleted.view->timeline(name);
  const Field& field = *planning.context.entity.field(name);
  const auto entry = field.map.find(deleted.view->system->name);
  if (!timeline || entry == field.map.end()) return false;
  const Base& base = timeline->base;
  return base.state == Base::State::known &&
         are_held_alike(field, entry->second, base.value, value);
}

// The newest edit elsewhere that the deleting side cannot have known, or need not have.
std::optional<Candidate> edit_after(const Planning& planning, const StatedDelete& deleted) {
  std::optional<Candidate> newest;
  for (const SourceView& view : planning.views) {
    if (view.record == deleted.view->record || view.record->state != LinkState::active) continue;
    for (const auto& [field, timeline, as_told] : view.readings) {
      auto last = last_edit(view.system->name, *timeline);
      if (!last || last->changed_at <= deleted.own.after) continue;
      if (was_known_there(planning, deleted, field->name, last->value)) continue;
      if (!newest || newest->changed_at < last->changed_at) newest = std::move(last);
    }
  }
  return newest;
}

bool has_seen(const Decision& decision, const SystemName& system, Time at) {
  const auto seen = decision.seen.find(system);
  return seen != decision.seen.end() && seen->second.at >= at;
}

// Whoever let the record go had not seen an edit that came to light since: the question is open
// again.
std::optional<std::string> answer_to(const GoldenRecord& golden, const StatedDelete& deleted,
                                     const std::optional<Candidate>& edit) {
  const Decision* answer = nullptr;
  for (const Decision& decision : golden.decisions) {
    if (decision.field != delete_question) continue;
    if (!has_seen(decision, deleted.view->record->system, deleted.own.at)) continue;
    if (!answer || answer->decided_at <= decision.decided_at) answer = &decision;
  }
  if (!answer) return std::nullopt;
  if (answer->value.text() == "propagate" && edit &&
      !has_seen(*answer, edit->system, edit->order.at)) {
    return std::nullopt;
  }
  return answer->value.text();
}

Wanted delete_item(const Planning& planning, const StatedDelete& deleted,
                   const std::optional<Candidate>& edit) {
  Wanted item;
  item.subject =
      subject_of(Category::erase, planning.state.golden.id, deleted.view->record->system.text);
  item.system = deleted.view->record->system;
  item.actions = {"propagate", "restore", "ignore"};
  item.question.category = Category::erase;
  Candidate gone;
  gone.system = deleted.view->record->system;
  gone.changed_at = deleted.own.at;
  gone.evidence = Evidence::certain;
  gone.order.at = deleted.own.at;
  item.question.candidates.push_back(std::move(gone));
  if (edit) item.question.candidates.push_back(*edit);
  item.detail = {{"deleted_in", deleted.view->record->system.text},
                 {"record_id", deleted.view->record->id.text},
                 {"deleted_at", to_rfc3339(deleted.own.at)},
                 {"edited_since", edit.has_value()}};
  return item;
}

}  // namespace

DeleteWish weigh_deletes(Planning& planning, std::vector<Wanted>& wanted) {
  const bool lives = any_is(planning, false);
  const Time now = planning.context.now;
  const auto deleted = latest_stated(planning);
  // Nobody says that it is deleted any more: what we deleted for somebody's word is made again.
  if (!deleted) return {false, lives && any_is(planning, true), now};
  const auto edit = edit_after(planning, *deleted);
  const auto answer = answer_to(planning.state.golden, *deleted, edit);
  if (answer == "propagate") return {lives, false, now};
  if (answer == "restore") return {false, true, now};
  const Entity& entity = planning.context.entity;
  // Left alone: a deleted link is neither written nor made again, and a reappearance lifts it.
  if (answer == "ignore" || entity.on_delete == DeletePolicy::ignore) return {};
  // An edit may come to light when all is deleted already.
  if (!lives && !(edit && has_deleted_ourselves(planning))) return {};
  if (entity.on_delete == DeletePolicy::restore) return {false, lives, now};
  if (entity.on_delete == DeletePolicy::propagate) {
    if (has_one_come_back_since(planning.state, *deleted)) return {false, true, now};
    if (!edit) return {true, false, now + entity.delete_grace};
  }
  wanted.push_back(delete_item(planning, *deleted, edit));
  return {};
}

}  // namespace truce
