// JSON written straight into text, for what is written often and read seldom: no tree is built and
// taken down again. Members stand in the order in which they are written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/model/json.h"

namespace truce {

// A string of JSON with its quotes. Bad UTF-8 is replaced.
void append_json_string(std::string& out, std::string_view text);
// \u and four hex digits.
void append_escape(std::string& out, unsigned code_point);
// A node as to_wire() writes it.
void append_json(std::string& out, const Json& node);

// The caller opens and closes in pairs and gives each member of an object its key first; commas
// come by themselves.
class JsonText {
 public:
  // Room for so many bytes is taken at once; most documents are not much longer.
  explicit JsonText(std::size_t bytes = 512) { text_.reserve(bytes); }

  JsonText& open_object() { return open('{'); }
  JsonText& close_object() { return close('}'); }
  JsonText& open_array() { return open('['); }
  JsonText& close_array() { return close(']'); }

  JsonText& key(std::string_view name) {
    separate();
    append_json_string(text_, name);
    text_ += ':';
    return *this;
  }

  JsonText& string(std::string_view value) {
    separate();
    append_json_string(text_, value);
    return *this;
  }
  JsonText& number(std::int64_t value);
  JsonText& count(std::uint64_t value);
  JsonText& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonText& null() { return raw("null"); }
  JsonText& node(const Json& value) {
    separate();
    append_json(text_, value);
    return *this;
  }
  // A whole document or number that is JSON already.
  JsonText& raw(std::string_view json) {
    separate();
    text_ += json;
    return *this;
  }

  std::string take() { return std::move(text_); }

 private:
  JsonText& open(char bracket) {
    separate();
    text_ += bracket;
    return *this;
  }
  JsonText& close(char bracket) {
    text_ += bracket;
    return *this;
  }
  // Text never ends with one of these inside a string: that ends with its quote.
  void separate() {
    if (text_.empty()) return;
    const char last = text_.back();
    if (last != '{' && last != '[' && last != ':') text_ += ',';
  }

  std::string text_;
};

}  // namespace truce
