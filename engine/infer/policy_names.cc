#include "engine/infer/policy_names.h"

#include <algorithm>

namespace truce::infer {

namespace {

constexpr std::size_t name_chars_max = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_policy_name(std::string_view text) {
  return !text.empty() && text.size() <= name_chars_max && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; });
}

std::string policy_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (name.size() == name_chars_max) break;
    const bool fits = is_letter(c) || (!name.empty() && (is_digit(c) || c == '-'));
    if (fits) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name;
}

}  // namespace truce::infer
