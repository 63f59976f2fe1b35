// Unicode text as people mean it: what is compared, what is trimmed, what counts as blank.
// All functions take and give UTF-8; on bad UTF-8 they replace what is bad by U+FFFD.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/core/model/value.h"

namespace truce {

inline constexpr std::size_t longest_value_bytes = 256 * 1024;

bool is_utf8(std::string_view text);

// The form that text is compared in: NFC; every Unicode space is a space; CRLF, CR, NEL and the
// line and paragraph separators are LF; invisible characters are gone; trimmed. Case stays.
//
// Invisible are: zero-width space, word joiner, byte order mark, soft hyphen, and the two direction
// marks. The zero-width joiner and non-joiner carry meaning inside emoji and in Persian and Indic
// words, so they stay between two characters beyond ASCII that are no space, and go elsewhere.
std::string comparable(std::string_view text);

// Without white space and invisible characters at both ends; nothing else is touched.
std::string_view trimmed(std::string_view text);

// Without invisible characters anywhere, and trimmed: for things that are typed into one line.
std::string one_line(std::string_view text);

// Nothing but white space and invisible characters.
bool is_blank(std::string_view text);

// Any white space or control character in it.
bool has_space_or_control(std::string_view text);

// Case folding, one code point to one, so that the sharp s and "ss" stay two things: folding that
// joins them would make one mailbox of two.
std::string folded(std::string_view text);

// As a system does that shows everything in one case: full mappings, no language.
std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

std::string first_code_points(std::string_view text, std::size_t count);

// `text` as it came, compared by comparable(text).
Value text_value(std::string text);

}  // namespace truce
