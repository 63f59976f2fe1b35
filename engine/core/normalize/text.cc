#include "engine/core/normalize/text.h"

#include <unicode/bytestream.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <utility>

#include "engine/core/model/utf8.h"

namespace truce {
namespace {

constexpr UChar32 zero_width_non_joiner = 0x200C;
constexpr UChar32 zero_width_joiner = 0x200D;

bool is_ascii_byte(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_ascii_byte);
}

UChar32 next_code_point(std::string_view text, std::size_t* at) {
  const auto byte = static_cast<unsigned char>(text[*at]);
  if (byte < 0x80) {
    ++*at;
    return byte;
  }
  const std::string_view rest = text.substr(*at);
  const std::size_t length = utf8_length(rest);
  *at += std::max<std::size_t>(length, 1);
  return length == 0 ? 0xFFFD : static_cast<UChar32>(utf8_decode(rest.substr(0, length)));
}

void append(std::string& out, UChar32 code_point) {
  char bytes[U8_MAX_LENGTH];
  int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, code_point);
  out.append(bytes, static_cast<std::size_t>(length));
}

bool is_joiner(UChar32 code_point) {
  return code_point == zero_width_joiner || code_point == zero_width_non_joiner;
}

bool is_always_invisible(UChar32 code_point) {
  switch (code_point) {
    case 0x00AD:  // soft hyphen
    case 0x200B:  // zero-width space
    case 0x200E:  // left-to-right mark
    case 0x200F:  // right-to-left mark
    case 0x2060:  // word joiner
    case 0xFEFF:  // byte order mark
      return true;
    default:
      return false;
  }
}

constexpr bool is_ascii_white_space(UChar32 code_point) {
  return code_point == ' ' || (code_point >= '\t' && code_point <= '\r');
}

bool is_white_space(UChar32 code_point) {
  return code_point < 0x80 ? is_ascii_white_space(code_point) : u_isUWhiteSpace(code_point);
}

bool is_empty_at_the_edge(UChar32 code_point) {
  return is_white_space(code_point) || is_always_invisible(code_point) || is_joiner(code_point);
}

bool is_line_end(UChar32 code_point) {
  return code_point == '\n' || code_point == '\r' || code_point == 0x85 || code_point == 0x2028 ||
         code_point == 0x2029;
}

bool can_be_joined(UChar32 code_point) {
  return code_point >= 0x80 && !is_white_space(code_point) && !is_always_invisible(code_point);
}

// The line ends, spaces and invisible characters of comparable(), before NFC: a character that is
// removed may have stood between a letter and its accent.
std::string without_noise(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  UChar32 before = ' ';
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 code_point = next_code_point(text, &at);
    if (is_always_invisible(code_point)) continue;
    if (is_joiner(code_point)) {
      std::size_t ahead = at;
      const bool inside = can_be_joined(before) && !is_joiner(before) && at < text.size() &&
                          can_be_joined(next_code_point(text, &ahead));
      if (!inside) continue;
    }
    const bool ends_pair = code_point == '\n' && before == '\r';
    before = code_point;
    if (ends_pair) continue;
    if (is_line_end(code_point)) {
      out += '\n';
    } else if (u_charType(code_point) == U_SPACE_SEPARATOR) {
      out += ' ';
    } else {
      append(out, code_point);
    }
  }
  return out;
}

std::string composed(std::string text) {
  if (is_ascii(text)) return text;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return text;
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  nfc->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                     nullptr, status);
  return U_FAILURE(status) ? text : out;
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

icu::UnicodeString to_utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string comparable(std::string_view text) {
  if (is_ascii(text) && text.find('\r') == std::string_view::npos) {
    return std::string(trimmed(text));
  }
  const std::string whole = composed(without_noise(text));
  return std::string(trimmed(whole));
}

std::string_view trimmed(std::string_view text) {
  const auto is_byte_of_space = [](char c) {
    return is_ascii_white_space(static_cast<unsigned char>(c));
  };
  while (!text.empty() && is_byte_of_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_byte_of_space(text.back())) text.remove_suffix(1);
  if (text.empty() || (is_ascii_byte(text.front()) && is_ascii_byte(text.back()))) return text;
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    if (is_empty_at_the_edge(next_code_point(text, &at))) continue;
    begin = std::min(begin, here);
    end = at;
  }
  return begin < end ? text.substr(begin, end - begin) : text.substr(0, 0);
}

std::string one_line(std::string_view text) {
  if (is_ascii(text)) return std::string(trimmed(text));
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 code_point = next_code_point(text, &at);
    if (!is_always_invisible(code_point) && !is_joiner(code_point)) append(out, code_point);
  }
  return std::string(trimmed(out));
}

bool is_blank(std::string_view text) { return trimmed(text).empty(); }

bool has_space_or_control(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 code_point = next_code_point(text, &at);
    if (is_white_space(code_point) || u_iscntrl(code_point)) return true;
  }
  return false;
}

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    append(out, u_foldCase(next_code_point(text, &at), U_FOLD_CASE_DEFAULT));
  }
  return composed(std::move(out));
}

std::string lower_case(std::string_view text) {
  return to_utf8(to_utf16(text).toLower(icu::Locale::getRoot()));
}

std::string upper_case(std::string_view text) {
  return to_utf8(to_utf16(text).toUpper(icu::Locale::getRoot()));
}

std::string first_code_points(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (std::size_t taken = 0; taken < count && at < text.size(); ++taken) {
    next_code_point(text, &at);
  }
  return std::string(text.substr(0, at));
}

Value text_value(std::string text) {
  std::string key = comparable(text);
  return Value::of_text(std::move(text), std::move(key));
}

}  // namespace truce
