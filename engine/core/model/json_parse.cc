// parse_json: nlohmann's parser behind a handler that keeps numbers as text, enforces the limits
// and says what is wrong.
#include <cstring>
#include <utility>
#include <vector>

#include "engine/core/model/json.h"
#include "engine/core/model/json_readers.h"

namespace truce {
namespace {

// nlohmann's parser does not tell a handler where it is; this iterator does.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** read_to) : at_(at), read_to_(read_to) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *read_to_ = ++at_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** read_to_;
};

bool is_number_character(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

std::string position_text(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column;  // characters, not bytes
    }
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// "… parse error at line 1, column 2: syntax error while parsing value - REASON; last read:
// 'INPUT'": the part between is nlohmann's own words.
std::string reason_of(const nlohmann::detail::exception& error) {
  const std::string_view what = error.what();
  const std::size_t begin = what.find("syntax error");
  if (begin == std::string_view::npos) return "not JSON";
  const std::size_t end = what.find("; last read:", begin);
  return std::string(what.substr(begin, end == std::string_view::npos ? end : end - begin));
}

class DocumentBuilder : public nlohmann::json_sax<Json> {
 public:
  DocumentBuilder(std::string_view text, const JsonLimits& limits)
      : text_(text), limits_(limits), read_to_(text.data()) {}

  Result<Json> build() {
    CountingIterator begin(text_.data(), &read_to_);
    CountingIterator end(text_.data() + text_.size(), &read_to_);
    if (Json::sax_parse(begin, end, this)) return std::move(root_);
    return tl::unexpected<Problem>(std::move(problem_));
  }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t) override { return add_number(); }
  bool number_unsigned(number_unsigned_t) override { return add_number(); }
  bool number_float(number_float_t, const string_t&) override { return add_number(); }
  bool binary(binary_t&) override { return refuse(Code::invalid_json, "binary data"); }

  bool string(string_t& value) override {
    if (value.size() > limits_.string_bytes) {
      return refuse(Code::field_too_long,
                    "text longer than " + std::to_string(limits_.string_bytes) + " bytes");
    }
    if (value.find('\0') != string_t::npos) {
      return refuse(Code::nul_in_text, "the character U+0000 in text");
    }
    return add(std::move(value));
  }

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (name.size() > limits_.key_bytes) {
      return refuse_in_parent(Code::field_name_too_long,
                              "a key longer than " + std::to_string(limits_.key_bytes) + " bytes");
    }
    if (name.find('\0') != string_t::npos) {
      return refuse_in_parent(Code::nul_in_text, "the character U+0000 in a key");
    }
    Frame& frame = frames_.back();
    auto& object = frame.node->get_ref<Json::object_t&>();
    const auto [member, added] = object.try_emplace(std::move(name));
    frame.key = &member->first;
    frame.slot = &member->second;
    if (!added) return refuse(Code::duplicate_key, "a key occurs twice in one object");
    if (object.size() > limits_.fields_per_object) {
      return refuse_in_parent(
          Code::too_many_fields,
          "more than " + std::to_string(limits_.fields_per_object) + " keys in one object");
    }
    return true;
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    constexpr int number_overflow = 406;
    if (error.id != number_overflow) return refuse(Code::invalid_json, reason_of(error));
    return check_number(last_number()) && refuse(Code::number_out_of_range, "number out of range");
  }

 private:
  struct Frame {
    Json* node;                        // the open array or object
    const std::string* key = nullptr;  // of the member that is being read; stands in the object
    Json* slot = nullptr;
  };

  bool add(Json node) { return place(std::move(node)) != nullptr; }

  bool add_number() {
    const std::string_view characters = last_number();
    return check_number(characters) && add(make_number(characters));
  }

  // The parser has read one character past a number, unless the text ended with it. A character
  // that could belong to a number there is an error that follows at once.
  std::string_view last_number() const {
    const char* end = read_to_;
    if (end != text_.data() && !is_number_character(end[-1])) --end;
    const char* begin = end;
    while (begin != text_.data() && is_number_character(begin[-1])) --begin;
    return {begin, static_cast<std::size_t>(end - begin)};
  }

  bool check_number(std::string_view characters) {
    if (characters.size() > limits_.number_chars) {
      return refuse(
          Code::number_too_long,
          "a number of more than " + std::to_string(limits_.number_chars) + " characters");
    }
    return is_in_range(characters) || refuse(Code::number_out_of_range, "number out of range");
  }

  bool open(Json node) {
    if (frames_.size() >= limits_.depth) {
      return refuse(Code::too_deep,
                    "nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    Json* placed = place(std::move(node));
    if (placed) frames_.push_back({placed});
    return placed != nullptr;
  }

  bool close() {
    frames_.pop_back();
    return true;
  }

  // Pointers into the document stay good: a map does not move its nodes, and an array does not grow
  // while one of its elements is open.
  Json* place(Json&& node) {
    if (++nodes_ > limits_.nodes) {
      refuse(Code::too_many_fields, "more than " + std::to_string(limits_.nodes) + " values");
      return nullptr;
    }
    if (frames_.empty()) {
      root_ = std::move(node);
      return &root_;
    }
    Frame& frame = frames_.back();
    if (frame.node->is_object()) {
      *frame.slot = std::move(node);
      return frame.slot;
    }
    auto& array = frame.node->get_ref<Json::array_t&>();
    return &array.emplace_back(std::move(node));
  }

  bool refuse(Code code, std::string reason) {
    return refuse_at(code, std::move(reason), frames_.size());
  }
  bool refuse_in_parent(Code code, std::string reason) {
    return refuse_at(code, std::move(reason), frames_.size() - 1);
  }
  bool refuse_at(Code code, std::string reason, std::size_t depth) {
    const auto offset = static_cast<std::size_t>(read_to_ - text_.data());
    problem_ = {code, position_text(text_, offset) + ": " + std::move(reason), pointer_to(depth)};
    return false;
  }

  std::string pointer_to(std::size_t depth) const {
    std::string pointer;
    for (std::size_t i = 0; i < depth; ++i) {
      const Frame& frame = frames_[i];
      if (frame.node->is_array()) {
        // An open element stands in the array already; one that was refused does not.
        const bool open_below = i + 1 < frames_.size();
        pointer = pointer_join(pointer, std::to_string(frame.node->size() - (open_below ? 1 : 0)));
      } else if (frame.key) {
        pointer = pointer_join(pointer, *frame.key);
      }
    }
    return pointer;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  const char* read_to_;
  Json root_;
  std::vector<Frame> frames_;
  std::size_t nodes_ = 0;
  Problem problem_;
};

}  // namespace

JsonLimits JsonLimits::of_store() {
  constexpr std::size_t most = std::size_t{1} << 31;
  return {.depth = 256,
          .nodes = most,
          .fields_per_object = most,
          .key_bytes = most,
          .string_bytes = most,
          .number_chars = 512};
}

Result<Json> read_carefully(std::string_view text, const JsonLimits& limits) {
  return DocumentBuilder(text, limits).build();
}

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  // nlohmann passes over a byte order mark and takes NUL for the end of the text, so that what was
  // signed or hashed would not be what was read.
  if (text.starts_with("\xEF\xBB\xBF")) {
    return fail(Code::invalid_json, "line 1, column 1: a byte order mark");
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return fail(Code::invalid_json, position_text(text, nul) + ": a NUL byte");
  }
  if (std::optional<Json> document = read_well_formed(text, limits)) return *std::move(document);
  return read_carefully(text, limits);
}

}  // namespace truce
