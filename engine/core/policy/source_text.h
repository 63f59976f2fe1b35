// The policy file as a tree in which every value knows where it stands, for findings with a line.
//
// A parse of its own beside model/json.h, because that one keeps no positions and takes no
// comments. Without comments both accept the same texts (held by
// tests/unit/policy/source_text_test.cc), but for this one's tighter bounds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::policy_file {

inline constexpr std::size_t file_bytes_max = std::size_t{1} << 20U;
inline constexpr std::size_t depth_max = 32;
inline constexpr std::size_t nodes_max = 100'000;
inline constexpr std::size_t key_bytes_max = 256;
inline constexpr std::size_t number_chars_max = 64;

struct Node {
  enum class Kind { null, boolean, number, text, array, object };
  Kind kind = Kind::null;
  std::string key;             // members of an object only
  std::size_t key_begin = 0;   // byte offset of the key's quote
  std::size_t begin = 0;       // byte offset of the value's first character
  std::size_t end = 0;         // one past its last
  std::string text;            // text: unescaped; number: its characters
  bool truth = false;          // boolean only
  std::vector<Node> children;  // array and object, in the file's order

  const Node* member(std::string_view name) const;  // nullptr: no object, or none of that name
};

struct SyntaxError {
  std::size_t offset = 0;
  std::string message;
  std::string mend;
};

// JSON with // and /* */ comments. Refused, as in model/json.h: duplicate keys, bad UTF-8, lone
// surrogates, NUL, trailing text, and whatever passes a bound. Never throws.
tl::expected<Node, SyntaxError> read_source(std::string_view text);

Json to_json(const Node& node);

struct LineAndColumn {
  std::size_t line = 1;
  std::size_t column = 1;  // in characters
};
LineAndColumn position_of(std::string_view text, std::size_t offset);

// RFC 6901 pointer from `root` to `node`, which must be in its tree.
std::string pointer_to(const Node& root, const Node& node);

}  // namespace truce::policy_file
