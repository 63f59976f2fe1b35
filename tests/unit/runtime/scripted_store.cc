#include "tests/unit/runtime/scripted_store.h"

namespace truce {

class ScriptedTransaction final : public Transaction {
 public:
  ScriptedTransaction(ScriptedStore* store, std::map<std::string, std::string> values)
      : store_(store), values_(std::move(values)) {}

  std::optional<std::string> find_meta(const std::string& name) override {
    const auto found = values_.find(name);
    if (failure_ || found == values_.end()) return std::nullopt;
    return found->second;
  }
  void put_meta(const std::string& name, const std::string& value) override {
    if (value == ScriptedStore::poison) failure_ = Problem{Code::internal, "poisoned", {}};
    if (failure_) return;
    values_[name] = value;
    wrote_ = true;
  }
  void set_savepoint() override { saved_ = {values_, wrote_}; }
  void rollback_to_savepoint() override {
    if (!saved_) failure_ = Problem{Code::internal, "no mark", {}};
    if (saved_) std::tie(values_, wrote_) = *saved_;
  }
  void drop_savepoint() override { saved_.reset(); }
  Result<void> commit() override {
    if (failure_) return tl::unexpected<Problem>(*failure_);
    return store_->commit(values_, wrote_);
  }
  std::optional<Problem> failure() const override { return failure_; }

  std::optional<SourceRecord> find_source(const SystemName&, const EntityName&,
                                          const RecordId&) override {
    return {};
  }
  std::vector<SourceRecord> sources_of(const GoldenId&) override { return {}; }
  std::optional<GoldenRecord> find_golden(const GoldenId&) override { return {}; }
  std::size_t count_goldens(const EntityName&) override { return 0; }
  std::vector<GoldenId> goldens_not_of_policy(const std::string&, std::size_t) override {
    return {};
  }
  std::vector<GoldenId> children_of(const GoldenId&) override { return {}; }
  std::vector<KeyHolder> key_holders(const EntityName&, const std::string&, std::size_t) override {
    return {};
  }
  std::optional<Delivery> find_delivery(const DeliveryId&) override { return {}; }
  std::vector<Delivery> open_deliveries(const GoldenId&) override { return {}; }
  std::vector<Delivery> due_deliveries(const SystemName&, Time, std::size_t) override { return {}; }
  std::vector<Delivery> expired_leases(Time, std::size_t) override { return {}; }
  std::vector<Delivery> list_deliveries(const DeliveryFilter&) override { return {}; }
  std::optional<ExceptionItem> find_exception(const ExceptionId&) override { return {}; }
  std::optional<ExceptionItem> unanswered_exception(const std::string&) override { return {}; }
  std::vector<ExceptionItem> unanswered_exceptions_of(const GoldenId&) override { return {}; }
  std::vector<ExceptionItem> unanswered_exceptions_under(const std::string&) override { return {}; }
  std::vector<ExceptionItem> list_exceptions(const ExceptionFilter&) override { return {}; }
  std::vector<ExceptionItem> overdue_exceptions(Time, std::size_t) override { return {}; }
  std::optional<Receipt> find_receipt(const EventKey&) override { return {}; }
  std::optional<RawEvent> find_raw(const EventKey&) override { return {}; }
  std::vector<RawEvent> list_raw(const RawFilter&) override { return {}; }
  std::vector<AuditEntry> list_audit(const AuditFilter&) override { return {}; }
  std::optional<AuditEntry> last_audit() override { return {}; }
  std::vector<Change> list_changes(std::uint64_t, std::size_t) override { return {}; }
  std::vector<ParkedEvent> parked_for(const std::string&, std::size_t) override { return {}; }
  std::vector<ParkedCause> parked_causes(const std::string&, std::size_t) override { return {}; }
  std::size_t count_guarded(const SystemName&, const EntityName&, const std::string&,
                            Time) override {
    return 0;
  }
  std::vector<SourceRecord> sources_behind(const EntityName&, const SourcePlace&,
                                           std::size_t) override {
    return {};
  }
  std::optional<Reconciliation> find_run(const RunId&) override { return {}; }
  std::vector<Reconciliation> list_runs(const RunFilter&) override { return {}; }
  std::optional<StagedRecord> find_staged(const RunId&, const SystemName&,
                                          const RecordId&) override {
    return {};
  }
  std::vector<StagedRecord> waiting_staged(const RunId&, std::uint64_t, std::size_t) override {
    return {};
  }
  std::vector<StagedRecord> staged_of(const RunId&, const GoldenId&) override { return {}; }
  std::vector<StagedRecord> staged_with_key(const RunId&, const std::string&,
                                            std::size_t) override {
    return {};
  }
  std::vector<StagedKey> staged_keys_between(const RunId&, const std::string&,
                                             const std::string&, std::size_t) override {
    return {};
  }
  std::uint64_t count_same(const RunId&) override { return 0; }
  NotStaged not_staged(const RunId&, const SystemName&, const EntityName&,
                                       const RecordId&, std::size_t) override {
    return {};
  }
  std::optional<SnapshotMark> find_mark(const SystemName&, const EntityName&,
                                        const RecordId&) override {
    return {};
  }
  std::uint64_t last_audit_of(const GoldenId&) override { return 0; }
  std::vector<Discrepancy> list_discrepancies(const RunId&, const DiscrepancyFilter&) override {
    return {};
  }
  StoreCounts count_all() override { return {}; }
  void put_source(const SourceRecord&) override {}
  void put_golden(const GoldenRecord&) override {}
  void put_references(const GoldenId&, const std::vector<GoldenId>&) override {}
  void put_keys(const EntityName&, const SystemName&, const RecordId&, const GoldenId&,
                const std::vector<std::string>&, const std::vector<std::string>&) override {}
  void put_delivery(Delivery&) override {}
  void put_exception(ExceptionItem&) override {}
  void announce_overdue(const ExceptionId&) override {}
  void put_receipt(const Receipt&) override {}
  void put_raw(const RawEvent&) override {}
  void append_audit(const AuditEntry&) override {}
  std::uint64_t append_change(const Change&) override { return 0; }
  void park(const ParkedEvent&) override {}
  void unpark(const EventKey&) override {}
  void note_guarded(const SystemName&, const EntityName&, const std::string&, const RecordId&,
                    Time) override {}
  void put_run(Reconciliation&) override {}
  bool stage(const RunId&, StagedRecord&, const std::vector<std::string>&) override {
    return false;
  }
  void index_staged(const RunId&, const std::vector<StagedKey>&) override {}
  void settle_staged(const RunId&, std::uint64_t, const GoldenId&) override {}
  void put_mark(const SnapshotMark&) override {}
  void append_discrepancy(const RunId&, Discrepancy&) override {}
  std::size_t forget_staged(const RunId&, std::size_t) override { return 0; }
  std::size_t forget_discrepancies(const RunId&, std::size_t) override { return 0; }
  void forget_run(const RunId&) override {}
  std::size_t forget_raw_before(Time, std::size_t) override { return 0; }
  std::size_t forget_answers_before(const SystemName&, Time, std::size_t) override { return 0; }
  std::size_t forget_changes_before(Time, std::size_t) override { return 0; }
  std::size_t forget_guarded_before(Time, std::size_t) override { return 0; }

 private:
  ScriptedStore* store_;
  std::map<std::string, std::string> values_;
  std::optional<std::pair<std::map<std::string, std::string>, bool>> saved_;
  bool wrote_ = false;
  std::optional<Problem> failure_;
};

std::unique_ptr<Transaction> ScriptedStore::begin() {
  return std::make_unique<ScriptedTransaction>(this, committed());
}

std::unique_ptr<ReadView> ScriptedStore::read() { return begin(); }

void ScriptedStore::fail_next_commit(Code code) {
  const std::lock_guard lock(mutex_);
  failures_.push_back(code);
}

void ScriptedStore::close_gate() {
  const std::lock_guard lock(mutex_);
  gate_closed_ = true;
}

void ScriptedStore::open_gate() {
  const std::lock_guard lock(mutex_);
  gate_closed_ = false;
  changed_.notify_all();
}

void ScriptedStore::wait_at_gate() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return at_gate_; });
}

std::map<std::string, std::string> ScriptedStore::committed() const {
  const std::lock_guard lock(mutex_);
  return values_;
}

int ScriptedStore::commits() const {
  const std::lock_guard lock(mutex_);
  return commits_;
}

Result<void> ScriptedStore::commit(std::map<std::string, std::string> values, bool wrote) {
  std::unique_lock lock(mutex_);
  at_gate_ = gate_closed_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !gate_closed_; });
  at_gate_ = false;
  if (wrote && !failures_.empty()) {
    const Code code = failures_.front();
    failures_.pop_front();
    return fail(code, "as scripted");
  }
  values_ = std::move(values);
  ++commits_;
  return {};
}

}  // namespace truce
