// Deliveries on their way: claim with a lease, extend, settle, replay, discard.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/app/context.h"

namespace truce {

struct ClaimRequest {
  SystemName system;  // empty: all
  std::size_t limit = 100;
  std::optional<Duration> lease;
  std::optional<std::size_t> group;  // at most this many in one group of (system, entity, op)
};

// {"deliveries": […]} or {"groups": […]}; re-resolved against the present before it is handed out.
Json claim(Context& context, const ClaimRequest& request);

// One result of the contract's settle: {id, attempt?, status, record_id?, record?, error?}. The
// answer is {id, state, fetch?} or {id, error: {code, message}}: refused item by item
// (`lease-lost`, `not-found`, `id-invalid` for the result of another record than the delivery's own,
// `already-settled` for a create that was settled with another record).
// The same result of the same attempt again is not an error and changes nothing.
Json settle(Context& context, const Json& result);
// {id, attempt?}: the lease ends so much later than now (none: the system's own), and never earlier
// than it did. The answer is {id, state, lease_expires_at} or an error.
Json extend(Context& context, const Json& item, std::optional<Duration> lease);
// {id, error: {code, message, pointer?}}
Json item_error(const std::string& id, const Problem& problem);

Result<Json> replay_delivery(Context& context, const DeliveryId& id);
Result<Json> discard_delivery(Context& context, const DeliveryId& id);

// Leases that ran out: their writes are of unknown fate, and they wait for their next attempt.
// Gives how many; at most `limit`.
std::size_t expire_leases(Context& context, std::size_t limit);

}  // namespace truce
