// What a token may do.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace truce {

enum class Scope { ingest, operate, read };
std::string_view to_string(Scope scope);
std::optional<Scope> scope_from(std::string_view word);

class ScopeSet {
 public:
  static constexpr ScopeSet all() {
    ScopeSet set;
    set.add(Scope::ingest);
    set.add(Scope::operate);
    set.add(Scope::read);
    return set;
  }
  constexpr void add(Scope scope) { bits_ |= bit(scope); }
  constexpr bool has(Scope scope) const { return (bits_ & bit(scope)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const ScopeSet&) const = default;

 private:
  static constexpr std::uint32_t bit(Scope scope) { return 1U << static_cast<unsigned>(scope); }
  std::uint32_t bits_ = 0;
};

}  // namespace truce
