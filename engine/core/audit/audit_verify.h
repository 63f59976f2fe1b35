// Checks the audit trail, entry by entry, in constant memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/audit/checkpoint.h"
#include "engine/core/model/work.h"

namespace truce {

enum class AuditFault {
  changed,      // the content does not fit the hash
  removed,      // sequences are missing before this one
  repeated,     // this sequence was there already: a row was put in
  reordered,    // this sequence stands behind a later one
  unlinked,     // it does not follow the entry before it: one of the two was replaced
  turned_back,  // its time is before the one of the entry before it
  forked,       // another history than the checkpoint's
  behind,  // the trail ends before the checkpoint: its end is gone, or an old backup was restored
  misplaced,  // the checkpoint is of another store
};
std::string_view to_string(AuditFault fault);
std::optional<AuditFault> audit_fault_from(std::string_view word);

struct AuditFinding {
  std::uint64_t sequence = 0;  // the entry where it shows
  AuditFault fault = AuditFault::changed;
  std::string message;  // one sentence for people; holds numbers and no content
};

struct AuditReport {
  std::uint64_t entries = 0;  // that were read
  std::uint64_t last_sequence = 0;
  std::string last_hash;     // 64 zeros for an empty trail
  std::uint64_t faults = 0;  // how many
  std::optional<AuditFinding> first;
  bool is_intact() const { return faults == 0; }
};

// Give it the entries in the order in which they stand, from the first on. What is found:
// - without a checkpoint every change that does not also forge all hashes from there to the end;
// - with one, also that, and any loss, up to the checkpoint's sequence.
class AuditVerifier {
 public:
  // The checkpoints must be genuine (read_checkpoint). `store_id` is this store's own; empty:
  // unknown, a checkpoint of any store is taken.
  explicit AuditVerifier(std::vector<Checkpoint> checkpoints = {}, std::string store_id = {});

  void add(const AuditEntry& entry);
  // Once, behind the last entry.
  AuditReport finish();

 private:
  void note(std::uint64_t sequence, AuditFault fault, std::string message);
  bool check_place(const AuditEntry& entry);
  void check_late(const AuditEntry& entry);
  void check_link(const AuditEntry& entry);
  void check_against_checkpoints(const AuditEntry& entry);

  std::map<std::uint64_t, std::vector<Checkpoint>> checkpoints_;  // by sequence; not yet passed
  std::uint64_t agreed_ = 0;  // sequence of the last checkpoint that was met
  bool parted_ = false;       // a checkpoint was not met: later ones say nothing new
  std::map<std::uint64_t, std::uint64_t> gaps_;  // first missing -> last missing; bounded
  Time last_at_ = Time::beginning();
  AuditReport report_;
};

}  // namespace truce
