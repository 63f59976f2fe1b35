#include <algorithm>

#include "engine/core/plan/planning.h"

namespace truce {
namespace {

// The delete that is to be answered: the greatest stamp among the linked records that are gone
// while another lives.
const SourceRecord* latest_deleted(const RecordState& state) {
  const SourceRecord* latest = nullptr;
  for (const SourceRecord& source : state.sources) {
    if (source.state != LinkState::active || !is_deleted(source)) continue;
    if (!latest || *latest->deleted_at < *source.deleted_at) latest = &source;
  }
  return latest;
}

bool any_lives(const RecordState& state) {
  return std::any_of(state.sources.begin(), state.sources.end(), [](const SourceRecord& source) {
    return source.state == LinkState::active && !is_deleted(source);
  });
}

// One that came back from a delete of its own since then speaks against this one, which may be no
// more than our carrying out of the other.
bool has_one_come_back_since(const RecordState& state, const SourceRecord& deleted) {
  return std::any_of(state.sources.begin(), state.sources.end(), [&](const SourceRecord& source) {
    return source.state == LinkState::active && source.deleted_at && !is_deleted(source) &&
           *source.present_at > *deleted.deleted_at;
  });
}

// The newest edit elsewhere that the deleting side cannot have known.
std::optional<Candidate> edit_after(const Planning& planning, const SourceRecord& deleted) {
  std::optional<Candidate> newest;
  for (const SourceView& view : planning.views) {
    if (view.record == &deleted || view.record->state != LinkState::active) continue;
    for (const auto& [name, timeline] : view.timelines) {
      if (timeline.assertions.empty()) continue;
      const Assertion& last = timeline.assertions.back();
      if (last.changed_at <= *deleted.deleted_at) continue;
      if (newest && newest->changed_at >= last.changed_at) continue;
      newest = Candidate{view.system->name, last.value, last.changed_at,
                         last.evidence,     last.actor, last.order};
    }
  }
  return newest;
}

std::optional<std::string> answer_to(const GoldenRecord& golden, const SourceRecord& deleted) {
  std::optional<std::string> answer;
  Time decided = Time::beginning();
  for (const Decision& decision : golden.decisions) {
    if (decision.field != delete_question || decision.decided_at < decided) continue;
    const auto seen = decision.seen.find(deleted.system);
    if (seen == decision.seen.end() || seen->second.at < *deleted.deleted_at) continue;
    answer = decision.value.text;
    decided = decision.decided_at;
  }
  return answer;
}

Wanted delete_item(const Planning& planning, const SourceRecord& deleted,
                   const std::optional<Candidate>& edit) {
  Wanted item;
  item.subject = subject_of(Category::erase, planning.state.golden.id, deleted.system.text);
  item.system = deleted.system;
  item.actions = {"propagate", "restore", "ignore"};
  item.question.category = Category::erase;
  Candidate gone;
  gone.system = deleted.system;
  gone.changed_at = *deleted.deleted_at;
  gone.evidence = Evidence::certain;
  gone.order.at = *deleted.deleted_at;
  item.question.candidates.push_back(std::move(gone));
  if (edit) item.question.candidates.push_back(*edit);
  item.detail = {{"deleted_in", deleted.system.text},
                 {"record_id", deleted.id.text},
                 {"deleted_at", to_rfc3339(*deleted.deleted_at)},
                 {"edited_since", edit.has_value()}};
  return item;
}

}  // namespace

DeleteWish weigh_deletes(Planning& planning, std::vector<Wanted>& wanted) {
  const SourceRecord* deleted = latest_deleted(planning.state);
  if (!deleted || !any_lives(planning.state)) return {};
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
