// An item of the queue in words: for Slack, for Telegram and plain. Values come from other people's
// records, so everything that a chat would read as markup is escaped and cut.
#pragma once

#include <string>
#include <vector>

#include "engine/app/context.h"
#include "engine/core/model/work.h"

namespace truce {

// The answer that is typed in; it says what, too.
inline constexpr const char* value_answer = "value";
// What stands by a decision, or by all that the systems ever added to a set.
inline constexpr const char* keep_answer = "keep";

// What resolve takes for this item: "choose:SYSTEM" for each candidate, "keep" and "value" where
// there is one to choose, then the item's own actions.
std::vector<std::string> answers_to(const ExceptionItem& item);

// A text as the messengers show it literally, escaped and cut to what they take.
std::string slack_text(const std::string& plain);     // at most 2,900 characters; not for mrkdwn
Json slack_section(const std::string& plain);         // the block that shows it
std::string telegram_text(const std::string& plain);  // HTML, at most 4,000 before escaping

// {"slack": blocks, "telegram": {text, reply_markup}, "plain"}. Slack texts are at most 2,900
// characters, Telegram's at most 4,096 after entities. Buttons carry "ITEM_ID:TOKEN:ACTION".
Json text_for_people(const ExceptionItem& item, Time now, const Secrets& secrets);

}  // namespace truce
