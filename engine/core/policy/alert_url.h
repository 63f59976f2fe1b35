// Where alerts may be sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace truce {

// Why alerts must not go to `url`; nullopt when they may. Allowed is https to a public host name on
// port 443 or 8443. Refused: other schemes, addresses in any spelling (127.0.0.1, 2130706433,
// 0x7f.1,
// [::1]), localhost, .local, .internal and single-label names, user:password@, fragments, and
// anything that two readers of URLs could read differently. What the name resolves to is the
// sender's to check.
std::optional<std::string> refusal_of_alert_url(std::string_view url);

}  // namespace truce
