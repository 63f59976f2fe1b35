// Which columns may speak of a person. A proposal shows the options of enums, so such a column is
// never one.
#pragma once

#include <string_view>

#include "engine/infer/words.h"

namespace truce::infer {

// By its name: a person's name or address, a role that somebody has ("owner", "Kundenbetreuerin",
// "created_by"), or what is nobody's business ("religion", "Familienstand"). An "owner type" is a
// type, and no person.
bool may_be_personal(const ColumnName& name);

bool is_option_word(std::string_view word);  // "status", "type": what holds one of a few values

bool is_a_persons_name(std::string_view value);      // has a usual first name, or a title before it
bool may_be_a_persons_name(std::string_view value);  // looks like one: also "Closed Won"

}  // namespace truce::infer
