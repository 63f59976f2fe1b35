// What a channel is told: of an alert, of a question, or of many at once. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/core/model/work.h"
#include "sidecar/alerts/channel.h"

namespace truce {

struct ChatMessage {
  std::string plain;               // escaped only where it is put into a body
  Json text = nullptr;             // of a question: text_for_people; null: `plain` is all there is
  std::uint64_t told_through = 0;  // of the feed: everything up to it is said
};

// The body of a change of the kind "alert": one line, firing or recovered.
ChatMessage message_of_alert(const Json& alert);
ChatMessage message_of_question(const Json& text_for_people, bool is_overdue);

// Where more wait than are sent one by one: a line of each, and how many more there are.
ChatMessage digest_of(const std::vector<ChatMessage>& messages);

// What the channel's webhook takes. `plainly`: without the buttons, for one that refused them.
Json body_for(const Channel& channel, const ChatMessage& message, bool plainly);

}  // namespace truce
