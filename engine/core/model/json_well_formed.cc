#include <simdjson.h>

#include <new>
#include <string>
#include <utility>

#include "engine/core/model/decimal.h"
#include "engine/core/model/json_readers.h"
#include "engine/core/model/json_tokens.h"

namespace truce {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

constexpr std::size_t longest_text_bytes = std::size_t{1} << 20;
// What a thread keeps its buffers for, which take up to six times as much: most events and records.
constexpr std::size_t longest_kept_bytes = std::size_t{64} << 10;

// Any error is the end of it, whatever its name.
constexpr error_code passes_a_limit = simdjson::CAPACITY;

class TreeBuilder {
 public:
  explicit TreeBuilder(const JsonLimits& limits) : limits_(limits) {}

  error_code read(ondemand::value value, Json& into) {
    if (++nodes_ > limits_.nodes) return passes_a_limit;
    ondemand::json_type type{};
    if (const error_code error = value.type().get(type)) return error;
    switch (type) {
      case ondemand::json_type::null:
        return json_tokens::read_null(value);
      case ondemand::json_type::boolean:
        return read_boolean(value, into);
      case ondemand::json_type::number:
        return read_number(value, into);
      case ondemand::json_type::string:
        return read_text(value, into);
      case ondemand::json_type::array:
      case ondemand::json_type::object:
        break;
    }
    if (depth_ == limits_.depth) return passes_a_limit;
    ++depth_;
    const error_code error =
        type == ondemand::json_type::array ? read_elements(value, into) : read_members(value, into);
    --depth_;
    return error;
  }

 private:
  static error_code read_boolean(ondemand::value value, Json& into) {
    bool truth = false;
    const error_code error = value.get_bool().get(truth);
    into = truth;
    return error;
  }

  error_code read_number(ondemand::value value, Json& into) const {
    const std::string_view characters = json_tokens::number_at_begin(value.raw_json_token());
    double number = 0;
    if (const error_code error = value.get_double().get(number)) return error;
    if (characters.size() > limits_.number_chars || !is_in_range(characters)) return passes_a_limit;
    into = make_number(characters);
    return simdjson::SUCCESS;
  }

  error_code read_text(ondemand::value value, Json& into) const {
    std::string_view text;
    if (const error_code error = value.get_string().get(text)) return error;
    if (text.size() > limits_.string_bytes) return passes_a_limit;
    into = std::string(text);
    return simdjson::SUCCESS;
  }

  error_code read_elements(ondemand::value value, Json& into) {
    ondemand::array array;
    if (const error_code error = value.get_array().get(array)) return error;
    into = Json::array();
    auto& elements = into.get_ref<Json::array_t&>();
    for (simdjson::simdjson_result<ondemand::value> each : array) {
      ondemand::value element;
      if (const error_code error = each.get(element)) return error;
      if (const error_code error = read(element, elements.emplace_back())) return error;
    }
    return simdjson::SUCCESS;
  }

  error_code read_members(ondemand::value value, Json& into) {
    ondemand::object object;
    if (const error_code error = value.get_object().get(object)) return error;
    into = Json::object();
    auto& members = into.get_ref<Json::object_t&>();
    for (simdjson::simdjson_result<ondemand::field> field : object) {
      std::string_view key;
      if (const error_code error = field.unescaped_key().get(key)) return error;
      ondemand::value member;
      if (const error_code error = field.value().get(member)) return error;
      if (key.size() > limits_.key_bytes || members.size() == limits_.fields_per_object) {
        return passes_a_limit;
      }
      const auto [place, is_new] = members.try_emplace(std::string(key));
      if (!is_new) return simdjson::INCORRECT_TYPE;
      if (const error_code error = read(member, place->second)) return error;
    }
    return simdjson::SUCCESS;
  }

  const JsonLimits& limits_;
  std::size_t nodes_ = 0;
  std::size_t depth_ = 0;  // of the open arrays and objects
};

struct Buffers {
  ondemand::parser parser;  // holds the unescaped texts
  std::string padded;       // holds the numbers
};

std::optional<Json> read_with(Buffers& buffers, std::string_view text, const JsonLimits& limits) {
  buffers.padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  buffers.padded = text;
  ondemand::document document;
  ondemand::value root;
  Json tree;
  error_code error = buffers.parser.iterate(buffers.padded).get(document);
  if (!error) error = document.get_value().get(root);
  if (!error) error = TreeBuilder(limits).read(root, tree);
  if (!error && !document.current_location().error()) error = simdjson::TRAILING_CONTENT;
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error) return std::nullopt;
  return tree;
}

}  // namespace

bool is_in_range(std::string_view number) {
  // Without an exponent so few characters are always in range.
  if (number.find_first_of("eE") == std::string_view::npos) return true;
  const std::optional<Decimal> decimal = read_decimal(number);
  if (!decimal || decimal->digits.empty()) return true;
  return decimal->point <= 309 && decimal->point >= -307;
}

std::optional<Json> read_well_formed(std::string_view text, const JsonLimits& limits) {
  // simdjson 3.0 makes bad UTF-8 of half a surrogate pair.
  if (text.size() > longest_text_bytes || text.find("\\u") != std::string_view::npos) {
    return std::nullopt;
  }
  if (text.size() > longest_kept_bytes) {
    Buffers buffers;
    return read_with(buffers, text, limits);
  }
  thread_local Buffers kept;
  return read_with(kept, text, limits);
}

}  // namespace truce
