#include "engine/core/policy/alert_url.h"

#include <catch2/catch.hpp>

namespace truce {

TEST_CASE("https to a public host name is allowed") {
  for (const char* url :
       {"https://hooks.slack.com/services/T0/B0/x", "https://api.telegram.org/bot1:x/sendMessage",
        "https://example.com:8443/x?y=z", "https://example.com", "https://1and1.example.com/",
        "https://xn--bcher-kva.example/x"}) {
    INFO(url);
    CHECK(refusal_of_alert_url(url).value_or("") == "");
  }
}

TEST_CASE("alerts go to no other scheme, no address and nothing inside (row 120)") {
  for (const char* url : {"http://169.254.169.254/",
                          "http://[::ffff:127.0.0.1]/",
                          "http://2130706433/",
                          "https://169.254.169.254/",
                          "https://[::ffff:127.0.0.1]/",
                          "https://[::1]:443/",
                          "https://2130706433/",
                          "https://0x7f000001/",
                          "https://0x7f.1/",
                          "https://127.1/",
                          "https://017700000001/",
                          "https://127.0.0.1./",
                          "https://localhost/",
                          "https://x.localhost/",
                          "https://printer.local/",
                          "https://metadata.google.internal/",
                          "https://intranet/",
                          "https://nas.lan/",
                          "file:///etc/passwd",
                          "gopher://example.com/",
                          "ftp://example.com/",
                          "//example.com/",
                          "example.com",
                          "",
                          "https://",
                          "https:///x",
                          "HTTPS://example.com/",
                          "https://user:pass@example.com/",
                          "https://user@example.com/",
                          "https://example.com\\@127.0.0.1/",
                          "https://example.com:80/",
                          "https://example.com:22/",
                          "https://example.com:/",
                          "https://example.com:443:443/",
                          "https://exa mple.com/",
                          "https://example.com/\n",
                          "https://example.com/#x",
                          "https://Example.com/",
                          "https://b\xC3\xBC"
                          "cher.example/",
                          "https://%6cocalhost.example.com/",
                          "https://a..example.com/",
                          "https://.example.com/",
                          "https://example.com./"}) {
    INFO(url);
    CHECK(refusal_of_alert_url(url));
  }
  CHECK(refusal_of_alert_url("https://example.com/" + std::string(2'048, 'x')));
}

}  // namespace truce
