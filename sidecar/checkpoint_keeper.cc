#include "sidecar/checkpoint_keeper.h"

#include "engine/core/audit/audit_chain.h"
#include "sidecar/private_file.h"

namespace truce {

namespace {

std::optional<AuditEntry> entry_at(ReadView& store, std::uint64_t sequence) {
  const std::vector<AuditEntry> found = store.list_audit({sequence - 1, 1, {}, {}});
  if (found.empty() || found.front().sequence != sequence) return std::nullopt;
  return found.front();
}

tl::unexpected<Problem> behind(const Checkpoint& checkpoint, const std::string& path,
                               std::uint64_t last) {
  return fail(
      Code::audit_broken,
      "the store is behind its checkpoint: the audit trail ends at " + std::to_string(last) +
          ", and " + path + " vouches for " + std::to_string(checkpoint.sequence) +
          " entries; the database lost its end or is an old copy. Move that file away to go "
          "on with this database all the same");
}

}  // namespace

Result<void> CheckpointKeeper::compare(ReadView& store) {
  const Result<std::optional<Checkpoint>> read = read_file();
  if (!read) return tl::unexpected<Problem>(read.error());
  if (!*read) return {};
  const Checkpoint& checkpoint = **read;
  if (checkpoint.store_id != key_.store_id) {
    return fail(Code::audit_broken, path_ + " is the checkpoint of another store");
  }
  const std::optional<AuditEntry> last = store.last_audit();
  const std::uint64_t last_sequence = last ? last->sequence : 0;
  if (last_sequence < checkpoint.sequence) return behind(checkpoint, path_, last_sequence);
  if (checkpoint.sequence > 0) {
    const std::optional<AuditEntry> entry = entry_at(store, checkpoint.sequence);
    if (!entry || entry->hash != checkpoint.hash || entry_hash(*entry) != checkpoint.hash) {
      return fail(Code::audit_broken, "audit entry " + std::to_string(checkpoint.sequence) +
                                          " is not the one that " + path_ + " vouches for");
    }
  }
  const std::lock_guard lock(mutex_);
  last_ = checkpoint;
  return {};
}

Result<SignedCheckpoint> CheckpointKeeper::make(ReadView& store) const {
  const std::optional<AuditEntry> last = store.last_audit();
  if (const std::optional<Problem> failure = store.failure()) {
    return tl::unexpected<Problem>(*failure);
  }
  Checkpoint checkpoint;
  checkpoint.sequence = last ? last->sequence : 0;
  checkpoint.hash = last ? last->hash : std::string(first_previous_hash);
  checkpoint.at = clock_.now();
  checkpoint.store_id = key_.store_id;
  return sign_checkpoint(checkpoint, key_.private_key);
}

Result<void> CheckpointKeeper::keep(ReadView& store) {
  const std::lock_guard lock(mutex_);
  const std::optional<AuditEntry> last = store.last_audit();
  if (!last || (last_ && last->sequence <= last_->sequence)) return {};
  const bool many = !last_ || last->sequence - last_->sequence >= checkpoint_every_entries;
  if (!many && clock_.now() - last_->at < checkpoint_every) return {};
  return write(store);
}

Result<void> CheckpointKeeper::keep_now(ReadView& store) {
  const std::lock_guard lock(mutex_);
  const std::optional<AuditEntry> last = store.last_audit();
  if (!last || (last_ && last->sequence <= last_->sequence)) return {};
  return write(store);
}

Result<void> CheckpointKeeper::write(ReadView& store) {
  const Result<SignedCheckpoint> made = make(store);
  if (!made) return tl::unexpected<Problem>(made.error());
  const Result<void> written = replace_private_file(path_, to_wire(to_json(*made)) + "\n");
  if (!written) return written;
  last_ = made->checkpoint;
  return {};
}

Result<std::optional<Checkpoint>> CheckpointKeeper::read_file() const {
  if (!file_exists(path_)) return std::optional<Checkpoint>();
  Result<Checkpoint> checkpoint = read_checkpoint_file(path_, key_.public_key);
  if (!checkpoint) return tl::unexpected<Problem>(checkpoint.error());
  return std::optional<Checkpoint>(*std::move(checkpoint));
}

Result<Checkpoint> read_checkpoint_file(const std::string& path,
                                        const std::string& trusted_public_key) {
  const Result<std::string> text = read_whole_file(path, file_bytes_max);
  if (!text) return tl::unexpected<Problem>(text.error());
  const Result<Json> node = parse_json(*text);
  if (!node) return fail(Code::audit_broken, path + " is no checkpoint");
  const Result<SignedCheckpoint> signed_checkpoint = read_checkpoint(*node, trusted_public_key);
  if (!signed_checkpoint) {
    return fail(Code::audit_broken, path + ": " + signed_checkpoint.error().message);
  }
  return signed_checkpoint->checkpoint;
}

}  // namespace truce
