#include "tests/fault/support/ledger.h"

#include <sqlite3.h>
#include <stdlib.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "tests/contract/rows.h"

namespace truce::fault {
namespace {

using contract::at;
using contract::event_key;

std::string event_name(std::uint64_t number) { return "event " + std::to_string(number); }
std::string text(std::uint64_t number) { return std::to_string(number); }

bool has_receipt(ReadView& view, std::uint64_t number) {
  return view.find_receipt(event_key(event_name(number))).has_value();
}

std::string fault_of_event(ReadView& view, std::uint64_t number) {
  const EventKey key = event_key(event_name(number));
  const std::optional<Receipt> receipt = view.find_receipt(key);
  if (!receipt) return "no receipt";
  const std::vector<AuditEntry> entries = view.list_audit({0, 9, {}, key});
  if (entries.size() != 1) return text(entries.size()) + " audit entries";
  if (entries[0].sequence != receipt->audit_sequence) return "receipt names another audit entry";
  if (!view.find_raw(key)) return "no raw event";
  if (!view.find_golden(GoldenId("g" + text(number)))) return "no golden record";
  if (view.sources_of(GoldenId("g" + text(number))).size() != 1) return "no source record";
  if (!view.find_delivery(DeliveryId("d" + text(number)))) return "no delivery";
  if (view.key_holders(EntityName("contact"), "key " + text(number), 2).size() != 1)
    return "no key";
  return {};
}

std::string fault_of_trail(ReadView& view, std::uint64_t events) {
  const std::vector<AuditEntry> trail = view.list_audit({0, 1'000'000, {}, {}});
  if (trail.size() != events)
    return text(trail.size()) + " entries for " + text(events) + " events";
  for (std::size_t i = 0; i < trail.size(); ++i) {
    if (trail[i].sequence != i + 1) return "gap before " + text(trail[i].sequence);
  }
  const StoreCounts counts = view.count_all();
  const std::vector<std::uint64_t> numbers = {counts.goldens, counts.sources, counts.receipts,
                                              counts.audit_entries};
  for (const std::uint64_t number : numbers) {
    if (number != events) return "a count of " + text(number) + " for " + text(events) + " events";
  }
  return {};
}

std::string fault_of_file(const std::string& path) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::string verdict = "cannot be opened";
  if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, nullptr) ==
          SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    verdict = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return verdict == "ok" ? "" : "integrity: " + verdict;
}

bool is_set(const char* name) {
  const char* set = std::getenv(name);
  return set && std::strcmp(set, "1") == 0;
}

}  // namespace

bool is_nightly() { return is_set("TRUCE_NIGHTLY"); }
bool is_weekly() { return is_set("TRUCE_WEEKLY"); }

ScratchDirectory::ScratchDirectory() {
  const std::filesystem::path memory = "/dev/shm";
  const std::filesystem::path parent =
      std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  std::string name = (parent / "truce-fault-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no scratch directory");
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::uint64_t next_audit(ReadView& view) {
  const std::optional<AuditEntry> last = view.last_audit();
  return last ? last->sequence + 1 : 1;
}

void put_event(Transaction& transaction, std::uint64_t number, std::size_t body_bytes) {
  const std::string name = event_name(number);
  const std::string golden = "g" + text(number);
  const std::uint64_t sequence = next_audit(transaction);
  RawEvent raw = contract::raw_event(name, at(1));
  raw.body.assign(body_bytes, 'x');
  Receipt receipt = contract::receipt(name, "crm", at(1));
  receipt.audit_sequence = sequence;
  Delivery delivery =
      contract::delivery("d" + text(number), golden, "desk", DeliveryState::pending, at(1));
  transaction.put_raw(raw);
  transaction.put_golden(contract::golden(golden));
  transaction.put_source(contract::source("crm", text(number), golden));
  transaction.put_keys(EntityName("contact"), SystemName("crm"), RecordId(text(number)),
                       GoldenId(golden), {"key " + text(number)}, {});
  transaction.put_delivery(delivery);
  transaction.append_audit(contract::audit(sequence, golden, name));
  transaction.put_receipt(receipt);
}

Result<void> Ledger::send(Store& store, std::uint64_t count, std::size_t body_bytes) {
  const auto transaction = store.begin();
  const std::uint64_t first = last + 1;
  for (std::uint64_t i = 0; i < count; ++i) put_event(*transaction, ++last, body_bytes);
  const Result<void> result = transaction->commit();
  std::set<std::uint64_t>& fate = result ? acknowledged
                                  : result.error().code == Code::store_unknown_outcome ? unknown
                                                                                       : refused;
  for (std::uint64_t number = first; number <= last; ++number) fate.insert(number);
  return result;
}

std::string find_fault(const std::string& path, const Ledger& ledger,
                       const SqliteOptions& options) {
  std::string fault;
  {
    const auto store = open_sqlite_store(path, options);
    if (!store) return "cannot be opened: " + store.error().message;
    const auto view = (*store)->read();
    std::uint64_t present = ledger.acknowledged.size();
    for (const std::uint64_t number : ledger.acknowledged) {
      const std::string wrong = fault_of_event(*view, number);
      if (!wrong.empty()) return "acknowledged event " + text(number) + ": " + wrong;
    }
    for (const std::uint64_t number : ledger.refused) {
      if (has_receipt(*view, number)) return "refused event " + text(number) + " is there";
    }
    for (const std::uint64_t number : ledger.unknown) {
      if (!has_receipt(*view, number)) continue;
      ++present;
      const std::string wrong = fault_of_event(*view, number);
      if (!wrong.empty()) return "event " + text(number) + " is there in part: " + wrong;
    }
    fault = fault_of_trail(*view, present);
    if (view->failure()) return "reading failed: " + view->failure()->message;
  }
  return fault.empty() ? fault_of_file(path) : fault;
}

}  // namespace truce::fault
