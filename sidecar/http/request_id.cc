#include "sidecar/http/request_id.h"

#include "engine/core/model/hash.h"

namespace truce {

RequestId make_request_id() {
  std::string hex = random_hex(16);
  hex[12] = '4';                  // version
  hex[16] = "89ab"[hex[16] % 4];  // variant
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) hex.insert(dash, 1, '-');
  return RequestId(std::move(hex));
}

}  // namespace truce
