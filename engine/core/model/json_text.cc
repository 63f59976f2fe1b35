#include "engine/core/model/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "engine/core/model/decimal.h"
#include "engine/core/model/utf8.h"

namespace truce {
namespace {

enum class Form { wire, canonical };

// A whole number's decimal digits.
class Digits {
 public:
  template <class Number>
  explicit Digits(Number number)
      : end_(std::to_chars(std::begin(text_), std::end(text_), number).ptr) {}
  operator std::string_view() const {  // NOLINT: it is one
    return {text_, static_cast<std::size_t>(end_ - text_)};
  }

 private:
  char text_[20];
  char* end_;
};

// How a byte of a string is written.
enum Byte : unsigned char { plain, escaped, odd };

constexpr std::array<Byte, 256> bytes_as_written = [] {
  std::array<Byte, 256> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = i < 0x20 || i >= 0x80 ? odd : plain;
  bytes['"'] = bytes['\\'] = escaped;
  return bytes;
}();

constexpr std::uint64_t in_each_byte(unsigned char byte) { return 0x0101010101010101U * byte; }

// The top bit of each byte that is 0, and perhaps of some above it (Bit Twiddling Hacks,
// "haszero").
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - in_each_byte(1)) & ~word & in_each_byte(0x80);
}

bool are_plain(std::uint64_t eight) {
  const std::uint64_t below_space = (eight - in_each_byte(0x20)) & ~eight;
  const std::uint64_t others =
      zero_bytes(eight ^ in_each_byte('"')) | zero_bytes(eight ^ in_each_byte('\\')) | eight;
  return ((below_space | others) & in_each_byte(0x80)) == 0;
}

// Writes what stands before the first odd byte and gives its length; `place`, which has room for
// twice the text, moves behind it. Documents inside documents, as the trail has them, are full of
// quotes: no byte of it takes a branch.
std::size_t write_simple(char*& place, std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight = 0;
    if (text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if (are_plain(eight)) {
        std::memcpy(place, &eight, sizeof eight);
        place += sizeof eight;
        at += sizeof eight;
        continue;
      }
    }
    const Byte byte = bytes_as_written[static_cast<unsigned char>(text[at])];
    if (byte == odd) break;
    *place = '\\';
    place += byte;
    *place++ = text[at++];
  }
  return at;
}

// Room is made for so much at once: a string of nothing but odd characters makes it for each.
constexpr std::size_t chunk = 128;

std::size_t append_simple(std::string& out, std::string_view text) {
  const std::size_t begun = out.size();
  text = text.substr(0, chunk);
  out.resize(begun + 2 * text.size());
  char* const start = out.data() + begun;
  char* place = start;
  const std::size_t length = write_simple(place, text);
  out.resize(begun + static_cast<std::size_t>(place - start));
  return length;
}

// Most strings are short and have nothing odd: false where this one has.
bool append_whole(std::string& out, std::string_view text) {
  char written[2 * chunk + 2];
  if (text.size() > chunk) return false;
  char* place = written;
  *place++ = '"';
  if (write_simple(place, text) != text.size()) return false;
  *place++ = '"';
  out.append(written, static_cast<std::size_t>(place - written));
  return true;
}

// One odd character, or a byte that is none.
std::size_t append_odd(std::string& out, std::string_view text) {
  if (const std::size_t length = utf8_length(text); length > 1) {
    out.append(text, 0, length);
    return length;
  }
  const auto byte = static_cast<unsigned char>(text.front());
  switch (byte) {
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (byte < 0x20)
        append_escape(out, byte);
      else
        out += "\xEF\xBF\xBD";
  }
  return 1;
}

void append_number(std::string& out, const Json& node, Form form) {
  const std::string text = number_text(node);
  if (text.empty()) {
    out += "null";  // a NaN or a binary node that is no number: JSON has neither
  } else if (form == Form::canonical) {
    out += canonical_number(text);
  } else {
    out += text;
  }
}

// Documents are at most as deep as JsonLimits lets them be, so recursion is bounded.
void append_node(std::string& out, const Json& node, Form form) {
  switch (node.type()) {
    case Json::value_t::null:
    case Json::value_t::discarded:
      out += "null";
      break;
    case Json::value_t::boolean:
      out += node.get<bool>() ? "true" : "false";
      break;
    case Json::value_t::string:
      append_json_string(out, node.get_ref<const std::string&>());
      break;
    case Json::value_t::number_integer:
      out += Digits(node.get<std::int64_t>());
      break;
    case Json::value_t::number_unsigned:
      out += Digits(node.get<std::uint64_t>());
      break;
    case Json::value_t::number_float:
    case Json::value_t::binary:
      append_number(out, node, form);
      break;
    case Json::value_t::array: {
      char before = '[';
      for (const Json& element : node) {
        out += before;
        before = ',';
        append_node(out, element, form);
      }
      out += before == '[' ? "[]" : "]";
      break;
    }
    case Json::value_t::object: {
      char before = '{';
      for (const auto& [key, member] : node.get_ref<const Json::object_t&>()) {
        out += before;
        before = ',';
        append_json_string(out, key);
        out += ':';
        append_node(out, member, form);
      }
      out += before == '{' ? "{}" : "}";
      break;
    }
  }
}

}  // namespace

void append_escape(std::string& out, unsigned code_point) {
  char text[8];
  const int length = std::snprintf(text, sizeof text, "\\u%04x", code_point);
  out.append(text, static_cast<std::size_t>(length));
}

void append_json_string(std::string& out, std::string_view text) {
  if (append_whole(out, text)) return;
  out += '"';
  while (!text.empty()) {
    const bool is_odd = bytes_as_written[static_cast<unsigned char>(text.front())] == odd;
    text.remove_prefix(is_odd ? append_odd(out, text) : append_simple(out, text));
  }
  out += '"';
}

void append_json(std::string& out, const Json& node) { append_node(out, node, Form::wire); }

JsonText& JsonText::number(std::int64_t value) { return raw(Digits(value)); }

JsonText& JsonText::count(std::uint64_t value) { return raw(Digits(value)); }

std::string to_wire(const Json& node) {
  std::string out;
  append_node(out, node, Form::wire);
  return out;
}

std::string to_canonical(const Json& node) {
  std::string out;
  append_node(out, node, Form::canonical);
  return out;
}

}  // namespace truce
