#include "engine/core/model/shared_map.h"

#include <catch2/catch.hpp>
#include <string>

namespace truce {
namespace {

using Words = SharedMap<std::string, int>;

TEST_CASE("a copy has what the first has, and neither sees what the other changes") {
  Words first;
  first["a"] = 1;
  Words copy = first;
  copy["a"] = 2;
  copy.edit().erase("b");
  first["b"] = 3;
  CHECK(first.map() == Words::Map{{"a", 1}, {"b", 3}});
  CHECK(copy.map() == Words::Map{{"a", 2}});
}

TEST_CASE("copies share their content until one changes") {
  Words first(Words::Map{{"a", 1}});
  const Words copy = first;
  CHECK(&copy.at("a") == &first.at("a"));
  first["a"] = 2;
  CHECK(&copy.at("a") != &first.at("a"));
  const int* const own = &first.at("a");
  first["b"] = 1;
  CHECK(&first.at("a") == own);
}

TEST_CASE("an empty map, a moved one and one assigned to itself can be used") {
  Words first;
  CHECK(first.empty());
  CHECK(first.begin() == first.end());
  CHECK_FALSE(first.contains("a"));
  first["a"] = 1;
  Words moved = std::move(first);
  CHECK(moved.size() == 1);
  first = Words();
  CHECK(first.find("a") == first.end());
  const Words& same = moved;
  moved = same;
  CHECK(moved.at("a") == 1);
  first = moved;
  moved = Words();
  CHECK(first.at("a") == 1);
}

}  // namespace
}  // namespace truce
