// Checks of raw text before any type looks at it.
#pragma once

#include <string_view>

#include "engine/core/model/error.h"
#include "engine/core/policy/policy.h"

namespace truce {

// At most 256 KiB (`field-too-long`), UTF-8 (`format`), without NUL (`nul-in-text`).
Result<void> check_text(const Field& field, std::string_view text);

// The entry's pattern, if any, must match all of `text`, of which at most 64 KiB
// (`field-too-long`); `format` when it does not, `policy-regex` when RE2 refuses it. Thread-safe.
Result<void> check_pattern(const Field& field, const MapEntry& entry, std::string_view text);

// The same of what is to be written, as the system will hold it; of a set, each element. Where a
// transform reads the system's value, the pattern is for what it gives, and nothing is checked here.
Result<void> check_written(const Field& field, const MapEntry& entry, const Json& form);

}  // namespace truce
