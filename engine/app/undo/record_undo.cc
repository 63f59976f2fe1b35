#include "engine/app/undo/record_undo.h"

#include <algorithm>
#include <set>

#include "engine/app/deciders.h"
#include "engine/app/derive.h"
#include "engine/app/joined.h"
#include "engine/app/shape_book.h"
#include "engine/app/undo/own_word.h"
#include "engine/app/undo/record_trail.h"
#include "engine/core/normalize/normalize.h"

namespace truce {
namespace {

struct Advice {
  const char* why;
  const char* what_to_do;
};

Advice advice_on(SelectedDeed::Kind kind) {
  switch (kind) {
    case SelectedDeed::Kind::made_record:
      return {"the golden record began with this change",
              "delete the record in its systems if it should not be there"};
    case SelectedDeed::Kind::linked:
      return {"two golden records were joined",
              "split them in the systems; links are not taken back"};
    case SelectedDeed::Kind::merged:
      return {"two records were merged in their system", "undo the merge in that system"};
    case SelectedDeed::Kind::restored:
      return {"the record was restored in its system", "delete it there again if it should go"};
    case SelectedDeed::Kind::made_there:
      return {"a record was made there", "delete it there if it should not be there"};
    case SelectedDeed::Kind::deleted_there:
      return {"the record was deleted there",
              "restore it there, from the system's bin if it has one"};
    case SelectedDeed::Kind::dismissed:
      return {"a question was dismissed", "it is asked again when what it is about changes"};
    case SelectedDeed::Kind::undid_delete:
      return {"an undo made the record again where it was deleted", "delete it there again"};
  }
  return {"", ""};
}

// One field that is to go back.
struct Return {
  FieldName field;
  Value value;
  Json from, to;
  const TrailChange* first = nullptr;  // of those that are undone
  std::vector<std::uint64_t> entries;
  std::vector<DecisionId> made_by;  // the decisions that they are; empty: some are none
  bool is_taken_back = false;       // those decisions are taken back, and no other is made
  bool is_open = false;             // a question about it is
};

PlanContext context_of(const UndoParts& parts, const Entity& entity) {
  PlanContext context{parts.policy,
                      entity,
                      parts.now,
                      parts.transforms,
                      {},
                      {},
                      {.paused = paused_fields(parts.store, entity)}};
  context.linked_id = [&parts](const SystemName& system, const EntityName&,
                               const GoldenId& golden) {
    return linked_id(parts.store, system, golden);
  };
  context.next_id = [&parts](const char* prefix) { return parts.ids.next(prefix); };
  tell_of_joins(context, parts.store);
  return context;
}

const GoldenField* shown_of(const GoldenRecord& golden, const FieldName& field) {
  const auto shown = golden.fields.find(field);
  return shown == golden.fields.end() ? nullptr : &shown->second;
}

Value value_of(const GoldenRecord& golden, const FieldName& field) {
  const GoldenField* shown = shown_of(golden, field);
  return shown ? shown->value : Value::null();
}

class Weighing {
 public:
  Weighing(const UndoParts& parts, const UndoOrder& order, const RecordState& state)
      : parts_(parts),
        order_(order),
        state_(state),
        entity_(*parts.policy.entity(state.golden.entity)),
        trail_(read_record_trail(parts, order, state.golden.id)) {}

  RecordUndo run() {
    for (const SelectedDeed& deed : trail_.deeds) tell_deed(deed);
    for (const auto& [field, changes] : trail_.changes) weigh_field(field, changes);
    keep_groups_whole();
    take_answers_back();
    leave_what_no_answer_gives_back();
    keep_groups_whole();
    id_ = DecisionId(parts_.ids.next("c"));
    for (const Return& one : returns_) {
      if (!one.is_taken_back) undo_.decisions.push_back(decision_of(one.field, one.value));
    }
    complete_groups();
    weigh_deletes();
    drop_what_the_policy_overrules();
    for (const Return& one : returns_) tell_return(one);
    auto& entries = undo_.entries;
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    return std::move(undo_);
  }

 private:
  bool is_private(const FieldName& field) const {
    const Field* known = entity_.field(field);
    return known && known->is_private;
  }

  Json line(const FieldName& field) const {
    Json node{{"entity", state_.golden.entity.text}, {"golden_id", state_.golden.id.text}};
    if (!field.empty()) node["field"] = field.text;
    if (is_private(field)) node["private"] = true;
    return node;
  }

  void tell_deed(const SelectedDeed& deed) {
    Json node = line({});
    const Advice advice = advice_on(deed.kind);
    node["why"] = advice.why;
    node["do"] = advice.what_to_do;
    node["audit_seq"] = deed.sequence;
    if (!deed.system.empty()) node["system"] = deed.system.text;
    if (!deed.record.empty()) node["record_id"] = deed.record.text;
    undo_.conflicts.push_back(std::move(node));
  }

  void tell_conflict(const FieldName& field, const std::string& why, const TrailChange& now) {
    Json node = line(field);
    node["why"] = why;
    node["do"] = "look at what it is now, and set it in its system if it should be another";
    if (!is_private(field)) node["now"] = now.after;
    node["by"] = now.by;
    node["audit_seq"] = now.sequence;
    undo_.conflicts.push_back(std::move(node));
  }

  void weigh_field(const FieldName& field, const std::vector<TrailChange>& changes) {
    const auto selected = [](const TrailChange& change) { return change.selected; };
    const auto last = std::find_if(changes.rbegin(), changes.rend(), selected);
    if (last == changes.rend()) return;
    const TrailChange& now = changes.back();
    if (last != changes.rbegin()) {
      // Taken back before, by this same undo.
      if (now.undo == order_.id) return;
      tell_conflict(field,
                    now.migration.empty() ? "it has changed since"
                                          : "a migration has made another value of it since",
                    now);
      if (!is_private(field)) undo_.conflicts.back()["made"] = last->after;
      return;
    }
    const auto first = std::find_if_not(changes.rbegin(), changes.rend(), selected).base();
    const Json& before = first->before;
    if (before == now.after && first->was_contested == now.is_contested) return;
    const Field* known = entity_.field(field);
    if (!known) return tell_conflict(field, "the field left the policy", now);
    if (const auto may = check_may_decide(field); !may) {
      return tell_conflict(field, may.error().message, now);
    }
    const auto value =
        before.is_null() ? Result<Value>(Value::null()) : value_from_person(*known, before);
    if (!value) {
      return tell_conflict(field, "the policy refuses what it was: " + value.error().message, now);
    }
    if (!is_shown(*known, now.after)) {
      return tell_conflict(field, "it is another than the audit trail says", now);
    }
    Return back{
        field, *value, now.after, before, &*first, {}, made_by(field, first, changes.end())};
    for (auto change = first; change != changes.end(); ++change) {
      back.entries.push_back(change->sequence);
    }
    back.is_open = now.is_contested;
    returns_.push_back(std::move(back));
  }

  using ChangeAt = std::vector<TrailChange>::const_iterator;

  std::vector<DecisionId> made_by(const FieldName& field, ChangeAt first, ChangeAt end) const {
    std::vector<DecisionId> made;
    for (auto change = first; change != end; ++change) {
      const auto& all = state_.golden.decisions;
      const auto decision = std::find_if(all.begin(), all.end(), [&](const Decision& one) {
        return one.field == field && one.decided_at == change->at && one.actor == change->by;
      });
      if (decision == all.end()) return {};
      made.push_back(decision->id);
    }
    return made;
  }

  // Of a group every member is decided.
  Result<void> check_may_decide(const FieldName& field) const {
    for (const FieldName& member : tuple_of(entity_, field)) {
      auto may = check_decides(entity_.field(member)->decide_roles, order_.roles);
      if (!may) return may;
    }
    return {};
  }

  // As values, for the trail has a number's characters; or as text, where the policy reads the
  // value no more.
  bool is_shown(const Field& field, const Json& told) const {
    const Value shown = value_of(state_.golden, field.name);
    if (told.is_null() || shown.is_null()) return told.is_null() && shown.is_null();
    const auto value = value_from_person(field, told);
    return (value && same(*value, shown)) || to_wire(told) == to_wire(to_json(shown));
  }

  // Fields that are decided together go back together, or not at all.
  void keep_groups_whole() {
    std::set<std::string> broken;
    for (const Json& conflict : undo_.conflicts) {
      const Json* name = find_member(conflict, "field");
      const Field* field = name ? entity_.field(FieldName(name->get<std::string>())) : nullptr;
      if (field && !field->group.empty()) broken.insert(field->group);
    }
    std::erase_if(returns_, [&](const Return& one) {
      if (!broken.contains(entity_.field(one.field)->group)) return false;
      tell_conflict(one.field, "another field of its group does not go back",
                    trail_.changes.at(one.field).back());
      return true;
    });
  }

  Return* return_of(const FieldName& field) {
    const auto found = std::find_if(returns_.begin(), returns_.end(),
                                    [&](const Return& one) { return one.field == field; });
    return found == returns_.end() ? nullptr : &*found;
  }

  // What an answer did, or an undo, is undone without deciding anew where it then is as it was,
  // with the question that was open.
  void take_answers_back() {
    std::set<FieldName> weighed;
    for (const Return& one : returns_) {
      if (weighed.contains(one.field)) continue;
      const std::vector<FieldName> tuple = tuple_of(entity_, one.field);
      weighed.insert(tuple.begin(), tuple.end());
      take_answers_back(tuple);
    }
  }

  void take_answers_back(const std::vector<FieldName>& tuple) {
    std::set<DecisionId> made;
    for (const FieldName& member : tuple) {
      const Return* one = return_of(member);
      if (one && one->made_by.empty()) return;
      if (one) made.insert(one->made_by.begin(), one->made_by.end());
    }
    RecordUndo without;
    for (const Decision& decision : state_.golden.decisions) {
      const bool is_of_it = std::find(tuple.begin(), tuple.end(), decision.field) != tuple.end();
      if (is_of_it && made.contains(decision.id)) {
        without.taken_back.emplace_back(decision.id, decision.field);
      }
    }
    RecordState before = state_;
    apply(without, before.golden);
    show_golden(context_of(parts_, entity_), before);
    for (const FieldName& member : tuple) {
      if (!is_as_before(member, before.golden)) return;
    }
    for (const FieldName& member : tuple) {
      if (Return* one = return_of(member)) one->is_taken_back = true;
    }
    auto& taken = undo_.taken_back;
    taken.insert(taken.end(), without.taken_back.begin(), without.taken_back.end());
  }

  bool is_as_before(const FieldName& field, const GoldenRecord& now) {
    const Return* one = return_of(field);
    if (!one) return same(value_of(now, field), value_of(state_.golden, field));
    const GoldenField* shown = shown_of(now, field);
    return same(value_of(now, field), one->value) &&
           (shown && shown->contested) == one->first->was_contested;
  }

  // Nobody ever decided for what an open question shows; and what a system says itself is not
  // undone by writing over it.
  void leave_what_no_answer_gives_back() {
    std::erase_if(returns_, [this](const Return& one) {
      if (one.is_taken_back) return false;
      const TrailChange& now = trail_.changes.at(one.field).back();
      if (one.first->was_contested) {
        tell_conflict(one.field, "it was an open question before, which nobody had answered", now);
        return true;
      }
      const auto word = own_word_against(parts_.policy, state_, trail_, *entity_.field(one.field),
                                         one.value, *one.first);
      if (word) tell_own_word(one.field, *word, now);
      return word.has_value();
    });
  }

  void tell_own_word(const FieldName& field, const OwnWord& word, const TrailChange& now) {
    const std::string& system = word.source->system.text.str();
    const char* why = word.came_with_it
                          ? " says otherwise itself, and was linked by what is undone or since"
                          : " has said otherwise itself since";
    tell_conflict(field, system + why, now);
    Json& node = undo_.conflicts.back();
    node["do"] = "set it in " + system + " if it should be another";
    node["system"] = system;
    node["record_id"] = word.source->id.text;
  }

  // A group's decision names every member; the others stay as they are.
  void complete_groups() {
    std::set<std::string> groups;
    for (const Return& one : returns_) {
      if (!one.is_taken_back) groups.insert(entity_.field(one.field)->group);
    }
    groups.erase("");
    for (const auto& [name, field] : entity_.fields) {
      if (!groups.contains(field.group) || return_of(name)) continue;
      undo_.decisions.push_back(decision_of(name, value_of(state_.golden, name)));
    }
  }

  // It beats everything that was heard of the field so far.
  Decision decision_of(const FieldName& field, const Value& value) const {
    return {id_,          field,
            value,        parts_.now,
            order_.actor, "undo " + order_.id,
            heard_of(entity_, field, state_.sources)};
  }

  void weigh_deletes() {
    const bool lives =
        std::any_of(state_.sources.begin(), state_.sources.end(), [](const SourceRecord& source) {
          return source.state == LinkState::active && !is_deleted(source);
        });
    for (const SelectedDelete& gone : trail_.deletes) {
      for (const SourceRecord& source : state_.sources) {
        if (source.system != gone.system || source.id != gone.record) continue;
        if (source.state == LinkState::active && is_deleted(source)) restore(gone, source, lives);
      }
    }
  }

  void restore(const SelectedDelete& gone, const SourceRecord& source, bool lives) {
    const bool decided =
        std::any_of(undo_.decisions.begin(), undo_.decisions.end(), [&](const Decision& decision) {
          return decision.field == delete_question && decision.seen.contains(source.system);
        });
    if (decided) return;
    if (!lives) return tell_lost(gone);
    Decision decision{id_,        delete_question, Value::of_text("restore"),
                      parts_.now, order_.actor,    "undo " + order_.id,
                      {}};
    decision.seen[source.system].at = *source.deleted_at;
    undo_.decisions.push_back(std::move(decision));
    undo_.entries.push_back(gone.sequence);
    Json node = line({});
    node["restored_in"] = source.system.text;
    node["entries"] = Json::array({gone.sequence});
    undo_.undone.push_back(std::move(node));
  }

  void tell_lost(const SelectedDelete& gone) {
    Json node = line({});
    node["why"] = "no record of it is left to make it again from";
    node["do"] = "restore it in " + gone.system.text + " and send the restore";
    node["system"] = gone.system.text;
    node["record_id"] = gone.record.text;
    node["audit_seq"] = gone.sequence;
    undo_.conflicts.push_back(std::move(node));
  }

  // What a person decides goes before every rule but where another word stands above it.
  void drop_what_the_policy_overrules() {
    if (undo_.decisions.empty()) return;
    const Plan plan = try_plan(parts_, state_, undo_);
    std::set<FieldName> overruled;
    for (const Return& one : returns_) {
      if (one.is_taken_back) continue;
      const auto survivor = plan.survivors.find(one.field);
      const bool shown = survivor != plan.survivors.end() && survivor->second.field;
      const Value value = shown ? survivor->second.field->value : Value::null();
      if (!same(value, one.value)) overruled.insert(one.field);
    }
    for (const FieldName& field : overruled) {
      tell_conflict(field, "the policy's rule goes before an answer of a person here",
                    trail_.changes.at(field).back());
    }
    std::erase_if(undo_.decisions,
                  [&](const Decision& decision) { return overruled.contains(decision.field); });
    std::erase_if(returns_, [&](const Return& one) { return overruled.contains(one.field); });
  }

  void tell_return(const Return& one) {
    Json node = line(one.field);
    if (!is_private(one.field)) {
      node["from"] = one.from;
      node["to"] = one.to;
    }
    if (one.is_taken_back && one.first->was_contested) node["asked_again"] = true;
    if (one.is_open && !one.first->was_contested) node["answered"] = true;
    node["entries"] = one.entries;
    undo_.undone.push_back(std::move(node));
    undo_.entries.insert(undo_.entries.end(), one.entries.begin(), one.entries.end());
  }

  const UndoParts& parts_;
  const UndoOrder& order_;
  const RecordState& state_;
  const Entity& entity_;
  const RecordTrail trail_;
  DecisionId id_;
  std::vector<Return> returns_;
  RecordUndo undo_;
};

}  // namespace

RecordUndo weigh_undo(const UndoParts& parts, const UndoOrder& order, const RecordState& state) {
  return Weighing(parts, order, state).run();
}

void apply(const RecordUndo& undo, GoldenRecord& golden) {
  const auto& taken = undo.taken_back;
  std::erase_if(golden.decisions, [&](const Decision& decision) {
    return std::find(taken.begin(), taken.end(), std::pair(decision.id, decision.field)) !=
           taken.end();
  });
  golden.decisions.insert(golden.decisions.end(), undo.decisions.begin(), undo.decisions.end());
}

Plan try_plan(const UndoParts& parts, RecordState state, const RecordUndo& undo) {
  apply(undo, state.golden);
  return make_plan(context_of(parts, *parts.policy.entity(state.golden.entity)), state);
}

}  // namespace truce
