#include "sidecar/http/host_check.h"

#include <algorithm>
#include <array>

#include "sidecar/http/ascii.h"

namespace truce {
namespace {

constexpr std::array<std::string_view, 3> loopback_names = {"127.0.0.1", "localhost", "[::1]"};
constexpr std::size_t longest_port = 5;

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= longest_port &&
         std::all_of(text.begin(), text.end(), ascii::is_digit);
}

// "[::1]:8377" -> "[::1]"; empty where what follows the name is no port.
std::string_view without_port(std::string_view host) {
  const auto bracket = host.find(']');
  const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return host;
  return is_port(host.substr(colon + 1)) ? host.substr(0, colon) : std::string_view();
}

bool contains_name(const auto& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view known) {
    return ascii::equal_ignoring_case(known, name);
  });
}

bool is_same_origin(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.substr(0, scheme.size()) == scheme &&
        ascii::equal_ignoring_case(origin.substr(scheme.size()), host)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_allowed_host(std::string_view host, const std::vector<std::string>& names) {
  const auto name = without_port(host);
  return !name.empty() && (contains_name(loopback_names, name) || contains_name(names, name));
}

bool is_allowed_origin(const BrowserSays& browser, std::string_view host,
                       const std::vector<std::string>& origins) {
  if (browser.origin) {
    return is_same_origin(*browser.origin, host) || contains_name(origins, *browser.origin);
  }
  return !browser.fetch_site || *browser.fetch_site == "same-origin" ||
         *browser.fetch_site == "none";
}

}  // namespace truce
