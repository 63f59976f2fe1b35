// What the writer knows without asking the file. It follows the open transaction: a rollback must
// forget or restore it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/core/model/ids.h"
#include "engine/port/store.h"
#include "engine/store/recent_times.h"
#include "engine/store/sqlite/connection.h"
#include "engine/store/sqlite/kept_records.h"

namespace truce::sqlite {

// Changes of the tally table that the open transaction has not written yet.
using Tallies = std::map<std::string, std::int64_t>;

// Windows of the mass-change guard, each read from the file when it is first asked for.
class GuardWindows {
 public:
  std::size_t count(Connection& connection, const SystemName& system, const EntityName& entity,
                    const std::string& kind, Time since);
  // Replaces the record's earlier time, if it had one.
  void note(const SystemName& system, const EntityName& entity, const std::string& kind,
            std::optional<Time> before, Time at);
  void forget() { windows_.clear(); }

 private:
  using Key = std::tuple<SystemName, EntityName, std::string>;
  std::map<Key, RecentTimes> windows_;
};

// Numbers of event keys, each asked of the file once a transaction.
class EventNumbers {
 public:
  // 0: it has none; whoever gives it one writes it here.
  std::int64_t& of(Connection& connection, const EventKey& key);
  void forget() { numbers_.clear(); }

 private:
  std::unordered_map<std::string, std::int64_t> numbers_;
};

// What was read of the meta table, and is read for each record of a batch.
class KnownMeta {
 public:
  const std::optional<std::string>* find(const std::string& name) const {
    const auto known = values_.find(name);
    return known == values_.end() ? nullptr : &known->second;
  }
  void note(const std::string& name, std::optional<std::string> value) {
    if (values_.size() >= values_max) values_.clear();
    values_.insert_or_assign(name, std::move(value));
  }
  void forget() { values_.clear(); }

 private:
  static constexpr std::size_t values_max = 256;
  std::unordered_map<std::string, std::optional<std::string>> values_;  // none: it has no row
};

// The match key that was looked at last: who comes by one is looked for, and named, by it.
struct LastKey {
  EntityName entity;
  std::string key;
  std::size_t limit = 0;
  std::vector<KeyHolder> holders;
};

// The number of the event key in the file, 0 when it has none.
std::int64_t find_event_number(Connection& connection, const EventKey& key);

struct WriterMemory {
  Tallies tallies;
  Tallies tallies_at_mark;
  GuardWindows guard_windows;
  KeptRecords records;
  std::optional<AuditEntry> last_audit;
  std::optional<std::uint64_t> last_delivery;  // the greatest sequence
  EventNumbers event_numbers;
  std::unordered_map<std::string, std::int64_t> policy_numbers;
  KnownMeta meta;
  std::optional<LastKey> last_key;

  void begin() {
    tallies.clear();
    event_numbers.forget();
    records.begin();
  }
  void forget() {
    tallies.clear();
    guard_windows.forget();
    records.forget();
    last_audit.reset();
    last_delivery.reset();
    event_numbers.forget();
    policy_numbers.clear();
    meta.forget();
    last_key.reset();
  }
  void return_to_mark() {
    Tallies kept = tallies_at_mark;
    forget();
    tallies = std::move(kept);
  }
};

}  // namespace truce::sqlite
