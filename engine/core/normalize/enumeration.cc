#include "engine/core/normalize/enumeration.h"

#include <algorithm>

#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

bool knows(const std::vector<std::string>& options, const std::string& option) {
  const std::string key = comparable(option);
  return std::any_of(options.begin(), options.end(),
                     [&](const std::string& known) { return comparable(known) == key; });
}

}  // namespace

Result<std::string> read_option(const Field& field, const MapEntry& entry,
                                std::string_view option) {
  std::string word(trimmed(option));
  const auto mapped = entry.values.find(word);
  if (mapped != entry.values.end()) return mapped->second;
  const bool known = entry.values.empty() && (field.options.empty() || knows(field.options, word));
  if (known || entry.unknown == UnknownOption::pass) return word;
  return refuse(field, Code::unknown_option, word,
                "is an option that the policy does not know; add it to the field's `values`");
}

Result<std::string> written_option(const Field& field, const MapEntry& entry,
                                   const std::string& canonical) {
  if (entry.values.empty()) return canonical;
  const std::string key = comparable(canonical);
  for (const auto& [system_word, meaning] : entry.values) {
    if (comparable(meaning) == key) return system_word;
  }
  if (entry.fallback) return *entry.fallback;
  if (entry.unknown == UnknownOption::pass) return canonical;
  return refuse(field, Code::unknown_option, canonical,
                "has no counterpart in the system; add one to the field's `values`");
}

Json option_form(const MapEntry& entry, const std::string& option) {
  if (entry.format == "number" && normal_decimal(option)) return make_number(option);
  if (entry.format == "boolean" && (option == "true" || option == "false")) return option == "true";
  return option;
}

std::vector<std::string> options_of(const Field& field) {
  if (!field.options.empty()) return field.options;
  std::vector<std::string> options;
  for (const auto& [system, entry] : field.map) {
    if (entry.values.empty() || entry.unknown == UnknownOption::pass) return {};
    for (const auto& [system_word, canonical] : entry.values) options.push_back(canonical);
  }
  std::sort(options.begin(), options.end());
  options.erase(std::unique(options.begin(), options.end()), options.end());
  return options;
}

Result<Value> read_enumeration(const Field& field, const MapEntry& entry, const Json& raw) {
  std::optional<std::string> text = scalar_text(raw);
  if (!text) return refuse_type(field, raw, "one option");
  if (is_number(raw)) text = normal_decimal(*text).value_or(*text);
  // An option may stand for "none": {"-None-": ""}.
  return read_option(field, entry, *text).map([](std::string option) {
    return is_blank(option) ? Value::null() : text_value(std::move(option));
  });
}

}  // namespace truce
