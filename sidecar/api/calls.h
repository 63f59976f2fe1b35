// Every call of the contract that this build answers, one function a group.
#pragma once

#include <vector>

#include "sidecar/api/call.h"
#include "sidecar/api/services.h"

namespace truce::api {

// `services` must outlive the calls.
std::vector<Call> event_calls(Services& services);
std::vector<Call> stateless_calls(Services& services);
std::vector<Call> merge_calls(Services& services);
std::vector<Call> delivery_calls(Services& services);
std::vector<Call> exception_calls(Services& services);
std::vector<Call> record_calls(Services& services);
std::vector<Call> reconciliation_calls(Services& services);
std::vector<Call> cursor_calls(Services& services);
std::vector<Call> feed_calls(Services& services);
std::vector<Call> audit_calls(Services& services);
std::vector<Call> stats_calls(Services& services);
std::vector<Call> drift_calls(Services& services);
std::vector<Call> undo_calls(Services& services);
std::vector<Call> policy_calls(Services& services);
std::vector<Call> migration_calls(Services& services);
std::vector<Call> backup_calls(Services& services);
std::vector<Call> operation_calls(Services& services);

// All of them and /openapi.json, which describes them and itself.
std::vector<Call> all_calls(Services& services);
std::vector<Route> routes_of(const std::vector<Call>& calls);

}  // namespace truce::api
