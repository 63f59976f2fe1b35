#include "engine/core/model/work.h"

#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr auto operation_names =
    name_table<Operation, Operation::lookup>("create", "update", "delete", "lookup");
constexpr auto delivery_state_names = name_table<DeliveryState, DeliveryState::discarded>(
    "pending", "leased", "waiting", "verifying", "delivered", "dead", "withdrawn", "discarded");
constexpr auto category_names = name_table<Category, Category::association>(
    "conflict", "rejected", "ambiguous_match", "duplicate", "dead_letter", "held_change", "delete",
    "merge", "drift", "clock", "immutable", "oscillation", "lookup", "parked", "association");
constexpr auto exception_state_names = name_table<ExceptionState, ExceptionState::dismissed>(
    "open", "claimed", "resolved", "dismissed");
constexpr auto outcome_kind_names = name_table<OutcomeKind, OutcomeKind::duplicate>(
    "rejected", "held", "parked", "incomplete", "conflict", "applied", "stale", "echo", "unchanged",
    "duplicate");

}  // namespace

std::string_view to_string(Operation operation) { return operation_names.name_of(operation); }
std::string_view to_string(DeliveryState state) { return delivery_state_names.name_of(state); }
std::string_view to_string(Category category) { return category_names.name_of(category); }
std::string_view to_string(ExceptionState state) { return exception_state_names.name_of(state); }
std::string_view to_string(OutcomeKind kind) { return outcome_kind_names.name_of(kind); }

std::optional<Operation> operation_from(std::string_view word) {
  return operation_names.value_of(word);
}
std::optional<DeliveryState> delivery_state_from(std::string_view word) {
  return delivery_state_names.value_of(word);
}
std::optional<Category> category_from(std::string_view word) {
  return category_names.value_of(word);
}
std::optional<ExceptionState> exception_state_from(std::string_view word) {
  return exception_state_names.value_of(word);
}
std::optional<OutcomeKind> outcome_kind_from(std::string_view word) {
  return outcome_kind_names.value_of(word);
}

}  // namespace truce
