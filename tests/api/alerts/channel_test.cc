// Where alerts go, when they wait and what they say.
#include "sidecar/alerts/channel.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "sidecar/alerts/chat_message.h"
#include "sidecar/alerts/public_address.h"
#include "sidecar/alerts/webhook.h"

namespace truce {

namespace {

Policy policy_of(const Json& alerts) {
  Policy policy;
  policy.alerts = alerts;
  return policy;
}

Channel channel_at(const std::string& secret) {
  return channels_of(policy_of({{"channels", {{"ops", {{"type", "slack"}, {"url", secret}}}}}}))[0];
}

bool is_quiet_at(const char* from, const char* to, const char* zone, const char* now) {
  const Policy policy =
      policy_of({{"quiet_hours", {{"from", from}, {"to", to}, {"time_zone", zone}}}});
  return is_quiet(policy, *parse_time(now));
}

bool is_public(const char* text) {
  sockaddr_in ipv4{};
  if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    return is_public_address(reinterpret_cast<const sockaddr&>(ipv4));
  }
  sockaddr_in6 ipv6{};
  REQUIRE(inet_pton(AF_INET6, text, &ipv6.sin6_addr) == 1);
  ipv6.sin6_family = AF_INET6;
  return is_public_address(reinterpret_cast<const sockaddr&>(ipv6));
}

const Json question = {
    {"plain", "conflict: name of contact <g1>\ncrm: A & B"},
    {"slack", Json::array({{{"type", "section"}}, {{"type", "actions"}}})},
    {"telegram", {{"text", "…"}, {"reply_markup", {{"inline_keyboard", Json::array()}}}}}};

}  // namespace

TEST_CASE("a channel has the kinds that the policy names, or all") {
  const auto channels = channels_of(policy_of(
      {{"channels",
        {{"night", {{"type", "telegram"}, {"url", "env:N"}, {"chat_id", -5}, {"kinds", {"alert"}}}},
         {"ops", {{"type", "slack"}, {"url", "env:O"}}}}}}));
  REQUIRE(channels.size() == 2);
  CHECK(channels[0].name == "night");
  CHECK(channels[0].type == Channel::Type::telegram);
  CHECK(channels[0].chat_id == -5);
  CHECK(channels[0].kinds == std::set<std::string>{"alert"});
  CHECK(channels[1].kinds == std::set<std::string>{"alert", "exception", "overdue"});
  CHECK(channels_of(policy_of(nullptr)).empty());
}

TEST_CASE("a channel's URL is read where it stands, and what stands there is never repeated") {
  setenv("TRUCE_TEST_CHANNEL", " https://hooks.slack.com/x \n", 1);
  CHECK(secret_url(channel_at("env:TRUCE_TEST_CHANNEL")).value() == "https://hooks.slack.com/x");
  unsetenv("TRUCE_TEST_CHANNEL");
  CHECK(secret_url(channel_at("env:TRUCE_TEST_CHANNEL")).error().message ==
        "the environment variable TRUCE_TEST_CHANNEL is not set");
  const std::string path = std::filesystem::temp_directory_path() / "truce_test_channel";
  std::ofstream(path) << "https://hooks.slack.com/y\n";
  CHECK(secret_url(channel_at("file:" + path)).value() == "https://hooks.slack.com/y");
  std::ofstream(path) << std::string(10'000, 's');
  CHECK(secret_url(channel_at("file:" + path)).error().message == "the URL is too long");
  std::filesystem::remove(path);
  CHECK(secret_url(channel_at("file:" + path)).error().message ==
        "the file " + path + " holds no URL");
}

TEST_CASE("quiet hours go by the clocks of their zone, over midnight and summer time too") {
  CHECK(is_quiet_at("22:00", "07:00", "UTC", "2026-01-10T22:00:00Z"));
  CHECK(is_quiet_at("22:00", "07:00", "UTC", "2026-01-10T06:59:59Z"));
  CHECK_FALSE(is_quiet_at("22:00", "07:00", "UTC", "2026-01-10T07:00:00Z"));
  CHECK_FALSE(is_quiet_at("22:00", "07:00", "UTC", "2026-01-10T21:59:59Z"));
  CHECK(is_quiet_at("12:00", "13:00", "UTC", "2026-01-10T12:30:00Z"));
  CHECK_FALSE(is_quiet_at("12:00", "13:00", "UTC", "2026-01-10T11:30:00Z"));
  CHECK(is_quiet_at("22:00", "07:00", "Europe/Berlin", "2026-07-10T20:00:00Z"));
  CHECK_FALSE(is_quiet_at("22:00", "07:00", "Europe/Berlin", "2026-01-10T20:00:00Z"));
  CHECK(is_quiet_at("22:00", "07:00", "Asia/Kolkata", "2026-01-10T16:30:00Z"));
  CHECK_FALSE(is_quiet(policy_of(nullptr), Time::of_ms(0)));
}

TEST_CASE("an alert says when it begins and when it is over, escaped") {
  const Json firing = {{"alert", "silence/crm"},
                       {"state", "firing"},
                       {"text", "no event since 7200 s <!channel>"},
                       {"since", "2026-01-10T22:00:00.000Z"}};
  const Channel slack = channel_at("env:O");
  CHECK(body_for(slack, message_of_alert(firing), false).at("text") ==
        "Truce alert silence/crm\nno event since 7200 s &lt;!channel&gt;\n"
        "since 2026-01-10T22:00:00.000Z");
  Json over = firing;
  over["state"] = "ok";
  CHECK(message_of_alert(over).plain.starts_with("Truce recovered: silence/crm\n"));
}

TEST_CASE("a question keeps its buttons, and loses them for a webhook that refuses them") {
  const ChatMessage message = message_of_question(question, false);
  const Channel slack = channel_at("env:O");
  const Json with_buttons = body_for(slack, message, false);
  CHECK(with_buttons.at("blocks").size() == 2);
  CHECK(with_buttons.at("mrkdwn") == false);
  CHECK(with_buttons.at("text") == "conflict: name of contact &lt;g1&gt;\ncrm: A &amp; B");
  CHECK_FALSE(body_for(slack, message, true).contains("blocks"));
  Channel telegram = slack;
  telegram.type = Channel::Type::telegram;
  telegram.chat_id = "@ops";
  const Json body = body_for(telegram, message, false);
  CHECK(body.at("chat_id") == "@ops");
  CHECK(body.at("parse_mode") == "HTML");
  CHECK(body.contains("reply_markup"));
  CHECK_FALSE(body_for(telegram, message, true).contains("reply_markup"));
  const ChatMessage overdue = message_of_question(question, true);
  const Json blocks = body_for(slack, overdue, false).at("blocks");
  REQUIRE(blocks.size() == 3);
  CHECK(blocks.at(0).at("text").at("type") == "plain_text");
  CHECK(overdue.plain.starts_with("Overdue: conflict"));
}

TEST_CASE("many messages become one, with a line of each of the first") {
  std::vector<ChatMessage> messages;
  for (int i = 1; i <= 25; ++i) {
    ChatMessage message;
    message.plain = "conflict " + std::to_string(i) + "\nmore of it";
    message.told_through = static_cast<std::uint64_t>(i);
    messages.push_back(message);
  }
  const ChatMessage digest = digest_of(messages);
  CHECK(digest.plain.starts_with("25 messages of Truce\nconflict 1\nconflict 2\n"));
  CHECK(digest.plain.ends_with("\nconflict 20\nand 5 more"));
  CHECK(digest.told_through == 25);
}

TEST_CASE("no name leads a message to this machine or its network") {
  for (const char* text : {"127.0.0.1",        "10.1.2.3",        "172.16.0.1",    "172.31.255.255",
                           "192.168.1.1",      "169.254.169.254", "100.64.0.1",    "0.0.0.0",
                           "224.0.0.1",        "255.255.255.255", "::1",           "::",
                           "fe80::1",          "fc00::1",         "fd00:ec2::254", "ff02::1",
                           "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
                           "2001::1"}) {
    INFO(text);
    CHECK_FALSE(is_public(text));
  }
  for (const char* text :
       {"1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"}) {
    INFO(text);
    CHECK(is_public(text));
  }
}

TEST_CASE("messages go to Slack, to Telegram and where the operator allows it") {
  StopSignal stop;
  const Webhook strict({}, stop);
  CHECK_FALSE(strict.refusal("https://hooks.slack.com/services/T/B/x"));
  CHECK_FALSE(strict.refusal("https://api.telegram.org/bot1:x/sendMessage"));
  for (const char* url : {"http://hooks.slack.com/x", "https://hooks.slack.com.example.org/x",
                          "https://user@hooks.slack.com/x", "https://169.254.169.254/",
                          "https://2130706433/", "https://chat.example.org/hook",
                          "file:///etc/passwd", "", "https://hooks.slack.com@127.0.0.1"}) {
    INFO(url);
    CHECK(strict.refusal(url));
  }
  const Webhook wider({"https://chat.example.org"}, stop);
  CHECK_FALSE(wider.refusal("https://chat.example.org/hook"));
  CHECK(wider.refusal("https://chat.example.org:8443/hook"));
  CHECK(strict.post("https://chat.example.org/hook", Json::object()).status == 0);
  CHECK_FALSE(refusal_of_origin("https://chat.example.org:8443"));
  CHECK_FALSE(refusal_of_origin("http://127.0.0.1:9000"));
  for (const char* origin : {"http://chat.example.org", "https://chat.example.org/hook",
                             "chat.example.org", "https://a@b.example", "ftp://x.example", ""}) {
    INFO(origin);
    CHECK(refusal_of_origin(origin));
  }
}

}  // namespace truce
