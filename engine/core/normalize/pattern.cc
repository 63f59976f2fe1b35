#include "engine/core/normalize/pattern.h"

#include <re2/re2.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "engine/core/normalize/lossy.h"
#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/set.h"
#include "engine/core/normalize/text.h"
#include "engine/core/policy/pattern.h"

namespace truce {
namespace {

constexpr std::size_t most_cached_patterns = 256;

// Null: the policy's linter would not have let it pass.
using Compiled = std::unique_ptr<const RE2>;

Compiled compile(const std::string& pattern) {
  if (refusal_of_pattern(pattern)) return nullptr;
  return std::make_unique<const RE2>(pattern, pattern_options());
}

// One cache a thread: no lock, and a policy has few patterns.
const Compiled& compiled_pattern(const std::string& pattern) {
  thread_local std::unordered_map<std::string, Compiled> cache;
  const auto found = cache.find(pattern);
  if (found != cache.end()) return found->second;
  if (cache.size() >= most_cached_patterns) cache.clear();
  return cache.emplace(pattern, compile(pattern)).first->second;
}

}  // namespace

Result<void> check_text(const Field& field, std::string_view text) {
  if (text.size() > longest_value_bytes) {
    return refuse(field, Code::field_too_long, text, "is longer than 256 KiB");
  }
  if (text.find('\0') != std::string_view::npos) {
    return refuse(field, Code::nul_in_text, text, "holds a NUL character; remove it");
  }
  if (!is_utf8(text)) return refuse(field, Code::format, text, "is not UTF-8 text");
  return {};
}

Result<void> check_pattern(const Field& field, const MapEntry& entry, std::string_view text) {
  if (!entry.pattern) return {};
  const Compiled& pattern = compiled_pattern(*entry.pattern);
  if (pattern == nullptr) {
    return fail(Code::policy_regex, field.name.text + ": the policy's pattern cannot be used");
  }
  if (text.size() > pattern_text_bytes_max) {
    return refuse(field, Code::field_too_long, text,
                  "is longer than 64 KiB, which a pattern can check");
  }
  if (RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern)) return {};
  return refuse(field, Code::format, text,
                "does not match the pattern " + shown(*entry.pattern) + " of the policy");
}

Result<void> check_written(const Field& field, const MapEntry& entry, const Json& form) {
  if (!entry.pattern || entry.transform) return {};
  const Json held = rewritten(entry, form);
  if (field.type == FieldType::set) return check_elements(field, entry, held);
  const std::optional<std::string> text = scalar_text(held);
  return text ? check_pattern(field, entry, *text) : Result<void>();
}

}  // namespace truce
