#include "engine/core/normalize/money.h"

#include <algorithm>
#include <array>

#include "engine/core/normalize/number.h"
#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

// ISO 4217, the currencies that have not two places. Not from ICU: CLDR gives the places in use
// (none for ALL or LBP), while systems that count minor units follow the standard; and its numbers
// change with the version.
constexpr std::array<std::string_view, 17> without_places = {
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
    "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> with_three = {"BHD", "IQD", "JOD", "KWD",
                                                        "LYD", "OMR", "TND"};
constexpr std::array<std::string_view, 2> with_four = {"CLF", "UYW"};

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

int currency_exponent(std::string_view currency) {
  const std::string code = upper_case(currency);
  if (contains(without_places, code)) return 0;
  if (contains(with_three, code)) return 3;
  if (contains(with_four, code)) return 4;
  return 2;
}

Result<Value> read_money(const Field& field, const MapEntry& entry, const Json& raw) {
  Result<Value> value = read_decimal_value(field, raw);
  if (!value || !entry.minor_units) return value;
  const std::string major = shift_decimal(value->key(), -currency_exponent(field.currency));
  if (major.size() > longest_number_chars) {
    return refuse(field, Code::number_out_of_range, value->text(), "has more than 64 digits");
  }
  return Value::of_scalar(value->kind(), major, major);
}

Result<std::string> written_money(const Field& field, const MapEntry& entry, const Value& value) {
  if (!entry.minor_units) return value.text();
  std::string minor = shift_decimal(value.key(), currency_exponent(field.currency));
  if (!is_whole(minor)) {
    return refuse(field, Code::lossy_value, value.text(),
                  "has more decimal places than the currency, and the system counts minor units; "
                  "correct the amount");
  }
  if (minor.size() > longest_number_chars) {
    return refuse(field, Code::lossy_value, value.text(), "has more than 64 digits in minor units");
  }
  return minor;
}

}  // namespace truce
