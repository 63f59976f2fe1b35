#include <catch2/catch.hpp>
#include <set>

#include "engine/core/model/facts.h"
#include "engine/core/model/work.h"

namespace truce {
namespace {

// Every enumerator up to `last` has a name of its own, and the name leads back to it.
template <class Enum, class From>
void check_names(Enum last, From from) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const Enum value = static_cast<Enum>(i);
    const std::string_view name = to_string(value);
    CAPTURE(i, name);
    CHECK_FALSE(name.empty());
    CHECK(names.insert(name).second);
    CHECK(from(name) == value);
  }
  CHECK(to_string(static_cast<Enum>(static_cast<int>(last) + 1)).empty());
  CHECK(from("no such word") == std::nullopt);
  CHECK(from("") == std::nullopt);
}

TEST_CASE("every enum of the model has its names, both ways") {
  check_names(Code::internal, code_from);
  check_names(Evidence::possible, evidence_from);
  check_names(LinkState::merged, link_state_from);
  check_names(Write::State::acknowledged, write_state_from);
  check_names(Operation::lookup, operation_from);
  check_names(DeliveryState::discarded, delivery_state_from);
  check_names(Category::association, category_from);
  check_names(ExceptionState::dismissed, exception_state_from);
  check_names(OutcomeKind::duplicate, outcome_kind_from);
}

TEST_CASE("names on the wire are the contract's") {
  CHECK(to_string(Code::field_too_long) == "field-too-long");
  CHECK(to_string(Code::nul_in_text) == "nul-in-text");
  CHECK(to_string(Code::store_unknown_outcome) == "store-unknown-outcome");
  CHECK(to_string(Operation::erase) == "delete");
  CHECK(to_string(Category::erase) == "delete");
  CHECK(to_string(Category::ambiguous_match) == "ambiguous_match");
  CHECK(to_string(Evidence::certain) == "certain");
}

}  // namespace
}  // namespace truce
