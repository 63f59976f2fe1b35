// A decision over records that came with the call: nothing is stored, nothing is read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/app/context.h"
#include "engine/core/normalize/normalize.h"
#include "engine/core/survive/survive.h"

namespace truce {

inline constexpr std::size_t systems_max = 8;  // of one call

// Where the policy has no such entity or system: a Problem at `pointer`.
Result<const Entity*> entity_of(const Policy& policy, const Json& body);
Result<const System*> system_named(const Policy& policy, const std::string& name,
                                   const std::string& pointer);

Json fields_json(const std::map<FieldName, Value>& fields);
// [{field, code, message}]
Json problems_json(const std::vector<FieldProblem>& problems);

// A record as if it were the only thing its system ever said. With `changed_at` every field is
// certain to have changed then.
SourceRecord source_of(const System& system, const Entity& entity, const NormalizedRecord& record,
                       const RecordId& id, std::optional<Time> changed_at);

Survivors decide(const Policy& policy, const Entity& entity,
                                     const std::vector<SourceRecord>& sources);
// {FIELD: value}
Json golden_json(const Survivors& survivors);
// {FIELD: {value, winner, rule, why, contested, losers}}
Json decided_fields_json(const Survivors& survivors);
// [{field, category, candidates}]
Json conflicts_json(const Survivors& survivors);

}  // namespace truce
