// Between a system's form of a value and the canonical one, both ways. Pure but for `Transforms`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// Runs jq programs in a confined child process (transform_process.h); a null pointer where one is
// expected means that a field with a transform gets `transform-failed`.
class Transforms {
 public:
  virtual ~Transforms() = default;
  // The program's first answer; a discarded Json when it gives none, which means absent. Numbers go
  // in and come out as text. `transform-failed` or `transform-timeout`. Thread-safe.
  virtual Result<Json> run(const std::string& program, const Json& input) = 0;
};

// Where a value that was read before may be had instead of to_canonical().
class KnownValues {
 public:
  virtual ~KnownValues() = default;
  virtual Result<Value> read(const System& system, const Field& field, const MapEntry& entry,
                             const Json& raw) = 0;
};

struct FieldProblem {
  FieldName field;
  Code code = Code::format;
  std::string message;
};

struct NormalizedRecord {
  std::optional<RecordId> id;         // from the entity's id path
  std::optional<Time> modified;       // from the entity's modified path
  std::map<FieldName, Value> fields;  // absent fields are not in it; null is a Value
  // Fields that were refused; never in `fields`. An id or time that cannot be read is a problem of
  // the field "id" (`id-invalid`) or "modified" (`timestamp-invalid`).
  std::vector<FieldProblem> problems;
};

// One system's record in canonical form. Fields of direction `out` are read too: they tell the
// base. A `reference` field holds the system's own id of the parent; the caller turns it into a
// golden id. A transform runs only where the record has what the entry's path names: a field that
// is missing from a partial record is absent, never cleared. `known` may be null.
NormalizedRecord normalize_record(const Policy& policy, const Entity& entity,
                                  const SystemName& system, const Json& record,
                                  Transforms* transforms, KnownValues* known = nullptr);

// One raw value (never absent). Blank stand-ins, "", white space only and empty sets of arrays are
// null; 0 and false are values. Lengths are capped before any library sees the value. The entry's
// transform is not run here. What each type accepts stands at its reader (email.h, phone.h, …).
Result<Value> to_canonical(const System& system, const Field& field, const MapEntry& entry,
                           const Json& raw);

// The system's own form of a canonical value. `unknown-option` when its value map has no such
// value. Dates and instants: as the entry's `format` says, one of "date" (2026-05-20), "rfc3339",
// "epoch_s", "epoch_ms", "epoch_ms_text" (a string), "datetime" (2025-02-17 21:22:41, UTC);
// without one: date for a date, rfc3339 for an instant. Null is JSON null, or the entry's first
// blank stand-in if it has any.
Result<Json> to_system(const Field& field, const MapEntry& entry, const Value& value,
                       Transforms* transforms);

// What the system will show for `value` after its known rewriting (lossy, max_length), in canonical
// form. Two values that are held alike are never written over each other.
Value as_held(const Field& field, const MapEntry& entry, const Value& value);
bool are_held_alike(const Field& field, const MapEntry& entry, const Value& a, const Value& b);

// A canonical value that a person typed (a decision), from JSON.
Result<Value> value_from_person(const Field& field, const Json& typed);

// `path` in `record`: nullptr when absent.
const Json* read_path(const Json& record, const Path& path);
// Puts `value` at `path` in `target`, making objects and arrays on the way:
// properties.email -> {"properties": {"email": value}}.
void write_path(Json& target, const Path& path, Json value);

}  // namespace truce
