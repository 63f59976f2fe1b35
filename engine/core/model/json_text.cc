#include "engine/core/model/json_text.h"

#include <charconv>
#include <cstdio>

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

bool goes_as_it_is(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
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
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t run = at;
    while (run < text.size() && goes_as_it_is(text[run])) ++run;
    out.append(text, at, run - at);
    at = run;
    if (at == text.size()) break;
    const char c = text[at];
    if (const std::size_t length = utf8_length(text.substr(at)); length > 1) {
      out.append(text, at, length);
      at += length;
      continue;
    }
    ++at;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
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
        if (static_cast<unsigned char>(c) < 0x20) {
          append_escape(out, static_cast<unsigned char>(c));
        } else {
          out += "\xEF\xBF\xBD";
        }
    }
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
