#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

std::string url_key(const char* text) { return key_of(FieldType::url, text); }
std::string domain_key(const char* text) { return key_of(FieldType::domain, text); }

TEST_CASE("a web address is shown as it came") {
  CHECK(text_of(read(field_of(FieldType::url), " HTTP://Edge.com/ ")) == "HTTP://Edge.com/");
}

TEST_CASE("what does not change where a web address leads does not count") {
  const std::string plain = "https://edge.com";
  for (const char* same_address :
       {"https://edge.com", "https://edge.com/", "HTTPS://EDGE.com", "https://edge.com:443/",
        "edge.com", "edge.com/", "//edge.com", "https://edge.com."}) {
    CAPTURE(same_address);
    CHECK(url_key(same_address) == plain);
  }
  CHECK(url_key("https://edge.com/a%2fb/") == url_key("https://edge.com/a%2Fb"));
  CHECK(url_key("https://m\u00FCnchen.de/") == "https://xn--mnchen-3ya.de");
  CHECK(url_key("edge.com:8080/x") == "https://edge.com:8080/x");
}

TEST_CASE("what may change where a web address leads counts") {
  CHECK(url_key("http://edge.com") == "http://edge.com");
  CHECK(url_key("https://www.edge.com") == "https://www.edge.com");
  CHECK(url_key("https://edge.com/A") != url_key("https://edge.com/a"));
  CHECK(url_key("https://edge.com/a?x=1") != url_key("https://edge.com/a?x=2"));
  CHECK(url_key("https://edge.com/a/?x=1") == "https://edge.com/a?x=1");
  CHECK(url_key("https://edge.com:8443/") == "https://edge.com:8443");
}

TEST_CASE("row 101: a script address is data like any other") {
  CHECK(url_key("javascript:alert(1)") == "javascript:alert(1)");
  CHECK(url_key("MAILTO:Rose@edge.com") == "mailto:Rose@edge.com");
}

TEST_CASE("what is no web address is refused") {
  for (const char* text : {"n/a", "none", "https://", "http://a b.com", "https://ed ge.com",
                           "http://[::1", "https://edge.com/a\r\nb", "http://a..b", "://x"}) {
    CAPTURE(text);
    CHECK(url_key(text) == "(format)");
  }
  CHECK(key_of(FieldType::url, "https://edge.com/" + std::string(8192, 'a')) == "(field-too-long)");
}

TEST_CASE("addresses of machines are web addresses where a scheme says so") {
  CHECK(url_key("http://localhost:3000/x") == "http://localhost:3000/x");
  CHECK(url_key("http://[::1]:8080/") == "http://[::1]:8080");
  CHECK(url_key("http://10.0.0.1/") == "http://10.0.0.1");
}

TEST_CASE("a domain is the host, however it came") {
  for (const char* text : {"edge.com", "www.edge.com", "EDGE.com.", "https://www.edge.com/about",
                           "http://edge.com:8080", "https://rose@edge.com/"}) {
    CAPTURE(text);
    CHECK(domain_key(text) == "edge.com");
  }
  CHECK(text_of(read(field_of(FieldType::domain), "https://www.M\u00FCnchen.de")) ==
        "m\u00FCnchen.de");
  CHECK(domain_key("m\u00FCnchen.de") == domain_key("xn--mnchen-3ya.de"));
  CHECK(domain_key("www.com") == "www.com");
}

TEST_CASE("what is no domain is refused") {
  for (const char* text :
       {"edge", "rose@edge.com", "a b.com", "http://", "[::1]", "-a.com", ".com", "a..com"}) {
    CAPTURE(text);
    CHECK(domain_key(text) == "(format)");
  }
}

}  // namespace
}  // namespace truce
