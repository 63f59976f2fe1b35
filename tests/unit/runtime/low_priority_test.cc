#include "engine/runtime/low_priority.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>

namespace truce {
namespace {

int niceness() { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }

}  // namespace

TEST_CASE("what nobody waits for runs at a lower priority, and nobody else does") {
  const int own = niceness();
  CHECK(at_low_priority(niceness) == std::min(19, own + 10));
  CHECK(niceness() == own);
}

TEST_CASE("work at a low priority gives what it gives and throws what it throws") {
  CHECK(at_low_priority([] { return std::string("a page"); }) == "a page");
  CHECK_THROWS_WITH(at_low_priority([]() -> int { throw std::runtime_error("no page"); }),
                    "no page");
}

}  // namespace truce
