#include "engine/runtime/random_ids.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <set>
#include <thread>

namespace truce {
namespace {

TEST_CASE("ids are never given twice, and later ones come behind") {
  RandomIds ids;
  std::set<std::string> given;
  std::string last;
  for (int round = 0; round < 5; ++round) {
    const std::string first_of_round = ids.next("g");
    CHECK(first_of_round > last);
    for (int i = 0; i < 1000; ++i) {
      const std::string id = ids.next("g");
      REQUIRE(id.size() == 25);
      REQUIRE(id.find_first_not_of("0123456789abcdef", 1) == std::string::npos);
      CHECK(given.insert(id).second);
      if (id > last) last = id;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace
}  // namespace truce
