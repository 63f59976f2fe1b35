#include "engine/core/policy/nearest_word.h"

#include <catch2/catch.hpp>

namespace truce::policy_file {

TEST_CASE("the distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("precedence", "precedence") == 0);
  CHECK(edit_distance("precedense", "precedence") == 1);
  CHECK(edit_distance("presedense", "precedence") == 2);
  CHECK(edit_distance("emial", "email") == 1);
  CHECK(edit_distance("mail", "email") == 1);
  CHECK(edit_distance("emails", "email") == 1);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance(std::string(1'000'000, 'a'), "b") == 1'000'000);
}

TEST_CASE("the nearest known word is suggested, and none when all are far away") {
  const std::vector<std::string_view> known = {"precedence", "clock_skew_ms", "dedup_window"};
  CHECK(nearest_word("precedense", known) == "precedence");
  CHECK(nearest_word("Precedence", known) == "precedence");
  CHECK(nearest_word("dedup-window", known) == "dedup_window");
  CHECK(nearest_word("clock_skew", known) == "clock_skew_ms");
  CHECK_FALSE(nearest_word("colour", known));
  CHECK_FALSE(nearest_word("x", {}));
}

TEST_CASE("a list of words reads as a sentence") {
  CHECK(any_of({"a"}) == "a");
  CHECK(any_of({"a", "b"}) == "a or b");
  CHECK(any_of({"a", "b", "c"}) == "a, b or c");
}

}  // namespace truce::policy_file
