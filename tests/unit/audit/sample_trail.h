// A trail as the engine writes it, always the same.
#pragma once

#include <string>
#include <vector>

#include "engine/core/audit/audit_chain.h"
#include "engine/core/audit/checkpoint.h"

namespace truce {

inline AuditEntry sample_entry(const std::optional<AuditEntry>& last, const std::string& word) {
  const std::uint64_t sequence = last ? last->sequence + 1 : 1;
  // Every seventh time the clock jumps back.
  const std::int64_t at_ms = 1'780'000'000'000 + static_cast<std::int64_t>(sequence) * 250 -
                             (sequence % 7 == 0 ? 3'600'000 : 0);
  const Json body = {{"word", word},
                     {"before", nullptr},
                     {"amount", make_number("1.10")},
                     {"count", sequence},
                     {"share", 0.1}};
  return next_entry(last, Time::of_ms(at_ms), "event", "user:" + std::to_string(sequence % 5),
                    EntityName("contact"), GoldenId("g" + std::to_string(sequence % 11)),
                    EventKey(std::string(63, '0') + "abcdef0123456789"[sequence % 16]),
                    to_wire(body));
}

inline void forge_body(AuditEntry& entry, const char* member, const Json& value) {
  Json body = json_of(entry.body);
  body[member] = value;
  entry.body = to_wire(body);
}

inline std::vector<AuditEntry> sample_trail(std::size_t length,
                                            const std::string& word = "as it was") {
  std::vector<AuditEntry> trail;
  std::optional<AuditEntry> last;
  while (trail.size() < length) {
    last = sample_entry(last, word);
    trail.push_back(*last);
  }
  return trail;
}

inline Checkpoint checkpoint_at(const AuditEntry& entry) {
  return {entry.sequence, entry.hash, entry.at, "store-1"};
}

}  // namespace truce
