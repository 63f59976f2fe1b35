#include "engine/core/model/value.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/core/model/hash.h"
#include "engine/core/model/json_text.h"
#include "engine/core/model/stored_json.h"

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

// The next element of an array, where it is a text.
std::optional<std::string> take_text(StoredNode::Iterator& at, StoredNode::Iterator end) {
  if (!(at != end) || (*at).kind != StoredNode::Kind::text) return std::nullopt;
  std::string text((*at).text);
  ++at;
  return text;
}

// "text" where the key is the text, else ["text", "key"].
std::optional<Value::Element> element_from_stored(const StoredNode& node) {
  if (node.kind == StoredNode::Kind::text) {
    return Value::Element{std::string(node.text), std::string(node.text)};
  }
  if (node.kind != StoredNode::Kind::array) return std::nullopt;
  StoredNode::Iterator at = node.begin();
  std::optional<std::string> text = take_text(at, node.end());
  std::optional<std::string> key = take_text(at, node.end());
  if (!text || !key) return std::nullopt;
  return Value::Element{std::move(*text), std::move(*key)};
}

Value set_from_stored(StoredNode::Iterator at, StoredNode::Iterator end) {
  std::vector<Value::Element> elements;
  for (; at != end; ++at) {
    std::optional<Value::Element> element = element_from_stored(*at);
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

Value Value::of_scalar(Kind kind, std::string text, std::string key) {
  const bool is_key = text == key;
  if (is_key) key.clear();
  Value value;
  value.content_ = Content{kind, is_key, std::move(text), std::move(key), {}};
  return value;
}

Value Value::of_text(std::string text, std::string key) {
  return of_scalar(Kind::text, std::move(text), std::move(key));
}

Value Value::of_text(std::string text) {
  Value value;
  value.content_ = Content{Kind::text, true, std::move(text), {}, {}};
  return value;
}

Value Value::of_boolean(bool value) {
  const char* word = value ? "true" : "false";
  return of_scalar(Kind::boolean, word, word);
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
  Value value;
  value.content_ = Content{Kind::set, true, {}, {}, std::move(elements)};
  return value;
}

const std::string& Value::text() const {
  static const std::string nothing;
  return content_ ? content_->text : nothing;
}

const std::string& Value::key() const {
  return content_ && !content_->is_key ? content_->key : text();
}

const std::vector<Value::Element>& Value::elements() const {
  static const std::vector<Element> nothing;
  return content_ ? content_->elements : nothing;
}

bool same(const Value& a, const Value& b) {
  if (a.content_.is_one_with(b.content_)) return true;
  return a.kind() == b.kind() && a.key() == b.key() &&
         std::equal(a.elements().begin(), a.elements().end(), b.elements().begin(),
                    b.elements().end(),
                    [](const auto& left, const auto& right) { return left.key == right.key; });
}

std::strong_ordering order(const Value& a, const Value& b) {
  if (const auto by_kind = a.kind() <=> b.kind(); by_kind != 0) return by_kind;
  if (const auto by_key = a.key() <=> b.key(); by_key != 0) return by_key;
  return std::lexicographical_compare_three_way(
      a.elements().begin(), a.elements().end(), b.elements().begin(), b.elements().end(),
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
  bytes.reserve(1 + value.key().size() + 40 * value.elements().size());
  bytes += letter_of(value.kind());
  bytes += value.key();
  for (const Value::Element& element : value.elements()) {
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
  return out << letter_of(value.kind()) << ' ' << to_wire(to_json(value));
}

Json to_json(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null:
      return nullptr;
    case Value::Kind::text:
    case Value::Kind::decimal:
      return value.text();
    case Value::Kind::integer:
      return integer_to_json(value.text());
    case Value::Kind::boolean:
      return value.key() == "true";
    case Value::Kind::set: {
      Json array = Json::array();
      for (const Value::Element& element : value.elements()) array.push_back(element.text);
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
  const char letter = letter_of(value.kind());
  out.open_array().string({&letter, 1});
  if (!value.is_set()) {
    out.string(value.text());
    if (value.key() != value.text()) out.string(value.key());
  }
  for (const Value::Element& element : value.elements()) {
    if (element.key == element.text) {
      out.string(element.text);
    } else {
      out.open_array().string(element.text).string(element.key).close_array();
    }
  }
  out.close_array();
}

Value value_from_stored(const StoredNode& node) {
  if (node.kind != StoredNode::Kind::array) return Value::null();
  StoredNode::Iterator at = node.begin();
  const std::optional<std::string> letter = take_text(at, node.end());
  const std::optional<Value::Kind> kind = letter ? kind_of(*letter) : std::nullopt;
  if (kind == Value::Kind::set) return set_from_stored(at, node.end());
  std::optional<std::string> text = take_text(at, node.end());
  if (!kind || kind == Value::Kind::null || !text) return Value::null();
  std::string key = take_text(at, node.end()).value_or(*text);
  return Value::of_scalar(*kind, std::move(*text), std::move(key));
}

}  // namespace truce
