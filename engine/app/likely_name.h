// Under which name a field that went missing may be found now.
#pragma once

#include "engine/app/ingestion.h"

namespace truce {

// The path of `arrival`'s record that no event before `since` had, which the policy does not read,
// and whose name or shape is most like the field's. Empty: there is none.
std::string likely_name(Context& context, const Arrival& arrival, const Field& field, Time since);

}  // namespace truce
