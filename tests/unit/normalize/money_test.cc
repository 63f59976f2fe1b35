#include "engine/core/normalize/money.h"

#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

Field money_in(const char* currency) {
  Field field = field_of(FieldType::money);
  field.currency = currency;
  return field;
}

MapEntry counting_minor_units() {
  MapEntry entry;
  entry.minor_units = true;
  return entry;
}

TEST_CASE("E12 currencies have 0, 2, 3 or 4 decimal places") {
  CHECK(currency_exponent("JPY") == 0);
  CHECK(currency_exponent("jpy") == 0);
  CHECK(currency_exponent("EUR") == 2);
  CHECK(currency_exponent("KWD") == 3);
  CHECK(currency_exponent("CLF") == 4);
  CHECK(currency_exponent("") == 2);
}

TEST_CASE("E12 minor units become major units and back, exactly") {
  struct Case {
    const char* currency;
    const char* minor;
    const char* major;
  };
  for (const Case& example :
       {Case{"EUR", "1999", "19.99"}, Case{"JPY", "1999", "1999"}, Case{"KWD", "1999", "1.999"},
        Case{"USD", "-5", "-0.05"}, Case{"USD", "0", "0"},
        Case{"EUR", "90071992547409931", "900719925474099.31"}}) {
    CAPTURE(example.currency, example.minor);
    const Field field = money_in(example.currency);
    const Result<Value> value = read(field, json_of(example.minor), counting_minor_units());
    REQUIRE(value);
    CHECK(value->key() == example.major);
    CHECK(form_of(field, counting_minor_units(), *value) == example.minor);
  }
}

TEST_CASE("E12 trailing zeros do not make another amount, and no digit is lost") {
  const Field field = money_in("EUR");
  CHECK(same(*read(field, "19.9"), *read(field, json_of("19.900000"))));
  CHECK(key_of(read(field, "19.999")) == "19.999");
  CHECK(form_of(field, {}, *read(field, "19.90")) == "19.90");
}

TEST_CASE("E12 a fraction of a minor unit is never rounded away silently") {
  const Field field = money_in("USD");
  CHECK(form_of(field, counting_minor_units(), *read(field, "10.005")) == "(lossy-value)");
}

TEST_CASE("an amount with a currency sign or grouping is refused") {
  CHECK(key_of(read(money_in("EUR"), "\u20AC5")) == "(format)");
  CHECK(key_of(read(money_in("EUR"), "1,000.00")) == "(format)");
}

}  // namespace
}  // namespace truce
