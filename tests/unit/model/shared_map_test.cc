#include "engine/core/model/shared_map.h"

#include <catch2/catch.hpp>
#include <map>
#include <stdexcept>
#include <string>

namespace truce {
namespace {

using Words = SharedMap<std::string, int>;

std::string told(const Words& words) {
  std::string all;
  for (const auto& [key, value] : words) all += key + '=' + std::to_string(value) + ' ';
  return all;
}

TEST_CASE("a copy has what the first has, and neither sees what the other changes") {
  Words first;
  first["b"] = 1;
  first["a"] = 1;
  Words copy = first;
  copy["a"] = 2;
  copy.erase("b");
  first["c"] = 3;
  CHECK(told(first) == "a=1 b=1 c=3 ");
  CHECK(told(copy) == "a=2 ");
}

TEST_CASE("copies share each entry until it changes in one of them") {
  Words first(std::map<std::string, int>{{"a", 1}, {"b", 1}});
  const Words copy = first;
  CHECK(&copy.at("a") == &first.at("a"));
  first["a"] = 2;
  CHECK(&copy.at("a") != &first.at("a"));
  CHECK(&copy.at("b") == &first.at("b"));
  const int* const own = &first.at("a");
  first["c"] = 1;
  CHECK(&first.at("a") == own);
}

TEST_CASE("an entry can be put into another map, which shares it") {
  Words first;
  first["a"] = 1;
  Words other;
  other.put("z", first.find("a").shared());
  CHECK(&other.at("z") == &first.at("a"));
  other["z"] = 2;
  CHECK(first.at("a") == 1);
}

TEST_CASE("entries are changed or taken out where they are meant") {
  Words first(std::map<std::string, int>{{"a", 1}, {"b", 2}, {"c", 3}});
  const Words copy = first;
  const auto is_odd = [](const std::string&, int value) { return value % 2 == 1; };
  CHECK(first.edit_where(is_odd, [](const std::string&, int& value) { value *= 10; }));
  CHECK(told(first) == "a=10 b=2 c=30 ");
  CHECK(&copy.at("b") == &first.at("b"));
  CHECK_FALSE(first.edit_where(is_odd, [](const std::string&, int&) {}));
  CHECK(first.erase_if([](const auto& named) { return named.second >= 10; }));
  CHECK(told(first) == "b=2 ");
  CHECK_FALSE(first.erase_if([](const auto& named) { return named.second >= 10; }));
  CHECK_FALSE(first.emplace("b", 9));
  CHECK(first.emplace("a", 9));
  CHECK(told(first) == "a=9 b=2 ");
  CHECK(told(copy) == "a=1 b=2 c=3 ");
  CHECK_THROWS_AS(copy.at("d"), std::out_of_range);
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
