// Canonical values: what a field means, whatever system said it.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/json.h"
#include "engine/core/model/shared.h"

namespace truce {

class JsonText;
struct StoredNode;

// A field value is absent (no Value at all), null (cleared) or a value.
//
// The text is what is shown and written; the key is what is compared: two values are the same
// exactly when kind and key are equal. text "Rose@Edge.com" and "rose@edge.com" of an email have
// one key. A set's elements are sorted by key and each key occurs once; its own text and key are
// empty.
//
// One value is told many times over, by observations, golden fields, candidates and writes: copies
// share it.
class Value {
 public:
  enum class Kind { null, text, integer, decimal, boolean, set };
  struct Element {
    std::string text;
    std::string key;
  };

  Value() = default;  // null
  static Value null() { return {}; }
  static Value of_scalar(Kind kind, std::string text, std::string key);  // neither null nor a set
  static Value of_text(std::string text, std::string key);
  static Value of_text(std::string text);  // key = text
  static Value of_boolean(bool value);
  static Value of_set(std::vector<Element> elements);  // sorts and removes repeats

  bool is_null() const { return !content_; }
  bool is_set() const { return kind() == Kind::set; }
  Kind kind() const { return content_ ? content_->kind : Kind::null; }
  const std::string& text() const;
  const std::string& key() const;
  const std::vector<Element>& elements() const;

  friend bool same(const Value& a, const Value& b);

 private:
  struct Content {
    Kind kind = Kind::null;
    bool is_key = false;  // the text is its own key, and `key` is empty
    std::string text;
    std::string key;
    std::vector<Element> elements;
  };

  Shared<Content> content_;  // none: null
};

bool same(const Value& a, const Value& b);
// A total order by (kind, key, element keys), for ties that nothing else breaks.
std::strong_ordering order(const Value& a, const Value& b);
inline bool operator==(const Value& a, const Value& b) { return same(a, b); }

// The "value hash" of the model: the first half of SHA-256 over kind and key.
struct ValueHash {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const ValueHash&) const = default;
  bool empty() const { return *this == ValueHash{}; }  // of no value
  std::string hex() const;
  // Reads the first 32 digits; empty when they are no hex.
  static ValueHash from_hex(std::string_view text);
};
// Cheap enough to call in a comparison.
ValueHash value_hash(const Value& value);
std::ostream& operator<<(std::ostream& out, const Value& value);

// Canonical value as the API shows it: null; text; integers as numbers up to 2^53, beyond it and
// all decimals as strings; booleans; sets as sorted arrays of strings.
Json to_json(const Value& value);
// For the store: keeps text and key. from_stored is its inverse; it throws nothing and gives null
// for what it cannot read.
void write(JsonText& out, const Value& value);
Value value_from_stored(const StoredNode& node);

}  // namespace truce
