// One table of names for one enum, used both ways. The names stand in the order of the enumerators,
// which count from 0.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace truce {

template <class Enum, std::size_t size>
struct NameTable {
  std::array<std::string_view, size> names;

  // Empty for a number that is no enumerator.
  constexpr std::string_view name_of(Enum value) const {
    const auto index = static_cast<std::size_t>(value);
    return index < size ? names[index] : std::string_view();
  }
  constexpr std::optional<Enum> value_of(std::string_view word) const {
    for (std::size_t index = 0; index < size; ++index) {
      if (names[index] == word) return static_cast<Enum>(index);
    }
    return std::nullopt;
  }
};

// `last` is the last enumerator: a name too few or too many does not compile.
template <class Enum, Enum last, class... Names>
constexpr auto name_table(Names... names) {
  static_assert(sizeof...(Names) == static_cast<std::size_t>(last) + 1);
  return NameTable<Enum, sizeof...(Names)>{{std::string_view(names)...}};
}

}  // namespace truce
