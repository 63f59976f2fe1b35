// Dropping what says nothing more. What is kept must be classified as it was, and what is derived
// from it must stay the same, also for every event that comes after the horizon.
#include <algorithm>

#include "engine/core/history/timeline.h"

namespace truce {
namespace {

bool is_word(const Entry& entry) {
  return entry.kind == EntryKind::assertion || entry.kind == EntryKind::blank;
}

// The first and the last of such a stretch say when it began and how long it stood.
bool is_between_its_like(const Entry& before, const Entry& entry, const Entry& next) {
  return before.observation && entry.observation && next.observation && !is_word(entry) &&
         same(before.value, entry.value) && same(entry.value, next.value) &&
         entry.kind == next.kind && entry.write == next.write;
}

// Over which of the entries a compaction goes, and which of them it drops.
class Compaction {
 public:
  Compaction(FieldHistory& history, const System& system, const Field& field, Time horizon)
      : history_(history),
        field_(field),
        skew_(system.clock_skew),
        timeline_(read_timeline(history, system, field)),
        dropped_(timeline_.entries.size()),
        horizon_(horizon) {}

  void run() {
    drop_repeats();
    stop_at_unsettled();
    find_end();
    if (forgets()) {
      drop(0, second_last_assertion());
      drop_overwritten();
    }
    erase_dropped();
  }

 private:
  const std::vector<Entry>& entries() const { return timeline_.entries; }
  Time over_at(const Write& write) const { return *write.settled_at + skew_; }
  Time begun_at(const Write& write) const { return write.handed_out_at - skew_; }

  void drop_repeats() {
    for (std::size_t i = 1; i + 1 < entries().size(); ++i) {
      const Entry& next = entries()[i + 1];
      if (next.at < horizon_ && is_between_its_like(entries()[i - 1], entries()[i], next)) {
        dropped_[i] = true;
      }
    }
  }

  // A write that is not settled may yet come to stand behind what it was planned against.
  void stop_at_unsettled() {
    for (const Write& write : history_.writes) {
      if (write.state == Write::State::acknowledged) continue;
      horizon_ = std::min(horizon_, begun_at(write));
      horizon_ =
          std::min(horizon_, write.planned_after ? write.planned_after->at : Time::beginning());
    }
  }

  // The first entries, with which nothing behind them and nothing that comes after the horizon can
  // have to do.
  void find_end() {
    end_ = entries().size();
    for (std::size_t before = end_ + 1; end_ < before;) {
      before = end_;
      end_ = first_not_over_at(horizon_);
      const auto seen =
          std::find_if(entries().begin() + static_cast<std::ptrdiff_t>(end_), entries().end(),
                       [](const Entry& entry) { return entry.observation; });
      if (seen != entries().end()) horizon_ = std::min(horizon_, seen->at);
    }
  }

  std::size_t first_not_over_at(Time time) const {
    const auto is_not_over = [&](const Entry& entry) {
      if (entry.observation) return !(entry.at < time);
      return !(over_at(*entry.write) < time && was_shown_since(*entry.write, time));
    };
    return static_cast<std::size_t>(std::find_if(entries().begin(), entries().end(), is_not_over) -
                                    entries().begin());
  }

  // Until the system shows what has become of it, an edit may have crossed the write.
  bool was_shown_since(const Write& write, Time time) const {
    return std::any_of(entries().begin(), entries().end(), [&](const Entry& entry) {
      return entry.observation && entry.at < time &&
             (entry.write == &write || entry.at > over_at(write));
    });
  }

  // These rules look at every assertion there ever was.
  bool forgets() const {
    if (field_.rule == Rule::escalate && field_.when == EscalateWhen::concurrent) return false;
    return field_.rule != Rule::immutable && field_.rule != Rule::set_union && !field_.immutable;
  }

  // The last assertion is told with what stood there before it, so that the one before it is where
  // the history may begin: none of our writes before it can have to do with anything behind it.
  std::size_t second_last_assertion() const {
    bool has_last = false;
    for (std::size_t i = end_; i-- > 0;) {
      if (entries()[i].kind != EntryKind::assertion) continue;
      if (has_last && is_behind_all_writes(i)) return i;
      has_last = true;
    }
    return 0;
  }

  bool is_behind_all_writes(std::size_t place) const {
    return std::all_of(entries().begin(), entries().begin() + static_cast<std::ptrdiff_t>(place),
                       [&](const Entry& entry) {
                         return entry.observation || over_at(*entry.write) < entries()[place].at;
                       });
  }

  void drop(std::size_t first, std::size_t end) {
    std::fill(dropped_.begin() + static_cast<std::ptrdiff_t>(first),
              dropped_.begin() + static_cast<std::ptrdiff_t>(end), true);
  }

  // Where the system has said nothing of its own for long, of our writes the last one counts.
  void drop_overwritten() {
    std::size_t last = end_;
    std::size_t first = 0;
    for (std::size_t i = end_; i-- > 0 && first == 0;) {
      const Entry& entry = entries()[i];
      if (entry.kind == EntryKind::write && last == end_) last = i;
      const bool planned_against = last != end_ && is_last_seen(entry);
      if (is_word(entry) || entry.kind == EntryKind::repeat || planned_against) first = i + 1;
    }
    if (last == end_ || first >= last || !is_echoed_alone(last)) return;
    for (std::size_t i = first; i < last; ++i) {
      const Entry& entry = entries()[i];
      if (!is_overwritten(entry, *entries()[last].write)) return;
      // What stands before it may have been taken for this write's echo, or for edited beside it.
      if (first > 0 && !entry.observation && !(entries()[first - 1].at < begun_at(*entry.write)))
        return;
    }
    drop(first, last);
  }

  // The next write will be planned against it.
  bool is_last_seen(const Entry& entry) const {
    return entry.observation && entry.observation->order == history_.observations.back().order;
  }

  // Behind the write, before the horizon, stand its echoes and nothing else.
  bool is_echoed_alone(std::size_t write) const {
    return std::all_of(
        entries().begin() + static_cast<std::ptrdiff_t>(write) + 1,
        entries().begin() + static_cast<std::ptrdiff_t>(end_), [&](const Entry& entry) {
          return entry.kind == EntryKind::echo && entry.write == entries()[write].write;
        });
  }

  bool is_overwritten(const Entry& entry, const Write& by) const {
    if (entry.observation) return entry.at < begun_at(by);
    return entry.write->handed_out_at <= by.handed_out_at &&
           *entry.write->settled_at <= *by.settled_at;
  }

  void erase_dropped() {
    std::vector<HistoryOrder> observations;  // in their order
    std::vector<DeliveryId> writes;
    for (std::size_t i = 0; i < entries().size(); ++i) {
      if (!dropped_[i]) continue;
      if (entries()[i].observation)
        observations.push_back(entries()[i].observation->order);
      else
        writes.push_back(entries()[i].write->delivery);
    }
    std::erase_if(history_.observations, [&](const Observation& observation) {
      return std::binary_search(observations.begin(), observations.end(), observation.order);
    });
    for (const DeliveryId& delivery : writes) forget_write(history_, delivery);
  }

  FieldHistory& history_;
  const Field& field_;
  const Duration skew_;
  const Timeline timeline_;
  std::vector<bool> dropped_;  // by the place of the entry
  Time horizon_;
  std::size_t end_ = 0;
};

}  // namespace

void compact(FieldHistory& history, const System& system, const Field& field, Time horizon) {
  Compaction(history, system, field, horizon).run();
}

void compact_when_grown(FieldHistory& history, const System& system, const Field& field,
                        Time horizon) {
  constexpr std::size_t step = 64;
  const std::size_t size = history.observations.size() + history.writes.size();
  if (size > 0 && size % step == 0) compact(history, system, field, horizon);
}

}  // namespace truce
