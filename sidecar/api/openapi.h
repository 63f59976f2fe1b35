// The reference: OpenAPI 3.1 made of the calls and the schemas.
#pragma once

#include <vector>

#include "sidecar/api/call.h"

namespace truce::api {

Json openapi_document(const std::vector<Call>& calls);

// The schemas by name (schemas.cc). Every name that a call uses is in it.
Json schemas();

}  // namespace truce::api
