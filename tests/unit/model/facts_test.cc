#include "engine/core/model/facts.h"

#include <catch2/catch.hpp>

#include "engine/core/model/work.h"

namespace truce {
namespace {

HistoryOrder order_of(std::int64_t at_ms, std::string version, std::uint8_t hash = 1) {
  return {Time::of_ms(at_ms), std::move(version), ValueHash{{hash}}};
}

TEST_CASE("history is ordered by time, then version, then value hash") {
  CHECK(order_of(1, "9") < order_of(2, "1"));
  CHECK(order_of(1, "1", 2) < order_of(1, "2", 1));
  CHECK(order_of(1, "1", 1) < order_of(1, "1", 2));
  CHECK(order_of(1, "1", 1) == order_of(1, "1", 1));
}

TEST_CASE("versions: none, then numbers by value, then text by bytes") {
  const std::vector<std::string> ascending = {
      "",        "0", "2",   "10", "018",   "99999999999999999999", "100000000000000000000", "1.5",
      "W/\"2\"", "a", "a10", "a9", "\u00FC"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i], ascending[j]);
      CHECK((order_of(1, ascending[i]) <=> order_of(1, ascending[j])) == (i <=> j));
    }
  }
  CHECK(order_of(1, "7") == order_of(1, "007"));
  CHECK(order_of(1, "0") == order_of(1, "000"));
  CHECK(order_of(1, "") < order_of(1, "000"));
}

TEST_CASE("in one system a delete wins ties, and a later reappearance lifts it") {
  SourceRecord record;
  CHECK_FALSE(is_deleted(record));
  record.present_at = Time::of_ms(5);
  CHECK_FALSE(is_deleted(record));
  record.deleted_at = Time::of_ms(5);
  CHECK(is_deleted(record));
  record.present_at = Time::of_ms(6);
  CHECK_FALSE(is_deleted(record));
  record.present_at.reset();
  CHECK(is_deleted(record));
}

}  // namespace
}  // namespace truce
