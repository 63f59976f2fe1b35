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
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/core/model/facts.h"
#include "engine/core/model/work.h"

namespace truce::sqlite {

using SourceKey = std::tuple<SystemName, EntityName, RecordId>;

// What is known of one golden record. A list is all of it or nothing. What is unwritten has not
// reached the file yet; where the file has a row of a golden or source record, nothing but its body
// differs. The maps tell whether the file has a row.
struct KeptRecord {
  std::optional<GoldenRecord> golden;
  bool golden_unwritten = false;
  bool golden_has_row = true;
  std::optional<std::vector<SourceRecord>> sources;  // in the order (system, id, entity)
  std::map<SourceKey, bool> sources_unwritten;
  std::optional<std::vector<Delivery>> deliveries;  // open ones, by sequence
  std::map<DeliveryId, bool> deliveries_unwritten;
};

struct KeptDelivery {
  const Delivery* delivery = nullptr;
  bool has_row = true;  // in the file
};

// Neither deleted nor merged: it counts.
bool is_present(const GoldenRecord& golden);

class KeptRecords {
 public:
  struct Place {
    GoldenId golden;
    KeptRecord record;
    std::size_t bytes = 0;
  };
  using Places = std::list<Place>;  // the most recently used first

  // Above it the least recently used ones go, within a transaction and between two. Bytes of
  // memory, estimated: records differ by the length of their histories.
  static constexpr std::size_t bytes_max = std::size_t{24} << 20U;
  static constexpr std::size_t bytes_between_max = std::size_t{12} << 20U;

  // nullptr: not kept.
  const KeptRecord* find(const GoldenId& golden);
  const SourceRecord* find_source(const SystemName& system, const EntityName& entity,
                                  const RecordId& record);
  KeptDelivery find_delivery(const DeliveryId& id) const;

  // The file has no such source record, and nobody has put it since.
  void note_absent(const SystemName& system, const EntityName& entity, const RecordId& record);
  bool is_absent(const SourceRecord& source) const;

  // What the file has of it.
  void keep(const GoldenRecord& golden);
  void keep(const GoldenId& golden, const std::vector<SourceRecord>& sources);
  void keep(const GoldenId& golden, const std::vector<Delivery>& deliveries);

  // The file was told the same.
  void put(const SourceRecord& source);
  void put(const Delivery& delivery);

  // True where the file can be told later: nothing but the body differs from what is kept, or it is
  // new and no rule of the file can be broken by it; of a delivery, that the open ones of its
  // golden record are known.
  bool put_off(const SourceRecord& source);
  bool put_off(const GoldenRecord& golden);
  bool put_off(const Delivery& delivery, bool has_row);
  // The file has no row of this golden record.
  void put_off_new(const GoldenRecord& golden);
  // Hands over all that was put off: write(row, has_row) for each source record, golden record and
  // delivery, `has_row` where the file has a row of it.
  template <class Write>
  void write_unwritten(const Write& write) {
    for (const GoldenId& id : unwritten_) write_record(place_of_.at(id)->record, write);
    unwritten_.clear();
  }
  // The least recently used records go, handed over like this first, until the rest has room. The
  // others stay put off: of a batch that is larger than the room, too, most are written once.
  template <class Write>
  void give_back(const Write& write) {
    Places gone;
    while (bytes_ > bytes_max) {
      if (unwritten_.erase(places_.back().golden) > 0) write_record(places_.back().record, write);
      move_last_to(gone);
    }
  }
  // Of this golden record, its sources and deliveries.
  bool has_unwritten(const GoldenId& golden) const { return unwritten_.contains(golden); }

  // A transaction begins; what others looked for in vain is not worth its room.
  void begin() { absent_.clear(); }
  // Between transactions: nothing is unwritten. Takes no memory, and gives what went to whoever has
  // the time to free it.
  Places make_room() {
    Places gone;
    while (bytes_ > bytes_between_max) move_last_to(gone);
    return gone;
  }
  void forget();

 private:
  struct HashOfSource {
    std::size_t operator()(const SourceKey& key) const noexcept {
      return std::hash<RecordId>{}(std::get<RecordId>(key));
    }
  };

  static SourceKey key_of(const SourceRecord& source) {
    return {source.system, source.entity, source.id};
  }
  template <class Write>
  void write_record(KeptRecord& record, const Write& write) {
    if (record.golden_unwritten) write(*record.golden, record.golden_has_row);
    record.golden_unwritten = false;
    record.golden_has_row = true;
    for (const auto& [delivery, has_row] : record.deliveries_unwritten) {
      write(*find_delivery(delivery).delivery, has_row);
    }
    record.deliveries_unwritten.clear();
    if (record.sources_unwritten.empty()) return;
    for (const SourceRecord& source : *record.sources) {
      const auto unwritten = record.sources_unwritten.find(key_of(source));
      if (unwritten != record.sources_unwritten.end()) write(source, unwritten->second);
    }
    record.sources_unwritten.clear();
  }
  // The place of this record, made when there is none yet.
  Place& of(const GoldenId& golden);
  // nullptr: there is none.
  Place* find_place(const GoldenId& golden);
  Place& touch(Places::iterator place);
  // After every change of its record.
  void weigh(Place& place);
  // Takes no memory.
  void move_last_to(Places& gone);
  // A record that shows up under this golden record, in its place among the others.
  void insert(Place& place, const SourceRecord& source);
  bool put_off_absent(const SourceRecord& source);
  void drop_source(const SourceKey& key);
  void drop_delivery(const DeliveryId& id);

  Places places_;
  std::unordered_map<GoldenId, Places::iterator> place_of_;
  std::set<GoldenId> unwritten_;  // written in the order of the file
  std::size_t bytes_ = 0;         // of all places
  std::unordered_map<SourceKey, GoldenId, HashOfSource> golden_of_source_;
  std::unordered_set<SourceKey, HashOfSource> absent_;
  std::unordered_map<DeliveryId, GoldenId> golden_of_delivery_;
};

}  // namespace truce::sqlite
