#include "engine/core/normalize/html.h"

#include <catch2/catch.hpp>
#include <chrono>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

TEST_CASE("E19 HTML and plain notes are compared by what a reader sees") {
  CHECK(text_projection("<p>Called <b>Rose</b>,<br>call again</p><p>Monday</p>") ==
        "Called Rose,\ncall again\nMonday");
  CHECK(key_of(FieldType::html, "<div>a &amp; b</div>") == key_of(FieldType::html, "a & b"));
  CHECK(key_of(FieldType::html, "<p>one</p>\n<p>two</p>") == key_of(FieldType::html, "one\r\ntwo"));
  CHECK(key_of(FieldType::html, "<ul><li>a</li><li>b</li></ul>") == "a\nb");
  CHECK(key_of(FieldType::html, "<p style=\"color: red\">x</p>") ==
        key_of(FieldType::html, "<P>x</P>"));
  CHECK(text_of(read(field_of(FieldType::html), "<p>x</p> ")) == "<p>x</p> ");
}

TEST_CASE("E19 another word is another note") {
  CHECK(key_of(FieldType::html, "<p>one</p>") != key_of(FieldType::html, "<p>two</p>"));
  CHECK(key_of(FieldType::html, "<p>one</p><p>two</p>") !=
        key_of(FieldType::html, "<p>one two</p>"));
}

TEST_CASE("row 101: scripts, styles and comments are no text") {
  CHECK(text_projection("a<script>if (1 < 2) alert('</p>')</SCRIPT>b<!-- c > d -->e") == "abe");
  CHECK(text_projection("<style>p > a {}</style>x") == "x");
  CHECK(text_projection("x<script>never closed") == "x");
  CHECK(text_projection("x<!-- never closed") == "x");
  CHECK(text_projection("<!DOCTYPE html><?xml?>x") == "x");
}

TEST_CASE("character references are characters, and what is none stays") {
  CHECK(text_projection("&lt;b&gt; &#65;&#x42;&eacute;&euro;&hellip;&apos;") ==
        "<b> AB\u00E9\u20AC\u2026'");
  CHECK(text_projection("a&nbsp;b") == "a b");
  CHECK(text_projection("AT&T; &unknown; &; & &#xD800; &#150;") ==
        "AT&T; &unknown; &; & \uFFFD \u2013");
}

TEST_CASE("what only looks like a tag is text") {
  CHECK(text_projection("1 < 2 and 3 > 2") == "1 < 2 and 3 > 2");
  CHECK(text_projection("a <3 b <- c") == "a <3 b <- c");
  CHECK(text_projection("<b") == "<b");
}

TEST_CASE("a quoted > does not end a tag") {
  CHECK(text_projection("<a title=\"x > y\" href='>'>z</a>") == "z");
  CHECK(text_projection("<a title=\"never closed>z</a>") == "z");
}

TEST_CASE("markup around nothing is no value, a picture is one") {
  for (const char* empty : {"<p></p>", "<br/>", "<p>&nbsp;</p>", "<!-- x -->"}) {
    CHECK(key_of(FieldType::html, empty) == "(null)");
  }
  CHECK(key_of(FieldType::html, "<p><img src=\"logo.png\"></p>") == "[logo.png]");
  CHECK(key_of(FieldType::html, "<img width=1 alt='Our logo' src=x>") == "[Our logo]");
}

TEST_CASE("hostile HTML takes linear time") {
  for (const std::string& piece :
       std::initializer_list<std::string>{"<a", "<a ", "<a =\"", "<a ='>", "&", "<!", "<!--", "</",
                                          "<script>", "&amp", "<a =\">'"}) {
    std::string html;
    while (html.size() < 250'000) html += piece;
    for (const char* end : {"", ">", ";"}) {
      const auto begin = std::chrono::steady_clock::now();
      text_projection(html + end);
      CAPTURE(piece, end);
      CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
    }
  }
}

}  // namespace
}  // namespace truce
