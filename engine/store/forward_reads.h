// A view of the port over a store's own `Reads`. A store writes its queries once and has them in
// both its ReadView and its Transaction.
//
// Reads has every query of ReadView under its own name (not virtual), failure(), and
// guarded(callable): runs it and gives what it gives; after a failure, or when it throws, an empty
// result instead.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/port/store.h"

namespace truce {

template <class Interface, class Reads>
class ForwardReads : public Interface {
 public:
  template <class... Arguments>
  explicit ForwardReads(Arguments&&... arguments) : reads_(std::forward<Arguments>(arguments)...) {}

  std::optional<SourceRecord> find_source(const SystemName& system, const EntityName& entity,
                                          const RecordId& record) override {
    return reads_.guarded([&] { return reads_.find_source(system, entity, record); });
  }
  std::vector<SourceRecord> sources_of(const GoldenId& golden) override {
    return reads_.guarded([&] { return reads_.sources_of(golden); });
  }
  std::vector<SourceRecord> sources_behind(const EntityName& entity, const SourcePlace& place,
                                           std::size_t limit) override {
    return reads_.guarded([&] { return reads_.sources_behind(entity, place, limit); });
  }
  std::optional<GoldenRecord> find_golden(const GoldenId& golden) override {
    return reads_.guarded([&] { return reads_.find_golden(golden); });
  }
  std::size_t count_goldens(const EntityName& entity) override {
    return reads_.guarded([&] { return reads_.count_goldens(entity); });
  }
  std::vector<GoldenId> goldens_not_of_policy(const std::string& policy_sha256,
                                              std::size_t limit) override {
    return reads_.guarded([&] { return reads_.goldens_not_of_policy(policy_sha256, limit); });
  }
  std::vector<GoldenId> children_of(const GoldenId& parent) override {
    return reads_.guarded([&] { return reads_.children_of(parent); });
  }
  std::vector<KeyHolder> key_holders(const EntityName& entity, const std::string& key,
                                     std::size_t limit) override {
    return reads_.guarded([&] { return reads_.key_holders(entity, key, limit); });
  }

  std::optional<Delivery> find_delivery(const DeliveryId& id) override {
    return reads_.guarded([&] { return reads_.find_delivery(id); });
  }
  std::vector<Delivery> open_deliveries(const GoldenId& golden) override {
    return reads_.guarded([&] { return reads_.open_deliveries(golden); });
  }
  std::vector<Delivery> due_deliveries(const SystemName& system, Time now,
                                       std::size_t limit) override {
    return reads_.guarded([&] { return reads_.due_deliveries(system, now, limit); });
  }
  std::vector<Delivery> expired_leases(Time now, std::size_t limit) override {
    return reads_.guarded([&] { return reads_.expired_leases(now, limit); });
  }
  std::vector<Delivery> list_deliveries(const DeliveryFilter& filter) override {
    return reads_.guarded([&] { return reads_.list_deliveries(filter); });
  }

  std::optional<ExceptionItem> find_exception(const ExceptionId& id) override {
    return reads_.guarded([&] { return reads_.find_exception(id); });
  }
  std::optional<ExceptionItem> unanswered_exception(const std::string& subject) override {
    return reads_.guarded([&] { return reads_.unanswered_exception(subject); });
  }
  std::vector<ExceptionItem> unanswered_exceptions_of(const GoldenId& golden) override {
    return reads_.guarded([&] { return reads_.unanswered_exceptions_of(golden); });
  }
  std::vector<ExceptionItem> unanswered_exceptions_under(const std::string& subject) override {
    return reads_.guarded([&] { return reads_.unanswered_exceptions_under(subject); });
  }
  std::vector<ExceptionItem> list_exceptions(const ExceptionFilter& filter) override {
    return reads_.guarded([&] { return reads_.list_exceptions(filter); });
  }
  std::vector<ExceptionItem> overdue_exceptions(Time now, std::size_t limit) override {
    return reads_.guarded([&] { return reads_.overdue_exceptions(now, limit); });
  }

  std::optional<Receipt> find_receipt(const EventKey& key) override {
    return reads_.guarded([&] { return reads_.find_receipt(key); });
  }
  std::optional<RawEvent> find_raw(const EventKey& key) override {
    return reads_.guarded([&] { return reads_.find_raw(key); });
  }
  std::vector<RawEvent> list_raw(const RawFilter& filter) override {
    return reads_.guarded([&] { return reads_.list_raw(filter); });
  }
  std::vector<AuditEntry> list_audit(const AuditFilter& filter) override {
    return reads_.guarded([&] { return reads_.list_audit(filter); });
  }
  std::optional<AuditEntry> last_audit() override {
    return reads_.guarded([&] { return reads_.last_audit(); });
  }
  std::vector<Change> list_changes(std::uint64_t after, std::size_t limit) override {
    return reads_.guarded([&] { return reads_.list_changes(after, limit); });
  }
  std::vector<ParkedEvent> parked_for(const std::string& waits_for, std::size_t limit) override {
    return reads_.guarded([&] { return reads_.parked_for(waits_for, limit); });
  }
  std::vector<ParkedCause> parked_causes(const std::string& after, std::size_t limit) override {
    return reads_.guarded([&] { return reads_.parked_causes(after, limit); });
  }

  std::size_t count_guarded(const SystemName& system, const EntityName& entity,
                            const std::string& kind, Time since) override {
    return reads_.guarded([&] { return reads_.count_guarded(system, entity, kind, since); });
  }
  std::optional<std::string> find_meta(const std::string& name) override {
    return reads_.guarded([&] { return reads_.find_meta(name); });
  }
  std::optional<Reconciliation> find_run(const RunId& run) override {
    return reads_.guarded([&] { return reads_.find_run(run); });
  }
  std::vector<Reconciliation> list_runs(const RunFilter& filter) override {
    return reads_.guarded([&] { return reads_.list_runs(filter); });
  }
  std::optional<StagedRecord> find_staged(const RunId& run, const SystemName& system,
                                          const RecordId& record) override {
    return reads_.guarded([&] { return reads_.find_staged(run, system, record); });
  }
  std::vector<StagedRecord> waiting_staged(const RunId& run, std::uint64_t after,
                                           std::size_t limit) override {
    return reads_.guarded([&] { return reads_.waiting_staged(run, after, limit); });
  }
  std::vector<StagedRecord> staged_of(const RunId& run, const GoldenId& golden) override {
    return reads_.guarded([&] { return reads_.staged_of(run, golden); });
  }
  std::vector<StagedRecord> staged_with_key(const RunId& run, const std::string& key,
                                            std::size_t limit) override {
    return reads_.guarded([&] { return reads_.staged_with_key(run, key, limit); });
  }
  std::vector<StagedKey> staged_keys_between(const RunId& run, const std::string& from,
                                             const std::string& to,
                                             std::size_t holders_max) override {
    return reads_.guarded([&] { return reads_.staged_keys_between(run, from, to, holders_max); });
  }
  std::uint64_t count_same(const RunId& run) override {
    return reads_.guarded([&] { return reads_.count_same(run); });
  }
  NotStaged not_staged(const RunId& run, const SystemName& system,
                                       const EntityName& entity, const RecordId& after,
                                       std::size_t limit) override {
    return reads_.guarded([&] { return reads_.not_staged(run, system, entity, after, limit); });
  }
  std::optional<SnapshotMark> find_mark(const SystemName& system, const EntityName& entity,
                                        const RecordId& record) override {
    return reads_.guarded([&] { return reads_.find_mark(system, entity, record); });
  }
  std::uint64_t last_audit_of(const GoldenId& golden) override {
    return reads_.guarded([&] { return reads_.last_audit_of(golden); });
  }
  std::vector<Discrepancy> list_discrepancies(const RunId& run,
                                              const DiscrepancyFilter& filter) override {
    return reads_.guarded([&] { return reads_.list_discrepancies(run, filter); });
  }

  StoreCounts count_all() override {
    return reads_.guarded([&] { return reads_.count_all(); });
  }
  std::optional<Problem> failure() const override { return reads_.failure(); }

 protected:
  Reads reads_;
};

}  // namespace truce
