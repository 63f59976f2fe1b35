// From the file's text to a Policy, with every finding of `truce check`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/error.h"
#include "engine/core/policy/policy.h"

namespace truce {

struct Finding {
  enum class Severity { error, warning };
  Severity severity = Severity::error;
  Code code = Code::policy_value;
  std::string pointer;     // RFC 6901, into the file
  std::size_t line = 1;    // 1-based, of the value (or key) that is meant
  std::size_t column = 1;  // 1-based, in characters
  std::string message;     // what is wrong
  std::string mend;        // how to mend it
};

struct PolicyReading {
  PolicyPtr policy;               // null exactly when there is an error among the findings
  std::vector<Finding> findings;  // in the order of the file
};

// JSON with // and /* */ comments; at most 1 MiB. Unknown keys are errors, with the nearest known
// key in `mend`. Pure, any thread. Never throws. At most 200 errors and 200 warnings are listed.
// What is wrong with the file as a whole stands at 1:1.
PolicyReading parse_policy(std::string_view text);

// "policy.json:12:9: error policy-unknown-key at /systems/hubspot/precedense: …; did you mean …?"
std::string render_finding(const Finding& finding, std::string_view file = "policy.json");
// {severity, code, pointer, line, column, message, mend}
Json to_json(const Finding& finding);
std::string_view to_string(Finding::Severity severity);

// The path grammar of policy.h; `policy-value` with what is wrong. At most 512 bytes, 32 steps and
// array positions up to 999. A token of digits in a JSON Pointer becomes an `index` step that also
// has the token as its `member`: an element of an array, a member of an object.
Result<Path> parse_path(std::string_view spelling);

}  // namespace truce
