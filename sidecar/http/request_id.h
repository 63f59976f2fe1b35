// One id a request: in its problem document, in the X-Request-Id of its reply and in the log.
#pragma once

#include "engine/core/model/ids.h"

namespace truce {

using RequestId = Id<struct RequestTag>;

// A random UUID (version 4).
RequestId make_request_id();

}  // namespace truce
