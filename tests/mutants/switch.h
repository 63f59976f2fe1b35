// Which deliberate bug is switched on. Included by the mutated copies of the engine's sources
// alone, which tests/mutants/run.mjs makes; the engine itself knows nothing of it.
#pragma once

#include <cstdlib>
#include <fstream>
#include <string_view>

namespace truce::mutants {

// TRUCE_MUTANT names the one that is on. Its first question leaves the file that
// TRUCE_MUTANT_REACHED names.
inline bool is_chosen(std::string_view name) {
  const char* chosen = std::getenv("TRUCE_MUTANT");
  if (!chosen || name != chosen) return false;
  if (const char* reached = std::getenv("TRUCE_MUTANT_REACHED")) std::ofstream{reached};
  return true;
}

}  // namespace truce::mutants

#define TRUCE_MUTANT(name)                                           \
  ([] {                                                              \
    static const bool is_chosen = ::truce::mutants::is_chosen(name); \
    return is_chosen;                                                \
  }())
