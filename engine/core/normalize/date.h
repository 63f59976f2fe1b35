#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// Days since 1970-01-01 of "2026-05-20"; nullopt when there is no such day. Years 0001 to 9999.
std::optional<std::int64_t> days_of_date(std::string_view date);
std::string date_of_days(std::int64_t days);

// YYYY-MM-DD, literally as written; no time zone ever touches a date. Accepted are a date, a date
// and time (its date part), and midnight UTC in epoch milliseconds (seconds with `format: epoch_s`)
// as a number or string, years 1800 to 2200. Anything else is `timestamp-invalid`.
Result<Value> read_date(const Field& field, const MapEntry& entry, const Json& raw);

// As the entry's `format` says; without one "2026-05-20".
Json written_date(const MapEntry& entry, const Value& value);

}  // namespace truce
