// What one system's history of one field says. Derived, never stored: a late event may split or
// lengthen a run, so everything is read again from all observations and writes (docs/model.md).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "engine/core/model/facts.h"
#include "engine/core/policy/policy.h"

namespace truce {

// What an entry of a history is.
enum class EntryKind {
  assertion,  // the first observation of a run: the system's own word
  repeat,     // the same value again: says nothing new, and takes part in the runs
  echo,       // our write coming back, as sent or as the system rewrote it (near miss)
  stale,      // a picture from before our write: the value that we replaced, seen again
  blank,      // a null that the policy reads as no assertion
  write,      // our own acknowledged write
};

struct Entry {
  EntryKind kind = EntryKind::assertion;
  const Observation* observation = nullptr;  // null for a write
  const Write* write = nullptr;              // the write itself, or the one that an echo repeats
  Value value;
  Time at;  // of the observation; a write: its hand-out
  // What the system may have held directly before; of assertions, blanks and writes, and of every
  // entry of a union. Several where an edit and our write crossed; empty when nothing is known.
  std::vector<Value> before;
  bool before_is_known = true;  // false: or something else, before our write arrived
};

// A run's first observation, which gives the run its time.
struct Assertion {
  Value value;
  HistoryOrder order;
  Time changed_at;     // certain: when. possible: no later than this
  Time changed_after;  // possible: later than this; Time::beginning() when nothing is known
  Evidence evidence = Evidence::possible;
  EventKey event_key;
  std::string actor;
  std::vector<Value> before;
};

// What a system is last known to hold.
struct Base {
  enum class State {
    never,  // nothing was ever seen or written
    known,
    unknown,  // an edit and our write crossed, or nobody knows whether a write arrived
  };
  State state = State::never;
  // Known only:
  Value value;  // as the system shows it
  Value word;   // what that stands for: what we wrote, where it is our write as kept there
  Provenance provenance;  // whose word it is
};

struct Timeline {
  std::vector<Entry> entries;         // in the order of the history
  std::vector<Assertion> assertions;  // in the order of the history
  Base base;
  // What the entries point into where they are not of the history as it is stored.
  std::shared_ptr<const std::vector<Observation>> as_sets;

  // The entry that this observation became; nullptr when it is not in the history.
  const Entry* entry_of(const HistoryOrder& order) const;
  // True when this entry belongs to the system's last run, so that nothing overtook it.
  bool is_current(const Entry& entry) const;
};

// The result points into `history`, or into itself.
Timeline read_timeline(const FieldHistory& history, const System& system, const Field& field);

// A timeline with what it was read by.
struct KnownTimeline {
  Timeline timeline;
  std::size_t policy = 0;  // its mark
  const System* system = nullptr;
  const Field* field = nullptr;
};
// Tells policies apart by their digests; 0: it has none.
std::size_t mark_of(const Policy& policy);
// The same, read once for as long as the history and the policy stay as they are; without a policy's
// mark each time. It is worth nothing once `history` changes.
std::shared_ptr<const Timeline> remembered_timeline(const FieldHistory& history,
                                                    std::size_t policy_mark, const System& system,
                                                    const Field& field);

// Adds to a history; the same fact twice changes nothing, in any order.
void join(FieldHistory& history, const Observation& observation);
// Replaces the write of the same delivery, or adds it.
void join(FieldHistory& history, const Write& write);
// Takes back a write that was settled as not sent.
void forget_write(FieldHistory& history, const DeliveryId& delivery);

// Drops what says nothing more: repeats, echoes and pictures before `horizon`, but for the first
// and the last of each stretch; edits and writes that were over by then, but for the last ones and
// what stood there before, unless the rule looks at every word there ever was. What is derived
// stays the same, for every event after the horizon too.
void compact(FieldHistory& history, const System& system, const Field& field, Time horizon);

// The same where the history has grown by another 64 entries: a look at every event would cost
// more.
void compact_when_grown(FieldHistory& history, const System& system, const Field& field,
                        Time horizon);

}  // namespace truce
