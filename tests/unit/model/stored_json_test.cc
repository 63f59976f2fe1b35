#include "engine/core/model/stored_json.h"

#include <catch2/catch.hpp>
#include <string>

namespace truce {
namespace {

using Kind = StoredNode::Kind;

TEST_CASE("a stored document is read as it was written, numbers with their characters") {
  const std::string text =
      R"({"a":[1,-2.50,[],"x\"\u00e9\ud83d\ude00"],"b\n":{"c":true,"d":null},"e":false,"f":12345678901234567890123,"g":[0e30340,-0]})";
  const StoredDocument document = StoredDocument::parse(text).value();
  const StoredNode& root = document.root();
  CHECK(root.kind == Kind::object);
  CHECK(root.count == 5);
  const StoredNode* list = root.find("a");
  REQUIRE(list);
  REQUIRE(list->count == 4);
  StoredNode::Iterator element = list->begin();
  CHECK((*element).text == "1");
  ++element;
  CHECK((*element).text == "-2.50");
  ++element;
  CHECK((*element).kind == Kind::array);
  ++element;
  CHECK((*element).text == "x\"é😀");
  ++element;
  CHECK_FALSE(element != list->end());
  REQUIRE(root.find("b\n"));
  CHECK(root.find("b\n")->find("c")->truth);
  CHECK(root.find("b\n")->find("d")->kind == Kind::null);
  CHECK_FALSE(root.find("e")->truth);
  CHECK(root.find("f")->text == "12345678901234567890123");
  CHECK((*root.find("g")->begin()).text == "0e30340");
  CHECK_FALSE(root.find("c"));
  CHECK_FALSE(list->find("a"));
  CHECK(to_wire(to_json(root)) == to_wire(parse_json(text).value()));
}

TEST_CASE("white space between values belongs to none of them") {
  const StoredDocument document =
      StoredDocument::parse(" { \"a\" : 1 \n, \"b\":[ 2\t,3 ] } ").value();
  CHECK(document.root().find("a")->text == "1");
  CHECK(to_wire(to_json(document.root())) == R"({"a":1,"b":[2,3]})");
}

TEST_CASE("a document outlives the text that it was read from, and being moved") {
  std::string text = R"({"key":"a text that is long enough to stand elsewhere","n":1})";
  StoredDocument document = StoredDocument::parse(text).value();
  text.assign(text.size(), '-');
  const StoredDocument moved = std::move(document);
  CHECK(moved.root().find("key")->text == "a text that is long enough to stand elsewhere");
  CHECK(moved.root().find("n")->text == "1");
}

TEST_CASE("a row that is damaged is told of and never half read") {
  for (const char* row : {"",           " ",
                          "null",       "1",
                          "\"x\"",      "{",
                          "[",          "{\"a\"",
                          "{\"a\":",    "{\"a\":1",
                          "{\"a\":1,}", "[1,]",
                          "[1 2]",      "[01]",
                          "[1.]",       "[.5]",
                          "[+1]",       "[1x]",
                          "[-]",        "[1e999]",
                          "[tru]",      "[nulll]",
                          "[nul]",      "[nope]",
                          "[\"\\x\"]",  "[\"\\ud800\"]",
                          "[\"a]",      "{a:1}",
                          "{1:1}",      "{}{}",
                          "[]]",        "[\"\x01\"]",
                          "[\"\xff\"]", "[\"\xed\xa0\x80\"]",
                          "[NaN]",      "[1]x",
                          "[//\n1]"}) {
    CAPTURE(row);
    const auto document = StoredDocument::parse(row);
    REQUIRE_FALSE(document.has_value());
    CHECK(document.error().code == Code::store_corrupt);
    CHECK_FALSE(document.error().message.empty());
  }
}

TEST_CASE("as deep as a store's documents go, and no deeper") {
  const std::size_t depth = JsonLimits::of_store().depth;
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  CHECK(StoredDocument::parse(nested(depth)).has_value());
  CHECK(parse_json(nested(depth), JsonLimits::of_store()).has_value());
  CHECK_FALSE(StoredDocument::parse(nested(depth + 1)).has_value());
  CHECK_FALSE(parse_json(nested(depth + 1), JsonLimits::of_store()).has_value());
  CHECK_FALSE(StoredDocument::parse(std::string(100'000, '[')).has_value());
}

TEST_CASE("the document of nothing is null") {
  CHECK(StoredDocument().root().kind == Kind::null);
  CHECK_FALSE(StoredDocument().root().find("a"));
}

}  // namespace
}  // namespace truce
