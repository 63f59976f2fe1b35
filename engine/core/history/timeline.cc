#include "engine/core/history/timeline.h"

#include <algorithm>
#include <functional>

#include "engine/core/history/departure.h"
#include "engine/core/normalize/normalize.h"
#include "engine/core/normalize/set.h"

namespace truce {
namespace {

// A write with what the walk needs to know of it.
struct SentWrite {
  const Write* write = nullptr;
  Value held;                       // as the system shows it
  const Value* replaced = nullptr;  // what the system held where the write stands in the history
  const SentWrite* over = nullptr;  // the write that had put it there, if it was one
  Time seen_at;                     // when it was last known to stand there
  bool passed = false;              // the walk is behind it
  bool arrived = false;             // its value was seen to stand there
  bool echoed = false;              // it itself was, and not another write of that value
  bool follows_a_time = false;      // it was planned after something that the system timed itself
};

// What was observed before the policy made the field a set, read as the sets that it shows: else a
// change of the type would empty the field, or every value would be news when it is seen again.
// Null: nothing was.
std::shared_ptr<const std::vector<Observation>> read_as_sets(const FieldHistory& history,
                                                             const System& system,
                                                             const Field& field) {
  const auto is_of_before = [](const Value& value) { return !value.is_null() && !value.is_set(); };
  const auto entry = field.map.find(system.name);
  const bool is_any =
      field.type == FieldType::set && entry != field.map.end() &&
      std::any_of(history.observations.begin(), history.observations.end(),
                  [&](const Observation& observation) {
                    return is_of_before(observation.value) ||
                           (observation.previous && is_of_before(*observation.previous));
                  });
  if (!is_any) return nullptr;
  auto as_sets = std::make_shared<std::vector<Observation>>(history.observations);
  for (Observation& observation : *as_sets) {
    observation.value = as_set(entry->second, observation.value);
    if (observation.previous) observation.previous = as_set(entry->second, *observation.previous);
  }
  return as_sets;
}

bool carries(const SentWrite& sent, const Value& value) {
  return same(value, sent.held) || same(value, sent.write->value);
}

class Walk {
 public:
  Walk(const FieldHistory& history, const System& system, const Field& field,
       Time until = Time::end())
      : system_(system), skew_(system.clock_skew), field_(field) {
    timeline_.as_sets = read_as_sets(history, system, field);
    observations_ = timeline_.as_sets ? timeline_.as_sets.get() : &history.observations;
    if (until < Time::end()) leave_out_since(until);
    const auto entry = field.map.find(system.name);
    sent_.reserve(history.writes.size());  // values in it are pointed to
    for (const Write& write : history.writes) {
      Value held =
          entry == field.map.end() ? write.value : as_held(field, entry->second, write.value);
      SentWrite& sent = sent_.emplace_back();
      sent.write = &write;
      sent.held = std::move(held);
      sent.follows_a_time = write.planned_after && is_timed(*write.planned_after);
    }
  }

  Timeline run() {
    std::vector<std::size_t> placed = acknowledged_by_position();
    timeline_.entries.reserve(observations_->size() + placed.size());
    std::size_t next_write = 0;
    for (const Observation& observation : *observations_) {
      for (; next_write < placed.size() && stands_before(sent_[placed[next_write]], observation);
           ++next_write) {
        pass_write(placed[next_write]);
      }
      move_to(observation.order.at);
      pass_observation(observation);
      shown_at_ = observation.order.at;
    }
    for (; next_write < placed.size(); ++next_write) pass_write(placed[next_write]);
    timeline_.base = base();
    return std::move(timeline_);
  }

 private:
  void leave_out_since(Time until) {
    auto part = std::make_shared<std::vector<Observation>>(*observations_);
    std::erase_if(*part, [&](const Observation& said) { return said.order.at > until; });
    observations_ = part.get();
    timeline_.as_sets = std::move(part);
  }

  // Acknowledged writes in the order in which they stand: behind the observation that each was
  // planned against, and among themselves by hand-out.
  std::vector<std::size_t> acknowledged_by_position() const {
    std::vector<std::size_t> placed;
    for (std::size_t i = 0; i < sent_.size(); ++i) {
      if (sent_[i].write->state == Write::State::acknowledged) placed.push_back(i);
    }
    std::stable_sort(placed.begin(), placed.end(), [this](std::size_t a, std::size_t b) {
      const auto& x = sent_[a].write->planned_after;
      const auto& y = sent_[b].write->planned_after;
      if (!x || !y) return !x && y;
      return *x < *y;
    });
    return placed;
  }

  static bool stands_before(const SentWrite& sent, const Observation& observation) {
    return !sent.write->planned_after || *sent.write->planned_after < observation.order;
  }

  // Which writes an observation at this time can have to do with. Both ends move on with the time,
  // so a long history is walked once and not once for each write.
  void move_to(Time at) {
    for (; next_begun_ < sent_.size(); ++next_begun_) {
      if (at < sent_[next_begun_].write->handed_out_at - skew_) break;
      bring_near(next_begun_);
    }
    std::erase_if(near_, [&](std::size_t i) { return is_over(sent_[i], shown_at_); });
  }

  // Whatever comes from now on has nothing to do with it: it is known to have arrived, and when at
  // the latest. A write of unknown fate that nobody saw may arrive at any time.
  bool is_over(const SentWrite& sent, Time at) const {
    const bool has_ended =
        sent.write->state == Write::State::acknowledged || sent.write->stored || sent.arrived;
    return has_ended && sent.write->settled_at && at > *sent.write->settled_at + skew_;
  }

  void bring_near(std::size_t i) {
    const auto place = std::lower_bound(near_.begin(), near_.end(), i);
    if (place == near_.end() || *place != i) near_.insert(place, i);
  }

  void pass_write(std::size_t i) {
    SentWrite& sent = sent_[i];
    bring_near(i);
    sent.replaced = current_ ? current_ : told_replaced(sent);
    // One whose echo came ahead of its own place has put nothing there that this one could replace.
    sent.over = current_write_ && current_write_->passed ? current_write_ : nullptr;
    sent.seen_at = last_seen_at_;
    sent.passed = true;
    Entry entry{EntryKind::write, nullptr, sent.write, sent.held, sent.write->handed_out_at, {}};
    if (current_) entry.before.push_back(*current_);
    timeline_.entries.push_back(std::move(entry));
    current_ = &sent.held;
    current_write_ = &sent;
    idle_ = nullptr;
    last_seen_at_ = sent.write->handed_out_at - skew_;
  }

  // Where nothing is known of what stood there: what the system said of it with our value. What was
  // set there only while the write was on its way is no answer.
  const Value* told_replaced(const SentWrite& sent) const {
    for (const Observation& observation : *observations_) {
      if (!observation.previous || !carries(sent, observation.value)) continue;
      if (precedes(observation, sent)) continue;
      return was_set_on_the_way(*observation.previous, sent) ? nullptr : &*observation.previous;
    }
    return nullptr;
  }

  bool was_set_on_the_way(const Value& value, const SentWrite& sent) const {
    return std::any_of(observations_->begin(), observations_->end(), [&](const Observation& one) {
      return same(one.value, value) && one.evidence == Evidence::certain && !precedes(one, sent);
    });
  }

  // What changed nothing did change what comes to light from before it.
  void weigh_idle(const Observation& observation) {
    if (!idle_) return;
    const bool is_under = precedes(observation, *idle_) && !is_over(*idle_, observation.order.at);
    if (is_under && carries(*idle_, observation.value)) return;
    if (is_under) {
      current_ = &idle_->held;
      current_write_ = idle_;
    }
    idle_ = nullptr;
  }

  void pass_observation(const Observation& observation) {
    weigh_idle(observation);
    if (const SentWrite* sent = write_that_replaced(observation)) {
      Entry& entry = add(EntryKind::stale, observation, nullptr);
      if (!observation.previous) entry.before = {*sent->replaced};
      return;
    }
    if (const Standing then = standing_then(observation); repeats(observation, then)) {
      add(then.write ? EntryKind::echo : EntryKind::repeat, observation,
          then.write ? then.write->write : nullptr);
      if (then.write) own(*then.write).echoed = true;
      if (then.under)
        note_seen(own(*then.under), observation);
      else
        hold(observation.value, then.write, observation.order.at);
      return;
    }
    if (const SentWrite* sent = echoed_write(observation)) {
      add(EntryKind::echo, observation, sent->write);
      note_arrivals(observation);
      own(*sent).echoed = true;
      stand(observation, sent);
      return;
    }
    if (observation.value.is_null() && field_.blank == Blank::keep) {
      add(EntryKind::blank, observation, nullptr);
    } else {
      assert_new(observation);
    }
    stand(observation, nullptr);
  }

  // Not null: the observation is a picture from before this write.
  const SentWrite* write_that_replaced(const Observation& observation) const {
    for (const std::size_t i : near_) {
      const SentWrite& sent = sent_[i];
      if (!sent.passed || !sent.replaced || !same(*sent.replaced, observation.value)) continue;
      if (carries(sent, observation.value)) continue;
      // An earlier write of ours had put that there, and only after this was said.
      if (sent.over && precedes(observation, *sent.over)) continue;
      // The source says that our value stood there before this one: an edit, however close.
      if (observation.previous && carries(sent, *observation.previous)) continue;
      // Something else was seen there since, and the source says that this was set again.
      if (observation.evidence == Evidence::certain && was_seen_over(sent)) continue;
      if (was_shown(sent) && sent.write->stored->at < observation.order.at) continue;
      if (observation.order.at <= *sent.write->settled_at + skew_) return &sent;
    }
    return nullptr;
  }

  // Whether something was seen of this write or over it, and not only written there.
  bool was_seen_over(const SentWrite& sent) const {
    const SentWrite* write = current_write_;
    while (write && write != &sent && !write->echoed) write = write->over;
    return !write || write->echoed;
  }

  // The target's own answer showed our value.
  static bool was_shown(const SentWrite& sent) {
    const auto& stored = sent.write->stored;
    return stored &&
           (stored->hash == value_hash(sent.held) || stored->hash == value_hash(sent.write->value));
  }

  // What stood there, by the order of the history, before our writes that are later.
  struct Standing {
    const Value* value;      // null: nothing is known
    const SentWrite* write;  // that had put it there, if it was one
    const SentWrite* under;  // the write that has replaced it since; null: it still stands
    Time seen_at;            // when it was last known to stand there
  };
  template <class IsLater>
  Standing standing_below(const IsLater& is_later) const {
    Standing standing{current_, current_write_, nullptr, last_seen_at_};
    while (standing.write && is_later(*standing.write)) {
      const SentWrite& write = *standing.write;
      standing = {write.replaced, write.over, &write, write.seen_at};
    }
    return standing;
  }

  // A write that had not gone out when this was said had put nothing there: an edit that is older
  // than a write stands behind it, and knew nothing of it.
  Standing stood_before(const Observation& observation) const {
    return standing_below([&](const SentWrite& write) { return precedes(observation, write); });
  }

  // When something else was last known to stand there. A picture from about the time of a write that
  // was not seen to have arrived may be from before it, and so may be the change that it shows.
  Time last_seen_before(const Observation& observation) const {
    const auto may_be_later = [&](const SentWrite& write) {
      const auto& stored = write.write->stored;
      const bool is_seen =
          write.echoed || (was_shown(write) && stored->at <= observation.order.at);
      return precedes(observation, write) || (!is_seen && !is_over(write, observation.order.at));
    };
    return standing_below(may_be_later).seen_at;
  }

  // The answer to a write shows what that write has become.
  Standing standing_then(const Observation& observation) const {
    return standing_below([&](const SentWrite& write) {
      return precedes(observation, write) && write.write->stored != observation.order;
    });
  }

  static bool repeats(const Observation& observation, const Standing& then) {
    return then.value && (same(*then.value, observation.value) ||
                          (then.write && carries(*then.write, observation.value)));
  }

  static void note_seen(SentWrite& under, const Observation& observation) {
    under.seen_at = std::max(under.seen_at, observation.order.at);
  }

  // By its own time; or, whatever the clocks say, because it was heard of before the write went out,
  // or because the system says that it came before what the write was planned after.
  bool precedes(const Observation& observation, const SentWrite& sent) const {
    return observation.order.at < sent.write->handed_out_at - skew_ ||
           observation.received_at <= sent.write->handed_out_at ||
           (sent.follows_a_time && observation.evidence == Evidence::certain &&
            observation.order.at < sent.write->planned_after->at);
  }

  // Whether the system said when that was, and not only when the record was changed or read.
  bool is_timed(const HistoryOrder& order) const {
    const auto place = std::lower_bound(
        observations_->begin(), observations_->end(), order,
        [](const Observation& one, const HistoryOrder& other) { return one.order < other; });
    return place != observations_->end() && place->order == order &&
           place->evidence == Evidence::certain;
  }

  // A write that may have been sent (no upper bound in time: nobody knows when it arrived), or one
  // that arrived about then.
  const SentWrite* echoed_write(const Observation& observation) const {
    const SentWrite* found = nullptr;
    for (const std::size_t i : near_) {
      const SentWrite& sent = sent_[i];
      if (!carries(sent, observation.value) || precedes(observation, sent)) continue;
      if (may_have_arrived(sent, observation)) found = &sent;
    }
    return found;
  }

  // Since what was shown before this: an edit may have crossed the write, which stands there since.
  // Unless the system says that it was changed only then, or our value was there before, or another
  // record was read as what the write has become, or a later write of ours stands over it.
  bool may_have_arrived(const SentWrite& sent, const Observation& observation) const {
    if (!is_over(sent, observation.order.at)) return true;
    const auto& stored = sent.write->stored;
    return observation.evidence == Evidence::possible && !sent.arrived && !sent.echoed &&
           (!stored || *stored == observation.order) && !is_over(sent, shown_at_) &&
           !is_written_over(sent, observation.order.at);
  }

  // Another of our writes has replaced it since, and was over by then.
  bool is_written_over(const SentWrite& sent, Time at) const {
    bool is_replaced = false;
    for (const SentWrite* write = current_write_; write; write = write->over) {
      if (write == &sent) return is_replaced;
      is_replaced |= write->passed && is_over(*write, at);
    }
    return false;
  }

  void note_arrivals(const Observation& observation) {
    for (const std::size_t i : near_) {
      SentWrite& sent = sent_[i];
      sent.arrived |= carries(sent, observation.value) && !precedes(observation, sent);
    }
  }

  void assert_new(const Observation& observation) {
    Entry& entry = add(EntryKind::assertion, observation, nullptr);
    Assertion assertion{observation.value,    observation.order,
                        observation.order.at, last_seen_before(observation),
                        observation.evidence, observation.event_key,
                        observation.actor,    entry.before};
    timeline_.assertions.push_back(std::move(assertion));
  }

  // Something from before our write that stands behind it only because the write was planned
  // without it.
  bool was_written_over(const Observation& observation) const {
    return current_write_ && current_write_->passed && precedes(observation, *current_write_) &&
           !is_over(*current_write_, observation.order.at);
  }

  // What was shown stands there, or the earliest of the writes over it has replaced it. `write` had
  // put it there, if it was one.
  void stand(const Observation& observation, const SentWrite* write) {
    if (was_written_over(observation)) {
      SentWrite& under = own(*stood_before(observation).under);
      under.replaced = &observation.value;
      under.over = write && write->passed ? write : nullptr;
      note_seen(under, observation);
      // What the system holds is our write, unless that changed nothing.
      if (!carries(*current_write_, observation.value)) return;
      idle_ = current_write_;
    }
    hold(observation.value, write, observation.order.at);
  }

  SentWrite& own(const SentWrite& sent) {
    return sent_[static_cast<std::size_t>(&sent - sent_.data())];
  }

  Entry& add(EntryKind kind, const Observation& observation, const Write* write) {
    Entry& entry = timeline_.entries.emplace_back(
        Entry{kind, &observation, write, observation.value, observation.order.at, {}});
    const bool says_news = kind == EntryKind::assertion || kind == EntryKind::blank;
    if (!says_news && field_.rule != Rule::set_union) return entry;
    if (observation.previous) {
      entry.before = {*observation.previous};
    } else {
      tell_before(observation, entry);
    }
    return entry;
  }

  // What the system may have held directly before this observation.
  void tell_before(const Observation& observation, Entry& entry) const {
    const Value* stood = stood_before(observation).value;
    entry.before_is_known = stood != nullptr;
    if (stood) entry.before.push_back(*stood);
    for (const std::size_t i : near_) {
      const SentWrite& sent = sent_[i];
      if (precedes(observation, sent)) continue;
      if (sent.echoed || is_over(sent, observation.order.at)) continue;
      entry.before.push_back(sent.held);
      if (sent.replaced) entry.before.push_back(*sent.replaced);
      if (sent.passed && !sent.replaced) entry.before_is_known = false;
    }
  }

  void hold(const Value& value, const SentWrite* write, Time at) {
    current_ = &value;
    current_write_ = write;
    last_seen_at_ = std::max(last_seen_at_, at);
  }

  Base base() const {
    const SentWrite* written = last_acknowledged();
    const Entry* seen = last_seen();
    if (may_have_arrived_since(seen, written)) return {Base::State::unknown, {}, {}, {}};
    if (!written && !seen) return {};
    if (!written) return held_as(*seen);
    const Time from = written->write->handed_out_at - skew_;
    const Time until = *written->write->settled_at + skew_;
    if (seen && seen->at > until) return held_as(*seen);
    if (const auto& stored = written->write->stored; stored && stored->at >= from) {
      if (const Entry* shown = last_entry_since(*stored)) return held_as(*shown);
    }
    const Entry* echo = nullptr;
    const Entry* crossing = nullptr;
    for (const Entry& entry : timeline_.entries) {
      if (!entry.observation || entry.at > until) continue;
      if (precedes(*entry.observation, *written)) continue;
      (carries(*written, entry.value) ? echo : crossing) = &entry;
    }
    // The system's own clock orders what it shows: ours was seen behind the edit that it crossed.
    if (crossing && !(echo && crossing->at < echo->at)) return {Base::State::unknown, {}, {}, {}};
    return {Base::State::known, echo ? echo->value : written->held, written->write->value,
            written->write->provenance};
  }

  const SentWrite* last_acknowledged() const {
    const SentWrite* last = nullptr;
    for (const SentWrite& sent : sent_) {
      if (sent.write->state != Write::State::acknowledged) continue;
      if (!last || *last->write->settled_at <= *sent.write->settled_at) last = &sent;
    }
    return last;
  }

  const Entry* last_seen() const {
    for (auto entry = timeline_.entries.rbegin(); entry != timeline_.entries.rend(); ++entry) {
      if (entry->observation && entry->kind != EntryKind::stale) return &*entry;
    }
    return nullptr;
  }

  // Also a picture from before: the target's answer told that it is what stands there.
  const Entry* last_entry_since(const HistoryOrder& stored) const {
    const Entry* last = nullptr;
    for (const Entry& entry : timeline_.entries) {
      if (entry.observation && stored <= entry.observation->order) last = &entry;
    }
    return last;
  }

  // A write that nobody knows the fate of may stand where `seen` or `written` is believed to.
  bool may_have_arrived_since(const Entry* seen, const SentWrite* written) const {
    for (const SentWrite& sent : sent_) {
      if (sent.write->state != Write::State::unknown || sent.write->stored) continue;
      const Time given_up = sent.write->settled_at.value_or(Time::end());
      if (written && written->write->handed_out_at >= given_up) continue;
      if (seen && carries(sent, seen->value) && seen->at >= sent.write->handed_out_at - skew_) {
        continue;
      }
      if (seen && given_up < Time::end() && seen->at > given_up + skew_) continue;
      return true;
    }
    return false;
  }

  // The run that the last entry belongs to gives the held value its time and its author.
  Base held_as(const Entry& last) const {
    if (last.write) {
      return {Base::State::known, last.value, last.write->value, last.write->provenance};
    }
    const Observation* first = last.observation;
    for (auto entry = timeline_.entries.rbegin(); entry != timeline_.entries.rend(); ++entry) {
      if (entry->kind == EntryKind::stale) continue;
      if (entry->write || !same(entry->value, last.value)) break;
      first = entry->observation;
      if (entry->kind == EntryKind::assertion || entry->kind == EntryKind::blank) break;
    }
    return {Base::State::known,
            last.value,
            last.value,
            {system_.name, first->order.at, first->evidence, first->event_key}};
  }

  const std::vector<Observation>* observations_ = nullptr;
  const System& system_;
  const Duration skew_;
  const Field& field_;
  std::vector<SentWrite> sent_;    // in the order of their hand-out
  std::size_t next_begun_ = 0;     // the first one that had not begun at the observation's time
  std::vector<std::size_t> near_;  // begun or passed, and not over when last shown; in the same order
  Time shown_at_ = Time::beginning();  // the last observation's
  Timeline timeline_;
  const Value* current_ = nullptr;
  const SentWrite* current_write_ = nullptr;
  const SentWrite* idle_ = nullptr;  // over current_, and of the same value
  Time last_seen_at_ = Time::beginning();
};

}  // namespace

const Entry* Timeline::entry_of(const HistoryOrder& order) const {
  for (const Entry& entry : entries) {
    if (entry.observation && entry.observation->order == order) return &entry;
  }
  return nullptr;
}

bool Timeline::is_current(const Entry& entry) const {
  if (entry.kind == EntryKind::stale) return false;
  for (auto later = entries.rbegin(); later != entries.rend(); ++later) {
    if (&*later == &entry) return true;
    if (later->kind == EntryKind::assertion || later->kind == EntryKind::write ||
        later->kind == EntryKind::blank) {
      return false;
    }
    // An echo that came behind an edit: our write overtook it.
    if (later->kind == EntryKind::echo && entry.kind != EntryKind::echo) return false;
  }
  return false;
}

Timeline read_timeline(const FieldHistory& history, const System& system, const Field& field) {
  return Walk(history, system, field).run();
}

Timeline read_timeline_until(const FieldHistory& history, Time until, const System& system,
                             const Field& field) {
  return Walk(history, system, field, until).run();
}

std::size_t mark_of(const Policy& policy) {
  return policy.sha256.empty() ? 0 : std::hash<std::string>()(policy.sha256);
}

std::shared_ptr<const Timeline> remembered_timeline(const FieldHistory& history,
                                                    std::size_t policy_mark, const System& system,
                                                    const Field& field) {
  auto known = history.remembered.get();
  const bool is_it =
      known && known->policy == policy_mark && known->system == &system && known->field == &field;
  if (!is_it) {
    known = std::make_shared<const KnownTimeline>(
        KnownTimeline{read_timeline(history, system, field), policy_mark, &system, &field});
    if (policy_mark != 0) history.remembered.keep(known);
  }
  return {known, &known->timeline};
}

}  // namespace truce
