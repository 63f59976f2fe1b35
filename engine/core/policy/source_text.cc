#include "engine/core/policy/source_text.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/core/model/utf8.h"

namespace truce::policy_file {
namespace {

constexpr std::string_view white_space = " \t\r\n";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6U));
    put(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12U));
    put(0x80 | ((code >> 6U) & 0x3FU));
    put(0x80 | (code & 0x3FU));
  } else {
    put(0xF0 | (code >> 18U));
    put(0x80 | ((code >> 12U) & 0x3FU));
    put(0x80 | ((code >> 6U) & 0x3FU));
    put(0x80 | (code & 0x3FU));
  }
}

// Recursive descent; the first error ends it. `failed_` is set exactly when a function gave false.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  tl::expected<Node, SyntaxError> document() {
    Node root;
    if (encoding() && skip() && value(root, 0) && skip() && nothing_behind()) return root;
    return tl::make_unexpected(error_);
  }

 private:
  bool refuse(std::size_t offset, std::string message, std::string mend = {}) {
    error_ = {offset, std::move(message), std::move(mend)};
    return false;
  }

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool at_end() const { return at_ >= text_.size(); }
  bool sees(std::string_view word) const { return text_.substr(at_, word.size()) == word; }

  bool encoding() {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") {
      return refuse(0, "the file begins with a byte order mark",
                    "save it as UTF-8 without byte order mark");
    }
    for (std::size_t i = 0; i < text_.size();) {
      const std::size_t length = utf8_length(text_.substr(i));
      if (length == 0) return refuse(i, "this is not UTF-8", "save the file as UTF-8");
      i += length;
    }
    return true;
  }

  // White space and comments.
  bool skip() {
    while (!at_end()) {
      if (white_space.find(peek()) != std::string_view::npos) {
        ++at_;
      } else if (sees("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (sees("/*")) {
        const std::size_t close = text_.find("*/", at_ + 2);
        if (close == std::string_view::npos) {
          return refuse(at_, "this comment has no end", "close it with */");
        }
        at_ = close + 2;
      } else {
        return true;
      }
    }
    return true;
  }

  bool nothing_behind() {
    if (at_end()) return true;
    return refuse(at_, "the policy ends before this", "take away what follows the closing }");
  }

  bool value(Node& node, std::size_t depth) {
    if (depth > depth_max) {
      return refuse(at_, "nested deeper than " + std::to_string(depth_max) + " levels");
    }
    if (++nodes_ > nodes_max) {
      return refuse(at_, "more than " + std::to_string(nodes_max) + " values in the file");
    }
    node.begin = at_;
    const bool read = scalar_or_container(node, depth);
    node.end = at_;
    return read;
  }

  bool scalar_or_container(Node& node, std::size_t depth) {
    if (peek() == '{') return object(node, depth);
    if (peek() == '[') return array(node, depth);
    if (peek() == '"') {
      node.kind = Node::Kind::text;
      return string(node.text);
    }
    if (peek() == '-' || is_digit(peek())) return number(node);
    if (sees("true") || sees("false")) {
      node.kind = Node::Kind::boolean;
      node.truth = peek() == 't';
      at_ += node.truth ? 4 : 5;
      return word_ends();
    }
    if (sees("null")) {
      at_ += 4;
      return word_ends();
    }
    return no_value();
  }

  bool word_ends() {
    const char c = peek();
    const bool goes_on =
        is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return goes_on ? refuse(at_, "this word is not JSON", "write text in double quotes") : true;
  }

  bool no_value() {
    if (at_end()) return refuse(at_, "the file ends where a value should stand");
    if (peek() == '\'' || sees("\xE2\x80\x9C") || sees("\xE2\x80\x9D") || sees("\xE2\x80\x98")) {
      return refuse(at_, "these quotes are not JSON",
                    "write text in straight double quotes: \"…\"");
    }
    if (peek() == '#') return refuse(at_, "# begins no comment here", "begin it with //");
    if (peek() == ',' || peek() == '}' || peek() == ']') {
      return refuse(at_, "a value is missing here");
    }
    return refuse(at_, "no value can begin like this", "write text in double quotes");
  }

  bool object(Node& node, std::size_t depth) {
    node.kind = Node::Kind::object;
    std::set<std::string, std::less<>> seen;
    ++at_;
    if (!skip()) return false;
    if (peek() == '}') return ++at_, true;
    while (true) {
      Node& child = node.children.emplace_back();
      if (!key(child) || !first_of_its_name(child, seen) || !value(child, depth + 1)) return false;
      bool closed = false;
      if (!separator('}', closed)) return false;
      if (closed) return true;
    }
  }

  bool key(Node& child) {
    child.key_begin = at_;
    if (peek() != '"') {
      if (at_end()) return refuse(at_, "the file ends inside an object", "close it with }");
      return refuse(at_, "a key should stand here", "write it in straight double quotes: \"key\"");
    }
    if (!string(child.key)) return false;
    if (child.key.size() > key_bytes_max) {
      return refuse(child.key_begin,
                    "a key is longer than " + std::to_string(key_bytes_max) + " bytes");
    }
    if (!skip()) return false;
    if (peek() != ':') return refuse(at_, "a colon is missing behind the key");
    ++at_;
    return skip();
  }

  bool first_of_its_name(const Node& child, std::set<std::string, std::less<>>& seen) {
    if (seen.insert(child.key).second) return true;
    return refuse(child.key_begin, "\"" + shown(child.key) + "\" stands twice in this object",
                  "keep one of the two");
  }

  bool array(Node& node, std::size_t depth) {
    node.kind = Node::Kind::array;
    ++at_;
    if (!skip()) return false;
    if (peek() == ']') return ++at_, true;
    while (true) {
      if (!value(node.children.emplace_back(), depth + 1)) return false;
      bool closed = false;
      if (!separator(']', closed)) return false;
      if (closed) return true;
    }
  }

  // Behind a member or element: a comma and what follows it, or the closing bracket.
  bool separator(char close, bool& closed) {
    if (!skip()) return false;
    if (peek() == close) {
      closed = true;
      return ++at_, true;
    }
    if (at_end()) {
      return refuse(at_, std::string("the file ends before a closing ") + close,
                    std::string("close it with ") + close);
    }
    if (peek() != ',') {
      return refuse(at_, std::string("a comma or a closing ") + close + " is missing before this");
    }
    const std::size_t comma = at_++;
    if (!skip()) return false;
    if (peek() != close) return true;
    return refuse(comma, std::string("a comma stands before the closing ") + close,
                  "take the comma away");
  }

  bool number(Node& node) {
    node.kind = Node::Kind::number;
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    const bool leading_zero = peek() == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (leading_zero && whole > 1))
      return refuse(begin, "this is not a JSON number");
    if (peek() == '.') {
      ++at_;
      if (digits() == 0) return refuse(begin, "a digit is missing behind the decimal point");
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (digits() == 0) return refuse(begin, "a digit is missing in the exponent");
    }
    if (at_ - begin > number_chars_max) {
      return refuse(begin,
                    "a number has more than " + std::to_string(number_chars_max) + " digits");
    }
    node.text = std::string(text_.substr(begin, at_ - begin));
    const char next = peek();
    const bool has_unit = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    return has_unit ? refuse(begin, "a number carries a unit", "write durations as text: \"3d\"")
                    : true;
  }

  std::size_t digits() {
    const std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    return at_ - begin;
  }

  bool string(std::string& out) {
    const std::size_t begin = at_++;
    while (!at_end()) {
      const char c = text_[at_];
      if (c == '"') return ++at_, true;
      if (c == '\n' || c == '\r') break;
      if (static_cast<unsigned char>(c) < 0x20) {
        return refuse(at_, "text holds a control character", "write it as \\uXXXX, a tab as \\t");
      }
      if (c == '\\') {
        if (!escape(out)) return false;
      } else {
        out += c;
        ++at_;
      }
    }
    return refuse(begin, "this text has no closing quote", "close it with \" on the same line");
  }

  bool escape(std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const std::size_t begin = at_++;
    const std::size_t which = at_end() ? std::string_view::npos : letters.find(peek());
    if (which != std::string_view::npos) {
      out += meanings[which];
      ++at_;
      return true;
    }
    if (peek() != 'u') return refuse(begin, "unknown escape in text", "write a backslash as \\\\");
    return unicode_escape(begin, out);
  }

  bool unicode_escape(std::size_t begin, std::string& out) {
    unsigned code = 0;
    if (!four_hex_digits(code)) return refuse(begin, "\\u needs four hexadecimal digits");
    if (code == 0) return refuse(begin, "text holds NUL");
    if (code >= 0xDC00 && code <= 0xDFFF) return refuse(begin, "half of a surrogate pair");
    if (code >= 0xD800 && code <= 0xDBFF) {
      unsigned low = 0;
      if (peek() != '\\' || peek(1) != 'u') return refuse(begin, "half of a surrogate pair");
      ++at_;
      if (!four_hex_digits(low) || low < 0xDC00 || low > 0xDFFF) {
        return refuse(begin, "half of a surrogate pair");
      }
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(out, code);
    return true;
  }

  // Stands on the u.
  bool four_hex_digits(unsigned& code) {
    ++at_;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      code <<= 4U;
      if (is_digit(c)) {
        code += static_cast<unsigned>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        code += static_cast<unsigned>(c - 'a') + 10;
      } else if (c >= 'A' && c <= 'F') {
        code += static_cast<unsigned>(c - 'A') + 10;
      } else {
        return false;
      }
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
  SyntaxError error_;
};

}  // namespace

const Node* Node::member(std::string_view name) const {
  if (kind != Kind::object) return nullptr;
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const Node& child) { return child.key == name; });
  return found == children.end() ? nullptr : &*found;
}

tl::expected<Node, SyntaxError> read_source(std::string_view text) {
  return Parser(text).document();
}

Json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return nullptr;
    case Node::Kind::boolean:
      return node.truth;
    case Node::Kind::number:
      return make_number(node.text);
    case Node::Kind::text:
      return node.text;
    case Node::Kind::array: {
      Json out = Json::array();
      for (const Node& child : node.children) out.push_back(to_json(child));
      return out;
    }
    case Node::Kind::object: {
      Json out = Json::object();
      for (const Node& child : node.children) out[child.key] = to_json(child);
      return out;
    }
  }
  return nullptr;
}

LineAndColumn position_of(std::string_view text, std::size_t offset) {
  LineAndColumn position;
  for (std::size_t i = 0; i < std::min(offset, text.size()); ++i) {
    if (text[i] == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
      ++position.column;
    }
  }
  return position;
}

std::string pointer_to(const Node& root, const Node& node) {
  std::string pointer;
  const Node* at = &root;
  while (at != &node) {
    // Children do not overlap and stand in order, so one of them encloses the node.
    const auto behind = std::upper_bound(
        at->children.begin(), at->children.end(), node.begin,
        [](std::size_t offset, const Node& child) { return offset < child.begin; });
    if (behind == at->children.begin()) return pointer;
    const Node& child = *std::prev(behind);
    const auto index = static_cast<std::size_t>(&child - at->children.data());
    pointer =
        pointer_join(pointer, at->kind == Node::Kind::object ? child.key : std::to_string(index));
    at = &child;
  }
  return pointer;
}

}  // namespace truce::policy_file
