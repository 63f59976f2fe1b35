#include "engine/core/model/decimal.h"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "engine/core/model/json.h"

namespace truce {
namespace {

TEST_CASE("rows 84 and 86: all spellings of a number have one normal form") {
  CHECK(normal_decimal("12.30") == "12.3");
  CHECK(normal_decimal("-0") == "0");
  CHECK(normal_decimal("-0.00e7") == "0");
  CHECK(normal_decimal("1e3") == "1000");
  CHECK(normal_decimal("1E+3") == "1000");
  CHECK(normal_decimal("1.5e-3") == "0.0015");
  CHECK(normal_decimal("-120e-1") == "-12");
  CHECK(normal_decimal("0012") == "12");
  CHECK(normal_decimal("100.0") == "100");
  CHECK(normal_decimal("12345678901234567.89") == "12345678901234567.89");
}

TEST_CASE("what is no number, or is endless when written out, has no normal form") {
  for (const char* text :
       {"", "-", ".5", "5.", "1e", "1e+", "+1", "1,5", "0x1", "NaN", " 1", "1 "}) {
    CAPTURE(text);
    CHECK(normal_decimal(text) == std::nullopt);
  }
  CHECK(normal_decimal("1e399"));
  CHECK(normal_decimal("1e400") == std::nullopt);
  CHECK(normal_decimal("1e-399"));
  CHECK(normal_decimal("1e-401") == std::nullopt);
  CHECK(normal_decimal("1e999999999999999999999") == std::nullopt);
  CHECK(normal_decimal("0e999999999999999999999") == "0");
}

TEST_CASE("normal decimals compare by value") {
  const std::vector<std::string> ascending = {"-100",  "-20.5", "-20",  "-3",  "-0.5",
                                              "-0.05", "0",     "0.05", "0.5", "3",
                                              "20",    "20.49", "20.5", "100"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i], ascending[j]);
      const int expected = i < j ? -1 : (i > j ? 1 : 0);
      CHECK(compare_decimals(ascending[i], ascending[j]) == expected);
    }
  }
}

TEST_CASE("scaled integers compare as their normal forms do") {
  rc::prop("any two", [] {
    const auto a = *rc::gen::inRange<std::int64_t>(-100'000, 100'000);
    const auto b = *rc::gen::inRange<std::int64_t>(-100'000, 100'000);
    const auto left = normal_decimal(std::to_string(a) + "e-3");
    const auto right = normal_decimal(std::to_string(b) + "00e-5");
    RC_ASSERT(left && right);
    RC_ASSERT(compare_decimals(*left, *right) == (a < b ? -1 : (a > b ? 1 : 0)));
    RC_ASSERT((*left == *right) == (a == b));
  });
}

}  // namespace
}  // namespace truce
