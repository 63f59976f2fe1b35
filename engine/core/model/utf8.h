// UTF-8, one character at a time.
#pragma once

#include <cstddef>
#include <string_view>

namespace truce {

// Bytes of the character that `text` begins with; 0 when it is empty or no UTF-8 (overlong forms,
// surrogates and what lies beyond U+10FFFF are none).
std::size_t utf8_length(std::string_view text);

// The code point of one whole character, as measured by utf8_length.
char32_t utf8_decode(std::string_view character);

}  // namespace truce
