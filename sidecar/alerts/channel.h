// Where the sidecar itself sends alerts: the policy's `alerts.channels`.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/core/policy/policy.h"

namespace truce {

struct Channel {
  enum class Type { slack, telegram };
  std::string name;
  Type type = Type::slack;
  std::string secret;           // "env:NAME" or "file:PATH": where the URL stands
  Json chat_id;                 // of Telegram: text or integer
  std::set<std::string> kinds;  // of /v1/changes: "alert", "exception", "overdue"
};

// The member's text; empty where there is none.
std::string string_member(const Json& object, const char* key);

// All kinds where the policy names none.
std::vector<Channel> channels_of(const Policy& policy);

// The channel's URL, read anew, so that a file may be replaced. `policy-value` with the name of the
// variable or file, and never with what stands there.
Result<std::string> secret_url(const Channel& channel);

// Whether alerts wait now: `alerts.quiet_hours`, in its time zone; `to` is no longer quiet.
bool is_quiet(const Policy& policy, Time now);

}  // namespace truce
