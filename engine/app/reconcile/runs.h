// The slow loop's use cases: open, pages, complete, read. A run's records are compared piece by
// piece (pieces.h) once it is complete.
#pragma once

#include <string>

#include "engine/app/records.h"
#include "engine/core/model/reconciliation.h"

namespace truce {

// A run that nobody touches for this long is over.
inline constexpr Duration run_open_max = Duration::of_ms(std::int64_t{24} * 3'600'000);
// What a run found is kept for this long.
inline constexpr Duration run_kept = Duration::of_ms(std::int64_t{90} * 86'400'000);

// {entity, systems, mode?, max_creates?}. The answer is the run's report, with its id.
Result<Json> open_run(Context& context, const Json& body);
// {complete?: [SYSTEM…]}. What is not declared complete is compared, and nothing is missed in it.
// Again with the same systems: the same answer.
Result<Json> complete_run(Context& context, const RunId& id, const Json& body);
// Ends it; what it has done stays.
Result<Json> abandon_run(Context& context, const RunId& id);

Result<Json> read_run(ReadView& store, const RunId& id);
Result<Json> list_runs(ReadView& store, RunFilter filter);
// {"discrepancies": […], "next": …}
Result<Json> list_discrepancies(ReadView& store, const RunId& id, DiscrepancyFilter filter);

// The report of the contract.
Json render(const Reconciliation& run);
Json render(const Discrepancy& discrepancy);

}  // namespace truce
