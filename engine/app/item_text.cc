#include "engine/app/item_text.h"

#include <algorithm>
#include <set>

#include "engine/app/render.h"

namespace truce {
namespace {

constexpr std::size_t value_characters_max = 200;
constexpr std::size_t slack_characters_max = 2'900;
constexpr std::size_t telegram_characters_max = 4'000;  // of 4,096, the rest for what escaping adds
constexpr std::size_t buttons_max = 5;

// Cuts between code points.
std::string cut(const std::string& text, std::size_t characters_max) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (++characters > characters_max) return text.substr(0, i) + "…";
  }
  return text;
}

std::string without_controls(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text;
}

// &, < and > are all that Slack's mrkdwn and Telegram's HTML read; " only inside attributes, which
// we never write.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else
      result += c;
  }
  return result;
}

std::string shown_value(const Value& value) {
  if (value.is_null()) return "(blank)";
  if (!value.is_set()) return cut(without_controls(value.text), value_characters_max);
  std::string all;
  for (const auto& element : value.elements) all += (all.empty() ? "" : ", ") + element.text;
  return cut(without_controls(all), value_characters_max);
}

std::string age(Duration duration) {
  const auto minutes = duration.us / 60'000'000;
  if (minutes < 60) return std::to_string(minutes) + " min";
  if (minutes < 48 * 60) return std::to_string(minutes / 60) + " h";
  return std::to_string(minutes / 1440) + " days";
}

std::string title(const ExceptionItem& item) {
  std::string text = std::string(to_string(item.category));
  std::replace(text.begin(), text.end(), '_', ' ');
  if (!item.field.empty()) text += ": " + item.field.text;
  if (!item.entity.empty()) text += " of " + item.entity.text;
  if (!item.golden.empty()) text += ' ' + item.golden.text;
  return text;
}

std::vector<std::string> lines(const ExceptionItem& item, Time now) {
  std::vector<std::string> all;
  for (const Candidate& candidate : item.candidates) {
    std::string line = candidate.system.text.empty() ? "decision" : candidate.system.text;
    line += ": " + shown_value(candidate.value) + " (" + to_rfc3339(candidate.changed_at);
    if (!candidate.actor.empty()) line += ", " + cut(without_controls(candidate.actor), 60);
    all.push_back(line + ")");
  }
  for (const char* key : {"why", "message", "error"}) {
    if (const Json* said = find_member(item.detail, key); said && said->is_string()) {
      all.push_back(cut(without_controls(said->get<std::string>()), value_characters_max));
    }
  }
  all.push_back("open for " + age(item.closed_at.value_or(now) - item.opened_at));
  return all;
}

std::string joined(const std::string& head, const std::vector<std::string>& body) {
  std::string text = head;
  for (const std::string& line : body) text += '\n' + line;
  return text;
}

std::string label_of(const std::string& action) {
  if (action.starts_with("choose:")) return "Use " + action.substr(7);
  std::string label = action;
  std::replace(label.begin(), label.end(), '_', ' ');
  return cut(label, 60);
}

}  // namespace

std::vector<std::string> answers_to(const ExceptionItem& item) {
  std::vector<std::string> answers;
  const bool choosable =
      item.category == Category::conflict || item.category == Category::immutable;
  std::set<SystemName> named;
  for (const Candidate& candidate : item.candidates) {
    if (!choosable || candidate.system.empty() || !named.insert(candidate.system).second) continue;
    answers.push_back("choose:" + candidate.system.text);
  }
  answers.insert(answers.end(), item.actions.begin(), item.actions.end());
  answers.push_back("dismiss");
  return answers;
}

Json text_for_people(const ExceptionItem& item, Time now, const Secrets& secrets) {
  const std::string plain = joined(title(item), lines(item, now));
  Json slack_buttons = Json::array(), telegram_buttons = Json::array();
  const bool unanswered =
      item.state == ExceptionState::open || item.state == ExceptionState::claimed;
  for (const std::string& action : answers_to(item)) {
    if (!unanswered || slack_buttons.size() >= buttons_max) break;
    const std::string token = action_token(item, action, secrets);
    slack_buttons.push_back({{"type", "button"},
                             {"text", {{"type", "plain_text"}, {"text", label_of(action)}}},
                             {"action_id", "truce:" + action},
                             {"value", item.id.text + ':' + token + ':' + action}});
    // Telegram allows 64 bytes: the item's id and the head of the token name the answer.
    telegram_buttons.push_back(
        Json::array({{{"text", label_of(action)},
                      {"callback_data", item.id.text + ':' + token.substr(0, 32)}}}));
  }
  Json blocks = Json::array(
      {{{"type", "section"},
        {"text", {{"type", "mrkdwn"}, {"text", cut(escaped(plain), slack_characters_max)}}}}});
  if (!slack_buttons.empty()) {
    blocks.push_back({{"type", "actions"}, {"elements", std::move(slack_buttons)}});
  }
  return {{"slack", std::move(blocks)},
          {"telegram",
           {{"text", escaped(cut(plain, telegram_characters_max))},
            {"parse_mode", "HTML"},
            {"reply_markup", {{"inline_keyboard", std::move(telegram_buttons)}}}}},
          {"plain", plain}};
}

}  // namespace truce
