#include "engine/store/sqlite/view_pool.h"

#include <algorithm>
#include <utility>

#include "engine/store/forward_reads.h"
#include "engine/store/sqlite/reads.h"

namespace truce::sqlite {
namespace {

// As many as a server has threads; beyond them a connection is opened for one view.
constexpr std::size_t idle_connections_max = 16;

// query_only forbids writes, so this transaction never turns into one.
constexpr char begin_sql[] = "BEGIN DEFERRED";
// The snapshot is taken by the first read, not by BEGIN.
constexpr char take_snapshot_sql[] = "SELECT 1 FROM sqlite_schema LIMIT 1";

class SqliteView : public ForwardReads<ReadView, Reads> {
 public:
  SqliteView(ViewPool& pool, std::unique_ptr<Connection> connection)
      : ForwardReads(*connection, nullptr), pool_(pool), connection_(std::move(connection)) {}
  ~SqliteView() override { pool_.give_back(std::move(connection_)); }

 private:
  ViewPool& pool_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

ViewPool::ViewPool(std::string path, const SqliteOptions& options, Health& health)
    : path_(std::move(path)), options_(options), health_(health) {
  idle_.reserve(idle_connections_max);  // a view's end must not need memory
}

std::unique_ptr<Connection> ViewPool::take() {
  if (std::optional<Problem> ended = health_.ended()) {
    return Connection::refused(std::move(*ended), health_);
  }
  if (!idle_.empty()) {
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  auto opened = Connection::open(path_, options_, Connection::Role::reader, health_);
  if (!opened) return Connection::refused(opened.error(), health_);
  return std::move(*opened);
}

std::unique_ptr<ReadView> ViewPool::view() {
  std::unique_lock lock(mutex_);
  gate_opens_.wait(lock, [this] { return !gate_is_shut_; });
  std::unique_ptr<Connection> connection = take();
  connection->start_deadline();
  connection->execute(begin_sql);
  connection->execute(take_snapshot_sql);
  // Not lent before it is certain that it comes back.
  lent_.reserve(lent_.size() + 1);
  Connection* const lent = connection.get();
  auto view = std::make_unique<SqliteView>(*this, std::move(connection));
  lent_.push_back({lent, std::chrono::steady_clock::now()});
  return view;
}

void ViewPool::give_back(std::unique_ptr<Connection> connection) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(lent_, [&](const Lent& lent) { return lent.connection == connection.get(); });
  if (lent_.empty()) all_gone_.notify_all();
  connection->rollback();
  // A failed connection is not lent again.
  const bool sound = !connection->failure() || connection->failure()->code == Code::busy;
  if (!sound || !connection->handle() || idle_.size() >= idle_connections_max) return;
  connection->forgive_all();
  idle_.push_back(std::move(connection));
}

void ViewPool::close_old_views() {
  const std::scoped_lock lock(mutex_);
  const std::chrono::milliseconds deadline(options_.read_deadline_ms);
  close_views_before(std::chrono::steady_clock::now() - deadline);
}

void ViewPool::close_views_before(std::chrono::steady_clock::time_point time) {
  for (const Lent& lent : lent_) {
    if (lent.since > time) continue;
    lent.connection->interrupt();
    const std::scoped_lock in_use(lent.connection->in_use());
    lent.connection->rollback();
    lent.connection->fail({Code::busy, "the view was held while the store needed its room", {}});
  }
  std::erase_if(lent_, [&](const Lent& lent) { return lent.since <= time; });
}

}  // namespace truce::sqlite
