#pragma once

#include <string>
#include <string_view>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// Shown as it came, trimmed. Compared with scheme and host in lower case (the host as IDNA ASCII),
// without a default port and without one slash at the end of the path; a missing scheme is read as
// https, but http and https stay two. "mailto:…" and its like are compared as they are. At most 8
// KiB, no space or control character inside; a host needs a dot unless a scheme is written.
Result<Value> read_url(const Field& field, std::string_view text);

// The host of a URL or a bare host name, in lower case, without a leading "www.", port and the dot
// at the end. Compared as IDNA ASCII. An e-mail address is refused.
Result<Value> read_domain(const Field& field, std::string_view text);

// Lower case, IDNA 2008 (UTS 46) ASCII where it has other letters; "" where that fails.
std::string ascii_host(std::string_view host);

}  // namespace truce
