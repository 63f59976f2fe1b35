#include "engine/core/policy/enum_names.h"

#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr auto field_type_words = name_table<FieldType, FieldType::html>(
    "text", "email", "phone", "url", "domain", "integer", "decimal", "money", "boolean", "date",
    "instant", "enum", "set", "reference", "html");
constexpr auto rule_words = name_table<Rule, Rule::maximum>(
    "source_of_truth", "recency", "union", "escalate", "immutable", "precedence", "min", "max");
constexpr auto direction_words =
    name_table<Direction, Direction::none>("both", "in", "out", "none");
constexpr auto blank_words = name_table<Blank, Blank::clear>("keep", "clear");
constexpr auto removals_words =
    name_table<Removals, Removals::escalate>("ignore", "propagate", "escalate");
constexpr auto on_tie_words = name_table<OnTie, OnTie::escalate>("precedence", "escalate");
constexpr auto escalate_when_words =
    name_table<EscalateWhen, EscalateWhen::concurrent>("any", "concurrent");
constexpr auto delete_policy_words =
    name_table<DeletePolicy, DeletePolicy::restore>("escalate", "propagate", "ignore", "restore");
constexpr auto ambiguous_policy_words =
    name_table<AmbiguousPolicy, AmbiguousPolicy::skip>("review", "create", "skip");
constexpr auto unknown_option_words =
    name_table<UnknownOption, UnknownOption::pass>("reject", "pass");

// The table of an enum that is only known as a template parameter.
template <class Enum>
constexpr const auto& table();
template <>
constexpr const auto& table<FieldType>() {
  return field_type_words;
}
template <>
constexpr const auto& table<Rule>() {
  return rule_words;
}
template <>
constexpr const auto& table<Direction>() {
  return direction_words;
}
template <>
constexpr const auto& table<Blank>() {
  return blank_words;
}
template <>
constexpr const auto& table<Removals>() {
  return removals_words;
}
template <>
constexpr const auto& table<OnTie>() {
  return on_tie_words;
}
template <>
constexpr const auto& table<EscalateWhen>() {
  return escalate_when_words;
}
template <>
constexpr const auto& table<DeletePolicy>() {
  return delete_policy_words;
}
template <>
constexpr const auto& table<AmbiguousPolicy>() {
  return ambiguous_policy_words;
}
template <>
constexpr const auto& table<UnknownOption>() {
  return unknown_option_words;
}

}  // namespace

std::string_view to_string(FieldType value) { return field_type_words.name_of(value); }
std::string_view to_string(Rule value) { return rule_words.name_of(value); }
std::string_view to_string(Direction value) { return direction_words.name_of(value); }
std::string_view to_string(Blank value) { return blank_words.name_of(value); }
std::string_view to_string(Removals value) { return removals_words.name_of(value); }
std::string_view to_string(OnTie value) { return on_tie_words.name_of(value); }
std::string_view to_string(EscalateWhen value) { return escalate_when_words.name_of(value); }
std::string_view to_string(DeletePolicy value) { return delete_policy_words.name_of(value); }
std::string_view to_string(AmbiguousPolicy value) { return ambiguous_policy_words.name_of(value); }
std::string_view to_string(UnknownOption value) { return unknown_option_words.name_of(value); }

template <class Enum>
std::optional<Enum> from_string(std::string_view word) {
  return table<Enum>().value_of(word);
}

template <class Enum>
std::vector<std::string_view> words_of() {
  return {table<Enum>().names.begin(), table<Enum>().names.end()};
}

template std::optional<FieldType> from_string(std::string_view);
template std::optional<Rule> from_string(std::string_view);
template std::optional<Direction> from_string(std::string_view);
template std::optional<Blank> from_string(std::string_view);
template std::optional<Removals> from_string(std::string_view);
template std::optional<OnTie> from_string(std::string_view);
template std::optional<EscalateWhen> from_string(std::string_view);
template std::optional<DeletePolicy> from_string(std::string_view);
template std::optional<AmbiguousPolicy> from_string(std::string_view);
template std::optional<UnknownOption> from_string(std::string_view);
template std::vector<std::string_view> words_of<FieldType>();
template std::vector<std::string_view> words_of<Rule>();
template std::vector<std::string_view> words_of<Direction>();
template std::vector<std::string_view> words_of<Blank>();
template std::vector<std::string_view> words_of<Removals>();
template std::vector<std::string_view> words_of<OnTie>();
template std::vector<std::string_view> words_of<EscalateWhen>();
template std::vector<std::string_view> words_of<DeletePolicy>();
template std::vector<std::string_view> words_of<AmbiguousPolicy>();
template std::vector<std::string_view> words_of<UnknownOption>();

}  // namespace truce
