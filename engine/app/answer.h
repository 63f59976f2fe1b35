// What an operator's answer does, by the category of the item. Internal to engine/app; queue.h is
// the door, and has checked by then that the item is unanswered, the version fresh and the role
// allowed.
#pragma once

#include <string>

#include "engine/app/context.h"

namespace truce {

std::string text_of(const Json& body, const char* key);
// Who answers: what the body says, else the token's name.
std::string actor_of(const Context& context, const Json& body);
// The answer as one word: "choose:SYSTEM", "value" or the action's own name; empty: none is given.
std::string answer_word(const Json& body);

// The contract's resolve object. `action-unknown` names what the item takes.
Result<Json> answer_item(Context& context, ExceptionItem item, const Json& body);

}  // namespace truce
