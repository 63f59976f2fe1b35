#include "engine/core/audit/audit_verify.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/core/audit/audit_chain.h"
#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr auto fault_names = name_table<AuditFault, AuditFault::misplaced>(
    "changed", "removed", "repeated", "reordered", "unlinked", "turned_back", "forked", "behind",
    "misplaced");

// Gaps are kept only to tell a row that comes late from one that is put in twice.
constexpr std::size_t most_gaps = 1'000;

std::string entry_name(std::uint64_t sequence) { return "entry " + std::to_string(sequence); }

std::string entries_name(std::uint64_t first, std::uint64_t last) {
  if (first == last) return entry_name(first) + " is";
  return "entries " + std::to_string(first) + " to " + std::to_string(last) + " are";
}

}  // namespace

std::string_view to_string(AuditFault fault) { return fault_names.name_of(fault); }
std::optional<AuditFault> audit_fault_from(std::string_view word) {
  return fault_names.value_of(word);
}

AuditVerifier::AuditVerifier(std::vector<Checkpoint> checkpoints, std::string store_id) {
  report_.last_hash = first_previous_hash;
  for (Checkpoint& checkpoint : checkpoints) {
    if (!store_id.empty() && checkpoint.store_id != store_id) {
      note(checkpoint.sequence, AuditFault::misplaced,
           "checkpoint " + std::to_string(checkpoint.sequence) + " is of another store");
    } else if (checkpoint.sequence == 0) {
      // The trail was empty then: every trail continues that.
    } else {
      checkpoints_[checkpoint.sequence].push_back(std::move(checkpoint));
    }
  }
}

void AuditVerifier::add(const AuditEntry& entry) {
  ++report_.entries;
  if (entry.hash != entry_hash(entry)) {
    note(entry.sequence, AuditFault::changed,
         entry_name(entry.sequence) + " was changed: its content does not fit its hash");
  }
  if (!check_place(entry)) return;
  if (entry.at < last_at_) {
    note(entry.sequence, AuditFault::turned_back,
         entry_name(entry.sequence) + " has a time before the one of the entry before it");
  }
  last_at_ = std::max(last_at_, entry.at);
  // From here on the entry counts as it says: one fault is told once, not for every entry behind
  // it.
  report_.last_sequence = entry.sequence;
  report_.last_hash = entry.hash;
  check_against_checkpoints(entry);
}

// False where the entry does not carry the trail on.
bool AuditVerifier::check_place(const AuditEntry& entry) {
  const std::uint64_t expected = report_.last_sequence + 1;
  if (entry.sequence < expected) {
    check_late(entry);
    return false;
  }
  if (entry.sequence == expected) {
    check_link(entry);
    return true;
  }
  if (gaps_.size() < most_gaps) gaps_.emplace(expected, entry.sequence - 1);
  note(
      expected, AuditFault::removed,
      entries_name(expected, entry.sequence - 1) + " missing before " + entry_name(entry.sequence));
  return true;
}

void AuditVerifier::check_late(const AuditEntry& entry) {
  const auto behind = gaps_.upper_bound(entry.sequence);
  const auto gap = behind == gaps_.begin() ? gaps_.end() : std::prev(behind);
  if (gap == gaps_.end() || entry.sequence > gap->second) {
    note(entry.sequence, AuditFault::repeated,
         entry_name(entry.sequence) + " is there more than once");
    return;
  }
  const auto [first, last] = *gap;
  gaps_.erase(gap);
  if (first < entry.sequence) gaps_.emplace(first, entry.sequence - 1);
  if (entry.sequence < last) gaps_.emplace(entry.sequence + 1, last);
  std::string message =
      entry_name(entry.sequence) + " stands behind " + entry_name(report_.last_sequence);
  // It was taken for removed when its place was found empty.
  AuditFinding& earliest = *report_.first;
  if (earliest.fault == AuditFault::removed && earliest.sequence == entry.sequence) {
    earliest.fault = AuditFault::reordered;
    earliest.message = message;
  }
  note(entry.sequence, AuditFault::reordered, std::move(message));
}

void AuditVerifier::check_link(const AuditEntry& entry) {
  if (entry.previous_hash == report_.last_hash) return;
  if (entry.sequence == 1) {
    note(1, AuditFault::unlinked, "entry 1 names an entry before it");
    return;
  }
  note(entry.sequence, AuditFault::unlinked,
       entry_name(entry.sequence) + " does not follow " + entry_name(entry.sequence - 1) +
           ": one of the two was replaced");
}

void AuditVerifier::check_against_checkpoints(const AuditEntry& entry) {
  while (!checkpoints_.empty() && checkpoints_.begin()->first <= entry.sequence) {
    const std::uint64_t sequence = checkpoints_.begin()->first;
    bool met = sequence == entry.sequence;  // else its entry is missing
    for (const Checkpoint& checkpoint : checkpoints_.begin()->second) {
      met = met && checkpoint.hash == entry.hash;
    }
    checkpoints_.erase(checkpoints_.begin());
    if (met && !parted_) agreed_ = sequence;
    if (met || parted_) continue;
    parted_ = true;
    note(sequence, AuditFault::forked,
         "this is another history than that of checkpoint " + std::to_string(sequence) +
             "; they part behind entry " + std::to_string(agreed_));
  }
}

AuditReport AuditVerifier::finish() {
  if (!checkpoints_.empty()) {
    const std::uint64_t furthest = checkpoints_.rbegin()->first;
    const std::uint64_t missing = furthest - report_.last_sequence;
    note(report_.last_sequence, AuditFault::behind,
         "the store is behind checkpoint " + std::to_string(furthest) + " by " +
             std::to_string(missing) + (missing == 1 ? " entry" : " entries"));
    checkpoints_.clear();
  }
  return std::move(report_);
}

void AuditVerifier::note(std::uint64_t sequence, AuditFault fault, std::string message) {
  ++report_.faults;
  if (!report_.first) report_.first = AuditFinding{sequence, fault, std::move(message)};
}

}  // namespace truce
