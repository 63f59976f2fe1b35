// RFC 9457 problem documents: the one place where a code becomes an HTTP status and a body.
//
//   {"type": "urn:truce:problem:CODE", "title", "status", "detail", "code": CODE,
//    "instance": "urn:uuid:REQUEST-ID", "errors": [{"pointer", "code", "message"}]}
//
// `errors` stands where a problem has a pointer or there are several.
#pragma once

#include <string>
#include <vector>

#include "engine/core/model/error.h"
#include "sidecar/http/refusal.h"
#include "sidecar/http/reply.h"
#include "sidecar/http/request_id.h"

namespace truce {

int status_of(Code code);

HttpReply problem_reply(const Problem& problem, const RequestId& request_id);
// The first problem gives code and status. `problems` is not empty.
HttpReply problem_reply(const std::vector<Problem>& problems, const RequestId& request_id);
HttpReply refusal_reply(const Refusal& refusal, const RequestId& request_id);

}  // namespace truce
