// Problems as values. One closed set of codes; the sidecar maps each to an HTTP status in one
// place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace truce {

enum class Code {
  // JSON and text
  invalid_json,
  duplicate_key,
  too_deep,
  too_many_fields,
  field_name_too_long,
  field_too_long,
  nul_in_text,
  number_out_of_range,
  number_too_long,
  schema,
  type_mismatch,
  // events and values
  unknown_system,
  unknown_entity,
  unknown_field,
  id_invalid,
  timestamp_invalid,
  required,
  format,
  unknown_option,
  lossy_value,
  merge_cycle,
  batch_size,
  transform_failed,
  transform_timeout,
  reference_unknown,
  // policy
  policy_syntax,
  policy_unknown_key,
  policy_unknown_system,
  policy_unknown_rule,
  policy_value,
  policy_missing,
  policy_conflict,
  policy_regex,
  policy_expression,
  policy_file,
  policy_inline_secret,
  policy_url,
  // operations
  not_found,
  version_moved,
  already_settled,
  lease_lost,
  action_unknown,
  not_allowed,
  unknown_query,
  // store
  store_full,
  store_read_only,
  store_locked,
  store_corrupt,
  store_too_new,
  store_failed,
  store_unknown_outcome,
  busy,
  shutting_down,
  audit_broken,
  internal,
};

// The stable wire name ("field-too-long"): the enumerator with '-' for '_'.
std::string_view to_string(Code code);
std::optional<Code> code_from(std::string_view word);

struct Problem {
  Code code = Code::internal;
  std::string message;  // for people; never holds more than 80 escaped characters of the input
  std::string pointer;  // RFC 6901 pointer into the body or policy; empty for the whole
};

template <class T>
using Result = tl::expected<T, Problem>;

inline tl::unexpected<Problem> fail(Code code, std::string message, std::string pointer = {}) {
  return tl::unexpected<Problem>(Problem{code, std::move(message), std::move(pointer)});
}

}  // namespace truce
