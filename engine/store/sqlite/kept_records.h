// Records that the writer has in its hands already decoded. What was written or read last is soon
// wanted again: by the next event of the same record, by the hand-out of its deliveries, by its
// echo.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/core/model/facts.h"
#include "engine/core/model/work.h"

namespace truce::sqlite {

// What is known of one golden record. A list is all of it or nothing. What is unwritten has not
// reached the file yet: of a golden or source record the body, of a delivery the whole row.
struct KeptRecord {
  std::optional<GoldenRecord> golden;
  bool golden_unwritten = false;
  std::optional<std::vector<SourceRecord>> sources;  // in the order (system, id, entity)
  std::set<std::pair<SystemName, RecordId>> sources_unwritten;
  std::optional<std::vector<Delivery>> deliveries;  // open ones, by sequence
  std::map<DeliveryId, bool> deliveries_unwritten;  // true: the file has a row of it
};

struct KeptDelivery {
  const Delivery* delivery = nullptr;
  bool has_row = true;  // in the file
};

// Neither deleted nor merged: it counts.
bool is_present(const GoldenRecord& golden);

class KeptRecords {
 public:
  // Above it the least recently used ones go, within a transaction and between two. Bytes of
  // memory, estimated: records differ by the length of their histories.
  static constexpr std::size_t bytes_max = std::size_t{12} << 20U;
  static constexpr std::size_t bytes_between_max = std::size_t{6} << 20U;

  // nullptr: not kept.
  const KeptRecord* find(const GoldenId& golden);
  const SourceRecord* find_source(const SystemName& system, const EntityName& entity,
                                  const RecordId& record);
  KeptDelivery find_delivery(const DeliveryId& id) const;

  // What the file has of it.
  void keep(const GoldenRecord& golden);
  void keep(const GoldenId& golden, const std::vector<SourceRecord>& sources);
  void keep(const GoldenId& golden, const std::vector<Delivery>& deliveries);

  // The file was told the same.
  void put(const SourceRecord& source);
  void put(const Delivery& delivery);

  // True where the file can be told later: nothing but the body differs from what is kept; of a
  // delivery, that the open ones of its golden record are known.
  bool put_off(const SourceRecord& source);
  bool put_off(const GoldenRecord& golden);
  bool put_off(const Delivery& delivery, bool has_row);
  // Hands over all that was put off; gives back room. write_delivery gets its has_row, too.
  template <class WriteSource, class WriteGolden, class WriteDelivery>
  void write_unwritten(const WriteSource& write_source, const WriteGolden& write_golden,
                       const WriteDelivery& write_delivery) {
    for (const GoldenId& id : unwritten_) {
      KeptRecord& record = places_.at(id).record;
      if (record.golden_unwritten) write_golden(*record.golden);
      record.golden_unwritten = false;
      for (const auto& [delivery, has_row] : record.deliveries_unwritten) {
        write_delivery(*find_delivery(delivery).delivery, has_row);
      }
      record.deliveries_unwritten.clear();
      if (record.sources_unwritten.empty()) continue;
      for (const SourceRecord& source : *record.sources) {
        if (record.sources_unwritten.contains({source.system, source.id})) write_source(source);
      }
      record.sources_unwritten.clear();
    }
    unwritten_.clear();
    forget_above(bytes_max);
  }
  bool is_full() const { return bytes_ > bytes_max; }

  // Between transactions: nothing is unwritten.
  void make_room() { forget_above(bytes_between_max); }
  void forget();

 private:
  using SourceKey = std::tuple<SystemName, EntityName, RecordId>;
  struct Place {
    KeptRecord record;
    std::size_t bytes = 0;
    std::list<GoldenId>::iterator used;
  };

  // The place of this record, made when there is none yet.
  KeptRecord& of(const GoldenId& golden);
  void touch(Place& place);
  // After every change of its record.
  void weigh(const GoldenId& golden);
  void forget_last();
  void forget_above(std::size_t bytes) {
    while (bytes_ > bytes) forget_last();
  }
  void drop_source(const SourceKey& key);
  void drop_delivery(const DeliveryId& id);

  std::map<GoldenId, Place> places_;
  std::list<GoldenId> by_use_;  // the most recently used first
  std::set<GoldenId> unwritten_;
  std::size_t bytes_ = 0;  // of all places
  std::map<SourceKey, GoldenId> golden_of_source_;
  std::map<DeliveryId, GoldenId> golden_of_delivery_;
};

}  // namespace truce::sqlite
