// The fast loop: one event in, everything that follows from it out, in the caller's transaction.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "engine/app/read_event.h"

namespace truce {

struct IngestOptions {
  bool hand_out = true;           // lease the deliveries of the outcome to the caller
  std::optional<Duration> lease;  // else the target system's lease
  std::string batch = {};         // names these events together in the audit trail; empty: nothing
};

struct Outcome {
  OutcomeKind kind = OutcomeKind::unchanged;
  std::string answer;  // JSON: the Outcome of the contract
};

// Events that were read, or are being read while the first of them are processed.
class EventSource {
 public:
  virtual ~EventSource() = default;
  virtual std::size_t size() const = 0;
  // Waits until it has been read; the reference lasts as long as the source.
  virtual const ReadEvent& at(std::size_t index) const = 0;
};

class ReadEvents : public EventSource {
 public:
  explicit ReadEvents(std::vector<ReadEvent> events) : events_(std::move(events)) {}
  std::size_t size() const override { return events_.size(); }
  const ReadEvent& at(std::size_t index) const override { return events_[index]; }

 private:
  std::vector<ReadEvent> events_;
};

// A batch in its order, read under the policy of `context`. Never fails: what is wrong with an
// event is in its outcome (`rejected`), and it is kept. Deliveries are handed out once, at the end,
// so that edits of one record in one batch make one write; each stands in the outcome of the last
// event that touched it.
std::vector<Outcome> ingest_all(Context& context, const EventSource& events,
                                const IngestOptions& options);

}  // namespace truce
