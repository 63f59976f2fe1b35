#include "sidecar/dto/claim_body.h"

#include "sidecar/dto/event_batch.h"
#include "sidecar/dto/member_reader.h"

namespace truce {

Result<ClaimRequest> read_claim(const Json& body) {
  MemberReader reader(body);
  ClaimRequest request;
  request.system = SystemName(reader.text("system"));
  if (const auto limit = reader.whole("limit", 1, claim_max)) {
    request.limit = static_cast<std::size_t>(*limit);
  }
  request.lease = reader.duration_ms("lease_ms", lease_max);
  if (const auto group = reader.whole("group", 1, claim_max)) {
    request.group = static_cast<std::size_t>(*group);
  }
  if (reader.problem()) return tl::unexpected<Problem>(*reader.problem());
  return request;
}

}  // namespace truce
