// The one writer's view of the SQLite store.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <vector>

#include "engine/store/forward_reads.h"
#include "engine/store/sqlite/reads.h"

namespace truce::sqlite {

// What a transaction tells its store.
class WriterOwner {
 public:
  virtual ~WriterOwner() = default;
  // The transaction is over; `result` is what commit() gave, or the reason why there was none.
  virtual void transaction_ended(const Result<void>& result) = 0;
};

class SqliteTransaction : public ForwardReads<Transaction, Reads> {
 public:
  // Begins at once. `owner` may be null: nobody is told.
  SqliteTransaction(Connection& connection, WriterMemory& memory, WriterOwner* owner);
  ~SqliteTransaction() override;

  std::optional<Delivery> find_delivery(const DeliveryId& id) override;
  std::vector<Delivery> due_deliveries(const SystemName& system, Time now,
                                       std::size_t limit) override;
  std::vector<Delivery> expired_leases(Time now, std::size_t limit) override;
  std::vector<Delivery> list_deliveries(const DeliveryFilter& filter) override;
  std::vector<GoldenId> goldens_not_of_policy(const std::string& policy_sha256,
                                              std::size_t limit) override;
  std::vector<SourceRecord> sources_behind(const EntityName& entity, const SourcePlace& place,
                                           std::size_t limit) override;
  NotStaged not_staged(const RunId& run, const SystemName& system,
                                       const EntityName& entity, const RecordId& after,
                                       std::size_t limit) override;
  StoreCounts count_all() override;

  void set_savepoint() override;
  void rollback_to_savepoint() override;
  void drop_savepoint() override;

  void put_source(const SourceRecord& record) override;
  void put_golden(const GoldenRecord& golden) override;
  void put_references(const GoldenId& child, const std::vector<GoldenId>& parents) override;
  void put_keys(const EntityName& entity, const SystemName& system, const RecordId& record,
                const GoldenId& golden, const std::vector<std::string>& current_keys,
                const std::vector<std::string>& earlier_keys) override;
  void put_delivery(Delivery& delivery) override;
  void put_exception(ExceptionItem& item) override;
  void announce_overdue(const ExceptionId& id) override;
  void put_receipt(const Receipt& receipt) override;
  void put_raw(const RawEvent& raw) override;
  void append_audit(const AuditEntry& entry) override;
  std::uint64_t append_change(const Change& change) override;
  void park(const ParkedEvent& event) override;
  void unpark(const EventKey& key) override;
  void note_guarded(const SystemName& system, const EntityName& entity, const std::string& kind,
                    const RecordId& record, Time at) override;
  void put_meta(const std::string& name, const std::string& value) override;
  void put_run(Reconciliation& run) override;
  bool stage(const RunId& run, StagedRecord& record, const std::vector<std::string>& keys) override;
  void index_staged(const RunId& run, const std::vector<StagedKey>& keys) override;
  void settle_staged(const RunId& run, std::uint64_t number, const GoldenId& golden) override;
  void put_mark(const SnapshotMark& mark) override;
  void append_discrepancy(const RunId& run, Discrepancy& discrepancy) override;
  std::size_t forget_staged(const RunId& run, std::size_t limit) override;
  std::size_t forget_discrepancies(const RunId& run, std::size_t limit) override;
  void forget_run(const RunId& run) override;
  std::size_t forget_raw_before(Time before, std::size_t limit) override;
  std::size_t forget_answers_before(const SystemName& system, Time before,
                                    std::size_t limit) override;
  std::size_t forget_changes_before(Time before, std::size_t limit) override;
  std::size_t forget_guarded_before(Time before, std::size_t limit) override;

  Result<void> commit() override;

 private:
  template <class Work>
  void write(const Work& work) {
    if (connection_.failure()) return;
    try {
      work();
    } catch (const std::bad_alloc&) {
      connection_.fail({Code::busy, "no memory", {}});
    } catch (const std::exception& error) {
      connection_.fail({Code::store_failed, std::string("a write failed: ") + error.what(), {}});
    }
  }
  void break_rule(const std::string& rule);
  void add_to_tally(const std::string& name, std::int64_t change);
  void write_tallies();
  // The number of the event key, given now when it has none. 0 after a failure.
  std::int64_t event_number(const EventKey& key);
  std::int64_t policy_number(const std::string& sha256);
  // The bodies that were put off.
  void write_unwritten();
  // Those of them that have no room any more.
  void give_back();
  void write_row(const SourceRecord& record, bool has_row);
  void write_row(const GoldenRecord& golden, bool has_row);
  void write_row(const Delivery& delivery, bool has_row);
  void write_golden(const char* sql, const GoldenRecord& golden);
  void count_golden(const EntityName& entity, std::int64_t change);
  std::uint64_t next_delivery();
  // What is unwritten, before the file is asked about it.
  void tell_file();
  std::size_t forget(const char* sql, std::initializer_list<Parameter> parameters);
  void end(const Result<void>& result);

  Connection& connection_;
  WriterMemory& memory_;
  WriterOwner* owner_;
  bool has_mark_ = false;
  bool ended_ = false;
};

}  // namespace truce::sqlite
