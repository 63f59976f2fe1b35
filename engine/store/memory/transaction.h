// The one writer of the memory store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/forward_reads.h"
#include "engine/store/memory/reads.h"
#include "engine/store/memory/state.h"

namespace truce::memory {

using Log = std::vector<AnyStep>;

// What a transaction needs of its store.
class Committer {
 public:
  virtual ~Committer() = default;
  // Repeats the log on the committed state.
  virtual void publish(const Log& log) = 0;
  // The transaction is over; another may begin.
  virtual void release() = 0;
};

class MemoryTransaction : public ForwardReads<Transaction, Reads> {
 public:
  MemoryTransaction(Committer& committer, const std::shared_ptr<State>& working);
  ~MemoryTransaction() override;
  // From now on it does nothing and commit() gives this.
  void refuse(Problem problem) { reads_.fail(std::move(problem)); }

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
  template <class Key, class Row>
  void change(Key key, Held<Row> row) {
    Held<Row> before = working_->assign(key, row);
    log_.push_back(Step<Key, Row>{std::move(key), std::move(before), std::move(row)});
  }
  void break_rule(const std::string& rule);
  void undo_to(std::size_t length);
  void end();

  Committer& committer_;
  std::shared_ptr<State> working_;
  Log log_;
  std::optional<std::size_t> savepoint_;  // length of the log
  bool ended_ = false;
};

}  // namespace truce::memory
