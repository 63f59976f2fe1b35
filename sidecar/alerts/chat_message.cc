#include "sidecar/alerts/chat_message.h"

#include "engine/app/item_text.h"

namespace truce {

namespace {

constexpr std::size_t digest_lines_max = 20;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

Json slack_body(const ChatMessage& message, bool plainly) {
  Json body = {{"text", slack_text(message.plain)}, {"mrkdwn", false}, {"unfurl_links", false}};
  const Json* blocks = plainly ? nullptr : find_member(message.text, "slack");
  if (blocks != nullptr) body["blocks"] = *blocks;
  return body;
}

Json telegram_body(const Channel& channel, const ChatMessage& message, bool plainly) {
  Json body = {{"chat_id", channel.chat_id},
               {"text", telegram_text(message.plain)},
               {"parse_mode", "HTML"},
               {"disable_web_page_preview", true}};
  const Json* text = plainly ? nullptr : find_member(message.text, "telegram");
  const Json* buttons = text == nullptr ? nullptr : find_member(*text, "reply_markup");
  if (buttons != nullptr) body["reply_markup"] = *buttons;
  return body;
}

}  // namespace

ChatMessage message_of_alert(const Json& alert) {
  const bool is_firing = string_member(alert, "state") == "firing";
  return {(is_firing ? "Truce alert " : "Truce recovered: ") + string_member(alert, "alert") +
          "\n" + string_member(alert, "text") + "\nsince " + string_member(alert, "since")};
}

ChatMessage message_of_question(const Json& text_for_people, bool is_overdue) {
  ChatMessage message;
  message.text = text_for_people;
  message.plain = string_member(text_for_people, "plain");
  if (!is_overdue) return message;
  message.plain = "Overdue: " + message.plain;
  // The blocks say the question as it is; the line above them says why it comes again.
  Json& blocks = message.text["slack"];
  blocks.insert(blocks.begin(), slack_section("Overdue:"));
  return message;
}

ChatMessage digest_of(const std::vector<ChatMessage>& messages) {
  ChatMessage digest;
  digest.plain = std::to_string(messages.size()) + " messages of Truce";
  for (std::size_t i = 0; i < messages.size() && i < digest_lines_max; ++i) {
    digest.plain += "\n" + first_line(messages[i].plain);
  }
  if (messages.size() > digest_lines_max) {
    digest.plain += "\nand " + std::to_string(messages.size() - digest_lines_max) + " more";
  }
  digest.told_through = messages.back().told_through;
  return digest;
}

Json body_for(const Channel& channel, const ChatMessage& message, bool plainly) {
  return channel.type == Channel::Type::slack ? slack_body(message, plainly)
                                              : telegram_body(channel, message, plainly);
}

}  // namespace truce
