#include "engine/store/sqlite/sqlite_store.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "engine/store/sqlite/backup.h"
#include "engine/store/sqlite/ballast.h"
#include "engine/store/sqlite/files.h"
#include "engine/store/sqlite/freeing_thread.h"
#include "engine/store/sqlite/lock_file.h"
#include "engine/store/sqlite/open_database.h"
#include "engine/store/sqlite/side_files.h"
#include "engine/store/sqlite/transaction.h"
#include "engine/store/sqlite/view_pool.h"

namespace truce {
namespace {

using sqlite::Connection;

constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t frame_bytes = page_bytes + 24;

class SqliteStore : public Store, private sqlite::WriterOwner {
 public:
  SqliteStore(std::string path, const SqliteOptions& options,
              std::unique_ptr<sqlite::LockFile> lock)
      : path_(std::move(path)),
        options_(options),
        lock_(std::move(lock)),
        side_files_(options.leaves_no_trace ? std::make_unique<sqlite::SideFiles>(path_) : nullptr),
        ballast_(path_ + ".ballast", options.ballast_bytes),
        views_(path_, options, health_) {}

  ~SqliteStore() override {
    // After a write of unknown fate the log is left as it is for the next start to judge.
    if (writer_ && !health_.ended()) writer_->checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
  }

  Result<void> open() {
    auto opened = sqlite::open_database(path_, options_, health_);
    if (!opened) return tl::unexpected(opened.error());
    writer_ = std::move(*opened);
    return {};
  }

  std::unique_ptr<Transaction> begin() override {
    if (busy_) return refused({Code::internal, "another transaction is open", {}});
    make_room();
    if (std::optional<Problem> ended = health_.ended()) return refused(std::move(*ended));
    if (log_problem_ && wal_bytes() >= options_.wal_bytes_max) return refused(*log_problem_);
    writer_->forgive_all();
    sqlite::WriterOwner* owner = this;
    auto transaction = std::make_unique<sqlite::SqliteTransaction>(*writer_, memory_, owner);
    busy_ = true;
    return transaction;
  }

  void tidy() override {
    if (!busy_) freeing_.free(memory_.records.make_room());
  }

  std::unique_ptr<ReadView> read() override { return views_.view(); }

  Result<void> backup(const std::string& destination) override {
    const std::scoped_lock one_at_a_time(backup_mutex_);
    if (std::optional<Problem> ended = health_.ended()) return tl::unexpected(*ended);
    return sqlite::back_up(path_, destination, options_);
  }

  std::uint64_t size_bytes() override {
    return sqlite::file_bytes(path_) + sqlite::file_bytes(path_ + "-wal");
  }

 private:
  // A transaction that owns the connection it cannot use.
  struct Refused {
    Refused(Problem problem, sqlite::Health& health)
        : connection(Connection::refused(std::move(problem), health)) {}
    std::unique_ptr<Connection> connection;
    sqlite::WriterMemory memory;
  };
  class RefusedTransaction : private Refused, public sqlite::SqliteTransaction {
   public:
    RefusedTransaction(Problem problem, sqlite::Health& health)
        : Refused(std::move(problem), health),
          SqliteTransaction(*Refused::connection, Refused::memory, nullptr) {}
  };

  std::unique_ptr<Transaction> refused(Problem problem) {
    return std::make_unique<RefusedTransaction>(std::move(problem), health_);
  }

  std::uint64_t wal_bytes() const { return writer_->wal_frames() * frame_bytes; }

  // Before a transaction and not after one, so that nobody waits for it who has an answer to get. A
  // log whose every frame is in the file is started again by the next write, if no view needs it.
  void make_room() {
    const std::uint64_t bytes = wal_bytes();
    if (bytes < options_.checkpoint_at_bytes) next_checkpoint_bytes_ = options_.checkpoint_at_bytes;
    if (bytes < next_checkpoint_bytes_) return;
    const auto checkpoint = [this] {
      log_problem_ = writer_->checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    };
    if (bytes >= 2 * options_.checkpoint_at_bytes) {
      views_.without_views(checkpoint);
    } else {
      if (bytes >= options_.checkpoint_at_bytes + options_.checkpoint_at_bytes / 2) {
        views_.close_old_views();
      }
      checkpoint();
    }
    // A log that a view holds is not copied again for every transaction.
    next_checkpoint_bytes_ = bytes + options_.checkpoint_at_bytes / 4;
  }

  void transaction_ended(const Result<void>& result) override {
    busy_ = false;
    if (result) {
      ballast_.renew();
    } else if (result.error().code == Code::store_full) {
      ballast_.drop();
    }
  }

  const std::string path_;
  const SqliteOptions options_;
  const std::unique_ptr<sqlite::LockFile> lock_;         // before everything that opens the file
  const std::unique_ptr<sqlite::SideFiles> side_files_;  // likewise
  sqlite::Health health_;
  sqlite::Ballast ballast_;
  std::unique_ptr<Connection> writer_;
  sqlite::WriterMemory memory_;
  sqlite::FreeingThread freeing_;
  sqlite::ViewPool views_;
  std::mutex backup_mutex_;
  // The writer's thread only:
  bool busy_ = false;
  std::uint64_t next_checkpoint_bytes_ = 0;
  std::optional<Problem> log_problem_;  // of the last checkpoint
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path,
                                                 const SqliteOptions& options) {
  const Result<std::string> settled = sqlite::settled_path(path);
  if (!settled) return tl::unexpected(settled.error());
  auto lock = sqlite::LockFile::take(*settled + ".lock", options.leaves_no_trace
                                                             ? sqlite::Afterwards::as_before
                                                             : sqlite::Afterwards::kept);
  if (!lock) return tl::unexpected(lock.error());
  auto store = std::make_unique<SqliteStore>(*settled, options, std::move(*lock));
  if (Result<void> opened = store->open(); !opened) return tl::unexpected(opened.error());
  return store;
}

}  // namespace truce
