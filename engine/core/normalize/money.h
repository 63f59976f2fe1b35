#pragma once

#include <string>
#include <string_view>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// Decimal places of an ISO 4217 currency (JPY 0, EUR 2, KWD 3); 2 for "" and for what is not in the
// standard's list of exceptions. Case does not matter.
int currency_exponent(std::string_view currency);

// The amount in major units, exact: a system that counts minor units is shifted by the currency's
// exponent. More decimal places than the currency has are kept, never rounded; trailing zeros do
// not count in the comparison.
Result<Value> read_money(const Field& field, const MapEntry& entry, const Json& raw);

// The number the system wants; `lossy-value` for a fraction of a minor unit in a system that counts
// those.
Result<std::string> written_money(const Field& field, const MapEntry& entry, const Value& value);

}  // namespace truce
