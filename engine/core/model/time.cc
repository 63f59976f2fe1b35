#include "engine/core/model/time.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "engine/core/model/json.h"

namespace truce {
namespace {

constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::int64_t us_per_minute = 60 * us_per_second;
constexpr std::int64_t us_per_day = 24 * 60 * us_per_minute;
constexpr std::int64_t end_of_9999_us = 253'402'300'800 * us_per_second;

struct Date {
  std::int64_t year = 0;
  std::int64_t month = 0;  // 1..12
  std::int64_t day = 0;    // 1..31
};

// Days since 1970 in the proleptic Gregorian calendar, counted in years that begin in March, so
// that the leap day is the last one. Also right for years far outside 0..9999 (Time::beginning()).
std::int64_t days_of(Date date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

Date date_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

bool exists(Date date) {
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return false;
  const Date same = date_of(days_of(date));
  return same.month == date.month && same.day == date.day;
}

// At least `width` characters, the sign among them, and what comes behind.
void append_digits(std::string& out, std::int64_t value, std::size_t width, char behind) {
  if (value < 0) {
    out += '-';
    return append_digits(out, -value, width - 1, behind);
  }
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  const auto length = static_cast<std::size_t>(end - digits);
  if (length < width) out.append(width - length, '0');
  out.append(digits, length);
  out += behind;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads from the front of a text. Each `take` either consumes what it names or nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_any_of(std::string_view choice) {
    if (rest_.empty() || choice.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // Exactly `count` digits.
  std::optional<std::int64_t> take_number(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    std::int64_t number = 0;
    for (char c : rest_.substr(0, count)) {
      if (!is_digit(c)) return std::nullopt;
      number = number * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return number;
  }
  std::string_view take_digits() {
    std::size_t count = 0;
    while (count < rest_.size() && is_digit(rest_[count])) ++count;
    const std::string_view digits = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return digits;
  }

 private:
  std::string_view rest_;
};

std::int64_t fraction_us(std::string_view digits) {
  std::int64_t us = 0;
  for (std::size_t i = 0; i < 6; ++i) us = us * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return us;
}

std::optional<Date> take_iso_date(Scanner& scanner) {
  const auto year = scanner.take_number(4);
  if (!year || !scanner.take('-')) return std::nullopt;
  const auto month = scanner.take_number(2);
  if (!month || !scanner.take('-')) return std::nullopt;
  const auto day = scanner.take_number(2);
  if (!day) return std::nullopt;
  return Date{*year, *month, *day};
}

enum class Seconds { required, optional };

// "10:29:14" and any fraction, as microseconds of the day.
std::optional<std::int64_t> take_time_of_day(Scanner& scanner, Seconds seconds) {
  const auto hour = scanner.take_number(2);
  if (!hour || !scanner.take(':')) return std::nullopt;
  const auto minute = scanner.take_number(2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  const std::int64_t whole_minutes = (*hour * 60 + *minute) * us_per_minute;
  if (!scanner.take(':')) {
    return seconds == Seconds::optional ? std::optional(whole_minutes) : std::nullopt;
  }
  const auto second = scanner.take_number(2);
  if (!second || *second > 60) return std::nullopt;
  std::int64_t fraction = 0;
  if (scanner.take('.')) {
    const std::string_view digits = scanner.take_digits();
    if (digits.empty()) return std::nullopt;
    fraction = fraction_us(digits);
  }
  if (*second == 60) return whole_minutes + us_per_minute - 1;
  return whole_minutes + *second * us_per_second + fraction;
}

// "+02:00", "+0200" or "+02", as microseconds east of UTC.
std::optional<std::int64_t> take_numeric_offset(Scanner& scanner) {
  const bool west = scanner.take('-');
  if (!west && !scanner.take('+')) return std::nullopt;
  const auto hours = scanner.take_number(2);
  if (!hours || *hours > 23) return std::nullopt;
  std::int64_t minutes = 0;
  const bool colon = scanner.take(':');
  if (colon || !scanner.at_end()) {
    const auto given = scanner.take_number(2);
    if (given && *given > 59) return std::nullopt;
    if (!given && colon) return std::nullopt;
    minutes = given.value_or(0);
  }
  const std::int64_t east_us = (*hours * 60 + minutes) * us_per_minute;
  return west ? -east_us : east_us;
}

std::optional<Time> instant(Date date, std::int64_t us_of_day, std::int64_t offset_us) {
  if (date.year < 1970 || !exists(date)) return std::nullopt;
  const Time time{days_of(date) * us_per_day + us_of_day - offset_us};
  if (time.us < 0 || time.us >= end_of_9999_us) return std::nullopt;
  return time;
}

std::optional<Time> read_iso(std::string_view text, std::optional<Duration> default_offset) {
  Scanner scanner(text);
  const auto date = take_iso_date(scanner);
  if (!date || !scanner.take_any_of("Tt ")) return std::nullopt;
  const auto us_of_day = take_time_of_day(scanner, Seconds::required);
  if (!us_of_day) return std::nullopt;
  std::optional<std::int64_t> offset_us;
  if (scanner.at_end()) {
    if (default_offset) offset_us = default_offset->us;
  } else if (scanner.take_any_of("Zz")) {
    offset_us = 0;
  } else {
    offset_us = take_numeric_offset(scanner);
  }
  if (!offset_us || !scanner.at_end()) return std::nullopt;
  return instant(*date, *us_of_day, *offset_us);
}

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> day_names = {"Thu", "Fri", "Sat", "Sun",
                                                       "Mon", "Tue", "Wed"};  // 1970 began on one

template <std::size_t count>
std::optional<std::int64_t> take_name(Scanner& scanner,
                                      const std::array<std::string_view, count>& names) {
  for (std::size_t i = 0; i < count; ++i) {
    if (scanner.take_word(names[i])) return static_cast<std::int64_t>(i);
  }
  return std::nullopt;
}

// RFC 2822, section 4.3: readers must still take these names.
std::optional<std::int64_t> take_named_zone(Scanner& scanner) {
  struct Zone {
    std::string_view name;
    std::int64_t hours;
  };
  constexpr std::array<Zone, 11> zones = {{{"GMT", 0},
                                           {"UTC", 0},
                                           {"UT", 0},
                                           {"EDT", -4},
                                           {"EST", -5},
                                           {"CDT", -5},
                                           {"CST", -6},
                                           {"MDT", -6},
                                           {"MST", -7},
                                           {"PDT", -7},
                                           {"PST", -8}}};
  for (const Zone& zone : zones) {
    if (scanner.take_word(zone.name)) return zone.hours * 60 * us_per_minute;
  }
  return std::nullopt;
}

// A comment at the end is usual in mail: "+0000 (UTC)".
bool take_comment_and_end(Scanner& scanner) {
  if (scanner.at_end()) return true;
  if (!scanner.take_word(" (")) return false;
  const std::string_view comment = scanner.rest();
  return comment.find_first_of("()\\") == comment.size() - 1 && comment.ends_with(')');
}

std::optional<Time> read_mail_date(std::string_view text, std::optional<Duration> default_offset) {
  Scanner scanner(text);
  const auto weekday = take_name(scanner, day_names);
  if (weekday && !scanner.take_word(", ")) return std::nullopt;
  auto day = scanner.take_number(2);
  if (!day) day = scanner.take_number(1);
  if (!day || !scanner.take(' ')) return std::nullopt;
  const auto month = take_name(scanner, month_names);
  if (!month || !scanner.take(' ')) return std::nullopt;
  const auto year = scanner.take_number(4);
  if (!year || !scanner.take(' ')) return std::nullopt;
  const auto us_of_day = take_time_of_day(scanner, Seconds::optional);
  if (!us_of_day) return std::nullopt;

  std::optional<std::int64_t> offset_us;
  if (scanner.at_end()) {
    if (default_offset) offset_us = default_offset->us;
  } else if (scanner.take(' ')) {
    offset_us = take_named_zone(scanner);
    if (!offset_us) offset_us = take_numeric_offset(scanner);
  }
  if (!offset_us || !take_comment_and_end(scanner)) return std::nullopt;

  const Date date{*year, *month + 1, *day};
  if (weekday && (!exists(date) || ((days_of(date) % 7) + 7) % 7 != *weekday)) return std::nullopt;
  return instant(date, *us_of_day, *offset_us);
}

Result<Time> read_time(std::string_view text, std::optional<Duration> default_offset) {
  std::optional<Time> time;
  if (text.size() <= 100) {  // no form is longer, but for an endless fraction
    time = read_iso(text, default_offset);
    if (!time) time = read_mail_date(text, default_offset);
  }
  if (time) return *time;
  return fail(Code::timestamp_invalid, "not a time with an offset: " + shown(text));
}

}  // namespace

std::string to_rfc3339(Time time) {
  std::int64_t days = time.us / us_per_day;
  std::int64_t us = time.us % us_per_day;
  if (us < 0) {
    us += us_per_day;
    --days;
  }
  const Date date = date_of(days);
  const std::int64_t seconds = us / us_per_second;
  const std::int64_t fraction = us % us_per_second;
  const bool whole_ms = fraction % 1000 == 0;
  // Each answer and each row of the trail has many times: no printf.
  std::string text;
  append_digits(text, date.year, 4, '-');
  append_digits(text, date.month, 2, '-');
  append_digits(text, date.day, 2, 'T');
  append_digits(text, seconds / 3600, 2, ':');
  append_digits(text, seconds / 60 % 60, 2, ':');
  append_digits(text, seconds % 60, 2, '.');
  append_digits(text, whole_ms ? fraction / 1000 : fraction, whole_ms ? 3 : 6, 'Z');
  return text;
}

Result<Time> parse_time(std::string_view text) { return read_time(text, std::nullopt); }

Result<Time> parse_time_at_offset(std::string_view text, Duration offset) {
  return read_time(text, offset);
}

Result<Time> parse_epoch(std::string_view digits) {
  const auto refuse = [&] {
    return fail(Code::timestamp_invalid, "not an epoch time: " + shown(digits));
  };
  const std::optional<std::string> plain = normal_decimal(digits);
  if (!plain || plain->starts_with('-')) return refuse();
  const std::size_t point = plain->find('.');
  const std::string_view whole = std::string_view(*plain).substr(0, point);
  const std::string_view fraction =
      point == std::string::npos ? std::string_view() : std::string_view(*plain).substr(point + 1);
  if (whole.size() > 18) return refuse();
  std::int64_t number = 0;
  std::from_chars(whole.data(), whole.data() + whole.size(), number);

  Time time;
  if (number < 100'000'000'000) {
    time.us = number * us_per_second + fraction_us(fraction);
  } else if (number < 100'000'000'000'000) {
    time.us = number * 1000 + fraction_us(fraction) / 1000;
  } else {
    time.us = number;
  }
  if (time.us >= end_of_9999_us) return refuse();
  return time;
}

Result<Duration> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t us;
  };
  constexpr std::array<Unit, 5> units = {{{"ms", 1000},
                                          {"s", us_per_second},
                                          {"m", us_per_minute},
                                          {"h", 60 * us_per_minute},
                                          {"d", us_per_day}}};
  constexpr std::int64_t greatest_us = 36'500 * us_per_day;  // a hundred years: no sum overflows
  Scanner scanner(text);
  const std::string_view digits = scanner.take_digits();
  std::int64_t count = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (!digits.empty() && error == std::errc()) {
    for (const Unit& unit : units) {
      if (scanner.rest() != unit.name) continue;
      if (count > greatest_us / unit.us) break;
      return Duration{count * unit.us};
    }
  }
  return fail(Code::policy_value,
              "not a duration such as 500ms, 90s, 15m, 12h or 3d, at most 36500d: " + shown(text));
}

}  // namespace truce
