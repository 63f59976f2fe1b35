#include "engine/core/normalize/number.h"

#include <re2/re2.h>

#include <cstdlib>
#include <optional>

#include "engine/core/model/decimal.h"
#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

struct Spelling {
  std::string sign, whole, fraction, exponent;
};

std::optional<Spelling> spelling_of(const std::string& text) {
  static const RE2 pattern(R"(([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?)");
  Spelling spelling;
  if (!RE2::FullMatch(text, pattern, &spelling.sign, &spelling.whole, &spelling.fraction,
                      &spelling.exponent)) {
    return std::nullopt;
  }
  if (spelling.whole.empty() && spelling.fraction.empty()) return std::nullopt;
  spelling.whole.erase(0, std::min(spelling.whole.find_first_not_of('0'), spelling.whole.size()));
  if (spelling.whole.empty()) spelling.whole = "0";
  if (spelling.sign == "+") spelling.sign.clear();
  return spelling;
}

std::string in_json(const Spelling& spelling) {
  std::string out = spelling.sign + spelling.whole;
  if (!spelling.fraction.empty()) out += "." + spelling.fraction;
  if (!spelling.exponent.empty()) out += "e" + spelling.exponent;
  return out;
}

// Its digits as they came; an exponent is written out, and there is no minus before nothing.
std::string kept_digits(Spelling spelling, const std::string& normal) {
  if (!spelling.exponent.empty()) return normal;
  if (normal == "0") spelling.sign.clear();
  return in_json(spelling);
}

Result<Value> read_number(const Field& field, const Json& raw, Value::Kind kind) {
  if (!raw.is_string() && !is_number(raw)) return refuse_type(field, raw, "a number");
  const std::string characters =
      is_number(raw) ? number_text(raw) : one_line(raw.get_ref<const std::string&>());
  if (characters.size() > longest_number_chars) {
    return refuse(field, Code::number_too_long, characters, "is longer than 64 characters");
  }
  const std::optional<Spelling> spelling = spelling_of(characters);
  if (!spelling) {
    return refuse(field, is_number(raw) ? Code::number_out_of_range : Code::format, characters,
                  "is no number; write digits with a point for decimals and no grouping (1234.5)");
  }
  // Written out it must be a number that a JSON reader takes, ours included: 1e400 is none.
  const std::optional<std::string> normal = normal_decimal(in_json(*spelling));
  if (!normal || normal->size() > longest_number_chars) {
    return refuse(field, Code::number_out_of_range, characters,
                  "has more than 64 digits when it is written out");
  }
  return Value::of_scalar(kind, kept_digits(*spelling, *normal), *normal);
}

std::string written(const Decimal& decimal) {
  if (decimal.digits.empty()) return "0";
  const std::int64_t exponent = decimal.point - static_cast<std::int64_t>(decimal.digits.size());
  const std::string number =
      (decimal.negative ? "-" : "") + decimal.digits + "e" + std::to_string(exponent);
  return normal_decimal(number).value_or(number);
}

// Adds one to the last digit; a carry beyond the first digit moves the point.
void increment(Decimal& decimal) {
  std::size_t at = decimal.digits.size();
  while (at > 0 && decimal.digits[at - 1] == '9') decimal.digits[--at] = '0';
  if (at > 0) {
    decimal.digits[at - 1] = static_cast<char>(decimal.digits[at - 1] + 1);
    return;
  }
  decimal.digits.insert(0, 1, '1');
  ++decimal.point;
}

}  // namespace

Result<Value> read_decimal_value(const Field& field, const Json& raw) {
  return read_number(field, raw, Value::Kind::decimal);
}

Result<Value> read_integer_value(const Field& field, const Json& raw) {
  Result<Value> value = read_number(field, raw, Value::Kind::integer);
  if (!value) return value;
  if (!is_whole(value->key())) {
    return refuse(field, Code::format, value->text(),
                  "is no whole number; declare the field as decimal if it may have a fraction");
  }
  return Value::of_scalar(value->kind(), value->key(), value->key());
}

std::string shift_decimal(std::string_view number, int places) {
  std::optional<Decimal> decimal = read_decimal(number);
  if (!decimal) return std::string(number);
  decimal->point += places;
  return written(*decimal);
}

std::string round_decimal(std::string_view number, int places) {
  std::optional<Decimal> decimal = read_decimal(number);
  if (!decimal) return std::string(number);
  const std::int64_t kept = decimal->point + places;  // digits that stay
  if (kept >= static_cast<std::int64_t>(decimal->digits.size())) return written(*decimal);
  if (kept < 0) return "0";
  const auto cut = static_cast<std::size_t>(kept);
  const bool up = decimal->digits[cut] >= '5';
  decimal->digits.resize(cut);
  if (up) increment(*decimal);
  return written(*decimal);
}

bool is_whole(std::string_view normal) { return normal.find('.') == std::string_view::npos; }

}  // namespace truce
