// Records that the writer has in its hands already decoded. What was written or read last is soon
// wanted again: by the next event of the same record, by the hand-out of its deliveries, by its
// echo.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "engine/core/model/facts.h"
#include "engine/core/model/work.h"

namespace truce::sqlite {

// What is known of one golden record. A list is all of it or nothing.
struct KeptRecord {
  std::optional<GoldenRecord> golden;
  std::optional<std::vector<SourceRecord>> sources;  // in the order (system, id, entity)
  std::optional<std::vector<Delivery>> deliveries;   // open ones, by sequence
};

class KeptRecords {
 public:
  // The least recently used ones go.
  static constexpr std::size_t records_max = 512;

  // The place of this record, made when there is none yet. Stands until the next call.
  KeptRecord& of(const GoldenId& golden);
  // nullptr: not kept.
  const KeptRecord* find(const GoldenId& golden);
  const SourceRecord* find_source(const SystemName& system, const EntityName& entity,
                                  const RecordId& record);

  // What the file has of it.
  void keep(const GoldenRecord& golden) { of(golden.id).golden = golden; }
  void keep(const GoldenId& golden, const std::vector<SourceRecord>& sources);
  void keep(const GoldenId& golden, const std::vector<Delivery>& deliveries);

  // The file was told the same.
  void put(const SourceRecord& source);
  void put(const Delivery& delivery);

  void forget();

 private:
  using SourceKey = std::tuple<SystemName, EntityName, RecordId>;
  struct Place {
    KeptRecord record;
    std::list<GoldenId>::iterator used;
  };

  void touch(Place& place);
  void forget_last();
  void drop_source(const SourceKey& key);
  void drop_delivery(const DeliveryId& id);

  std::map<GoldenId, Place> places_;
  std::list<GoldenId> by_use_;  // the most recently used first
  std::map<SourceKey, GoldenId> golden_of_source_;
  std::map<DeliveryId, GoldenId> golden_of_delivery_;
};

}  // namespace truce::sqlite
