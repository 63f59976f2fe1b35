// What is remembered of the shapes in which the fields of an entity come: what is paused, and which
// fields a system's records always have. One small text of the store for each entity.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/app/context.h"
#include "engine/core/plan/plan.h"

namespace truce {

enum class PauseKind {
  shape,    // the values have a shape that the policy does not read
  missing,  // the system's records do not have the field any more
};
enum class PauseAnswer {
  none,       // its item is open
  dismissed,  // paused, and not asked about again
  resumed,    // written again although the shape is the same, and not asked about again
};

// What came during a pause is read again, from the raw events, before anything is written.
struct Rereading {
  Time at;  // behind this event, in the order of list_raw
  EventKey key;
  Time until;
  std::size_t taken = 0, refused = 0;  // events
  std::string why;                     // the pause ends
};

// One field of one system.
struct Pause {
  SystemName system;
  FieldName field;
  PauseKind kind = PauseKind::shape;
  PauseAnswer answer = PauseAnswer::none;
  std::string shape;  // missing: empty
  std::string was;
  Time since;            // when it was first noticed
  Time from;             // the first raw event of it; a snapshot's record was read earlier
  Time last_at;          // the greatest time of a value of this shape
  std::size_t bad = 0;   // events, no more than are needed to end it
  std::size_t good = 0;  // in a row, since the last bad one
  ExceptionId item;
  EventKey example;           // the last event of it
  std::string likely_name;    // missing: a path that appeared since
  std::string policy_sha256;  // under which it cannot be read
  std::optional<Rereading> rereading;
  // Unsent writes that carry the field are planned again, behind this delivery; nullopt: done.
  std::optional<DeliveryState> replanning;
  std::uint64_t replanned_to = 0;

  // Nothing is written to the system for this field.
  bool holds_writes() const { return answer != PauseAnswer::resumed || rereading; }
};

// How regularly a system's whole records have a field; what follows from its being missing.
struct Presence {
  enum class Kind {
    learning,  // `count` records in a row had it
    steady,    // the rule
    missing,   // it was the rule, and `count` records in a row since `since` had it not
    sparse,    // it comes and goes; for good
  };
  Kind kind = Kind::learning;
  std::size_t count = 0;
  std::size_t gaps = 0;  // ends of a row so far
  Time since;
};
// By the field's name, or by lists_of(name): whether its values are lists.
using Presences = std::map<std::string, Presence, std::less<>>;
std::string lists_of(const FieldName& field);

// So many whole records in a row make a rule, or the end of one.
inline constexpr std::size_t records_of_a_rule = 20;
// And a field is not called missing before it was for so long.
inline constexpr Duration missing_min = Duration::of_ms(3'600'000);
// A field that came back so often comes and goes.
inline constexpr std::size_t gaps_of_sparse = 3;

struct ShapeBook {
  std::vector<Pause> pauses;
  std::map<SystemName, Presences> presences;
  // Every record is derived again, behind this one; nullopt: none is to be.
  struct Derived {
    SystemName system;
    RecordId record;
  };
  std::optional<Derived> deriving;

  Pause* find(const SystemName& system, const FieldName& field);
  // Forgets a pause and derives what it held back.
  void end(const SystemName& system, const FieldName& field);
};

// As it is stored; empty: nothing is remembered.
std::string book_text(ReadView& store, const EntityName& entity);
bool is_quiet(std::string_view text);  // nothing is paused and nothing is to be derived again

// What the text says of one system's fields, without reading it into anything.
class PresenceLine {
 public:
  PresenceLine(std::string_view text, const SystemName& system);
  // Fields are asked for in the order of their names; nullopt: none of its records had it yet.
  std::optional<Presence::Kind> next(std::string_view field);
  std::optional<Presence::Kind> of_lists(const FieldName& field) const;

 private:
  std::string_view line_, rest_;
};
Presences presences_in(std::string_view text, const SystemName& system);
ShapeBook read_book(std::string_view text);
// Nothing is written where nothing moved.
void put_book(Transaction& store, const EntityName& entity, const ShapeBook& book);

// What nothing is written to: the paused fields of their systems. While one is read again it is
// written nowhere, as the values come in one after the other.
PausedFields paused_in(const ShapeBook& book, const Entity& entity);
PausedFields paused_fields(ReadView& store, const Entity& entity);

}  // namespace truce
