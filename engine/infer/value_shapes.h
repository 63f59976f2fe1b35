// What a single value looks like. The engine's own readers decide where they are strict enough;
// where they take more than people mean (any host name is a domain), the shape is asked for too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::infer {

bool is_email(const std::string& text);
bool is_url(const std::string& text);           // with a scheme
bool is_domain(const std::string& text);        // with a dot and a top level of letters
bool is_phone(const std::string& text);         // by its looks alone: "+49 …", "(512) …"
bool is_boolean_word(const std::string& text);  // true, false, yes, no
bool is_date_text(const std::string& text);     // 2026-05-20
bool is_time_text(const std::string& text);     // a date and a time, with or without an offset
bool is_midnight_text(const std::string& text);
bool lacks_offset(const std::string& text);  // of a time
bool has_markup(const std::string& text);

bool has_phone_digits(const Json& node);  // a number or text with digits and no words
bool is_plain_number(const Json& node);   // no leading zeros, no id of many digits
bool is_whole_number(const Json& node);
bool is_epoch_ms(const Json& node);  // of the years 2001 to 2100
bool is_epoch_s(const Json& node);

struct SplitCount {
  std::size_t cells = 0;     // that hold the separator
  std::size_t elements = 0;  // in all cells
  std::size_t distinct = 0;
  std::size_t longest = 0;  // bytes of an element
};
SplitCount count_split(const std::vector<const Json*>& nodes, char separator);

// Never 0, and the same in every run.
std::uint64_t key_hash(std::string_view form);
// Of a set one an element, else one.
std::vector<std::uint64_t> element_hashes(std::string_view form);

inline constexpr char element_end = '\x1f';

}  // namespace truce::infer
