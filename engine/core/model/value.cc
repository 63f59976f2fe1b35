#include "engine/core/model/value.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/core/model/hash.h"
#include "engine/core/model/json_text.h"

namespace truce {
namespace {

// One letter a kind, in hashes and in the store: they must never change.
constexpr std::string_view kind_letters = "ntidbs";

char letter_of(Value::Kind kind) { return kind_letters[static_cast<std::size_t>(kind)]; }

std::optional<Value::Kind> kind_of(std::string_view letter) {
  if (letter.size() != 1) return std::nullopt;
  const std::size_t index = kind_letters.find(letter.front());
  if (index == std::string_view::npos) return std::nullopt;
  return static_cast<Value::Kind>(index);
}

bool is_text_at(const Json& array, std::size_t index) {
  return array.size() > index && array[index].is_string();
}

// "text" where the key is the text, else ["text", "key"].
std::optional<Value::Element> element_from_stored(const Json& node) {
  if (node.is_string()) {
    const std::string& text = node.get_ref<const std::string&>();
    return Value::Element{text, text};
  }
  if (!node.is_array() || !is_text_at(node, 0) || !is_text_at(node, 1)) return std::nullopt;
  return Value::Element{node[0].get_ref<const std::string&>(),
                        node[1].get_ref<const std::string&>()};
}

Value set_from_stored(const Json& node) {
  std::vector<Value::Element> elements;
  elements.reserve(node.size());
  for (std::size_t i = 1; i < node.size(); ++i) {
    std::optional<Value::Element> element = element_from_stored(node[i]);
    if (!element) return Value::null();
    elements.push_back(std::move(*element));
  }
  return Value::of_set(std::move(elements));
}

Json integer_to_json(const std::string& text) {
  constexpr std::int64_t greatest_safe = std::int64_t{1} << 53;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const bool safe =
      error == std::errc() && rest == end && number <= greatest_safe && number >= -greatest_safe;
  return safe ? Json(number) : Json(text);
}

}  // namespace

Value Value::of_text(std::string text, std::string key) {
  return Value{Kind::text, std::move(text), std::move(key), {}};
}

Value Value::of_text(std::string text) {
  std::string key = text;
  return of_text(std::move(text), std::move(key));
}

Value Value::of_boolean(bool value) {
  const char* word = value ? "true" : "false";
  return Value{Kind::boolean, word, word, {}};
}

Value Value::of_set(std::vector<Element> elements) {
  // By text within a key: which spelling of an element stays must not depend on the order of
  // arrival.
  const auto before = [](const Element& a, const Element& b) {
    return std::tie(a.key, a.text) < std::tie(b.key, b.text);
  };
  const auto alike = [](const Element& a, const Element& b) { return a.key == b.key; };
  std::sort(elements.begin(), elements.end(), before);
  elements.erase(std::unique(elements.begin(), elements.end(), alike), elements.end());
  return Value{Kind::set, {}, {}, std::move(elements)};
}

bool same(const Value& a, const Value& b) {
  return a.kind == b.kind && a.key == b.key &&
         std::equal(a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(),
                    [](const auto& left, const auto& right) { return left.key == right.key; });
}

std::strong_ordering order(const Value& a, const Value& b) {
  if (const auto by_kind = a.kind <=> b.kind; by_kind != 0) return by_kind;
  if (const auto by_key = a.key <=> b.key; by_key != 0) return by_key;
  return std::lexicographical_compare_three_way(
      a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(),
      [](const auto& left, const auto& right) { return left.key <=> right.key; });
}

std::string ValueHash::hex() const { return to_hex(bytes.data(), bytes.size()); }

ValueHash ValueHash::from_hex(std::string_view text) {
  ValueHash hash;
  if (text.size() < 2 * hash.bytes.size()) return hash;
  const char* digits = text.data();
  for (std::uint8_t& byte : hash.bytes) {
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc() || end != digits + 2) return {};
    digits = end;
  }
  return hash;
}

ValueHash value_hash(const Value& value) {
  std::string bytes;
  bytes.reserve(1 + value.key.size() + 40 * value.elements.size());
  bytes += letter_of(value.kind);
  bytes += value.key;
  for (const Value::Element& element : value.elements) {
    // The length first: ["a,b"] and ["a", "b"] are two sets.
    bytes += std::to_string(element.key.size());
    bytes += ':';
    bytes += element.key;
  }
  const auto digest = sha256(bytes);
  ValueHash hash;
  std::copy_n(digest.begin(), hash.bytes.size(), hash.bytes.begin());
  return hash;
}

std::ostream& operator<<(std::ostream& out, const Value& value) {
  return out << letter_of(value.kind) << ' ' << to_wire(to_json(value));
}

Json to_json(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      return nullptr;
    case Value::Kind::text:
    case Value::Kind::decimal:
      return value.text;
    case Value::Kind::integer:
      return integer_to_json(value.text);
    case Value::Kind::boolean:
      return value.key == "true";
    case Value::Kind::set: {
      Json array = Json::array();
      for (const Value::Element& element : value.elements) array.push_back(element.text);
      return array;
    }
  }
  return nullptr;
}

// null, or [letter, text], or [letter, text, key] where the key differs, or ["s", element...].
void write(JsonText& out, const Value& value) {
  if (value.is_null()) {
    out.null();
    return;
  }
  const char letter = letter_of(value.kind);
  out.open_array().string({&letter, 1});
  if (!value.is_set()) {
    out.string(value.text);
    if (value.key != value.text) out.string(value.key);
  }
  for (const Value::Element& element : value.elements) {
    if (element.key == element.text) {
      out.string(element.text);
    } else {
      out.open_array().string(element.text).string(element.key).close_array();
    }
  }
  out.close_array();
}

Value value_from_stored(const Json& node) {
  if (!node.is_array() || !is_text_at(node, 0)) return Value::null();
  const std::optional<Value::Kind> kind = kind_of(node[0].get_ref<const std::string&>());
  if (kind == Value::Kind::set) return set_from_stored(node);
  if (!kind || kind == Value::Kind::null || !is_text_at(node, 1)) return Value::null();
  const std::string& text = node[1].get_ref<const std::string&>();
  const std::string& key = is_text_at(node, 2) ? node[2].get_ref<const std::string&>() : text;
  return Value{*kind, text, key, {}};
}

}  // namespace truce
