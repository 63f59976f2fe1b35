// How a value is refused: what was wrong with it and how to mend it.
#pragma once

#include <string_view>

#include "engine/core/model/error.h"
#include "engine/core/policy/policy.h"

namespace truce {

// The message reads `phone: "030-x" is no phone number; …`. `what` begins with a verb. The value of
// a private field is not quoted.
tl::unexpected<Problem> refuse(const Field& field, Code code, std::string_view value,
                               std::string_view what);

// An array or object where the field's type wants a scalar, a boolean where it wants text, ….
tl::unexpected<Problem> refuse_type(const Field& field, const Json& raw, std::string_view wanted);

// What a transform failed with. jq quotes the values it stumbles over, so its words are left out
// for a private field.
tl::unexpected<Problem> refuse_transform(const Field& field, const Problem& problem);

}  // namespace truce
