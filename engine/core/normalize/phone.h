#pragma once

#include <string>
#include <string_view>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// A valid number becomes E.164 ("+4930123456") with its extension behind ";ext=" and is compared
// so; numbers without a country code are read in the field's region. A number that libphonenumber
// can read but that nobody can have (555-1234, demo data) is kept as it came and compared as E.164;
// anything else with a digit in it is kept as it came and compared by its digits and letters.
// Nothing is lost and no formatting difference is a change. At most 64 bytes.
Result<Value> read_phone(const Field& field, std::string_view text);

// "+4930123456;ext=12" -> "+4930123456 ext. 12", which systems and people understand.
std::string written_phone(const std::string& canonical);

}  // namespace truce
