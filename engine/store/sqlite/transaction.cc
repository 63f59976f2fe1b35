#include "engine/store/sqlite/transaction.h"

namespace truce::sqlite {
namespace {

// IMMEDIATE: a read that turns into a write in the middle fails at once when anyone else wrote.
constexpr char begin_sql[] = "BEGIN IMMEDIATE";
constexpr char set_mark_sql[] = "SAVEPOINT mark";
constexpr char drop_mark_sql[] = "RELEASE mark";
constexpr char return_to_mark_sql[] = "ROLLBACK TO mark";
constexpr char add_to_tally_sql[] = "UPDATE tally SET count = count + ?2 WHERE name = ?1";
constexpr char start_tally_sql[] = "INSERT INTO tally (name, count) VALUES (?1, ?2)";

// Short enough to need no memory: a transaction also ends where there is none.
Problem over() { return {Code::internal, "already over", {}}; }

}  // namespace

SqliteTransaction::SqliteTransaction(Connection& connection, WriterMemory& memory,
                                     WriterOwner* owner)
    : ForwardReads(connection, &memory), connection_(connection), memory_(memory), owner_(owner) {
  memory_.begin();
  connection_.execute(begin_sql);
}

SqliteTransaction::~SqliteTransaction() {
  if (!ended_) end(tl::unexpected(over()));
}

void SqliteTransaction::end(const Result<void>& result) {
  connection_.rollback();
  if (!result) memory_.forget();
  ended_ = true;
  connection_.fail(over());
  if (owner_) owner_->transaction_ended(result);
}

void SqliteTransaction::break_rule(const std::string& rule) {
  connection_.fail({Code::internal, "a rule of the store is broken: " + rule, {}});
}

void SqliteTransaction::set_savepoint() {
  write([&] {
    write_unwritten();
    drop_savepoint();
    has_mark_ = connection_.execute(set_mark_sql);
    memory_.tallies_at_mark = memory_.tallies;
  });
}

void SqliteTransaction::rollback_to_savepoint() {
  if (ended_) return;
  if (!has_mark_) return break_rule("no_mark_to_return_to");
  connection_.forgive_broken_rule();
  write([&] {
    connection_.execute(return_to_mark_sql);
    memory_.return_to_mark();
  });
}

void SqliteTransaction::drop_savepoint() {
  write([&] {
    if (has_mark_) has_mark_ = !connection_.execute(drop_mark_sql);
  });
}

void SqliteTransaction::add_to_tally(const std::string& name, std::int64_t change) {
  memory_.tallies[name] += change;
}

void SqliteTransaction::write_tallies() {
  for (const auto& [name, change] : memory_.tallies) {
    if (change == 0 || !connection_.execute(add_to_tally_sql, {name, change})) continue;
    if (connection_.changes() == 0) connection_.execute(start_tally_sql, {name, change});
  }
  memory_.tallies.clear();
}

Result<void> SqliteTransaction::commit() {
  if (!ended_) {
    write([&] {
      write_unwritten();
      write_tallies();
    });
  }
  if (const std::optional<Problem> problem = connection_.failure()) {
    const Result<void> refused = tl::unexpected(*problem);
    if (!ended_) end(refused);
    return refused;
  }
  const Result<void> result = connection_.commit();
  end(result);
  return result;
}

}  // namespace truce::sqlite
