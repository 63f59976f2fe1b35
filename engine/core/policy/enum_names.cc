#include "engine/core/policy/enum_names.h"

#include <array>
#include <utility>

namespace truce {
namespace {

template <class Enum>
struct Word {
  Enum value;
  std::string_view word;
};

template <class Enum>
struct Words;  // has one table per enum, in the order of the enum's declaration

template <>
struct Words<FieldType> {
  static constexpr std::array<Word<FieldType>, 15> table = {{
      {FieldType::text, "text"},
      {FieldType::email, "email"},
      {FieldType::phone, "phone"},
      {FieldType::url, "url"},
      {FieldType::domain, "domain"},
      {FieldType::integer, "integer"},
      {FieldType::decimal, "decimal"},
      {FieldType::money, "money"},
      {FieldType::boolean, "boolean"},
      {FieldType::date, "date"},
      {FieldType::instant, "instant"},
      {FieldType::enumeration, "enum"},
      {FieldType::set, "set"},
      {FieldType::reference, "reference"},
      {FieldType::html, "html"},
  }};
};

template <>
struct Words<Rule> {
  static constexpr std::array<Word<Rule>, 8> table = {{
      {Rule::source_of_truth, "source_of_truth"},
      {Rule::recency, "recency"},
      {Rule::set_union, "union"},
      {Rule::escalate, "escalate"},
      {Rule::immutable, "immutable"},
      {Rule::precedence, "precedence"},
      {Rule::minimum, "min"},
      {Rule::maximum, "max"},
  }};
};

template <>
struct Words<Direction> {
  static constexpr std::array<Word<Direction>, 4> table = {{
      {Direction::both, "both"},
      {Direction::in, "in"},
      {Direction::out, "out"},
      {Direction::none, "none"},
  }};
};

template <>
struct Words<Blank> {
  static constexpr std::array<Word<Blank>, 2> table = {{
      {Blank::keep, "keep"},
      {Blank::clear, "clear"},
  }};
};

template <>
struct Words<Removals> {
  static constexpr std::array<Word<Removals>, 3> table = {{
      {Removals::ignore, "ignore"},
      {Removals::propagate, "propagate"},
      {Removals::escalate, "escalate"},
  }};
};

template <>
struct Words<OnTie> {
  static constexpr std::array<Word<OnTie>, 2> table = {{
      {OnTie::precedence, "precedence"},
      {OnTie::escalate, "escalate"},
  }};
};

template <>
struct Words<EscalateWhen> {
  static constexpr std::array<Word<EscalateWhen>, 2> table = {{
      {EscalateWhen::any, "any"},
      {EscalateWhen::concurrent, "concurrent"},
  }};
};

template <>
struct Words<DeletePolicy> {
  static constexpr std::array<Word<DeletePolicy>, 4> table = {{
      {DeletePolicy::escalate, "escalate"},
      {DeletePolicy::propagate, "propagate"},
      {DeletePolicy::ignore, "ignore"},
      {DeletePolicy::restore, "restore"},
  }};
};

template <>
struct Words<AmbiguousPolicy> {
  static constexpr std::array<Word<AmbiguousPolicy>, 3> table = {{
      {AmbiguousPolicy::review, "review"},
      {AmbiguousPolicy::create, "create"},
      {AmbiguousPolicy::skip, "skip"},
  }};
};

template <>
struct Words<UnknownOption> {
  static constexpr std::array<Word<UnknownOption>, 2> table = {{
      {UnknownOption::reject, "reject"},
      {UnknownOption::pass, "pass"},
  }};
};

template <class Enum>
std::string_view word_of(Enum value) {
  for (const auto& row : Words<Enum>::table) {
    if (row.value == value) return row.word;
  }
  return "unknown";
}

}  // namespace

std::string_view to_string(FieldType value) { return word_of(value); }
std::string_view to_string(Rule value) { return word_of(value); }
std::string_view to_string(Direction value) { return word_of(value); }
std::string_view to_string(Blank value) { return word_of(value); }
std::string_view to_string(Removals value) { return word_of(value); }
std::string_view to_string(OnTie value) { return word_of(value); }
std::string_view to_string(EscalateWhen value) { return word_of(value); }
std::string_view to_string(DeletePolicy value) { return word_of(value); }
std::string_view to_string(AmbiguousPolicy value) { return word_of(value); }
std::string_view to_string(UnknownOption value) { return word_of(value); }

template <class Enum>
std::optional<Enum> from_string(std::string_view word) {
  for (const auto& row : Words<Enum>::table) {
    if (row.word == word) return row.value;
  }
  return std::nullopt;
}

template <class Enum>
std::vector<std::string_view> words_of() {
  std::vector<std::string_view> words;
  for (const auto& row : Words<Enum>::table) words.push_back(row.word);
  return words;
}

template std::optional<FieldType> from_string<FieldType>(std::string_view);
template std::optional<Rule> from_string<Rule>(std::string_view);
template std::optional<Direction> from_string<Direction>(std::string_view);
template std::optional<Blank> from_string<Blank>(std::string_view);
template std::optional<Removals> from_string<Removals>(std::string_view);
template std::optional<OnTie> from_string<OnTie>(std::string_view);
template std::optional<EscalateWhen> from_string<EscalateWhen>(std::string_view);
template std::optional<DeletePolicy> from_string<DeletePolicy>(std::string_view);
template std::optional<AmbiguousPolicy> from_string<AmbiguousPolicy>(std::string_view);
template std::optional<UnknownOption> from_string<UnknownOption>(std::string_view);

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
