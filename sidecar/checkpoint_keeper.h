// Signed checkpoints of the audit trail in a file beside the database, where a damaged, cut or
// restored database cannot take them along.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "engine/core/audit/checkpoint.h"
#include "engine/port/clock.h"
#include "engine/port/store.h"

namespace truce {

inline constexpr std::uint64_t checkpoint_every_entries = 1000;
inline constexpr Duration checkpoint_every = Duration::of_ms(60'000);

struct CheckpointKey {
  std::string private_key;  // PEM
  std::string public_key;   // base64
  std::string store_id;
};

// Any thread.
class CheckpointKeeper {
 public:
  CheckpointKeeper(std::string path, CheckpointKey key, Clock& clock)
      : path_(std::move(path)), key_(std::move(key)), clock_(clock) {}

  // Compares the file's checkpoint with the trail. `audit-broken`: the trail ends before it or has
  // another entry in its place, or the file is not genuine. No file is no fault.
  Result<void> compare(ReadView& store);

  // Of the trail as it stands, signed and not written down.
  Result<SignedCheckpoint> make(ReadView& store) const;
  // Writes one when enough has come since the last.
  Result<void> keep(ReadView& store);
  // Writes one when anything has come since the last.
  Result<void> keep_now(ReadView& store);

  // What is in the file; `audit-broken` when it is not ours or not genuine.
  Result<std::optional<Checkpoint>> read_file() const;
  const std::string& store_id() const { return key_.store_id; }

 private:
  Result<void> write(ReadView& store);

  std::string path_;
  CheckpointKey key_;
  Clock& clock_;
  std::mutex mutex_;
  std::optional<Checkpoint> last_;  // that was written or read
};

// From a file that an operator keeps elsewhere. `trusted_public_key` empty: any key.
Result<Checkpoint> read_checkpoint_file(const std::string& path,
                                        const std::string& trusted_public_key);

}  // namespace truce
