#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

TEST_CASE("E17 case and white space of an e-mail address do not count, its spelling is kept") {
  const Result<Value> value = read(field_of(FieldType::email), " Rose@Edge.COM\u00A0");
  REQUIRE(value);
  CHECK(value->key() == "rose@edge.com");
  CHECK(value->text() == "Rose@Edge.COM");
  CHECK(key_of(FieldType::email, "ro\u200Bse@edge.com") == "rose@edge.com");
}

TEST_CASE("E17 a plus tag is part of the address") {
  CHECK(key_of(FieldType::email, "rose+crm@edge.com") == "rose+crm@edge.com");
}

TEST_CASE("E17 folding never makes one mailbox of two") {
  CHECK(key_of(FieldType::email, "gro\u00DF@edge.com") == "gro\u00DF@edge.com");
  CHECK(key_of(FieldType::email, "\u00C9MILE@edge.com") ==
        key_of(FieldType::email, "e\u0301mile@edge.com"));
}

TEST_CASE("addresses that are in use are accepted") {
  for (const char* address :
       {"o'hara@edge.com", "a@b.co", "first.last@sub.example.museum", "x_y-z@a-b.de",
        "user@m\u00FCnchen.de", "\u7528\u6237@\u4F8B\u5B50.\u5E7F\u544A", "a/b=c@example.org"}) {
    CHECK(key_of(FieldType::email, address) == address);
  }
}

TEST_CASE("row 98: what is no e-mail address is refused") {
  for (const char* text :
       {"rose", "rose@", "@edge.com", "rose@@edge.com", "a@b@c.com", "rose edge@x.com", "rose@edge",
        "rose@edge..com", "rose@-edge.com", "Rose <rose@edge.com>", "mailto:a@b.co",
        "a@b.co;c@d.co", "a@b.co\r\nBcc: x@y.zz", "a@b.co\n.de", "a\x01@b.co", "\"a b\"@c.de"}) {
    CAPTURE(text);
    CHECK(key_of(FieldType::email, text) == "(format)");
  }
  CHECK(key_of(FieldType::email, 5) == "(type-mismatch)");
}

TEST_CASE("row 98: an e-mail address of 321 characters is refused, of 320 not") {
  const std::string domain = "@" + std::string(60, 'd') + "." + std::string(60, 'd') + ".com";
  const std::string longest = std::string(320 - domain.size(), 'a') + domain;
  CHECK(key_of(FieldType::email, longest) == longest);
  CHECK(key_of(FieldType::email, "a" + longest) == "(field-too-long)");
}

}  // namespace
}  // namespace truce
