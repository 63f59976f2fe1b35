#include "engine/core/policy/pattern.h"

#include <catch2/catch.hpp>

namespace truce {

TEST_CASE("ordinary patterns are taken") {
  for (const char* pattern : {"", "[A-Z]{2}-[0-9]{6}", "(a+)+$", "\\p{L}+", "(?i)abc", "a{1000}"}) {
    INFO(pattern);
    CHECK(refusal_of_pattern(pattern).value_or("") == "");
  }
}

TEST_CASE("what RE2 cannot do in bounded time and memory is refused in its words (rows 112, 113)") {
  for (const char* pattern :
       {"(?=a)", "(?<!a)b", "(a)\\1", "a{1001}", "(?:a{100}){100}", "(", "\\pL{1,1000}", "\xFF"}) {
    INFO(pattern);
    const auto refusal = refusal_of_pattern(pattern);
    REQUIRE(refusal);
    CHECK_FALSE(refusal->empty());
  }
  CHECK(refusal_of_pattern("a{1001}") == "invalid repetition size: {1001}");
}

TEST_CASE("patterns run within 1 MiB, and say nothing on standard error") {
  CHECK(pattern_options().max_mem() == 1 << 20);
  CHECK_FALSE(pattern_options().log_errors());
}

TEST_CASE("a pattern is bounded in length, so that nested groups stay cheap to compile") {
  CHECK_FALSE(refusal_of_pattern(std::string(1'000, 'a')));
  CHECK(refusal_of_pattern(std::string(1'001, 'a')) == "longer than 1000 bytes");
  CHECK(refusal_of_pattern(std::string(5'000, '(') + std::string(5'000, ')')));
}

}  // namespace truce
