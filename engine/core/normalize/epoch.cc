#include "engine/core/normalize/epoch.h"

#include <re2/re2.h>

#include <cstdint>
#include <limits>

namespace truce {
namespace {

constexpr std::size_t longest_epoch_digits = 18;

std::int64_t us_per(EpochUnit unit) {
  switch (unit) {
    case EpochUnit::seconds:
      return 1'000'000;
    case EpochUnit::milliseconds:
      return 1'000;
    case EpochUnit::microseconds:
      return 1;
  }
  return 1;
}

std::string_view whole_digits(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  text = text.substr(0, text.find('.'));
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  return text;
}

std::int64_t rounded_down(std::int64_t value, std::int64_t divisor) {
  const std::int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

}  // namespace

bool looks_like_epoch(std::string_view text) {
  static const RE2 pattern(R"([+-]?\d+(?:\.\d+)?)");
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

std::optional<EpochUnit> declared_unit(const MapEntry& entry) {
  if (entry.format == "epoch_s") return EpochUnit::seconds;
  if (entry.format == "epoch_ms" || entry.format == "epoch_ms_text") return EpochUnit::milliseconds;
  return std::nullopt;
}

EpochUnit unit_by_size(std::string_view digits) {
  const std::size_t count = whole_digits(digits).size();
  if (count <= 11) return EpochUnit::seconds;
  return count <= 14 ? EpochUnit::milliseconds : EpochUnit::microseconds;
}

std::optional<Time> time_of_epoch(std::string_view digits, EpochUnit unit) {
  const std::string_view whole = whole_digits(digits);
  if (whole.size() > longest_epoch_digits) return std::nullopt;
  const std::int64_t scale = us_per(unit);
  const std::int64_t count = std::stoll(std::string(whole));
  if (count > std::numeric_limits<std::int64_t>::max() / scale - 1) return std::nullopt;
  std::int64_t us = count * scale;
  const std::size_t point = digits.find('.');
  if (point != std::string_view::npos) {
    std::int64_t place = scale;
    for (const char digit : digits.substr(point + 1)) {
      place /= 10;
      us += place * (digit - '0');
    }
  }
  return Time{digits.front() == '-' ? -us : us};
}

Json written_epoch(Time time, const std::string& format) {
  if (format == "epoch_s") return rounded_down(time.us, us_per(EpochUnit::seconds));
  const std::int64_t ms = rounded_down(time.us, us_per(EpochUnit::milliseconds));
  return format == "epoch_ms_text" ? Json(std::to_string(ms)) : Json(ms);
}

}  // namespace truce
