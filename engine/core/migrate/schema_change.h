// What changes of the canonical schema between two policies: which field becomes which, and where
// its values have to be read again. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/error.h"
#include "engine/core/policy/policy.h"

namespace truce {

// Where a field of the policy to come has its values from.
struct FieldOrigin {
  std::vector<FieldName> from;       // fields of the policy before; empty: it is new
  bool moves = false;                // it takes over the whole of one field, which goes
  std::set<SystemName> read_again;   // where it is read otherwise than `from` was

  // The history in this system stays what it is, whatever the field is called.
  bool moves_in(const SystemName& system) const { return moves && !read_again.contains(system); }
  bool moves_everywhere() const { return moves && read_again.empty(); }
};

struct EntityChange {
  std::map<FieldName, FieldOrigin> fields;  // of the policy to come, without those that stay
  std::set<FieldName> before;               // of the policy before, whose histories are replaced
  bool keys_change = false;                 // the match keys have to be made anew

  bool empty() const { return fields.empty() && before.empty() && !keys_change; }
};

enum class StepKind {
  renamed,   // another name for the same
  retyped,   // another type, region, currency or parent
  revalued,  // other options or stand-ins for blanks
  reread,    // another place or form in some system, or a system more
  split,     // several fields read what one read
  merged,    // one field is made of several
  added,
  removed,
};
std::string_view to_string(StepKind kind);

struct SchemaStep {
  EntityName entity;
  StepKind kind = StepKind::renamed;
  std::vector<FieldName> from;
  std::vector<FieldName> to;
  std::set<SystemName> read_again;
  bool is_private = false;  // before or after
};

struct SchemaChange {
  std::map<EntityName, EntityChange> entities;  // without those that stay
  std::vector<SchemaStep> steps;
  std::vector<EntityName> entities_gone;
  std::vector<std::string> notes;  // what a migration does not do, and who would expect it
  std::vector<Problem> problems;   // why it cannot work; pointers are into the policy to come
};

// What the fields of a policy are said to have been before: by entity and field.
using FormerNames = std::map<EntityName, std::map<FieldName, std::vector<FieldName>>>;
// What the keys "was" of the policy file to come say, but for those that stand in the file before
// already: they were meant for an earlier migration. parse_policy accepts both files.
FormerNames former_names(const std::string& before_text, const std::string& after_text);

SchemaChange schema_change(const Policy& before, const Policy& after, const FormerNames& former);
// The way back. Its steps, notes and problems are left out.
EntityChange inverse(const EntityChange& change);

}  // namespace truce
