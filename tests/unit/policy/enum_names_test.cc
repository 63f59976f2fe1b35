#include "engine/core/policy/enum_names.h"

#include <catch2/catch.hpp>
#include <set>

namespace truce {
namespace {

template <class Enum>
void check_both_ways(Enum last) {
  std::set<std::string_view> seen;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto value = static_cast<Enum>(i);
    const std::string_view word = to_string(value);
    CHECK_FALSE(word.empty());
    CHECK(seen.insert(word).second);
    CHECK(from_string<Enum>(word) == value);
  }
  CHECK(words_of<Enum>().size() == seen.size());
  CHECK_FALSE(from_string<Enum>(""));
  CHECK_FALSE(from_string<Enum>("nonsense"));
}

}  // namespace

TEST_CASE("every enum of the policy has one word for each value, both ways") {
  check_both_ways(FieldType::html);
  check_both_ways(Rule::maximum);
  check_both_ways(Direction::none);
  check_both_ways(Blank::clear);
  check_both_ways(Removals::escalate);
  check_both_ways(OnTie::escalate);
  check_both_ways(EscalateWhen::concurrent);
  check_both_ways(DeletePolicy::restore);
  check_both_ways(AmbiguousPolicy::skip);
  check_both_ways(UnknownOption::pass);
}

TEST_CASE("words that C++ reserves are spelled as the policy spells them") {
  CHECK(to_string(FieldType::enumeration) == "enum");
  CHECK(to_string(Rule::set_union) == "union");
  CHECK(to_string(Rule::minimum) == "min");
  CHECK(to_string(Rule::maximum) == "max");
}

}  // namespace truce
