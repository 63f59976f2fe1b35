// The policy: which systems there are, what a record means in each of them, and who wins.
// Plain values, made by parse_policy (parse_policy.h) and never changed afterwards.
// Keys and defaults: docs/policy.md; the JSON Schema is docs/policy.schema.json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/model/ids.h"
#include "engine/core/model/json.h"
#include "engine/core/model/time.h"

namespace truce {

enum class FieldType {
  text,
  email,
  phone,
  url,
  domain,
  integer,
  decimal,
  money,
  boolean,
  date,
  instant,
  enumeration,
  set,
  reference,
  html,
};
enum class Rule {
  source_of_truth,
  recency,
  set_union,
  escalate,
  immutable,
  precedence,
  minimum,
  maximum,
};
enum class Direction { both, in, out, none };
enum class Blank { keep, clear };
enum class Removals { ignore, propagate, escalate };
enum class OnTie { precedence, escalate };
enum class EscalateWhen { any, concurrent };
enum class DeletePolicy { escalate, propagate, ignore, restore };
enum class AmbiguousPolicy { review, create, skip };
enum class UnknownOption { reject, pass };

// The policy file's spelling: "enum", "union", "min"; see enum_names.cc. parse_* give nullopt for a
// word that is none of them.
std::string_view to_string(FieldType value);
std::string_view to_string(Rule value);
std::string_view to_string(Direction value);
std::string_view to_string(Blank value);
std::string_view to_string(Removals value);
std::string_view to_string(OnTie value);
std::string_view to_string(EscalateWhen value);
std::string_view to_string(DeletePolicy value);
std::string_view to_string(AmbiguousPolicy value);
std::string_view to_string(UnknownOption value);
template <class Enum>
std::optional<Enum> from_string(std::string_view word);

// Where a value stands in a system's record: "properties.email", "emails[0].value",
// "custom_fields[id=46406168902289].value" (the array element whose member `id` has that text),
// "emails[primary=true].value", or a JSON Pointer "/properties/email".
struct PathStep {
  enum class Kind { member, index, where };
  Kind kind = Kind::member;
  std::string member;     // member: its name; where: the member that is compared
  std::size_t index = 0;  // index only
  std::string equals;     // where only: the text it must have
};
struct Path {
  std::string spelling;  // as the policy wrote it
  std::vector<PathStep> steps;
};

struct Lossy {
  enum class Kind { lower, upper, trim, truncate, round };
  Kind kind = Kind::lower;
  int digits = 0;  // truncate: characters kept; round: decimal places kept
};

// How one system shows one field.
struct MapEntry {
  Path path;
  std::optional<Path> write;                  // where it is written, if elsewhere
  std::map<std::string, std::string> values;  // system value -> canonical value
  UnknownOption unknown = UnknownOption::reject;
  std::optional<std::string>
      fallback;                        // written for a canonical value that `values` has no form of
  std::optional<std::string> split;    // set: separator in one string; none: an array
  std::optional<std::string> element;  // set: member of array elements that are objects
  bool read_only = false;
  std::optional<std::size_t> max_length;       // code points that the system keeps
  std::vector<Lossy> lossy;                    // what the system does to what is written, in order
  std::vector<Json> blank;                     // this system's stand-ins for "no value"
  std::optional<std::string> transform;        // jq over the raw record
  std::optional<std::string> write_transform;  // jq over the canonical value
  std::optional<std::string> format;           // how times and options are written: see policy.md
  bool minor_units = false;                    // money: the system counts cents
  std::optional<std::string> pattern;          // RE2 that the raw text must match in full
};

struct Field {
  FieldName name;
  FieldType type = FieldType::text;
  Rule rule = Rule::escalate;
  bool rule_given = false;  // false: `truce check` warns
  SystemName source;        // source_of_truth only
  bool unless_blank = false;
  OnTie on_tie = OnTie::precedence;
  EscalateWhen when = EscalateWhen::any;
  Removals removals = Removals::ignore;
  Blank blank = Blank::keep;
  bool immutable = false;  // beside source_of_truth
  std::string group;       // empty: none
  std::vector<std::string> decide_roles;
  bool required = false;
  bool is_private = false;
  std::string region;                // phone: ISO 3166 upper case, "ZZ" for none
  std::string currency;              // money: ISO 4217; empty: 2 decimal places are not assumed
  EntityName entity;                 // reference: the entity it points to
  std::vector<std::string> options;  // enum: the canonical values, in their order for min and
                                     // max; empty: those of the maps
  std::map<SystemName, Direction> direction;  // default both
  std::map<SystemName, MapEntry> map;

  Direction direction_of(const SystemName& system) const;  // none where the system has no map entry
  bool reads(const SystemName& system) const;              // both, in
  bool writes(const SystemName& system) const;             // both, out, and not read_only
};

struct Guard {
  std::size_t count = 50;
  double share = 0.25;  // of the entity's golden records
  Duration window = Duration::of_ms(3'600'000);
  bool given = false;  // in the policy: it then counts every change, not only deletes and clears
};

struct Entity {
  EntityName name;
  std::map<SystemName, Path> id;
  std::map<SystemName, Path> modified;
  std::map<SystemName, std::vector<std::string>> objects;  // a system's own names of this entity
  std::vector<std::vector<FieldName>> match;
  // Further fields whose values count as a key field's when records are matched: other addresses.
  std::map<FieldName, std::vector<FieldName>> match_also;
  AmbiguousPolicy ambiguous = AmbiguousPolicy::review;
  std::vector<SystemName> create_in;
  DeletePolicy on_delete = DeletePolicy::escalate;
  Duration delete_grace = Duration::of_ms(0);
  // How long an event waits for the record it refers to before a person is asked.
  Duration reference_wait = Duration::of_ms(3'600'000);
  Guard guard;
  std::size_t breaker_flips = 6;  // golden flips between two values within breaker_window
  Duration breaker_window = Duration::of_ms(3'600'000);
  std::string owner;
  std::map<SystemName, std::string> owner_of;  // per system, before `owner`
  std::map<FieldName, Field> fields;

  const Field* field(const FieldName& name) const;
  bool creates_in(const SystemName& system) const;
};

struct Retry {
  int attempts = 8;
  Duration first = Duration::of_ms(1'000);
  Duration max = Duration::of_ms(3'600'000);
  int per_minute = 600;  // retries of all the system's deliveries together
};

struct System {
  SystemName name;
  int precedence = 1'000'000;  // 1 ranks highest; systems without one rank last
  Duration clock_skew = Duration::of_ms(0);
  Duration max_future_skew = Duration::of_ms(300'000);
  Duration dedup_window = Duration::of_ms(std::int64_t{3} * 86'400'000);
  std::string time_zone;  // IANA; for offset-less times of this system; empty: refused
  Retry retry;
  Duration lease = Duration::of_ms(60'000);
  Duration settle_window = Duration::of_ms(0);
  // A record that is fetched from it tells when each field was changed, and a write that this may
  // forestall waits for it so long (docs/decisions/asking-who-was-last.md). 0: it does not tell.
  Duration history_wait = Duration::of_ms(0);
  Json alerts;  // thresholds of this system, before those of Policy::alerts; null: none
};

struct Policy {
  int version = 1;
  std::map<SystemName, System> systems;
  std::map<EntityName, Entity> entities;
  Duration history_window = Duration::of_ms(std::int64_t{30} * 86'400'000);
  Duration raw_retention = Duration::of_ms(std::int64_t{30} * 86'400'000);
  // As written and validated; null: none. {"channels": {NAME: {"type": "slack" or "telegram",
  // "url": "env:NAME" or "file:PATH", "chat_id": text or integer, "kinds": [word]}}, "thresholds":
  // {"queue_depth": integer, "oldest_exception": duration, "failure_rate": share, "silence":
  // duration}, "quiet_hours": {"from": "22:00", "to": "07:00", "time_zone": IANA name}}
  Json alerts;
  // {exception category or "default": duration}, as written and validated; null: none. See
  // open_limit.
  Json sla;
  std::string sha256;  // of the file's bytes: the policy version in the audit trail

  const System* system(const SystemName& name) const;
  const Entity* entity(const EntityName& name) const;
  // How long an item of this category ("conflict", "delete", …) may stay open before it is overdue:
  // the sla's, else its default, else 24 hours.
  Duration open_limit(std::string_view category) const;
};

using PolicyPtr = std::shared_ptr<const Policy>;

}  // namespace truce
