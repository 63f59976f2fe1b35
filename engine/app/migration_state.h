// What the store knows of migrations: a few named values. Internal to engine/app; migrations.h is
// the door.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/app/migrations.h"

namespace truce {

enum class MigrationKind { applying, applied, accepting, accepted, undoing, undone };
enum class MigrationStage {
  carrying,   // records are on their way; events wait
  releasing,  // they have arrived; the events that waited go on
  done,
};
std::string_view to_string(MigrationKind kind);
std::string_view to_string(MigrationStage stage);

struct MigrationState {
  std::string id;
  MigrationKind kind = MigrationKind::applying;
  MigrationStage stage = MigrationStage::carrying;
  std::string from_sha256;
  std::string to_sha256;
  // The walk is behind this place; an empty entity: it has not begun.
  EntityName entity;
  SourcePlace place;
  // Undoing: how far the walk had come that is undone. What it had not reached was never carried.
  bool all_carried = false;
  EntityName carried_entity;
  SourcePlace carried_place;
  std::uint64_t records = 0;  // walked past
  std::uint64_t events = 0;   // that waited and went on
  std::string by;
  Time begun_at;
  Time moved_at;

  bool is_open() const { return kind != MigrationKind::accepted && kind != MigrationKind::undone; }
  bool is_carrying() const {
    return stage == MigrationStage::carrying && kind != MigrationKind::accepting && is_open();
  }
  // The walk from its beginning, for another purpose.
  void begin_again(MigrationKind purpose);
  bool has_passed(const SourceRecord& source) const;
  bool was_carried(const SourceRecord& source) const;
};

struct MigrationTexts {
  std::string before, after;  // of the policies
};

// The newest one, in whatever state.
std::optional<MigrationState> stored_state(ReadView& store);
std::vector<MigrationState> stored_states(ReadView& store);  // newest first
std::optional<MigrationState> past_state(ReadView& store, const std::string& id);  // newest too
MigrationTexts stored_texts(ReadView& store);
void put_state(Context& context, MigrationState& state);
void put_texts(Context& context, const MigrationTexts& texts);
// Its policy becomes the store's.
void adopt(Context& context, const WayAndPolicy& way);
// An entity that leaves while it has records is a problem of the change.
void refuse_lost_entities(ReadView& store, SchemaChange& change);
// Items about refused values of this record's fields of which it holds a good one now are answered.
// Only where nobody can go back any more: what was read then could be refused again.
void close_read_refusals(Context& context, const SourceRecord& source,
                         std::vector<ExceptionItem>& items);
Json render(const MigrationState& state);

}  // namespace truce
