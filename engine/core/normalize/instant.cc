#include "engine/core/normalize/instant.h"

#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <map>
#include <memory>
#include <optional>

#include "engine/core/normalize/date.h"
#include "engine/core/normalize/epoch.h"
#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr std::size_t longest_time_bytes = 64;
constexpr std::int64_t us_per_ms = 1000;
constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::int64_t us_per_day = 86'400 * us_per_second;
constexpr std::int64_t end_of_2200_us = std::int64_t{84'371} * us_per_day;     // 2201-01-01
constexpr std::int64_t end_of_9999_us = std::int64_t{2'932'897} * us_per_day;  // 10000-01-01
constexpr std::size_t most_cached_zones = 64;

// One cache a thread: ICU's zone objects are costly to make.
const icu::BasicTimeZone* zone_named(const std::string& name) {
  thread_local std::map<std::string, std::unique_ptr<icu::TimeZone>> cache;
  auto found = cache.find(name);
  if (found == cache.end()) {
    if (cache.size() >= most_cached_zones) cache.clear();
    std::unique_ptr<icu::TimeZone> zone(
        icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
    if (zone != nullptr && *zone == icu::TimeZone::getUnknown()) zone.reset();
    found = cache.emplace(name, std::move(zone)).first;
  }
  return dynamic_cast<const icu::BasicTimeZone*>(found->second.get());
}

std::optional<Time> moment_of_local(Time local, const std::string& zone_name) {
  const icu::BasicTimeZone* zone = zone_named(zone_name);
  if (zone == nullptr) return std::nullopt;
  int32_t raw_offset_ms = 0;
  int32_t dst_offset_ms = 0;
  UErrorCode status = U_ZERO_ERROR;
  zone->getOffsetFromLocal(static_cast<UDate>(local.us / us_per_ms), UCAL_TZ_LOCAL_FORMER,
                           UCAL_TZ_LOCAL_FORMER, raw_offset_ms, dst_offset_ms, status);
  if (U_FAILURE(status)) return std::nullopt;
  return local - Duration::of_ms(std::int64_t{raw_offset_ms} + dst_offset_ms);
}

Result<Time> time_of_number(const Field& field, const MapEntry& entry, const std::string& digits) {
  const std::optional<EpochUnit> declared = declared_unit(entry);
  const std::optional<Time> time = time_of_epoch(digits, declared.value_or(unit_by_size(digits)));
  const std::int64_t end_us = declared ? end_of_9999_us : end_of_2200_us;
  if (!time || time->us < 0 || time->us >= end_us) {
    return refuse(field, Code::timestamp_invalid, digits,
                  declared ? "is outside the years 1970 to 9999 in the unit that `format` names"
                           : "is outside the years 1970 to 2200 as an epoch time; check the unit, "
                             "or declare it with `format`");
  }
  return *time;
}

Result<Time> time_without_offset(const Field& field, const System& system, const MapEntry& entry,
                                 const std::string& text) {
  const std::string whole =
      entry.format == "date" && days_of_date(text) ? text + "T00:00:00" : text;
  const Result<Time> local = parse_time_at_offset(whole, Duration{});
  if (!local) {
    return refuse(field, Code::timestamp_invalid, text,
                  "is no time; give one like 2026-05-20T10:00:00Z");
  }
  if (entry.format == "datetime" || entry.format == "date") return *local;
  if (system.time_zone.empty()) {
    return refuse(
        field, Code::timestamp_invalid, text,
        "has no offset from UTC; add one, or name the system's `time_zone` in the policy");
  }
  const std::optional<Time> moment = moment_of_local(*local, system.time_zone);
  if (!moment) {
    return fail(Code::timestamp_invalid,
                field.name.text + ": the time zone " + shown(system.time_zone) + " is not known");
  }
  return *moment;
}

}  // namespace

Result<Time> read_time(const Field& field, const System& system, const MapEntry& entry,
                       const Json& raw) {
  if (!raw.is_string() && !is_number(raw)) return refuse_type(field, raw, "a time");
  std::string text =
      is_number(raw) ? number_text(raw) : one_line(raw.get_ref<const std::string&>());
  if (is_number(raw)) text = normal_decimal(text).value_or(text);
  if (text.size() > longest_time_bytes) {
    return refuse(field, Code::timestamp_invalid, text, "is too long for a time");
  }
  if (looks_like_epoch(text)) return time_of_number(field, entry, text);
  if (const Result<Time> time = parse_time(text)) return *time;
  return time_without_offset(field, system, entry, text);
}

Result<Value> read_instant(const Field& field, const System& system, const MapEntry& entry,
                           const Json& raw) {
  return read_time(field, system, entry, raw).map([](Time time) {
    return Value::of_text(to_rfc3339(time));
  });
}

Json written_instant(const MapEntry& entry, const Value& value) {
  const Result<Time> time = parse_time(value.key());
  const std::string format = entry.format.value_or("rfc3339");
  if (!time || format == "rfc3339") return value.text();
  const std::string full = to_rfc3339(*time);
  if (format == "date") return full.substr(0, 10);
  if (format == "datetime") return full.substr(0, 10) + " " + full.substr(11, 8);
  return written_epoch(*time, format);
}

}  // namespace truce
