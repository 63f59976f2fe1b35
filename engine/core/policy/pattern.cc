#include "engine/core/policy/pattern.h"

namespace truce {

RE2::Options pattern_options() {
  RE2::Options options;
  options.set_max_mem(1 << 20);
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_longest_match(false);
  return options;
}

std::optional<std::string> refusal_of_pattern(const std::string& pattern) {
  // Nested groups are cheap to write and dear to compile, so the length goes first.
  if (pattern.size() > pattern_bytes_max) {
    return "longer than " + std::to_string(pattern_bytes_max) + " bytes";
  }
  const RE2 compiled(pattern, pattern_options());
  if (!compiled.ok()) return compiled.error();
  if (compiled.ProgramSize() > pattern_program_max) {
    return "compiles to " + std::to_string(compiled.ProgramSize()) + " instructions, more than " +
           std::to_string(pattern_program_max);
  }
  return std::nullopt;
}

}  // namespace truce
