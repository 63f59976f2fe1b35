#include "engine/core/normalize/date.h"

#include <re2/re2.h>

#include <chrono>
#include <cstdio>

#include "engine/core/normalize/epoch.h"
#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr std::int64_t us_per_day = std::int64_t{86'400} * 1'000'000;
constexpr std::int64_t first_day = -719'162;        // 0001-01-01
constexpr std::int64_t last_day = 2'932'896;        // 9999-12-31
constexpr std::int64_t first_likely_day = -62'091;  // 1800-01-01
constexpr std::int64_t last_likely_day = 84'370;    // 2200-12-31
constexpr std::string_view hint = "is no date; give one like 2026-05-20";

// The date part of a date and time in any offset, or all of it.
std::optional<std::string> date_part(std::string_view text) {
  static const RE2 pattern(
      R"((\d{4}-\d{2}-\d{2})(?:[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:[.,]\d{1,9})?)?\s*(?:[Zz]|UTC|[+-]\d{2}:?\d{2})?)?)");
  std::string date;
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern, &date)) {
    return std::nullopt;
  }
  return date;
}

Result<Value> date_of_epoch(const Field& field, const MapEntry& entry, std::string_view digits) {
  const std::optional<EpochUnit> declared = declared_unit(entry);
  const std::optional<Time> time =
      time_of_epoch(digits, declared.value_or(EpochUnit::milliseconds));
  if (!time) return refuse(field, Code::timestamp_invalid, digits, hint);
  if (time->us % us_per_day != 0) {
    return refuse(field, Code::timestamp_invalid, digits,
                  "is not midnight UTC, so it is no date; declare the field as instant");
  }
  const std::int64_t days = time->us / us_per_day;
  const bool fits = declared ? first_day <= days && days <= last_day
                             : first_likely_day <= days && days <= last_likely_day;
  if (!fits) {
    return refuse(field, Code::timestamp_invalid, digits,
                  declared ? "is outside the years 1 to 9999 in the unit that `format` names"
                           : "is a day outside the years 1800 to 2200; check the unit, or declare "
                             "it with `format`");
  }
  return Value::of_text(date_of_days(days));
}

}  // namespace

std::optional<std::int64_t> days_of_date(std::string_view date) {
  static const RE2 pattern(R"((\d{4})-(\d{2})-(\d{2}))");
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (!RE2::FullMatch(re2::StringPiece(date.data(), date.size()), pattern, &year, &month, &day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day calendar{std::chrono::year{year}, std::chrono::month{month},
                                             std::chrono::day{day}};
  if (!calendar.ok() || year < 1) return std::nullopt;
  return std::chrono::sys_days{calendar}.time_since_epoch().count();
}

std::string date_of_days(std::int64_t days) {
  const std::chrono::year_month_day calendar{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(days)}}};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(calendar.year()),
                static_cast<unsigned>(calendar.month()), static_cast<unsigned>(calendar.day()));
  return text;
}

Result<Value> read_date(const Field& field, const MapEntry& entry, const Json& raw) {
  if (!raw.is_string() && !is_number(raw)) return refuse_type(field, raw, "a date");
  const std::string text =
      is_number(raw) ? number_text(raw) : one_line(raw.get_ref<const std::string&>());
  if (looks_like_epoch(text)) return date_of_epoch(field, entry, text);
  const std::optional<std::string> date = date_part(text);
  if (!date) return refuse(field, Code::timestamp_invalid, text, hint);
  if (!days_of_date(*date)) {
    return refuse(field, Code::timestamp_invalid, text, "is a day that no calendar has");
  }
  return Value::of_text(*date);
}

Json written_date(const MapEntry& entry, const Value& value) {
  const std::optional<std::int64_t> days = days_of_date(value.key());
  const std::string format = entry.format.value_or("date");
  if (!days || format == "date") return value.text();
  if (format == "rfc3339") return value.text() + "T00:00:00.000Z";
  if (format == "datetime") return value.text() + " 00:00:00";
  return written_epoch(Time{*days * us_per_day}, format);
}

}  // namespace truce
