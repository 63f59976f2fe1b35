#pragma once

#include <string>
#include <vector>

#include "engine/core/model/value.h"
#include "engine/core/policy/policy.h"

namespace truce {

// A set in any of the encodings systems use: one string with `split` between the elements, an array
// of scalars, an array of objects whose member `element` counts. Elements are trimmed, go through
// the entry's `values` and are compared as text with their case. Blank elements and a separator at
// the end do not count; a set without elements is null. A quoted list (^a^,^b^) is read with ","
// and, if it is to be written in the same form, declared with `split: "^,^"`.
Result<Value> read_set(const Field& field, const MapEntry& entry, const Json& raw);

// The entry's pattern must match every element of the system's form of a set; the failures are those
// of check_pattern.
Result<void> check_elements(const Field& field, const MapEntry& entry, const Json& form);

// A stored value of before the field was a set: the set that the system's own form of it is, whose
// elements the policy may not list. Null and sets stay as they are.
Value as_set(const MapEntry& entry, const Value& value);

// Its elements in the system's words, in canonical order.
Result<std::vector<std::string>> written_elements(const Field& field, const MapEntry& entry,
                                                  const Value& value);

// The whole set as the system stores it. `lossy-value` when it would be read back as other
// elements, because one holds the separator.
Result<Json> written_set(const Field& field, const MapEntry& entry, const Value& value);

}  // namespace truce
