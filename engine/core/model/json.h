// JSON at the edges. Parsed once at entry and rendered once at exit.
//
// nlohmann's DOM is used with one rule added: a number that came from outside is kept as its own
// characters (a `binary` node of subtype number_subtype), because a double loses digits, 64-bit
// integers wrap, and nlohmann's == calls 2^64-1 equal to -1. Numbers that we make ourselves may be
// ordinary nlohmann integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/model/error.h"

namespace truce {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t depth = 64;
  std::size_t nodes = 2'000'000;           // a batch of 10,000 events fits
  std::size_t fields_per_object = 10'000;  // keys of one object
  std::size_t key_bytes = 256;
  std::size_t string_bytes = 256 * 1024;
  std::size_t number_chars = 64;

  // For what the store gives back: a document that passed the limits above, inside one of ours.
  static JsonLimits of_store();
};

// Marks a binary node that holds a number's characters.
inline constexpr std::uint64_t number_subtype = 1;

// Reads a whole document. Refused: trailing bytes, a byte order mark, NUL, comments, duplicate keys
// (also after unescaping), bad UTF-8, lone surrogates, NaN, and whatever passes a limit. `message`
// says line and column and never quotes the input; `pointer` says where.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// A document that we wrote ourselves; null where it is none.
Json json_of(std::string_view text);

// True where the node is a number of either kind.
bool is_number(const Json& node);
// The number's characters ("1.10", "151"); empty when it is no number.
std::string number_text(const Json& node);
// A number node with these characters, which must be a JSON number.
Json make_number(std::string_view characters);
// A scalar as text: strings as they are, numbers as their characters, booleans "true"/"false";
// nullopt for null, arrays and objects.
std::optional<std::string> scalar_text(const Json& node);
// A whole number within int64; nullopt for anything else.
std::optional<std::int64_t> to_int64(const Json& node);

// One line of JSON. Never throws: bad UTF-8 is replaced.
std::string to_wire(const Json& node);
// The same document always the same bytes: keys sorted, numbers in their shortest equal decimal
// form (1.0 and 1 and 1e0 are one). For hashes only.
std::string to_canonical(const Json& node);

// The member, or nullptr when `node` is no object or has none.
const Json* find_member(const Json& node, std::string_view key);
// The member's text; empty where it is no text.
std::string text_at(const Json& node, std::string_view key);
// Appends one reference token to an RFC 6901 pointer, escaping ~ and /.
std::string pointer_join(std::string_view pointer, std::string_view token);
// A piece of untrusted text fit for a message: at most 80 characters, control characters escaped.
std::string shown(std::string_view text);

// "12.30" -> "12.3", "-0" -> "0", "1e3" -> "1000": the shortest plain decimal of equal value.
// nullopt when it is no number or has more than 400 digits written out.
std::optional<std::string> normal_decimal(std::string_view number);
// Compares two normal decimals by value: <0, 0, >0.
int compare_decimals(std::string_view a, std::string_view b);

}  // namespace truce
