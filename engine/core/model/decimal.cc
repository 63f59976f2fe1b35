// Decimal numbers as text: no digit is ever lost to a double.
#include "engine/core/model/decimal.h"

#include <algorithm>
#include <charconv>

#include "engine/core/model/json.h"

namespace truce {
namespace {

constexpr std::int64_t longest_written = 400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                  text.begin());
}

// "e+12" -> 12; beyond 10^9 it stays there, which no number that we take can reach.
std::optional<std::int64_t> read_exponent(std::string_view text) {
  constexpr std::int64_t greatest = 1'000'000'000;
  if (text.empty()) return 0;
  text.remove_prefix(1);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || count_digits(text) != text.size()) return std::nullopt;
  std::int64_t exponent = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || exponent > greatest) exponent = greatest;
  return negative ? -exponent : exponent;
}

std::string written_out(const Decimal& decimal) {
  const std::string& digits = decimal.digits;
  const auto length = static_cast<std::int64_t>(digits.size());
  std::string text = decimal.negative ? "-" : "";
  if (decimal.point <= 0) {
    text += "0.";
    text.append(static_cast<std::size_t>(-decimal.point), '0');
    text += digits;
  } else if (decimal.point >= length) {
    text += digits;
    text.append(static_cast<std::size_t>(decimal.point - length), '0');
  } else {
    text.append(digits, 0, static_cast<std::size_t>(decimal.point));
    text += '.';
    text.append(digits, static_cast<std::size_t>(decimal.point));
  }
  return text;
}

bool fits_written_out(const Decimal& decimal) {
  const auto length = static_cast<std::int64_t>(decimal.digits.size());
  return std::max(length, decimal.point) - std::min<std::int64_t>(0, decimal.point) <=
         longest_written;
}

}  // namespace

std::optional<Decimal> read_decimal(std::string_view number) {
  Decimal decimal;
  decimal.negative = number.starts_with('-');
  if (decimal.negative) number.remove_prefix(1);

  const std::string_view whole = number.substr(0, count_digits(number));
  if (whole.empty()) return std::nullopt;
  number.remove_prefix(whole.size());
  std::string_view fraction;
  if (number.starts_with('.')) {
    number.remove_prefix(1);
    fraction = number.substr(0, count_digits(number));
    if (fraction.empty()) return std::nullopt;
    number.remove_prefix(fraction.size());
  }
  if (!number.empty() && number.front() != 'e' && number.front() != 'E') return std::nullopt;
  const std::optional<std::int64_t> exponent = read_exponent(number);
  if (!exponent) return std::nullopt;

  decimal.digits.reserve(whole.size() + fraction.size());
  decimal.digits.append(whole).append(fraction);
  const std::size_t first = decimal.digits.find_first_not_of('0');
  if (first == std::string::npos) return Decimal{};
  decimal.point =
      static_cast<std::int64_t>(whole.size()) - static_cast<std::int64_t>(first) + *exponent;
  decimal.digits.erase(decimal.digits.find_last_not_of('0') + 1);
  decimal.digits.erase(0, first);
  return decimal;
}

std::string canonical_number(std::string_view number) {
  const std::optional<Decimal> decimal = read_decimal(number);
  if (!decimal) return std::string(number);
  if (decimal->digits.empty()) return "0";
  if (fits_written_out(*decimal)) return written_out(*decimal);
  return (decimal->negative ? "-" : "") + decimal->digits + "e" +
         std::to_string(decimal->point - static_cast<std::int64_t>(decimal->digits.size()));
}

std::optional<std::string> normal_decimal(std::string_view number) {
  const std::optional<Decimal> decimal = read_decimal(number);
  if (!decimal) return std::nullopt;
  if (decimal->digits.empty()) return "0";
  if (!fits_written_out(*decimal)) return std::nullopt;
  return written_out(*decimal);
}

int compare_decimals(std::string_view a, std::string_view b) {
  const bool a_negative = a.starts_with('-');
  if (a_negative != b.starts_with('-')) return a_negative ? -1 : 1;
  if (a_negative) return compare_decimals(b.substr(1), a.substr(1));
  const std::size_t a_whole = count_digits(a);
  const std::size_t b_whole = count_digits(b);
  if (a_whole != b_whole) return a_whole < b_whole ? -1 : 1;
  // Same length before the point: character by character, and what goes on is greater.
  const int order = a.compare(b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

}  // namespace truce
