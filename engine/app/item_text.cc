#include "engine/app/item_text.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <string_view>

#include "engine/app/render.h"
#include "engine/core/model/utf8.h"
#include "engine/core/plan/unshown.h"

namespace truce {
namespace {

constexpr std::size_t value_characters_max = 200;
constexpr std::size_t slack_characters_max = 2'900;
constexpr std::size_t telegram_characters_max = 4'000;  // of 4,096, which count after unescaping
constexpr std::size_t buttons_max = 5;

// Calls `take` with each whole character; what is no UTF-8 comes byte by byte.
template <class Take>
void for_each_character(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    if (!take(text.substr(0, length))) return;
    text.remove_prefix(length);
  }
}

// Both messengers count in UTF-16.
std::size_t width_of(std::string_view character) { return character.size() == 4 ? 2 : 1; }

// At most so many characters, and a sign that there were more.
std::string cut(const std::string& text, std::size_t characters_max) {
  std::size_t width = 0, kept = 0;
  for_each_character(text, [&](std::string_view character) {
    width += width_of(character);
    if (width <= characters_max) kept += character.size();
    return width <= characters_max;
  });
  return kept == text.size() ? text : text.substr(0, kept) + "…";
}

// Marks that turn the direction of writing, with which a value could rearrange its line.
bool turns_writing(char32_t c) {
  return c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// A value as a part of one line.
std::string in_one_line(const std::string& text) {
  std::string line;
  for_each_character(text, [&](std::string_view character) {
    const char32_t c = utf8_length(character) > 0 ? utf8_decode(character) : U'?';
    if (c < U' ' || (c >= 0x7F && c < 0xA0)) {
      line += ' ';
    } else if (turns_writing(c)) {
      char escape[16];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      line += escape;
    } else {
      line += character;
    }
    return true;
  });
  return line;
}

// &, < and > are all that Slack's plain texts and Telegram's HTML read; " only inside attributes,
// which we never write.
std::string_view escape_of(std::string_view character) {
  if (character == "&") return "&amp;";
  if (character == "<") return "&lt;";
  if (character == ">") return "&gt;";
  return character;
}

std::string escaped(const std::string& text) {
  std::string result;
  for_each_character(text, [&](std::string_view character) {
    result += escape_of(character);
    return true;
  });
  return result;
}

// No more than so many characters after escaping; no escape is cut in two.
std::string escaped_within(const std::string& text, std::size_t characters_max) {
  std::string result;
  std::size_t width = 0;
  for_each_character(text, [&](std::string_view character) {
    const std::string_view escape = escape_of(character);
    width += escape == character ? width_of(character) : escape.size();
    if (width > characters_max) {
      result += "…";
      return false;
    }
    result += escape;
    return true;
  });
  return result;
}

std::string shown_value(const Value& value) {
  if (value.is_null()) return "(blank)";
  if (!value.is_set()) return cut(in_one_line(value.text()), value_characters_max);
  std::string all;
  for (const auto& element : value.elements()) all += (all.empty() ? "" : ", ") + element.text;
  return cut(in_one_line(all), value_characters_max);
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

std::string held_line(const ExceptionItem& item) {
  const auto said = [&](const char* key) {
    const Json* node = find_member(item.detail, key);
    return node ? scalar_text(*node).value_or("?") : "?";
  };
  return item.system.text + ": " + said("change") + " of " + said("records_changed") + " of " +
         said("records") + " records";
}

std::vector<std::string> lines(const ExceptionItem& item, Time now) {
  std::vector<std::string> all;
  for (const Candidate& candidate : item.candidates) {
    std::string line = candidate.system.empty() ? "decision" : candidate.system.text.str();
    const bool hidden = find_member(item.detail, private_item) && !candidate.value.is_null();
    line += ": " + (hidden ? "(private)" : shown_value(candidate.value));
    line += " (" + to_rfc3339(candidate.changed_at);
    if (!candidate.actor.empty()) line += ", " + cut(in_one_line(candidate.actor), 60);
    all.push_back(line + ")");
  }
  if (item.base) all.push_back("stands now: " + shown_value(*item.base));
  if (item.category == Category::held_change) all.push_back(held_line(item));
  for (const char* key : {"why", "message", "mend", "error"}) {
    if (const Json* said = find_member(item.detail, key); said && said->is_string()) {
      all.push_back(cut(in_one_line(said->get<std::string>()), value_characters_max));
    }
  }
  if (const std::string place = text_at(item.detail, "pointer"); !place.empty()) {
    all.push_back("at " + cut(in_one_line(place), value_characters_max));
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
  if (action == keep_answer) return "Keep what stands";
  std::string label = action;
  std::replace(label.begin(), label.end(), '_', ' ');
  return cut(label, 60);
}

}  // namespace

std::string slack_text(const std::string& plain) {
  return escaped_within(plain, slack_characters_max);
}

Json slack_section(const std::string& plain) {
  // Never mrkdwn: it would read *, _, ~, ` and addresses in a value, and has no escape for them.
  return {{"type", "section"},
          {"text", {{"type", "plain_text"}, {"text", slack_text(plain)}, {"emoji", false}}}};
}

std::string telegram_text(const std::string& plain) {
  return escaped(cut(plain, telegram_characters_max));
}

std::vector<std::string> answers_to(const ExceptionItem& item) {
  std::vector<std::string> answers;
  const bool choosable =
      item.category == Category::conflict || item.category == Category::immutable;
  std::set<SystemName> named;
  for (const Candidate& candidate : item.candidates) {
    if (!choosable || candidate.system.empty() || !named.insert(candidate.system).second) continue;
    answers.push_back("choose:" + candidate.system.text);
  }
  if (choosable && item.base) answers.push_back(keep_answer);
  if (choosable) answers.push_back(value_answer);
  answers.insert(answers.end(), item.actions.begin(), item.actions.end());
  // Held events would wait for ever: nothing else asks about them.
  if (item.category != Category::held_change) answers.push_back("dismiss");
  return answers;
}

Json text_for_people(const ExceptionItem& item, Time now, const Secrets& secrets) {
  const std::string plain = joined(title(item), lines(item, now));
  Json slack_buttons = Json::array(), telegram_buttons = Json::array();
  const bool unanswered =
      item.state == ExceptionState::open || item.state == ExceptionState::claimed;
  for (const std::string& action : answers_to(item)) {
    if (action == value_answer) continue;  // a button has no room to type in
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
  Json blocks = Json::array({slack_section(plain)});
  if (!slack_buttons.empty()) {
    blocks.push_back({{"type", "actions"}, {"elements", std::move(slack_buttons)}});
  }
  return {{"slack", std::move(blocks)},
          {"telegram",
           {{"text", telegram_text(plain)},
            {"parse_mode", "HTML"},
            {"reply_markup", {{"inline_keyboard", std::move(telegram_buttons)}}}}},
          {"plain", plain}};
}

}  // namespace truce
