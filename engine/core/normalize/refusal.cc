#include "engine/core/normalize/refusal.h"

#include <string>

namespace truce {
namespace {

std::string name_of_kind(const Json& raw) {
  if (raw.is_null()) return "null";
  if (is_number(raw)) return "a number";
  if (raw.is_boolean()) return "a boolean";
  if (raw.is_string()) return "a string";
  if (raw.is_array()) return "an array";
  return "an object";
}

}  // namespace

tl::unexpected<Problem> refuse(const Field& field, Code code, std::string_view value,
                               std::string_view what) {
  std::string message = field.name.text + ": ";
  message += field.is_private ? "the value" : '"' + shown(value) + '"';
  message += ' ';
  message += what;
  return fail(code, std::move(message));
}

tl::unexpected<Problem> refuse_type(const Field& field, const Json& raw, std::string_view wanted) {
  return fail(Code::type_mismatch, field.name.text + ": is " + name_of_kind(raw) + " where a " +
                                       std::string(to_string(field.type)) + " field wants " +
                                       std::string(wanted));
}

tl::unexpected<Problem> refuse_transform(const Field& field, const Problem& problem) {
  const std::string why = field.is_private ? "its transform failed" : problem.message;
  return fail(problem.code, field.name.text + ": " + why);
}

}  // namespace truce
