// The body of POST /v1/deliveries/claim.
#pragma once

#include "engine/app/outbox.h"

namespace truce {

inline constexpr std::size_t claim_max = 1000;

Result<ClaimRequest> read_claim(const Json& body);

}  // namespace truce
