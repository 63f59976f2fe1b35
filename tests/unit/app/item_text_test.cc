// Rows 82, 102 and 103 of the table of bad input (tests/bad_input.md): what a value may do to the
// message that asks a person about it.
#include "engine/app/item_text.h"

#include <catch2/catch.hpp>

#include "engine/app/context.h"

namespace truce::test {
namespace {

const Secrets secrets{std::string(32, 's'), std::string(32, 't')};

Json text_of_item(const std::vector<std::string>& values) {
  ExceptionItem item;
  item.id = ExceptionId("x1");
  item.entity = EntityName("contact");
  item.field = FieldName("name");
  for (std::size_t i = 0; i < values.size(); ++i) {
    Candidate candidate;
    candidate.system = SystemName("system" + std::to_string(i));
    candidate.value = Value::of_text(values[i]);
    item.candidates.push_back(std::move(candidate));
  }
  return text_for_people(item, Time{}, secrets);
}

std::string slack_text(const Json& text) { return text["slack"][0]["text"]["text"]; }
bool is_shown_literally(const Json& text) {
  return text["slack"][0]["text"]["type"] == "plain_text" &&
         text["slack"][0]["text"]["emoji"] == false;
}
std::string telegram_text(const Json& text) { return text["telegram"]["text"]; }

// As the messengers count.
std::size_t utf16_length(const std::string& text) {
  std::size_t length = 0;
  for (const unsigned char c : text) length += (c & 0xC0) == 0x80 ? 0 : c >= 0xF0 ? 2 : 1;
  return length;
}

// True when every & begins one of our escapes and nothing else is left to read as markup.
bool is_escaped(std::string text) {
  for (const char* escape : {"&amp;", "&lt;", "&gt;"}) {
    for (std::size_t at; (at = text.find(escape)) != std::string::npos;) {
      text.erase(at, std::string(escape).size());
    }
  }
  return text.find_first_of("&<>") == std::string::npos;
}

std::string unescaped(std::string text) {
  const std::pair<std::string, std::string> escapes[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
  for (const auto& [escape, character] : escapes) {
    for (std::size_t at = 0; (at = text.find(escape, at)) != std::string::npos; ++at) {
      text.replace(at, escape.size(), character);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("row 102: nothing in a value calls anybody, links anywhere or is markup in Slack") {
  for (const char* value :
       {"<!channel>", "<@U123>", "<https://evil.example|bank>", "a & b", "&lt;!here&gt;",
        "*b* _i_ `c` ~s~ :bomb: https://evil.example/login >q"}) {
    const Json shown = text_of_item({value});
    const std::string text = slack_text(shown);
    INFO(text);
    CHECK(is_shown_literally(shown));
    CHECK(is_escaped(text));
    CHECK(unescaped(text).find(value) != std::string::npos);
  }
}

TEST_CASE("row 102: a long question is cut to what Slack takes, between escapes") {
  for (const std::string& piece :
       {std::string("<"), std::string("\xF0\x9F\x99\x82"), std::string("ab&"), std::string("x")}) {
    std::string value;
    for (int i = 0; i < 200; ++i) value += piece;
    const std::string text = slack_text(text_of_item(std::vector<std::string>(30, value)));
    INFO(text.substr(text.size() - 20));
    CHECK(is_escaped(text));
    CHECK(utf16_length(text) <= 2'901);
    CHECK(utf16_length(text) > 2'800);
    CHECK(text.ends_with("…"));
  }
}

TEST_CASE("row 103: nothing in a value is markup in Telegram") {
  for (const char* value : {"</b><a href=\"https://evil.example\">", "a & b", "<code>", "&lt;"}) {
    const std::string text = telegram_text(text_of_item({value}));
    INFO(text);
    CHECK(is_escaped(text));
    CHECK(unescaped(text).find(value) != std::string::npos);
  }
}

TEST_CASE("row 103: a long question is cut to what Telegram takes, counted without escapes") {
  for (const std::string& piece : {std::string("<"), std::string("\xF0\x9F\x99\x82")}) {
    std::string value;
    for (int i = 0; i < 200; ++i) value += piece;
    const std::string text = telegram_text(text_of_item(std::vector<std::string>(40, value)));
    CHECK(is_escaped(text));
    CHECK(utf16_length(unescaped(text)) <= 4'096);
    CHECK(utf16_length(unescaped(text)) > 3'900);
  }
}

TEST_CASE("the text of a rejected event says in which member") {
  ExceptionItem item;
  item.category = Category::rejected;
  item.detail = {{"message", "expected a time"}, {"pointer", "/occurred_at"}};
  const std::string plain = text_for_people(item, Time{}, secrets)["plain"];
  CHECK(plain.find("expected a time\nat /occurred_at\n") != std::string::npos);
}

TEST_CASE("row 82: a value stays in its line and turns no writing") {
  const Json text = text_of_item({"a\nsystem9: forged",
                                  "x\xE2\x80\xAE"
                                  "fdp.exe",
                                  "\x1B[31mred"});
  for (const std::string& shown :
       {slack_text(text), telegram_text(text), text["plain"].get<std::string>()}) {
    CHECK(shown.find("\nsystem9") == std::string::npos);
    CHECK(shown.find("\xE2\x80\xAE") == std::string::npos);
    CHECK(shown.find("x\\u202efdp.exe") != std::string::npos);
    CHECK(shown.find('\x1B') == std::string::npos);
  }
}

TEST_CASE("a message has a button for every answer but the one that is typed in") {
  const Json text = text_of_item({"Ada", "Grace"});
  std::vector<std::string> labels;
  for (const Json& button : text["slack"][1]["elements"]) {
    labels.push_back(button["text"]["text"].get<std::string>());
  }
  CHECK(labels == std::vector<std::string>{"Use system0", "Use system1", "dismiss"});
  CHECK(text["telegram"]["reply_markup"]["inline_keyboard"].size() == 3);
}

}  // namespace truce::test
