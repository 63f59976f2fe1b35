#include <algorithm>

#include "engine/core/model/work.h"
#include "engine/core/policy/alert_url.h"
#include "engine/core/policy/sections.h"

namespace truce::policy_file {
namespace {

struct Channel {
  std::string type;
  bool has_url = false;
  bool has_chat_id = false;
};

bool is_variable_name(std::string_view name) {
  const auto fits = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), fits);
}

// The URL of a webhook is its password. It stands in the environment or in a file, never here.
void read_secret_url(Reading& reading, const Node& node, Channel& channel) {
  const std::string_view mend =
      "write env:NAME or file:PATH and keep the URL in that variable or file";
  channel.has_url = true;
  const auto text = read_text(reading, node);
  if (!text) return;
  const std::string_view word = *text;
  if (word.starts_with("env:")) {
    if (is_variable_name(word.substr(4))) return;
    return reading.findings.error(Code::policy_value, value_of(node),
                                  "this names no environment variable", std::string(mend));
  }
  if (word.starts_with("file:") && !word.starts_with("file://")) {
    if (word.size() > 5) return;
    return reading.findings.error(Code::policy_value, value_of(node), "this names no file",
                                  std::string(mend));
  }
  // Neither message repeats the text: it is a secret already.
  if (const auto refusal = refusal_of_alert_url(word)) {
    return reading.findings.error(Code::policy_url, value_of(node),
                                  "alerts must not go to this URL: " + *refusal, std::string(mend));
  }
  reading.findings.error(Code::policy_inline_secret, value_of(node),
                         "the URL of a channel is a secret and stands here in the open",
                         std::string(mend));
}

void read_chat_id(Reading& reading, const Node& node, Channel& channel) {
  channel.has_chat_id = true;
  if (node.kind != Node::Kind::number) {
    read_text(reading, node);
  } else if (node.text.find_first_of(".eE") != std::string::npos) {
    reading.findings.error(Code::policy_value, value_of(node), "a chat_id is a whole number");
  }
}

void read_kinds(Reading& reading, const Node& node, Channel&) {
  if (!expect(reading, node, Node::Kind::array)) return;
  if (node.children.empty()) {
    reading.findings.error(Code::policy_value, value_of(node),
                           "a channel without kinds is told nothing", "take the channel away");
  }
  for (const Node& kind : node.children) {
    if (!expect(reading, kind, Node::Kind::text)) continue;
    if (kind.text == "alert" || kind.text == "exception" || kind.text == "overdue") continue;
    refuse_word(reading, kind, Code::policy_value, "kind of message",
                {"alert", "exception", "overdue"});
  }
}

constexpr std::array<Key<Channel>, 4> channel_keys = {{
    {"type",
     [](Reading& reading, const Node& node, Channel& channel) {
       if (!expect(reading, node, Node::Kind::text)) return;
       channel.type = node.text;
       if (node.text == "slack" || node.text == "telegram") return;
       refuse_word(reading, node, Code::policy_value, "type of channel", {"slack", "telegram"});
     }},
    {"url", read_secret_url},
    {"chat_id", read_chat_id},
    {"kinds", read_kinds},
}};

void read_channel(Reading& reading, const Node& node) {
  Channel channel;
  check_name(reading, node);
  read_members(reading, node, channel_keys, "a channel", channel);
  if (node.kind != Node::Kind::object) return;
  if (node.member("type") == nullptr) {
    reading.findings.error(Code::policy_missing, key_of(node), "a channel needs a type",
                           "write \"type\": \"slack\" or \"telegram\"");
  }
  if (!channel.has_url) {
    reading.findings.error(Code::policy_missing, key_of(node), "a channel needs a url",
                           "write \"url\": \"env:NAME\" or \"file:PATH\"");
  }
  if (channel.type == "telegram" && !channel.has_chat_id) {
    reading.findings.error(Code::policy_missing, key_of(node), "a telegram channel needs a chat_id",
                           "write \"chat_id\": -1001234");
  }
  if (channel.type == "slack" && channel.has_chat_id) {
    reading.findings.error(Code::policy_conflict, key_of(*node.member("chat_id")),
                           "a slack channel has no chat_id", "take it away");
  }
}

struct Nothing {};

constexpr Key<Nothing> failure_rate_key = {
    "failure_rate",
    [](Reading& reading, const Node& node, Nothing&) { read_share(reading, node); }};
constexpr Key<Nothing> silence_key = {
    "silence", [](Reading& reading, const Node& node, Nothing&) { read_duration(reading, node); }};

constexpr std::array<Key<Nothing>, 4> threshold_keys = {{
    {"queue_depth",
     [](Reading& reading, const Node& node, Nothing&) { read_whole(reading, node, 1); }},
    {"oldest_exception",
     [](Reading& reading, const Node& node, Nothing&) { read_duration(reading, node); }},
    failure_rate_key,
    silence_key,
}};

void refuse_of_one_system(Reading& reading, const Node& node, Nothing&) {
  reading.findings.error(Code::policy_conflict, key_of(node),
                         in_quotes(node.key) + " is about the questions of all systems together",
                         "write it below \"thresholds\" of the top level's \"alerts\"");
}

constexpr std::array<Key<Nothing>, 4> system_threshold_keys = {{
    failure_rate_key,
    silence_key,
    {"queue_depth", refuse_of_one_system},
    {"oldest_exception", refuse_of_one_system},
}};

void read_time_of_day(Reading& reading, const Node& node, Nothing&) {
  const auto text = read_text(reading, node);
  if (!text) return;
  const auto digit = [&](std::size_t i, char most) {
    return (*text)[i] >= '0' && (*text)[i] <= most;
  };
  const bool fits = text->size() == 5 && (*text)[2] == ':' && digit(0, '2') &&
                    digit(1, (*text)[0] == '2' ? '3' : '9') && digit(3, '5') && digit(4, '9');
  if (fits) return;
  reading.findings.error(Code::policy_value, value_of(node),
                         in_quotes(*text) + " is no time of day",
                         "write hours and minutes: \"22:00\"");
}

constexpr std::array<Key<Nothing>, 3> quiet_hours_keys = {{
    {"from", read_time_of_day},
    {"to", read_time_of_day},
    {"time_zone",
     [](Reading& reading, const Node& node, Nothing&) { read_time_zone(reading, node); }},
}};

void read_quiet_hours(Reading& reading, const Node& node, Nothing& nothing) {
  read_members(reading, node, quiet_hours_keys, "quiet_hours", nothing);
  if (node.kind != Node::Kind::object) return;
  for (const char* key : {"from", "to", "time_zone"}) {
    if (node.member(key) != nullptr) continue;
    reading.findings.error(Code::policy_missing, key_of(node),
                           "quiet_hours needs " + in_quotes(key),
                           R"(write {"from": "22:00", "to": "07:00", "time_zone": "UTC"})");
  }
  const Node* from = node.member("from");
  const Node* to = node.member("to");
  if (from && to && from->kind == Node::Kind::text && from->text == to->text) {
    reading.findings.error(Code::policy_conflict, key_of(*to),
                           "quiet_hours that end when they begin are never",
                           "write another time, or take quiet_hours away");
  }
}

constexpr std::array<Key<Nothing>, 3> alert_keys = {{
    {"channels",
     [](Reading& reading, const Node& node, Nothing&) {
       if (!expect(reading, node, Node::Kind::object)) return;
       for (const Node& channel : node.children) read_channel(reading, channel);
     }},
    {"thresholds",
     [](Reading& reading, const Node& node, Nothing& nothing) {
       read_members(reading, node, threshold_keys, "alert thresholds", nothing);
     }},
    {"quiet_hours", read_quiet_hours},
}};

}  // namespace

Json read_alerts(Reading& reading, const Node& node) {
  const std::size_t before = reading.findings.error_count();
  Nothing nothing;
  read_members(reading, node, alert_keys, "alerts", nothing);
  return reading.findings.error_count() == before ? to_json(node) : Json(nullptr);
}

Json read_system_alerts(Reading& reading, const Node& node) {
  const std::size_t before = reading.findings.error_count();
  Nothing nothing;
  read_members(reading, node, system_threshold_keys, "a system's alerts", nothing);
  return reading.findings.error_count() == before ? to_json(node) : Json(nullptr);
}

Json read_sla(Reading& reading, const Node& node) {
  if (!expect(reading, node, Node::Kind::object)) return nullptr;
  std::vector<std::string_view> known = {"default", "agreement"};
  for (int i = 0; i <= static_cast<int>(Category::association); ++i) {
    known.push_back(to_string(static_cast<Category>(i)));
  }
  const std::size_t before = reading.findings.error_count();
  for (const Node& member : node.children) {
    if (std::find(known.begin(), known.end(), member.key) == known.end()) {
      refuse_key(reading, member, "sla", known);
    } else if (member.key == "agreement") {
      read_agreement(reading, member);
    } else {
      read_duration(reading, member);
    }
  }
  return reading.findings.error_count() == before ? to_json(node) : Json(nullptr);
}

}  // namespace truce::policy_file
