#include "engine/core/normalize/boolean.h"

#include <algorithm>
#include <array>

#include "engine/core/normalize/enumeration.h"
#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr std::array<std::string_view, 6> yes = {"true", "1", "yes", "y", "on", "t"};
constexpr std::array<std::string_view, 6> no = {"false", "0", "no", "n", "off", "f"};

std::optional<bool> meaning(const std::string& word) {
  const std::string plain = folded(one_line(word));
  if (std::find(yes.begin(), yes.end(), plain) != yes.end()) return true;
  if (std::find(no.begin(), no.end(), plain) != no.end()) return false;
  return std::nullopt;
}

}  // namespace

Result<Value> read_boolean(const Field& field, const MapEntry& entry, const Json& raw) {
  if (raw.is_boolean() && entry.values.empty()) return Value::of_boolean(raw.get<bool>());
  std::optional<std::string> text = scalar_text(raw);
  if (!text) return refuse_type(field, raw, "true or false");
  if (is_number(raw)) text = normal_decimal(*text).value_or(*text);
  const std::string word(trimmed(*text));
  const auto mapped = entry.values.find(word);
  const std::optional<bool> value = meaning(mapped == entry.values.end() ? word : mapped->second);
  if (!value) {
    return refuse(field, Code::type_mismatch, word,
                  "is neither true nor false; map the system's words with `values`");
  }
  return Value::of_boolean(*value);
}

Json written_boolean(const MapEntry& entry, const Value& value) {
  const bool wanted = value.key() == "true";
  for (const auto& [system_word, canonical] : entry.values) {
    if (meaning(canonical) == wanted) return option_form(entry, system_word);
  }
  return wanted;
}

}  // namespace truce
