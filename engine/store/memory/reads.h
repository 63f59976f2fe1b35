// The queries of the port over one State.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/port/store.h"
#include "engine/store/memory/state.h"

namespace truce::memory {

class Reads {
 public:
  explicit Reads(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  template <class Query>
  auto guarded(const Query& query) -> decltype(query()) {
    if (failure_) return {};
    try {
      return query();
    } catch (const std::exception& error) {
      fail(
          Problem{Code::store_failed, std::string("the memory store failed: ") + error.what(), {}});
      return {};
    }
  }
  // The first one stays.
  void fail(Problem problem) {
    if (!failure_) failure_ = std::move(problem);
  }
  void forgive() { failure_.reset(); }
  const std::optional<Problem>& failure() const { return failure_; }

  std::optional<SourceRecord> find_source(const SystemName& system, const EntityName& entity,
                                          const RecordId& record) const;
  std::vector<SourceRecord> sources_behind(const EntityName& entity, const SourcePlace& place,
                                           std::size_t limit) const;
  std::vector<SourceRecord> sources_of(const GoldenId& golden) const;
  std::optional<GoldenRecord> find_golden(const GoldenId& golden) const;
  std::size_t count_goldens(const EntityName& entity) const;
  std::vector<GoldenId> goldens_not_of_policy(const std::string& policy_sha256,
                                              std::size_t limit) const;
  std::vector<GoldenId> children_of(const GoldenId& parent) const;
  std::vector<KeyHolder> key_holders(const EntityName& entity, const std::string& key,
                                     std::size_t limit) const;

  std::optional<Delivery> find_delivery(const DeliveryId& id) const;
  std::vector<Delivery> open_deliveries(const GoldenId& golden) const;
  std::vector<Delivery> due_deliveries(const SystemName& system, Time now, std::size_t limit) const;
  std::vector<Delivery> expired_leases(Time now, std::size_t limit) const;
  std::vector<Delivery> list_deliveries(const DeliveryFilter& filter) const;

  std::optional<ExceptionItem> find_exception(const ExceptionId& id) const;
  std::optional<ExceptionItem> unanswered_exception(const std::string& subject) const;
  std::vector<ExceptionItem> unanswered_exceptions_of(const GoldenId& golden) const;
  std::vector<ExceptionItem> unanswered_exceptions_under(const std::string& subject) const;
  std::vector<ExceptionItem> list_exceptions(const ExceptionFilter& filter) const;
  std::vector<ExceptionItem> overdue_exceptions(Time now, std::size_t limit) const;

  std::optional<Receipt> find_receipt(const EventKey& key) const;
  std::optional<RawEvent> find_raw(const EventKey& key) const;
  std::vector<RawEvent> list_raw(const RawFilter& filter) const;
  std::vector<AuditEntry> list_audit(const AuditFilter& filter) const;
  std::optional<AuditEntry> last_audit() const;
  std::vector<Change> list_changes(std::uint64_t after, std::size_t limit) const;
  std::vector<ParkedEvent> parked_for(const std::string& waits_for, std::size_t limit) const;
  std::vector<ParkedCause> parked_causes(const std::string& after, std::size_t limit) const;

  std::size_t count_guarded(const SystemName& system, const EntityName& entity,
                            const std::string& kind, Time since) const;
  std::optional<std::string> find_meta(const std::string& name) const;
  StoreCounts count_all() const;

  std::optional<Reconciliation> find_run(const RunId& run) const;
  std::vector<Reconciliation> list_runs(const RunFilter& filter) const;
  std::optional<StagedRecord> find_staged(const RunId& run, const SystemName& system,
                                          const RecordId& record) const;
  std::vector<StagedRecord> waiting_staged(const RunId& run, std::uint64_t after,
                                           std::size_t limit) const;
  std::vector<StagedRecord> staged_of(const RunId& run, const GoldenId& golden) const;
  std::vector<StagedRecord> staged_with_key(const RunId& run, const std::string& key,
                                            std::size_t limit) const;
  std::vector<StagedKey> staged_keys_between(const RunId& run, const std::string& from,
                                             const std::string& to, std::size_t holders_max) const;
  std::uint64_t count_same(const RunId& run) const;
  NotStaged not_staged(const RunId& run, const SystemName& system,
                                       const EntityName& entity, const RecordId& after,
                                       std::size_t limit) const;
  std::optional<SnapshotMark> find_mark(const SystemName& system, const EntityName& entity,
                                        const RecordId& record) const;
  std::uint64_t last_audit_of(const GoldenId& golden) const;
  std::vector<Discrepancy> list_discrepancies(const RunId& run,
                                              const DiscrepancyFilter& filter) const;

 private:
  bool is_blocked(const Delivery& delivery, Time now) const;
  void append_due(const ByTime<std::uint64_t>& queue, Time now, std::size_t limit,
                  std::vector<const Delivery*>& due) const;

  std::vector<StagedRecord> staged_in(const std::set<std::uint64_t>& numbers, bool only_waiting,
                                      std::uint64_t after, std::size_t limit) const;

  std::shared_ptr<const State> state_;
  std::optional<Problem> failure_;
};

}  // namespace truce::memory
