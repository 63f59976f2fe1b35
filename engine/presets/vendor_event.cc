#include "engine/presets/vendor_event.h"

#include <algorithm>

#include "engine/core/model/time.h"

namespace truce::vendor {

namespace {

bool only_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<Time> read_time(const Json& node) {
  const auto text = scalar_text(node).value_or("");
  if (only_digits(text)) return parse_epoch(text);
  auto time = parse_time(text);
  return time ? time : parse_time_at_offset(text, Duration{0});
}

}  // namespace

Json vendor_time(const Json* node) {
  if (node == nullptr || node->is_null()) return nullptr;
  const auto time = read_time(*node);
  return time ? Json(to_rfc3339(*time)) : *node;
}

std::string text_member(const Json& node, std::string_view key) {
  const Json* member = find_member(node, key);
  return member == nullptr ? "" : scalar_text(*member).value_or("");
}

bool is_true(const Json& node, std::string_view key) {
  const Json* member = find_member(node, key);
  return member != nullptr && member->is_boolean() && member->get<bool>();
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += '/';
    text += part;
  }
  return text;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace truce::vendor
