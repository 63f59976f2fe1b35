// The bodies of POST /v1/reconciliations/{id}/pages: {system, records, observed_at?}; {system,
// preset, payload, observed_at?} with a system's own list response; or lines of records.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/policy/policy.h"

namespace truce {

inline constexpr std::size_t page_records_max = 10'000;

// The records of one system.
struct SnapshotBody {
  SystemName system;
  std::optional<Time> observed_at;
  std::vector<Json> records;
};

// `entity` is the run's: it says how records of a system without an id path are handed on.
Result<SnapshotBody> read_snapshot_body(Json body, const Policy& policy, const Entity& entity);
// One record a line where `system` is given; else each line is a body of its own, or one record as
// {system, record, observed_at?}. One body a system, in the order of their first lines.
Result<std::vector<SnapshotBody>> read_snapshot_lines(std::string_view lines,
                                                      const SystemName& system,
                                                      std::optional<Time> observed_at,
                                                      const Policy& policy, const Entity& entity);

}  // namespace truce
