#include "engine/core/model/name.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <thread>
#include <vector>

#include "engine/core/model/ids.h"

namespace truce {
namespace {

std::string number(std::size_t n) { return "name " + std::to_string(n); }

TEST_CASE("names are ordered and told apart as their texts are") {
  const bool holds = rc::check([](const std::string& a, const std::string& b,
                                  const std::string& c) {
    const std::vector<std::pair<std::string, std::string>> pairs{{a, b},
                                                                 {a, a},
                                                                 {a, a + b},
                                                                 {a + b, a + c},
                                                                 {"12345678" + a, "12345678" + b},
                                                                 {'/' + a, '/' + b}};
    for (const auto& [x, y] : pairs) {
      RC_ASSERT((Name(x) <=> Name(y)) == (x <=> y));
      RC_ASSERT((Name(x) == Name(y)) == (x == y));
      RC_ASSERT(Name(x).str() == x);
    }
  });
  CHECK(holds);
  CHECK(Name() == Name(""));
  CHECK(Name() < Name("a"));
  CHECK(Name(std::string_view("a\0", 2)) > Name("a"));
  CHECK(Name("\xC3\xA9") > Name("z"));
}

TEST_CASE("a name that is not kept for ever is a name all the same") {
  const std::string text =
      GENERATE_COPY(std::string("dismissed/conflict/7"), std::string(kept_name_bytes_max + 1, 'x'));
  Name first(text);
  const Name copy = first;
  Name moved = std::move(first);
  CHECK(copy == moved);
  CHECK(copy == Name(text));
  moved = Name("email");
  CHECK(copy.str() == text);
  CHECK(copy != moved);
}

TEST_CASE("there are more names than are kept") {
  std::vector<Name> names;
  for (std::size_t n = 0; n < 2 * names_kept_max; ++n) names.emplace_back(number(n));
  const std::set<Name> all(names.begin(), names.end());
  REQUIRE(all.size() == names.size());
  for (std::size_t n = 0; n < names.size(); ++n) {
    CHECK(names[n].str() == number(n));
    CHECK(all.contains(Name(number(n))));
  }
}

TEST_CASE("threads that meet the same new names hold the same") {
  constexpr std::size_t count = 300;
  std::vector<std::vector<SystemName>> seen(4);
  std::vector<std::thread> threads;
  for (auto& own : seen) {
    threads.emplace_back([&own] {
      for (std::size_t n = 0; n < count; ++n) own.emplace_back("met " + std::to_string(n));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& own : seen) CHECK(own == seen.front());
}

}  // namespace
}  // namespace truce
