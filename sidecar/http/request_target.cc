#include "sidecar/http/request_target.h"

#include <algorithm>

#include "engine/core/model/utf8.h"
#include "sidecar/http/ascii.h"

namespace truce {
namespace {

enum class Plus { is_plus, is_space };

int hex_value(char c) {
  if (ascii::is_digit(c)) return c - '0';
  const char lower = ascii::lower_case(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> decode_percent(std::string_view text, Plus plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// `text` up to the next `mark`; both are taken off `text`.
std::string_view take_until(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

bool names_nothing(std::string_view segment) {
  const bool odd = std::any_of(segment.begin(), segment.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
  });
  if (odd) return true;
  for (std::string_view rest = segment; !rest.empty();) {
    const auto piece = take_until(rest, '/');  // an encoded slash
    if (piece == "." || piece == "..") return true;
  }
  return false;
}

std::optional<Refusal> parse_path(std::string_view path, std::vector<std::string>& segments) {
  path.remove_prefix(1);
  while (true) {
    const bool last = path.find('/') == std::string_view::npos;
    auto segment = decode_percent(take_until(path, '/'), Plus::is_plus);
    if (!segment || !is_utf8(*segment)) {
      return Refusal{RefusalCode::bad_path, "The path holds a bad %XX or is no UTF-8.", {}};
    }
    if (names_nothing(*segment)) return Refusal{RefusalCode::not_found, "", {}};
    segments.push_back(*std::move(segment));
    if (last) return std::nullopt;
  }
}

std::optional<Refusal> parse_query(std::string_view query, Parameters& parameters) {
  while (!query.empty()) {
    auto value_text = take_until(query, '&');
    if (value_text.empty()) continue;
    auto name = decode_percent(take_until(value_text, '='), Plus::is_space);
    auto value = decode_percent(value_text, Plus::is_space);
    if (!name || !value || !is_utf8(*name) || !is_utf8(*value) ||
        (*name + *value).find('\0') != std::string::npos) {
      return Refusal{RefusalCode::bad_path, "The query holds a bad %XX or is no UTF-8.", {}};
    }
    if (find_parameter(parameters, *name)) {
      return Refusal{RefusalCode::duplicate_parameter, "", {}};
    }
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> find_parameter(const Parameters& parameters,
                                               std::string_view name) {
  for (const auto& [known, value] : parameters) {
    if (known == name) return std::string_view(value);
  }
  return std::nullopt;
}

tl::expected<RequestTarget, Refusal> parse_target(std::string_view target) {
  RequestTarget parsed;
  const auto path = take_until(target, '?');
  if (auto refusal = parse_path(path, parsed.segments)) return tl::unexpected(*std::move(refusal));
  if (auto refusal = parse_query(target, parsed.query)) return tl::unexpected(*std::move(refusal));
  return parsed;
}

}  // namespace truce
