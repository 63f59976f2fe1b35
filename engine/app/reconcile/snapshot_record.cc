#include "engine/app/reconcile/snapshot_record.h"

#include <algorithm>

#include "engine/app/event_answer.h"
#include "engine/app/joined.h"
#include "engine/app/moved_places.h"
#include "engine/app/watch_shapes.h"

namespace truce {
namespace {

// An edit this close to the reading may have an event that is still on its way.
constexpr Duration event_travel_min = Duration::of_ms(10'000);

class Taking {
 public:
  Taking(Context& context, const ReadStaged& record, Followed followed, ShownBefore& before,
         const Foreseen& foreseen, std::size_t records_made)
      : context_(context),
        followed_(followed),
        observed_at_(std::min(record.staged.observed_at, context.now)),
        before_(before),
        foreseen_(foreseen),
        arrival_(arrival_of(context.policy, record.read, observed_at_)),
        has_own_time_(record.read.record.modified.has_value() && !arrival_.clamped) {
    arrival_.missing_parent = MissingParent::leave_out;
    arrival_.records_made = records_made;
    taken_.shown.system = arrival_.system.name;
    taken_.shown.id = arrival_.id;
  }

  TakenRecord run() {
    auto known =
        context_.store.find_source(arrival_.system.name, arrival_.entity.name, arrival_.id);
    if (known && comes_back_displaced(context_, *known, shown_since())) stand_alone(*known);
    const PausedFields paused = watch_shapes(context_, arrival_);
    leave_out_problems(known ? known->golden : GoldenId());
    leave_out_orphans();
    if (!known || (known->golden.empty() && known->state == LinkState::active)) {
      take_new(known ? std::move(*known) : new_source(arrival_, arrival_.id));
    } else {
      take_known(std::move(*known));
    }
    leave_out_paused(paused);
    if (arrival_.clamped && taken_.says_news) ask_about_clock(context_, arrival_);
    return std::move(taken_);
  }

 private:
  void leave_all_out(const std::string& why, Cause cause = Cause::unknown) {
    taken_.kind = TakenRecord::Kind::left_out;
    taken_.why = why;
    taken_.cause = cause;
  }

  void leave_out(const FieldName& name, Exclusion exclusion) {
    taken_.shown.excluded.emplace(name, std::move(exclusion));
    arrival_.record.fields.erase(name);
  }

  // A field that cannot be read is asked about once, however many runs meet it.
  void leave_out_problems(const GoldenId& golden) {
    if (!arrival_.record.problems.empty()) keep_raw();
    for (const FieldProblem& problem : arrival_.record.problems) {
      ExceptionItem item = problem_item(arrival_, golden, problem);
      if (arrival_.odd.refused.contains(problem.field))
        item.subject = pause_subject_of(problem.field);
      auto asked = context_.store.unanswered_exception(item.subject);
      if (!asked && !arrival_.odd.refused.contains(problem.field)) {
        asked = ask_about_refusal(context_, std::move(item));
      }
      leave_out(problem.field, excluded_by(problem.message, asked));
    }
  }

  static Exclusion excluded_by(const std::string& why, const std::optional<ExceptionItem>& asked) {
    return {why, Cause::schema_drift, asked ? asked->id : ExceptionId(),
            asked ? asked->category : Category::drift};
  }

  // Of a paused field nothing is compared, nor of its group, though a value of the right shape is
  // taken.
  void leave_out_paused(const PausedFields& paused) {
    for (const auto& [system, field] : paused) {
      if (system != arrival_.system.name) continue;
      for (const FieldName& member : tuple_of(arrival_.entity, field)) {
        const bool is_own = member == field;
        if (!is_own && paused.contains({system, member})) continue;
        if (taken_.shown.fields.erase(member) == 0) continue;
        const auto asked = context_.store.unanswered_exception(pause_subject_of(field));
        const char* why = is_own ? "the field is paused" : "a field of its group is paused";
        taken_.shown.excluded.emplace(member, excluded_by(why, asked));
      }
    }
  }

  std::string pause_subject_of(const FieldName& field) const {
    return pause_subject(arrival_.system.name, arrival_.entity.name, field);
  }

  void leave_out_orphans() {
    std::set<FieldName> said;
    for (const auto& [name, value] : arrival_.record.fields) said.insert(name);
    std::string waits_for;
    resolve_references(context_.store, arrival_, waits_for);
    for (const FieldName& name : said) {
      if (arrival_.record.fields.contains(name)) continue;
      taken_.shown.excluded.emplace(name,
                                    Exclusion{"the record that it refers to is not linked yet",
                                              Cause::never_linked,
                                              {},
                                              Category::rejected});
    }
  }

  void take_new(SourceRecord source) {
    if (const auto missing = missing_required(arrival_)) {
      return leave_all_out(missing->message);
    }
    if (is_deleted(source) && *source.deleted_at >= observed_at_) {
      return leave_all_out("it was deleted since it was read");
    }
    for (const auto& [name, value] : arrival_.record.fields) join_field(source, name, value);
    source.present_at = std::max(source.present_at.value_or(Time::beginning()), observed_at_);
    keep_raw();
    Findings findings;
    auto state = link_source(context_, arrival_, source, findings);
    context_.store.put_source(source);
    if (!state) {
      index_keys(context_, arrival_.entity, {}, source, arrival_.record.fields);
      if (source.state != LinkState::ambiguous) {
        return leave_all_out("the policy passes over records with several matches");
      }
      taken_.kind = TakenRecord::Kind::ambiguous;
      taken_.item = findings.items.front();
      taken_.why = findings.why;
      return;
    }
    taken_.shown.is_new_link = true;
    taken_.is_new_golden = state->golden.version == 0;
    for (const auto& [name, value] : arrival_.record.fields) {
      taken_.shown.news.emplace(name, Cause::never_linked);
    }
    finish(*state, source, {});
  }

  void take_known(SourceRecord source) {
    if (source.state == LinkState::merged) {
      return leave_all_out("it was merged into '" + shown(source.merged_into.text) + "'");
    }
    if (source.state == LinkState::unlinked) {
      return leave_all_out("it is deliberately not linked");
    }
    if (source.state == LinkState::ambiguous) return ask_again(source);
    Findings merged;
    auto state = load_state(context_, source.golden);
    taken_.joined = take_unread(context_, arrival_, source, state, merged);
    if (!state) return leave_all_out("its golden record is gone");
    taken_.golden = state->golden.id;
    const bool reappears = is_deleted(source);
    if (reappears && *source.deleted_at > shown_since()) {
      return leave_all_out("it was deleted since it was read");
    }
    close_answered(*state);
    leave_out_unsettled(*state, source);
    std::set<FieldName> news;
    for (const auto& [name, value] : arrival_.record.fields) {
      if (const auto cause = cause_of_news(source, name, value)) {
        taken_.shown.news.emplace(name, *cause);
        news.insert(name);
      }
    }
    if (!reappears && news.empty()) {
      taken_.shown.fields = arrival_.record.fields;
      return;
    }
    Findings findings;
    taken_.guarded = guarded_change(context_, arrival_, source);
    if (taken_.guarded && is_held_again(*taken_.guarded, findings)) return;
    const auto indexed = held_keys(context_, arrival_.entity, source);
    doubt_former_writes(context_, source);
    for (const FieldName& name : news) join_field(source, name, arrival_.record.fields.at(name));
    source.present_at = std::max(source.present_at.value_or(Time::beginning()), observed_at_);
    keep_raw();
    context_.store.put_source(source);
    for (SourceRecord& other : state->sources) {
      if (other.system == source.system && other.id == source.id) other = source;
    }
    finish(*state, source, indexed);
  }

  void close_answered(RecordState& state) {
    std::erase_if(state.items, [&](const ExceptionItem& item) {
      if (!answers_problem(arrival_, item)) return false;
      close_item(context_, item, "truce", "a snapshot shows a later value");
      return true;
    });
  }

  void ask_again(const SourceRecord& source) {
    taken_.kind = TakenRecord::Kind::ambiguous;
    for (const TierKeys& keys : held_keys(context_, arrival_.entity, source)) {
      for (const std::string& key : keys) {
        if (taken_.item) return;
        taken_.item = context_.store.unanswered_exception("ambiguous_match/" +
                                                          arrival_.entity.name.text + '/' + key);
      }
    }
  }

  bool is_held_again(GuardedChange change, Findings& findings) {
    const auto foreseen = foreseen_.find(std::string(to_string(change)));
    const std::size_t count = foreseen == foreseen_.end() ? 0 : foreseen->second;
    if (!is_held(context_, arrival_, change, findings, count)) return false;
    taken_.kind = TakenRecord::Kind::held;
    taken_.item = findings.items.front();
    taken_.why = findings.why;
    return true;
  }

  void finish(RecordState& state, const SourceRecord& source,
              const std::vector<TierKeys>& indexed) {
    taken_.says_news = true;
    taken_.golden = state.golden.id;
    before_.emplace(state.golden.id, state.golden.fields);
    // Who comes behind is told apart from it by what it shows of a stronger key than theirs.
    if (followed_ == Followed::by_unlinked && arrival_.entity.match.size() > 1) {
      show_golden(plan_context(context_, arrival_.entity), state);
      context_.store.put_golden(state.golden);
    }
    index_keys(context_, arrival_.entity, state, source, arrival_.record.fields, indexed);
    taken_.shown.fields = arrival_.record.fields;
  }

  // The event under which replay, explain and a person find it again.
  void keep_raw() {
    context_.store.put_raw(
        {arrival_.key, observed_at_, arrival_.system.name, arrival_.entity.name, arrival_.raw});
  }

  // Fields of which the snapshot says nothing sure: a write of ours is or was just then on its way,
  // or something newer was heard since the record was read.
  void leave_out_unsettled(const RecordState& state, const SourceRecord& source) {
    const Value nothing;
    for (const auto& [name, field] : arrival_.entity.fields) {
      if (!field.map.contains(arrival_.system.name)) continue;
      const auto said = arrival_.record.fields.find(name);
      const bool is_said = said != arrival_.record.fields.end();
      const Value& value = is_said ? said->second : nothing;
      const auto history = source.fields.find(name);
      if (in_flight(state, source, name, value)) {
        leave_out(name, {"a write to it is on its way", Cause::unknown, {}, {}});
      } else if (!is_said) {
        continue;
      } else if (history != source.fields.end() && in_settle_window(history->second, name, value)) {
        leave_out(name, {"it was written just before it was read", Cause::unknown, {}, {}});
      } else if (history != source.fields.end() && heard_since(history->second, value)) {
        leave_out(name, {"it changed since it was read", Cause::unknown, {}, {}});
      }
    }
  }

  bool is_like(const FieldName& name, const Value& a, const Value& b) const {
    const Field& field = *arrival_.entity.field(name);
    return are_held_alike(field, field.map.at(arrival_.system.name), a, b);
  }

  bool in_flight(const RecordState& state, const SourceRecord& source, const FieldName& name,
                 const Value& value) const {
    return std::any_of(
        state.deliveries.begin(), state.deliveries.end(), [&](const Delivery& delivery) {
          const bool flying =
              delivery.state == DeliveryState::leased || delivery.state == DeliveryState::verifying;
          if (!flying || delivery.system != arrival_.system.name) return false;
          const auto field = delivery.fields.find(name);
          return field != delivery.fields.end() && !is_like(name, field->second.value, value) &&
                 !was_seen_to_arrive(source, name, delivery, field->second.value);
        });
  }

  // Its echo came, and the record has changed since: what it shows now came after our write.
  bool was_seen_to_arrive(const SourceRecord& source, const FieldName& name,
                          const Delivery& delivery, const Value& written) const {
    const auto history = source.fields.find(name);
    if (!has_own_time_ || history == source.fields.end()) return false;
    const Time begun = delivery.handed_out_at.value_or(context_.now) - arrival_.system.clock_skew;
    return std::any_of(history->second.observations.begin(), history->second.observations.end(),
                       [&](const Observation& seen) {
                         return is_like(name, written, seen.value) && seen.order.at >= begun &&
                                seen.order.at < arrival_.at;
                       });
  }

  bool in_settle_window(const FieldHistory& history, const FieldName& name,
                        const Value& value) const {
    return std::any_of(history.writes.begin(), history.writes.end(), [&](const Write& write) {
      if (write.state != Write::State::acknowledged) return false;
      return *write.settled_at + arrival_.system.settle_window >= observed_at_ &&
             !is_like(name, write.value, value);
    });
  }

  // What happened after that, by the system's clock, it may not have shown yet.
  Time shown_since() const {
    return observed_at_ - arrival_.system.settle_window - arrival_.system.clock_skew;
  }

  // Or so shortly before that the system may still show what stood there before.
  bool heard_since(const FieldHistory& history, const Value& value) const {
    return std::any_of(history.observations.begin(), history.observations.end(),
                       [&, since = shown_since()](const Observation& observation) {
                         return observation.order.at > since && !same(observation.value, value);
                       });
  }

  // nullopt: the history knows it.
  std::optional<Cause> cause_of_news(const SourceRecord& source, const FieldName& name,
                                     const Value& value) const {
    const auto found = source.fields.find(name);
    if (found == source.fields.end()) return cause_of_first(source);
    const FieldHistory& history = found->second;
    const Field& field = *arrival_.entity.field(name);
    const auto timeline =
        remembered_timeline(history, mark_of(context_.policy), arrival_.system, field);
    const Base& base = timeline->base;
    const bool is_held =
        base.state == Base::State::known &&
        same(held_reference(context_.store, arrival_.system.name, field, base.value), value);
    if (is_held) return std::nullopt;
    if (base.state == Base::State::never) return cause_of_first(source);
    if (base.state == Base::State::unknown || lost_write(history, name, value)) {
      return Cause::failed_delivery;
    }
    const HistoryOrder order = observe(arrival_, field, value).order;
    for (const Observation& observation : history.observations) {
      if (observation.order.at == order.at && observation.order.hash == order.hash) {
        return Cause::out_of_order;
      }
    }
    return cause_of_edit();
  }

  Cause cause_of_edit() const {
    const Duration travel = std::max(arrival_.system.settle_window, event_travel_min);
    if (has_own_time_ && arrival_.at + travel >= observed_at_) return Cause::edit_since_last_event;
    return Cause::lost_event;
  }

  // Whoever was read as a whole without the field has been edited since; of others nobody knows.
  Cause cause_of_first(const SourceRecord& source) const {
    const auto mark = context_.store.find_mark(source.system, source.entity, source.id);
    const bool was_read = mark && mark->policy_sha256 == context_.policy.sha256;
    return was_read ? cause_of_edit() : Cause::unknown;
  }

  // A write that was acknowledged, and of which a record that has not changed since before it shows
  // nothing: the target did not keep its word.
  const Write* lost_write(const FieldHistory& history, const FieldName& name,
                          const Value& value) const {
    if (!has_own_time_) return nullptr;
    const Write* lost = nullptr;
    for (const Write& write : history.writes) {
      if (write.state != Write::State::acknowledged || *write.settled_at >= observed_at_) continue;
      if (is_like(name, write.value, value)) continue;
      if (arrival_.at < write.handed_out_at - arrival_.system.clock_skew) lost = &write;
    }
    return lost;
  }

  void join_field(SourceRecord& source, const FieldName& name, const Value& value) {
    const Field& field = *arrival_.entity.field(name);
    FieldHistory& history = source.fields[name];
    while (const Write* lost = lost_write(history, name, value)) {
      forget_write(history, DeliveryId(lost->delivery));
    }
    Observation observation = observe(arrival_, field, value);
    const bool is_first = history.observations.empty() && history.writes.empty();
    join(history, observation);
    if (is_first) return;
    answer_for_writes(history, observation.order);
    if (!holds(history, field, value)) {
      // By its own time something else came after it; but it stood there when it was read.
      observation.order.at = observed_at_;
      observation.evidence = Evidence::possible;
      join(history, observation);
      answer_for_writes(history, observation.order);
    }
    compact_when_grown(history, arrival_.system, field, context_.history_horizon());
  }

  bool holds(const FieldHistory& history, const Field& field, const Value& value) const {
    const Timeline timeline = read_timeline(history, arrival_.system, field);
    return timeline.base.state == Base::State::known && same(timeline.base.value, value);
  }

  // What is read after a write was settled says what has become of it, as its own answer does.
  void answer_for_writes(FieldHistory& history, const HistoryOrder& order) const {
    for (Write& write : history.writes) {
      const bool over = write.state != Write::State::leased && write.settled_at &&
                        *write.settled_at + arrival_.system.settle_window < observed_at_;
      if (over && write.state == Write::State::unknown) write.stored = order;
      if (over && write.state == Write::State::acknowledged &&
          order.at >= write.handed_out_at - arrival_.system.clock_skew) {
        write.stored = order;
      }
    }
  }

  Context& context_;
  const Followed followed_;
  const Time observed_at_;
  ShownBefore& before_;
  const Foreseen& foreseen_;
  Arrival arrival_;
  const bool has_own_time_;
  TakenRecord taken_;
};

// nullopt: nobody knows.
std::optional<Value> held_value(const Context& context, const SourceRecord& source,
                                const Field& field) {
  const System* system = context.policy.system(source.system);
  const auto history = source.fields.find(field.name);
  if (!system || history == source.fields.end()) return std::nullopt;
  const auto timeline =
      remembered_timeline(history->second, mark_of(context.policy), *system, field);
  const Base& base = timeline->base;
  if (base.state != Base::State::known) return std::nullopt;
  return held_reference(context.store, source.system, field, base.value);
}

}  // namespace

TakenRecord take_snapshot_record(Context& context, const ReadStaged& record, Followed followed,
                                 ShownBefore& before, const Foreseen& foreseen,
                                 std::size_t records_made) {
  return Taking(context, record, followed, before, foreseen, records_made).run();
}

ShownRecord held_record(const Context& context, const Entity& entity, const SourceRecord& source) {
  ShownRecord shown;
  shown.system = source.system;
  shown.id = source.id;
  for (const auto& [name, field] : entity.fields) {
    if (!field.map.contains(source.system)) continue;
    if (auto value = held_value(context, source, field)) shown.fields.emplace(name, *value);
  }
  return shown;
}

void note_left_out(const Context& context, const Entity& entity, const SourceRecord& source,
                   ShownRecord& shown) {
  for (const auto& [name, field] : entity.fields) {
    const bool is_told = shown.fields.contains(name) || shown.excluded.contains(name);
    if (is_told || !field.writes(source.system)) continue;
    shown.left_out.emplace(name, held_value(context, source, field));
  }
}

}  // namespace truce
