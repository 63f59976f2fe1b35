// Handing a request to the writer.
#pragma once

#include <functional>

#include "sidecar/api/call.h"
#include "sidecar/api/services.h"

namespace truce::api {

// `work` with the request's JSON object as a job of the writer, in the name of the request's token.
Answer write_object(Services& services, const HttpRequest& request,
                    std::function<Result<Json>(Context&, const Json& body)> work);
// The same for a body that may be left out.
Answer write_optional_object(Services& services, const HttpRequest& request,
                             std::function<Result<Json>(Context&, const Json& body)> work);

// A job in the name of the request's token, as large as its body.
WriteJob job_for(const HttpRequest& request);

Failure too_busy();

}  // namespace truce::api
