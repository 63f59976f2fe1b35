#include <algorithm>
#include <iterator>
#include <set>

#include "engine/core/model/hash.h"
#include "engine/core/normalize/pattern.h"
#include "engine/core/plan/merge_question.h"
#include "engine/core/plan/planning.h"

namespace truce {
namespace {

// What one system should be told now.
struct Wish {
  Operation operation = Operation::update;
  RecordId record_id;
  std::map<FieldName, DeliveryField> fields;
  Json body = Json::object();
  std::optional<Time> not_before;
  Duration waits;  // for the field history of `asks`
  std::optional<UntimedWord> asks;
  bool looks_first = false;  // it may be there, and nobody heard of it
};

// One field in the target's own form.
struct Part {
  const Field& field;
  const GoldenField& golden;
  Json form;
};
struct Parts {
  std::vector<Part> said;
  std::set<std::string> torn_groups;  // of which a member cannot be written (yet)

  bool is_torn(const Part& part) const { return torn_groups.contains(part.field.group); }
};

// It begins with a look, and nobody has looked yet.
bool waits_to_look(const Delivery& delivery) {
  return delivery.state == DeliveryState::verifying && delivery.attempt == 0 &&
         delivery.intended == Operation::create;
}
bool in_flight(const Delivery& delivery) {
  return delivery.state == DeliveryState::leased ||
         (delivery.state == DeliveryState::verifying && !waits_to_look(delivery));
}
// Refused for good, or thrown away by a person: the same write is not tried again by itself.
bool given_up(const Delivery& delivery) {
  return delivery.state == DeliveryState::dead || delivery.state == DeliveryState::discarded;
}
// What it may have made was looked for in vain, or not at all.
bool is_in_doubt(const Delivery& dead) {
  return dead.operation == Operation::lookup && dead.intended == Operation::create;
}
bool queued(const Delivery& delivery) {
  return delivery.state == DeliveryState::pending || delivery.state == DeliveryState::waiting ||
         waits_to_look(delivery);
}

void withdraw(Planning& planning, Delivery& delivery) {
  delivery.state = DeliveryState::withdrawn;
  delivery.settled_at = planning.context.now;
  planning.plan.deliveries.push_back(delivery);
}

class Target {
 public:
  Target(Planning& planning, const System& system, std::vector<Wanted>& wanted)
      : planning_(planning), system_(system), wanted_(wanted) {
    for (const SourceView& view : planning.views) {
      if (view.system->name == system.name && view.record->state == LinkState::active)
        link_ = &view;
    }
    for (Delivery& delivery : planning.state.deliveries) {
      if (delivery.system != system.name) continue;
      if (in_flight(delivery))
        flying_ = &delivery;
      else if (queued(delivery) && queued_)
        behind_.push_back(&delivery);
      else if (queued(delivery))
        queued_ = &delivery;
      else if (given_up(delivery))
        dead_ = &delivery;
    }
  }

  void plan(const DeleteWish& deletes) { fulfil(wish(deletes)); }

 private:
  std::optional<Wish> wish(const DeleteWish& deletes) {
    if (!link_) return wish_create(deletes);
    if (is_deleted(*link_->record)) {
      return deletes.restore ? wish_again(deletes) : std::nullopt;
    }
    if (is_unread() || is_asked_whether_one()) return std::nullopt;
    if (deletes.erase) return wish_erase(deletes);
    return wish_update();
  }

  std::optional<Wish> wish_erase(const DeleteWish& deletes) const {
    if (flying_ && flying_->intended == Operation::erase) return std::nullopt;
    Wish wish;
    wish.operation = Operation::erase;
    wish.record_id = link_->record->id;
    wish.not_before = deletes.not_before;
    return wish;
  }

  std::optional<Wish> wish_create(const DeleteWish& deletes) {
    if (!planning_.context.entity.creates_in(system_.name)) return std::nullopt;
    return wish_made(deletes);
  }

  std::optional<Wish> wish_made(const DeleteWish& deletes) {
    const RecordState& state = planning_.state;
    const Entity& entity = planning_.context.entity;
    if (flying_ || !state.golden.merged_into.empty()) return std::nullopt;
    const auto& absent = state.golden.no_create;
    if (std::find(absent.begin(), absent.end(), system_.name) != absent.end()) return std::nullopt;
    if (is_create_held_back()) return std::nullopt;
    const bool any_linked =
        std::any_of(state.sources.begin(), state.sources.end(), [](const SourceRecord& source) {
          return source.state == LinkState::active && !is_deleted(source);
        });
    // Where all of it is gone, it is made again only because somebody says so.
    if (!any_linked && !deletes.restore) return std::nullopt;
    Wish wish;
    wish.operation = Operation::create;
    Parts parts;
    for (const auto& [name, field] : entity.fields) {
      if (!writable(field)) {
        if (field.required && field.map.contains(system_.name)) return std::nullopt;
        const auto held_back = state.golden.fields.find(name);
        if (field.writes(system_.name) && held_back != state.golden.fields.end()) {
          leave_empty(wish, name, held_back->second);
        }
        continue;
      }
      const GoldenField& golden = state.golden.fields.at(name);
      if (golden.value.is_null()) {
        if (field.required) return std::nullopt;
        leave_empty(wish, name, golden);
        continue;
      }
      if (!add_part(parts, field, golden) && field.required) return std::nullopt;
    }
    for (const Part& part : parts.said) {
      if (!parts.is_torn(part)) {
        put(wish, part);
        continue;
      }
      if (part.field.required) return std::nullopt;
      leave_empty(wish, part.field.name, part.golden);
    }
    return wish;
  }

  // Whoever brought it back in the system itself may not have been heard of: it is looked for under
  // its old id before another is made. A target that lags may still show it as it was. Where new
  // records are not made, this one was all the same; where nothing is ever written, nobody can.
  std::optional<Wish> wish_again(const DeleteWish& deletes) {
    std::optional<Wish> wish = wish_made(deletes);
    if (wish && wish->fields.empty()) return std::nullopt;
    const bool has_looked =
        queued_ && queued_->operation == Operation::create && queued_->record_id.empty();
    if (!wish || has_looked) return wish;
    wish->looks_first = true;
    wish->record_id = link_->record->id;
    wish->not_before = *link_->record->deleted_at + system_.settle_window + system_.clock_skew;
    return wish;
  }

  bool is_create_held_back() const {
    return planning_.context.limits.makes_none || is_asked_whose() || is_key_paused();
  }

  // The record that stands there is another's, or may be this one: until a person says so, another
  // one would meet it again.
  bool is_asked_whose() const {
    const auto& items = planning_.state.items;
    return std::any_of(items.begin(), items.end(), [&](const ExceptionItem& item) {
      return item.category == Category::duplicate && item.system == system_.name;
    });
  }

  // Whether it stands there already cannot be seen, nor would what is made be found again.
  bool is_key_paused() const {
    const auto& tiers = planning_.context.entity.match;
    return std::any_of(tiers.begin(), tiers.end(), [&](const std::vector<FieldName>& tier) {
      return std::any_of(tier.begin(), tier.end(), [&](const FieldName& key) {
        return planning_.context.limits.is_paused(system_.name, key) || is_unknown_by_pause(key);
      });
    });
  }

  bool is_unknown_by_pause(const FieldName& key) const {
    const auto golden = planning_.state.golden.fields.find(key);
    if (golden != planning_.state.golden.fields.end() && !golden->second.value.is_null()) {
      return false;
    }
    const auto& views = planning_.views;
    return std::any_of(views.begin(), views.end(), [&](const SourceView& view) {
      return view.record->state == LinkState::active &&
             planning_.context.limits.is_paused(view.system->name, key);
    });
  }

  // Another was merged into this one, and here they are two: which of them is meant, a person says.
  bool is_asked_whether_one() const {
    const auto& items = planning_.state.items;
    return std::any_of(items.begin(), items.end(), [&](const ExceptionItem& item) {
      if (item.category != Category::merge) return false;
      const Json* systems = find_member(item.detail, apart_in_member);
      const SourceRecord* survivor = linked_source(planning_.state, item.system);
      return systems && survivor &&
             item.detail.value(merged_into_member, "") == survivor->id.text &&
             std::find(systems->begin(), systems->end(), Json(system_.name.text)) != systems->end();
    });
  }

  std::optional<Wish> wish_update() {
    Wish wish;
    wish.record_id = link_->record->id;
    Parts parts;
    for (const auto& [name, field] : planning_.context.entity.fields) {
      if (!writable(field)) continue;
      const GoldenField& golden = planning_.state.golden.fields.at(name);
      if (differs(field, golden.value)) add_part(parts, field, golden);
    }
    for (const Part& part : parts.said) {
      if (parts.is_torn(part)) continue;
      put(wish, part);
      wait_for_times(wish, part.field.name);
    }
    if (wish.fields.empty()) return std::nullopt;
    return wish;
  }

  // Where a history that can be asked for may decide otherwise, the write waits for it.
  void wait_for_times(Wish& wish, const FieldName& field) const {
    if (planning_.context.limits.asks_nobody && !queued_) return;
    for (const UntimedWord& word : planning_.plan.survivors.at(field).untimed) {
      const Duration wait = planning_.context.policy.system(word.system)->history_wait;
      const SourceRecord* record = linked_source(planning_.state, word.system);
      if (wait <= wish.waits || !record || is_deleted(*record)) continue;
      wish.waits = wait;
      wish.asks = word;
    }
  }

  // Something is known, it flows to this system, and no open question, breaker, pause or refusal
  // holds it.
  bool writable(const Field& field) const {
    const auto golden = planning_.state.golden.fields.find(field.name);
    return field.writes(system_.name) && golden != planning_.state.golden.fields.end() &&
           !golden->second.contested && !is_held(field) &&
           !is_beaten_by_unread(field, golden->second);
  }

  // A group is written whole or not at all.
  bool is_held(const Field& field) const {
    const Entity& entity = planning_.context.entity;
    const auto holds = [&](const Field& member) {
      return member.writes(system_.name) &&
             (is_frozen(planning_.state.golden, member.name) ||
              planning_.context.limits.is_paused(system_.name, member.name));
    };
    if (field.group.empty()) return holds(field);
    const auto members = tuple_of(entity, field.name);
    return std::any_of(members.begin(), members.end(),
                       [&](const FieldName& member) { return holds(*entity.field(member)); });
  }

  // What stands there could not be read, and would have won if it had been.
  bool is_beaten_by_unread(const Field& field, const GoldenField& golden) const {
    const UnreadFields& unread = planning_.context.limits.unread;
    if (unread.empty() || !link_ || is_deleted(*link_->record)) return false;
    const auto members = tuple_of(planning_.context.entity, field.name);
    const GoldenField& latest = latest_of(members, golden);
    return std::any_of(members.begin(), members.end(), [&](const FieldName& member) {
      const auto said = unread.find({system_.name, member});
      return said != unread.end() && would_win(field, said->second, latest);
    });
  }

  // Whose time is that of the tuple.
  const GoldenField& latest_of(const std::vector<FieldName>& members,
                               const GoldenField& one) const {
    const auto& fields = planning_.state.golden.fields;
    const GoldenField* latest = &one;
    for (const FieldName& member : members) {
      const auto golden = fields.find(member);
      if (golden == fields.end()) continue;
      if (latest->changed_at < golden->second.changed_at) latest = &golden->second;
    }
    return *latest;
  }

  // A word of this system, said at that time.
  bool would_win(const Field& field, Time said_at, const GoldenField& golden) const {
    const bool is_later = golden.changed_at < said_at;
    const System* winner = planning_.context.policy.system(golden.system);
    if (!winner) return is_later;
    switch (field.rule) {
      case Rule::source_of_truth:
        return system_.name == field.source;
      case Rule::precedence:
        return system_.precedence < winner->precedence;
      case Rule::immutable:
        return false;
      default:
        return is_later;
    }
  }

  bool differs(const Field& field, const Value& value) const {
    const MapEntry& entry = field.map.at(system_.name);
    if (flying_ && flying_->intended != Operation::erase) {
      const auto flying = flying_->fields.find(field.name);
      if (flying != flying_->fields.end()) {
        return !are_held_alike(field, entry, as_meant(field, flying->second.value), value);
      }
    }
    const Timeline* timeline = link_ ? link_->timeline_as_told(field.name) : nullptr;
    if (!timeline || timeline->base.state != Base::State::known) return true;
    return !are_held_alike(field, entry, as_meant(field, timeline->base.value), value);
  }

  Value as_meant(const Field& field, const Value& held) const {
    const auto& held_reference = planning_.context.held_reference;
    return held_reference ? held_reference(system_.name, field, held) : held;
  }

  DeliveryField delivery_field(const Wish& wish, const FieldName& name,
                               const GoldenField& golden) const {
    DeliveryField field;
    field.value = golden.value;
    field.provenance = {golden.system, golden.changed_at, golden.evidence, golden.event_key};
    // A record that is made has no past; what its deleted predecessor said is none of it.
    if (!link_ || wish.operation == Operation::create) return field;
    const auto history = link_->record->fields.find(name);
    if (history != link_->record->fields.end() && !history->second.observations.empty()) {
      field.planned_after = history->second.observations.back().order;
    }
    return field;
  }

  // Not sent, but known from now on: a new record holds nothing there, and nobody said so.
  void leave_empty(Wish& wish, const FieldName& name, const GoldenField& golden) const {
    DeliveryField field = delivery_field(wish, name, golden);
    field.value = Value();
    wish.fields.emplace(name, std::move(field));
  }

  // Adds one field, or notes that its group is torn. False where it cannot be written (yet).
  bool add_part(Parts& parts, const Field& field, const GoldenField& golden) {
    std::optional<Json> form = form_of(field, golden.value);
    if (form) {
      parts.said.push_back({field, golden, *std::move(form)});
      return true;
    }
    if (!field.group.empty()) parts.torn_groups.insert(field.group);
    return false;
  }

  void put(Wish& wish, const Part& part) const {
    const MapEntry& entry = part.field.map.at(system_.name);
    write_path(wish.body, entry.write ? *entry.write : entry.path, part.form);
    wish.fields.emplace(part.field.name, delivery_field(wish, part.field.name, part.golden));
  }

  // In the target's own form; nothing where it has none, which a person is asked about, or has none
  // yet.
  std::optional<Json> form_of(const Field& field, const Value& golden) {
    const MapEntry& entry = field.map.at(system_.name);
    const std::optional<Value> value = outgoing(field, entry, golden);
    if (!value) return std::nullopt;
    auto written = to_system(field, entry, *value, planning_.context.transforms);
    Result<void> fine;
    if (!written)
      fine = tl::unexpected(written.error());
    else if (!value->is_null())
      fine = check_written(field, entry, *written);
    if (fine) return *std::move(written);
    wanted_.push_back(cannot_write(field, fine.error()));
    return std::nullopt;
  }

  // References go out under the target's own id; what is longer than the target keeps is cut here,
  // in the open, and not there.
  std::optional<Value> outgoing(const Field& field, const MapEntry& entry,
                                const Value& value) const {
    if (field.type == FieldType::reference && !value.is_null()) {
      const auto id =
          planning_.context.linked_id(system_.name, field.entity, GoldenId(value.text()));
      if (!id) return std::nullopt;
      return Value::of_text(id->text);
    }
    if (entry.max_length) return as_held(field, entry, value);
    return value;
  }

  Wanted cannot_write(const Field& field, const Problem& problem) const {
    Wanted item;
    item.subject = subject_of(Category::drift, planning_.state.golden.id,
                              field.name.text + '/' + system_.name.text);
    item.field = field.name;
    item.system = system_.name;
    item.question.category = Category::drift;
    item.detail = {{"code", std::string(to_string(problem.code))}, {"message", problem.message}};
    return item;
  }

  void fulfil(std::optional<Wish> wish) {
    if (planning_.context.limits.nothing) {
      // What is no longer wanted is not written either.
      if (queued_ && (!wish || wish->operation != queued_->operation)) withdraw(*queued_);
      return;
    }
    for (Delivery* delivery : behind_) withdraw(*delivery);
    if (!wish) {
      if (queued_) withdraw(*queued_);
      if (dead_ && nothing_left_for(*dead_)) withdraw(*dead_);
      return;
    }
    if (queued_ && queued_->operation == wish->operation && queued_->record_id == wish->record_id) {
      coalesce(*queued_, std::move(*wish));
      return;
    }
    if (queued_) withdraw(*queued_);
    if (wish->operation == Operation::create &&
        (is_unread() || !planning_.context.limits.allow_create(planned_creates()))) {
      planning_.plan.creates_withheld.push_back(system_.name);
      return;
    }
    if (dead_ && dead_->intended == wish->operation) {
      // The same write was refused for good: it waits for a person, not for the next event.
      if (*dead_->body == wish->body) return;
      if (is_in_doubt(*dead_)) {
        // It is looked for by what it was made with, which the next one may not have any more.
        if (dead_->state == DeliveryState::dead) return;
        wish->looks_first = true;
      }
    }
    add(std::move(*wish));
  }

  // It may stand there already, or nobody has shown yet what does.
  bool is_unread() const {
    const auto& unread = planning_.state.golden.unread_in;
    return std::find(unread.begin(), unread.end(), system_.name) != unread.end();
  }

  std::size_t planned_creates() const {
    const auto& deliveries = planning_.plan.deliveries;
    return static_cast<std::size_t>(
        std::count_if(deliveries.begin(), deliveries.end(), [](const Delivery& delivery) {
          return delivery.sequence == 0 && delivery.operation == Operation::create;
        }));
  }

  // A dead letter whose wish is gone has nothing left to deliver, unless its write is only blocked.
  bool nothing_left_for(const Delivery& dead) const {
    if (link_ && (is_unread() || is_asked_whether_one())) return false;
    if (dead.intended == Operation::create && is_create_held_back()) return false;
    if (dead.state == DeliveryState::dead && is_in_doubt(dead) && !link_) return false;
    for (const auto& [name, field] : dead.fields) {
      const Field* known = planning_.context.entity.field(name);
      if (known && !writable(*known) && known->writes(system_.name)) return false;
    }
    return true;
  }

  void withdraw(Delivery& delivery) { truce::withdraw(planning_, delivery); }

  void coalesce(Delivery& delivery, Wish wish) {
    const bool moved = *delivery.body != wish.body;
    const Time due_at = due_of(delivery, wish, moved);
    note_question(wish, due_at);
    const bool replanned =
        moved || due_at != delivery.due_at || !same_plan(delivery.fields, wish.fields);
    if (!replanned) return;
    delivery.due_at = due_at;
    delivery.fields = std::move(wish.fields);
    delivery.body = std::move(wish.body);
    if (moved) delivery.idempotency_key = key_of(delivery);
    planning_.plan.deliveries.push_back(delivery);
  }

  // An update that never went out waits, from its making on, for as long as there is something to
  // wait for. One that was about to go out with something else, the next attempt too, waits anew.
  Time due_of(const Delivery& delivery, const Wish& wish, bool moved) const {
    const Time now = planning_.context.now;
    const bool is_update = delivery.operation == Operation::update;
    const bool is_another = is_update && moved && delivery.due_at <= now;
    if (is_another && wish.waits > Duration()) return now + wish.waits;
    const bool is_fresh =
        is_update && delivery.attempt == 0 && delivery.state == DeliveryState::pending;
    if (!is_fresh || delivery.created_at > now) return delivery.due_at;
    if (wish.waits == Duration()) return std::min(delivery.due_at, now);
    return std::max(delivery.due_at, delivery.created_at + wish.waits);
  }

  void note_question(const Wish& wish, Time due_at) {
    if (wish.asks && due_at > planning_.context.now) planning_.plan.ask_first = wish.asks;
  }

  static bool same_plan(const SharedMap<FieldName, DeliveryField>& a,
                        const std::map<FieldName, DeliveryField>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      return x.first == y.first && same(x.second.value, y.second.value) &&
             x.second.planned_after == y.second.planned_after &&
             x.second.provenance.event_key == y.second.provenance.event_key;
    });
  }

  void add(Wish wish) {
    Delivery delivery;
    delivery.id = DeliveryId(planning_.context.next_id("d"));
    delivery.golden = planning_.state.golden.id;
    delivery.entity = planning_.context.entity.name;
    delivery.system = system_.name;
    delivery.operation = wish.operation;
    delivery.intended = wish.operation;
    delivery.record_id = wish.record_id;
    delivery.fields = std::move(wish.fields);
    delivery.body = std::move(wish.body);
    delivery.created_at = planning_.context.now;
    const Time now = planning_.context.now;
    delivery.due_at = std::max(wish.not_before.value_or(now), now) + wish.waits;
    note_question(wish, delivery.due_at);
    if (wish.looks_first) delivery.state = DeliveryState::verifying;
    if (delivery.operation == Operation::update) {
      for (const auto& [name, field] : delivery.fields) {
        count_rewrite(planning_, *link_->record, name, field.value);
      }
    }
    delivery.idempotency_key = key_of(delivery);
    planning_.plan.deliveries.push_back(delivery);
    addition_ = std::move(delivery);
  }

  static std::string key_of(const Delivery& delivery) {
    return sha256_hex(delivery.id.text + '\n' + to_canonical(*delivery.body)).substr(0, 32);
  }

 public:
  std::optional<Delivery> take_addition() { return std::move(addition_); }

 private:
  Planning& planning_;
  const System& system_;
  std::vector<Wanted>& wanted_;
  const SourceView* link_ = nullptr;
  Delivery* flying_ = nullptr;
  Delivery* queued_ = nullptr;
  // Queued while the first one was on its way, which has come back into the queue: that one takes
  // over what they were to say.
  std::vector<Delivery*> behind_;
  Delivery* dead_ = nullptr;
  std::optional<Delivery> addition_;
};

bool has_part_in(const Entity& entity, const SystemName& system) {
  return std::any_of(entity.fields.begin(), entity.fields.end(),
                     [&](const auto& named) { return named.second.map.contains(system); });
}

// Another policy has removed the system, or taken it out of the entity. What is leased is withdrawn
// with its result.
void withdraw_unmapped(Planning& planning) {
  for (Delivery& delivery : planning.state.deliveries) {
    const bool applies = planning.context.policy.system(delivery.system) &&
                         has_part_in(planning.context.entity, delivery.system);
    if (!applies && delivery.state != DeliveryState::leased) withdraw(planning, delivery);
  }
}

}  // namespace

void plan_deliveries(Planning& planning, const DeleteWish& deletes, std::vector<Wanted>& wanted) {
  withdraw_unmapped(planning);
  std::vector<Delivery> additions;
  for (const auto& [name, system] : planning.context.policy.systems) {
    if (!has_part_in(planning.context.entity, name)) continue;
    Target target(planning, system, wanted);
    target.plan(deletes);
    if (auto addition = target.take_addition()) additions.push_back(*std::move(addition));
  }
  auto& deliveries = planning.state.deliveries;
  std::erase_if(deliveries, [](const Delivery& delivery) {
    return delivery.state == DeliveryState::withdrawn;
  });
  deliveries.insert(deliveries.end(), std::make_move_iterator(additions.begin()),
                    std::make_move_iterator(additions.end()));
}

}  // namespace truce
