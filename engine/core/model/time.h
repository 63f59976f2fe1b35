// Instants and durations. All times are UTC microseconds since 1970; no time zone is kept.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/model/error.h"

namespace truce {

struct Duration {
  std::int64_t us = 0;
  auto operator<=>(const Duration&) const = default;
  static constexpr Duration of_ms(std::int64_t ms) { return {ms * 1000}; }
  std::int64_t ms() const { return us / 1000; }
};

struct Time {
  std::int64_t us = 0;
  auto operator<=>(const Time&) const = default;
  static constexpr Time of_ms(std::int64_t ms) { return {ms * 1000}; }
  static constexpr Time beginning() { return {INT64_MIN / 4}; }  // before every real time
  static constexpr Time end() { return {INT64_MAX / 4}; }        // after every real time
};

inline Time operator+(Time time, Duration duration) { return {time.us + duration.us}; }
inline Time operator-(Time time, Duration duration) { return {time.us - duration.us}; }
inline Duration operator-(Time later, Time earlier) { return {later.us - earlier.us}; }
inline Duration operator+(Duration a, Duration b) { return {a.us + b.us}; }

// "2026-05-12T10:00:00.123Z"; always Z, 3 fraction digits, or 6 where the microseconds need them.
std::string to_rfc3339(Time time);

// RFC 3339 with an offset or Z, also "+0000" without a colon (Salesforce), "2025-02-17 21:22:41Z",
// RFC 2822 ("Wed, 10 Jun 2026 10:29:14 +0000"), any number of fraction digits (more than 6 are
// cut), and a leap second :60, read as :59.999999. A year outside 1970..9999 or a date that does
// not exist is `timestamp-invalid`; so is a time without an offset.
Result<Time> parse_time(std::string_view text);

// As parse_time, and the date and time without an offset are read as `offset_ms` east of UTC.
Result<Time> parse_time_at_offset(std::string_view text, Duration offset);

// An epoch number as the contract's input times take it: milliseconds.
// Values that can only be seconds or microseconds are told apart by range:
// below 10^11 seconds, below 10^14 milliseconds, else microseconds. Negative is
// `timestamp-invalid`.
Result<Time> parse_epoch(std::string_view digits);

// "3d", "12h", "90s", "500ms", "15m"; negative or without a unit is `policy-value`.
Result<Duration> parse_duration(std::string_view text);

}  // namespace truce
