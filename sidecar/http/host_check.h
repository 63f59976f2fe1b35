// Whether a browser was lured here. A page of another site can make its visitor's browser call
// 127.0.0.1 (by a name that it lets point there, or directly); it can choose neither Host nor
// Origin.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace truce {

// True for 127.0.0.1, localhost and [::1], and for `names`; in any case, with or without a port.
// Nothing is resolved: "localhost." and "0x7f.1" are other names.
bool is_allowed_host(std::string_view host, const std::vector<std::string>& names);

// What a browser says of where a request comes from. Programs send none of it.
struct BrowserSays {
  std::optional<std::string_view> origin;
  std::optional<std::string_view> fetch_site;  // Sec-Fetch-Site
};

// True where the request comes from our own page (`host` is the Host it was sent to), from one of
// `origins`, or from no page at all: a program, or an address that somebody typed.
bool is_allowed_origin(const BrowserSays& browser, std::string_view host,
                       const std::vector<std::string>& origins);

}  // namespace truce
