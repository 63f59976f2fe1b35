#include "engine/app/watch_shapes.h"

#include <algorithm>

#include "engine/app/likely_name.h"
#include "engine/app/pauses.h"
#include "engine/app/trail.h"

namespace truce {
namespace {

// The item is told of further records no more often.
constexpr Duration between_updates = Duration::of_ms(1'000);

bool is_whole(const ChangeEvent& event) {
  return !event.partial && event.changed.empty() && event.changed_at.empty() &&
         event.previous.empty();
}

bool is_shown(const Arrival& arrival, const FieldName& field) {
  const auto& problems = arrival.record.problems;
  return arrival.record.fields.contains(field) ||
         std::any_of(problems.begin(), problems.end(),
                     [&](const FieldProblem& problem) { return problem.field == field; });
}

bool is_read(const Field& field, const SystemName& system) {
  return field.direction_of(system) != Direction::none;
}

// Moves on by one whole record; true when something is to be remembered of it.
bool count(Presences& presences, const std::string& name, bool present, Time now) {
  const auto found = presences.find(name);
  if (found == presences.end()) {
    if (present) presences.emplace(name, Presence{Presence::Kind::learning, 1, 0, {}});
    return present;
  }
  Presence& presence = found->second;
  const auto begin_again = [&](std::size_t so_far) {
    ++presence.gaps;
    const bool sparse = presence.gaps >= gaps_of_sparse;
    presence.kind = sparse ? Presence::Kind::sparse : Presence::Kind::learning;
    presence.count = sparse ? 0 : so_far;
    presence.since = {};
  };
  switch (presence.kind) {
    case Presence::Kind::sparse:
      return false;
    case Presence::Kind::steady:
      if (present) return false;
      presence.kind = Presence::Kind::missing;
      presence.count = 1;
      presence.since = now;
      return true;
    case Presence::Kind::missing:
      if (!present && presence.count == records_of_a_rule) return false;
      if (present) {
        begin_again(1);
      } else {
        ++presence.count;
      }
      return true;
    case Presence::Kind::learning:
      if (!present && presence.count == 0) return false;
      if (!present) {
        begin_again(0);
      } else if (++presence.count == records_of_a_rule) {
        presence.kind = Presence::Kind::steady;
        presence.count = 0;
      }
      return true;
  }
  return false;
}

class Watch {
 public:
  Watch(Context& context, Arrival& arrival)
      : context_(context),
        arrival_(arrival),
        system_(arrival.system.name),
        entity_(arrival.entity),
        text_(book_text(context.store, arrival.entity.name)) {
    if (!is_quiet(text_)) book_ = read_book(text_);
  }

  PausedFields run() {
    if (arrival_.released || is_as_ever()) return paused();
    presences_ = presences_in(text_, system_);
    bool moved = count_presences();
    find_odd_singles();
    for (const auto& [field, shape] : arrival_.odd.refused) moved |= take_odd(field, shape);
    if (book_) moved |= end_where_good();
    moved |= find_missing();
    if (!moved) return paused();
    book().presences[system_] = presences_;
    put_book(context_.store, entity_.name, *book_);
    return paused();
  }

 private:
  PausedFields paused() const { return book_ ? paused_in(*book_, entity_) : PausedFields(); }

  ShapeBook& book() {
    if (!book_) book_ = read_book(text_);
    return *book_;
  }

  // Nothing is paused, and the record has what such records always have: most are so.
  bool is_as_ever() const {
    if (book_ || !arrival_.odd.refused.empty() || !arrival_.odd.single.empty()) return false;
    if (!is_whole(arrival_.event)) return true;
    PresenceLine line(text_, system_);
    for (const auto& [name, field] : entity_.fields) {
      const auto entry = field.map.find(system_);
      if (entry == field.map.end() || !is_read(field, system_)) continue;
      const bool present = is_shown(arrival_, name);
      if (!is_expected(line.next(name.text), present)) return false;
      if (present && reads_whole_lists(field, entry->second) &&
          !is_expected(line.of_lists(name), true)) {
        return false;
      }
    }
    return true;
  }

  static bool is_expected(std::optional<Presence::Kind> kind, bool present) {
    if (!kind) return !present;
    return kind == Presence::Kind::sparse || (kind == Presence::Kind::steady && present);
  }

  bool count_presences() {
    if (!is_whole(arrival_.event)) return false;
    bool moved = false;
    for (const auto& [name, field] : entity_.fields) {
      const auto entry = field.map.find(system_);
      if (entry == field.map.end() || !is_read(field, system_)) continue;
      moved |= count(presences_, name.text, is_shown(arrival_, name), context_.now);
      if (!reads_whole_lists(field, entry->second)) continue;
      const auto value = arrival_.record.fields.find(name);
      if (value == arrival_.record.fields.end() || value->second.is_null()) continue;
      const bool single = arrival_.odd.single.contains(name);
      // Where lists are the rule a single value is a question, and no exception from it.
      if (single && are_lists_the_rule(name)) continue;
      moved |= count(presences_, lists_of(name), !single, context_.now);
    }
    return moved;
  }

  bool are_lists_the_rule(const FieldName& name) const {
    const auto lists = presences_.find(lists_of(name));
    return lists != presences_.end() && lists->second.kind == Presence::Kind::steady;
  }

  void find_odd_singles() {
    for (const auto& [name, shape] : arrival_.odd.single) {
      if (!are_lists_the_rule(name) || !arrival_.record.fields.contains(name)) continue;
      const Pause* known = book_ ? book_->find(system_, name) : nullptr;
      if (known && known->answer == PauseAnswer::resumed) continue;
      arrival_.record.fields.erase(name);
      arrival_.record.problems.push_back(
          {name, Code::type_mismatch,
           name.text + ": is one " + shape + " where this system's values were lists"});
      arrival_.odd.refused.emplace(name, shape);
    }
  }

  bool take_odd(const FieldName& field, const std::string& shape) {
    Pause* pause = book().find(system_, field);
    // Another shape than the one that was answered to is another question.
    const bool is_new =
        !pause || pause->kind == PauseKind::missing ||
        (pause->answer != PauseAnswer::none && kind_of_shape(pause->shape) != kind_of_shape(shape));
    if (is_new) {
      pause = &begin(PauseKind::shape, field, shape);
    } else if (pause->answer == PauseAnswer::none) {
      pause->shape = shape;
    }
    pause->from = std::min(pause->from, arrival_.received_at);
    pause->last_at = std::max(pause->last_at, arrival_.at);
    pause->bad = std::min(pause->bad + 1, records_of_a_rule);
    pause->good = 0;
    pause->example = arrival_.key;
    pause->policy_sha256 = context_.policy.sha256;
    if (pause->answer == PauseAnswer::none) pause->rereading.reset();
    context_.store.note_guarded(system_, entity_.name, paused_field + field.text, arrival_.id,
                                context_.now);
    tell(*pause, is_new);
    return true;
  }

  Pause& begin(PauseKind kind, const FieldName& field, const std::string& shape) {
    const Pause* before = book().find(system_, field);
    const Time from = before ? before->from : arrival_.received_at;
    std::erase_if(book().pauses, [&](const Pause& pause) {
      return pause.system == system_ && pause.field == field;
    });
    Pause pause;
    pause.system = system_;
    pause.field = field;
    pause.kind = kind;
    pause.shape = shape;
    pause.was = shape_before(field);
    pause.since = context_.now;
    pause.from = std::min(from, arrival_.received_at);
    pause.last_at = arrival_.at;
    pause.example = arrival_.key;
    pause.policy_sha256 = context_.policy.sha256;
    pause.replanning = DeliveryState::pending;
    book().pauses.push_back(std::move(pause));
    return book().pauses.back();
  }

  // What this record showed last, where that is known; else what the policy reads.
  std::string shape_before(const FieldName& name) {
    const Field& field = *entity_.field(name);
    const auto source = context_.store.find_source(system_, entity_.name, arrival_.id);
    const auto history = source ? source->fields.find(name) : decltype(source->fields.end()){};
    if (!source || history == source->fields.end() || history->second.observations.empty()) {
      return shape_wanted(field);
    }
    const auto raw = context_.store.find_raw(history->second.observations.back().event_key);
    const Json event = raw ? json_of(raw->body) : Json();
    const Json* record = find_member(event, "record");
    const Json* node = record ? read_path(*record, field.map.at(system_).path) : nullptr;
    const std::string shape = node ? shape_of(*node) : "null";
    return shape == "null" || shape == "private" ? shape_wanted(field) : shape;
  }

  void tell(Pause& pause, bool is_new) {
    if (pause.answer != PauseAnswer::none) return;
    if (is_new) {
      ExceptionItem item;
      item.category = Category::drift;
      item.subject = pause_subject(system_, entity_.name, pause.field);
      item.system = system_;
      item.entity = entity_.name;
      item.field = pause.field;
      item.actions = {resume_action};
      item.detail = pause_detail(context_, entity_.name, pause,
                                 paused_records(context_, entity_.name, pause));
      pause.item = open_item(context_, item).id;
      write_audit(context_, {"exception",
                             entity_.name,
                             {},
                             {},
                             {{"exception", pause.item.text},
                              {"category", std::string(to_string(item.category))},
                              {"field", pause.field.text},
                              {"system", system_.text},
                              {"paused", item.detail["message"]},
                              {"policy", context_.policy.sha256}}});
      return;
    }
    const auto item = context_.store.find_exception(pause.item);
    if (item && item->updated_at + between_updates <= context_.now) {
      update_pause_item(context_, entity_.name, pause);
    }
  }

  // The shape is what the policy wants again: so many values in a row as were bad, so that a
  // system which shows both does not open and close an item with each event.
  bool end_where_good() {
    bool moved = false;
    for (Pause& pause : book_->pauses) {
      if (pause.system != system_ || arrival_.odd.refused.contains(pause.field)) continue;
      if (arrival_.odd.single.contains(pause.field)) continue;
      if (pause.rereading && pause.answer == PauseAnswer::none) continue;
      if (pause.kind == PauseKind::missing) {
        if (!is_shown(arrival_, pause.field)) continue;
        begin_rereading(context_, pause, "the system's records have it again");
      } else {
        const auto value = arrival_.record.fields.find(pause.field);
        if (value == arrival_.record.fields.end() || value->second.is_null()) continue;
        if (arrival_.at < pause.last_at) continue;
        if (++pause.good >= pause.bad) {
          pause.answer = PauseAnswer::none;
          begin_rereading(context_, pause, "its values have the shape again that the policy reads");
        }
      }
      moved = true;
    }
    return moved;
  }

  bool find_missing() {
    if (!is_whole(arrival_.event)) return false;
    bool moved = false;
    for (const auto& [name, presence] : presences_) {
      if (presence.kind != Presence::Kind::missing || presence.count < records_of_a_rule) continue;
      const FieldName field(name);
      if (presence.since + missing_min > context_.now || is_shown(arrival_, field)) continue;
      const Field* known = entity_.field(field);
      if (!known || !known->map.contains(system_)) continue;
      if (book().find(system_, field)) continue;
      Pause& pause = begin(PauseKind::missing, field, "");
      pause.from = pause.since = presence.since;
      pause.likely_name = likely_name(context_, arrival_, *known, presence.since);
      tell(pause, true);
      moved = true;
    }
    return moved;
  }

  Context& context_;
  Arrival& arrival_;
  const SystemName& system_;
  const Entity& entity_;
  const std::string text_;
  Presences presences_;
  std::optional<ShapeBook> book_;  // none: nothing is paused and nothing moved yet
};

}  // namespace

std::string pause_subject(const SystemName& system, const EntityName& entity,
                          const FieldName& field) {
  return paused_field + system.text + '/' + entity.text + '/' + field.text;
}

PausedFields watch_shapes(Context& context, Arrival& arrival) {
  return Watch(context, arrival).run();
}

std::size_t paused_records(Context& context, const EntityName& entity, const Pause& pause) {
  return context.store.count_guarded(pause.system, entity, paused_field + pause.field.text,
                                     pause.since);
}

Json pause_detail(const Context& context, const EntityName& entity, const Pause& pause,
                  std::size_t records) {
  const Field* field = context.policy.entity(entity)->field(pause.field);
  const std::string place = "'" + pause.field.text + "' in " + pause.system.text;
  const std::string since = to_rfc3339(pause.since);
  Json detail{{"since", since}, {"was", pause.was}, {"event_key", pause.example.text()}};
  if (field && field->map.contains(pause.system)) {
    detail["path"] = field->map.at(pause.system).path.spelling;
  }
  if (pause.kind == PauseKind::missing) {
    detail["change"] = "missing";
    detail["message"] = place + " was in every whole record and is in none since " + since +
                        ": it was removed or renamed";
    detail["mend"] = pause.likely_name.empty()
                         ? "put the field's new path into the policy, or take " +
                               pause.system.text + " out of its map"
                         : "'" + pause.likely_name +
                               "' appeared since: if it is the new name, make it the field's path";
    if (!pause.likely_name.empty()) detail["likely_name"] = pause.likely_name;
    return detail;
  }
  detail["change"] = "shape";
  detail["is"] = pause.shape;
  detail["records"] = records;
  detail["last_at"] = to_rfc3339(pause.last_at);
  detail["message"] = place + " was " + pause.was + " and is " + pause.shape + " since " + since +
                      ", in " + std::to_string(records) + (records == 1 ? " record" : " records");
  if (field) detail["mend"] = mend_of(*field, pause.system, pause.shape);
  return detail;
}

}  // namespace truce
