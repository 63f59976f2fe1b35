// What simdjson leaves to its user, for both readers that are built on it.
#pragma once

#include <simdjson.h>

#include <string_view>

namespace truce::json_tokens {

// A number's characters: its token reaches to the next one.
inline std::string_view number_at_begin(std::string_view token) {
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

inline simdjson::error_code read_null(simdjson::ondemand::value value) {
  bool is_null = false;
  const simdjson::error_code error = value.is_null().get(is_null);
  return error || is_null ? error : simdjson::N_ATOM_ERROR;
}

}  // namespace truce::json_tokens
