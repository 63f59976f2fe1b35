#include "engine/core/model/json.h"

#include <charconv>
#include <cstdio>

#include "engine/core/model/json_text.h"
#include "engine/core/model/utf8.h"

namespace truce {
namespace {

// Characters that a terminal or a page would act on instead of showing: controls, and the marks
// that turn the direction of writing or have no width.
bool is_invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

}  // namespace

Json json_of(std::string_view text) {
  return parse_json(text, JsonLimits::of_store()).value_or(Json());
}

bool is_number(const Json& node) {
  if (node.is_number()) return true;
  return node.is_binary() && node.get_binary().has_subtype() &&
         node.get_binary().subtype() == number_subtype;
}

std::string number_text(const Json& node) {
  switch (node.type()) {
    case Json::value_t::number_integer:
      return std::to_string(node.get<std::int64_t>());
    case Json::value_t::number_unsigned:
      return std::to_string(node.get<std::uint64_t>());
    case Json::value_t::number_float: {
      std::string text = node.dump();
      return text == "null" ? std::string() : text;
    }
    case Json::value_t::binary:
      if (!is_number(node)) return {};
      return std::string(node.get_binary().begin(), node.get_binary().end());
    default:
      return {};
  }
}

Json make_number(std::string_view characters) {
  // Not by Json::binary, whose half-made node is no longer a node where memory runs out.
  return Json(Json::binary_t({characters.begin(), characters.end()}, number_subtype));
}

std::optional<std::string> scalar_text(const Json& node) {
  if (node.is_string()) return node.get_ref<const std::string&>();
  if (node.is_boolean()) return node.get<bool>() ? "true" : "false";
  if (is_number(node)) return number_text(node);
  return std::nullopt;
}

std::optional<std::int64_t> to_int64(const Json& node) {
  if (node.is_number_unsigned()) {
    const auto number = node.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (node.is_number_integer()) return node.get<std::int64_t>();
  if (!is_number(node)) return std::nullopt;
  const auto read = [](std::string_view text) -> std::optional<std::int64_t> {
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
    return number;
  };
  const std::string text = number_text(node);
  if (const auto number = read(text)) return number;
  const std::optional<std::string> plain = normal_decimal(text);  // 1e3, 1.0
  return plain ? read(*plain) : std::nullopt;
}

const Json* find_member(const Json& node, std::string_view key) {
  if (!node.is_object()) return nullptr;
  const auto& object = node.get_ref<const Json::object_t&>();
  const auto member = object.find(key);
  return member == object.end() ? nullptr : &member->second;
}

std::string text_at(const Json& node, std::string_view key) {
  const Json* member = find_member(node, key);
  return member && member->is_string() ? member->get_ref<const std::string&>() : std::string();
}

std::string pointer_join(std::string_view pointer, std::string_view token) {
  std::string joined;
  joined.reserve(pointer.size() + token.size() + 1);
  joined.append(pointer);
  joined += '/';
  for (char c : token) {
    if (c == '~') {
      joined += "~0";
    } else if (c == '/') {
      joined += "~1";
    } else {
      joined += c;
    }
  }
  return joined;
}

std::string shown(std::string_view text) {
  constexpr std::size_t most_characters = 80;
  std::string out;
  std::size_t characters = 0;
  std::size_t kept_bytes = 0;  // where to cut for the ellipsis
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    std::string piece;
    if (length == 0) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(text.front()));
      piece = hex;
    } else if (const char32_t c = utf8_decode(text.substr(0, length)); is_invisible(c)) {
      append_escape(piece, static_cast<unsigned>(c));
    } else {
      piece = text.substr(0, length);
    }
    const std::size_t width = piece.size() == length ? 1 : piece.size();
    if (characters + width > most_characters) {
      out.resize(kept_bytes);
      return out + "\u2026";
    }
    out += piece;
    characters += width;
    if (characters < most_characters) kept_bytes = out.size();
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace truce
