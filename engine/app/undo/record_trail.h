// The changes of one golden record, from its audit trail. Internal to this folder.
#pragma once

#include <map>
#include <vector>

#include "engine/app/undo/record_undo.h"

namespace truce {

struct TrailChange {
  std::uint64_t sequence = 0;
  Time at;
  bool selected = false;
  Json before, after;
  bool was_contested = false, is_contested = false;
  std::string by;         // who, for people
  std::string undo;       // the undo that made it
  std::string migration;  // the migration that made it
};

// A selected entry that no decision takes back.
struct SelectedDeed {
  enum class Kind {
    made_record,
    linked,
    merged,
    restored,
    made_there,
    deleted_there,
    dismissed,
    undid_delete
  };
  Kind kind = Kind::linked;
  std::uint64_t sequence = 0;
  SystemName system;
  RecordId record;
};

struct SelectedDelete {
  std::uint64_t sequence = 0;
  SystemName system;
  RecordId record;
};

// The entry of an event that said something of the record.
struct ToldEvent {
  std::uint64_t sequence = 0;
  bool selected = false;
};

struct RecordTrail {
  // In their order, under the names of today. What a migration and its undo made of each other is
  // left out.
  std::map<FieldName, std::vector<TrailChange>> changes;
  std::vector<SelectedDeed> deeds;
  std::vector<SelectedDelete> deletes;
  std::map<EventKey, ToldEvent> told;
  // The entry by which a system's record came to this one; one that is not here came by a link
  // that no entry names.
  std::map<std::pair<SystemName, RecordId>, std::uint64_t> came;
};

RecordTrail read_record_trail(const UndoParts& parts, const UndoOrder& order,
                              const GoldenId& golden);

}  // namespace truce
