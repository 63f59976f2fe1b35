// Rows 64 and 73 to 86 of the table of bad input (tests/bad_input.md): bodies that are no good
// JSON.
#include "tests/api/support/bad_input.h"

namespace truce::test {

namespace {

std::string nested(std::size_t depth) {
  return event_with(std::string(depth, '[') + std::string(depth, ']'));
}

std::string with_fields(std::size_t count) {
  std::string record = "{";
  for (std::size_t i = 0; i < count; ++i) {
    record += (i == 0 ? "\"k" : ", \"k") + std::to_string(i) + "\": 1";
  }
  return event_with(record + "}");
}

}  // namespace

TEST_CASE("row 64: bytes behind a NUL are not passed over") {
  const World world;
  const Reply reply = send_text(world, std::string("{}\0x", 4));
  CHECK(reply.status == 400);
  CHECK(reply.code() == "invalid-json");
}

TEST_CASE("rows 73 and 74: what is no JSON is refused with its line") {
  const World world;
  for (const char* body : {"", " ", "\xEF\xBB\xBF{}", "{\"a\":1,}", "{/**/}", "{\"a\":NaN}",
                           "{\"a\":Infinity}", "{\"a\":01}", "{\"a\":1.}", "{'a':1}", "{} {}"}) {
    const Reply reply = send_text(world, body);
    INFO(body);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "invalid-json");
  }
  const Reply reply = send_text(world, "{\n\n  oops");
  CHECK(reply.text.find("line 3, column ") != std::string::npos);
}

TEST_CASE("row 75: a body that is no object is no event") {
  const World world;
  for (const char* body : {"[1]", "\"x\"", "null", "42"}) {
    const Reply reply = send_text(world, body);
    INFO(body);
    CHECK(reply.status == 422);
    CHECK(reply.code() == "schema");
  }
}

TEST_CASE("row 76: a key that stands twice is refused, also after unescaping") {
  const World world;
  const Reply reply =
      send_text(world, event_with(R"({"email": "a@x.example", "\u0065mail": "b"})"));
  CHECK(reply.status == 400);
  CHECK(reply.code() == "duplicate-key");
  CHECK(reply.body.at("errors").at(0).at("pointer") == "/record/email");
}

TEST_CASE("row 77: nesting beyond 64 is refused, however deep") {
  const World world;
  for (const std::size_t depth : {65U, 10'000U, 1'000'000U}) {
    const Reply reply = send_text(world, nested(depth));
    CHECK(reply.status == 400);
    CHECK(reply.code() == "too-deep");
  }
  CHECK(world.truce.get("/healthz").status == 200);
}

TEST_CASE("row 78: the fields of an object are counted, and their names have a length") {
  const World world;
  const Reply many = send_text(world, with_fields(10'001));
  CHECK(many.status == 422);
  CHECK(many.code() == "too-many-fields");
  CHECK(send_text(world, with_fields(500)).status == 200);
  const Reply lengthy = send_text(world, event_with("{\"" + std::string(257, 'k') + "\": 1}"));
  CHECK(lengthy.status == 422);
  CHECK(lengthy.code() == "field-name-too-long");
}

TEST_CASE("row 79: a text has at most 256 KiB") {
  const World world;
  const auto with_name = [](std::size_t bytes) {
    return event_with(R"({"email": "a@edge.example", "name": ")" + std::string(bytes, 'x') + "\"}");
  };
  const Reply reply = send_text(world, with_name(256 * 1024 + 1));
  CHECK(reply.status == 422);
  CHECK(reply.code() == "field-too-long");
  CHECK(send_text(world, with_name(256 * 1024)).status == 200);
}

TEST_CASE("rows 80 and 81: text is UTF-8 without NUL") {
  const World world;
  for (const char* text : {"\xC3\x28", "\xC0\xAF", "\xED\xA0\x80", "\xED\xA0\xBD\xED\xB8\x80",
                           "\xF4\x90\x80\x80", "\\ud800", "\\ud83dx"}) {
    const Reply reply = send_text(world, event_with(std::string("{\"name\": \"") + text + "\"}"));
    INFO(text);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "invalid-json");
  }
  const Reply nul = send_text(world, event_with(R"({"name": "a\u0000b"})"));
  CHECK(nul.status == 422);
  CHECK(nul.code() == "nul-in-text");
}

TEST_CASE("row 83: whole numbers of any size keep their digits") {
  const World world;
  int second = 1;
  for (const char* number : {"9007199254740993", "9223372036854775808", "18446744073709551615",
                             "18446744073709551616", "-9223372036854775809"}) {
    Json event = contact("crm", "c1", second++, {{"email", "a@edge.example"}});
    event["record"]["amount"] = make_number(number);
    CHECK(world.truce.ingest(event).at("record").at("amount") == number);
  }
}

TEST_CASE("rows 84 and 86: equal numbers are equal however they are written") {
  const World world;
  const auto say = [&](int second, const char* number) {
    Json event = contact("crm", "c1", second, {{"email", "a@edge.example"}});
    event["record"]["amount"] = make_number(number);
    return world.truce.ingest(event);
  };
  say(1, "0.10");
  CHECK(say(2, "0.1").at("outcome") == "unchanged");
  CHECK(say(3, "12345678901234567.89").at("record").at("amount") == "12345678901234567.89");
  CHECK(say(4, "-0").at("record").at("amount") == "0");
  CHECK(say(5, "0.0").at("outcome") == "unchanged");
  CHECK(say(6, "1.0").at("outcome") == "applied");
  CHECK(say(7, "1").at("outcome") == "unchanged");
}

TEST_CASE("row 85: numbers beyond every use are refused") {
  const World world;
  const auto with_amount = [&](const std::string& number) {
    return send_text(world, event_with("{\"amount\": " + number + "}"));
  };
  CHECK(with_amount(std::string(2000, '1')).status == 422);
  CHECK(with_amount(std::string(2000, '1')).code() == "number-too-long");
  for (const char* number : {"1e400", "1e-400", "-1e400"}) {
    INFO(number);
    CHECK(with_amount(number).status == 422);
    CHECK(with_amount(number).code() == "number-out-of-range");
  }
}

}  // namespace truce::test
