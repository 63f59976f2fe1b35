// The queries of the port over one connection.
#pragma once

#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "engine/port/store.h"
#include "engine/store/sqlite/connection.h"
#include "engine/store/sqlite/writer_memory.h"

namespace truce::sqlite {

class Reads {
 public:
  // `memory` is the writer's, or null for a reader.
  Reads(Connection& connection, WriterMemory* memory) : connection_(connection), memory_(memory) {}

  template <class Query>
  auto guarded(const Query& query) -> decltype(query()) {
    const std::scoped_lock lock(connection_.in_use());
    if (connection_.failure()) return {};
    connection_.start_deadline();
    try {
      auto found = query();
      if (!connection_.failure()) return found;
    } catch (const std::bad_alloc&) {
      connection_.fail({Code::busy, "no memory", {}});
    } catch (const std::exception& error) {
      connection_.fail({Code::store_failed, std::string("a read failed: ") + error.what(), {}});
    }
    return {};
  }
  std::optional<Problem> failure() const;

  std::optional<SourceRecord> find_source(const SystemName& system, const EntityName& entity,
                                          const RecordId& record);
  std::vector<SourceRecord> sources_of(const GoldenId& golden);
  std::vector<SourceRecord> sources_behind(const EntityName& entity, const SourcePlace& place,
                                           std::size_t limit);
  std::optional<GoldenRecord> find_golden(const GoldenId& golden);
  std::size_t count_goldens(const EntityName& entity);
  std::vector<GoldenId> goldens_not_of_policy(const std::string& policy_sha256, std::size_t limit);
  std::vector<GoldenId> children_of(const GoldenId& parent);
  std::vector<KeyHolder> key_holders(const EntityName& entity, const std::string& key,
                                     std::size_t limit);

  std::optional<Delivery> find_delivery(const DeliveryId& id);
  std::vector<Delivery> open_deliveries(const GoldenId& golden);
  std::vector<Delivery> due_deliveries(const SystemName& system, Time now, std::size_t limit);
  std::vector<Delivery> expired_leases(Time now, std::size_t limit);
  std::vector<Delivery> list_deliveries(const DeliveryFilter& filter);

  std::optional<ExceptionItem> find_exception(const ExceptionId& id);
  std::optional<ExceptionItem> unanswered_exception(const std::string& subject);
  std::vector<ExceptionItem> unanswered_exceptions_of(const GoldenId& golden);
  std::vector<ExceptionItem> unanswered_exceptions_under(const std::string& subject);
  std::vector<ExceptionItem> list_exceptions(const ExceptionFilter& filter);
  std::vector<ExceptionItem> overdue_exceptions(Time now, std::size_t limit);

  std::optional<Receipt> find_receipt(const EventKey& key);
  std::optional<RawEvent> find_raw(const EventKey& key);
  std::vector<RawEvent> list_raw(const RawFilter& filter);
  std::vector<AuditEntry> list_audit(const AuditFilter& filter);
  std::optional<AuditEntry> last_audit();
  std::vector<Change> list_changes(std::uint64_t after, std::size_t limit);
  std::vector<ParkedEvent> parked_for(const std::string& waits_for, std::size_t limit);
  std::vector<ParkedCause> parked_causes(const std::string& after, std::size_t limit);

  std::size_t count_guarded(const SystemName& system, const EntityName& entity,
                            const std::string& kind, Time since);
  std::optional<std::string> find_meta(const std::string& name);
  StoreCounts count_all();

  std::optional<Reconciliation> find_run(const RunId& run);
  std::vector<Reconciliation> list_runs(const RunFilter& filter);
  std::optional<StagedRecord> find_staged(const RunId& run, const SystemName& system,
                                          const RecordId& record);
  std::vector<StagedRecord> waiting_staged(const RunId& run, std::uint64_t after,
                                           std::size_t limit);
  std::vector<StagedRecord> staged_of(const RunId& run, const GoldenId& golden);
  std::vector<StagedKey> staged_keys_between(const RunId& run, const std::string& from,
                                             const std::string& to, std::size_t holders_max);
  std::vector<StagedRecord> staged_with_key(const RunId& run, const std::string& key,
                                            std::size_t limit);
  std::uint64_t count_same(const RunId& run);
  NotStaged not_staged(const RunId& run, const SystemName& system,
                                       const EntityName& entity, const RecordId& after,
                                       std::size_t limit);
  std::optional<SnapshotMark> find_mark(const SystemName& system, const EntityName& entity,
                                        const RecordId& record);
  std::uint64_t last_audit_of(const GoldenId& golden);
  std::vector<Discrepancy> list_discrepancies(const RunId& run, const DiscrepancyFilter& filter);

 private:
  void count_tallies(StoreCounts& counts);
  std::vector<SystemName> systems_with_waiting();

  Connection& connection_;
  WriterMemory* memory_;
};

// The JSON of a row's body; a failure of the connection when it is none.
StoredDocument read_document(Connection& connection, std::string_view text);

}  // namespace truce::sqlite
