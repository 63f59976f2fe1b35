#include "engine/core/policy/alert_url.h"

#include <algorithm>
#include <array>

namespace truce {
namespace {

constexpr std::size_t url_bytes_max = 2'048;
constexpr std::string_view scheme = "https://";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// True for what a resolver takes for an address: its last label is a number, decimal, octal or hex.
bool is_number(std::string_view label) {
  if (label.empty()) return false;
  if (label.size() > 1 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X')) return true;
  return std::all_of(label.begin(), label.end(), is_digit);
}

std::optional<std::string> refusal_of_host(std::string_view host) {
  constexpr std::array<std::string_view, 6> private_suffixes = {
      ".localhost", ".local", ".internal", ".localdomain", ".home.arpa", ".lan"};
  if (host.empty()) return "it names no host";
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
  });
  if (!plain) return "its host is no plain lower-case name";
  if (host.front() == '.' || host.back() == '.' || host.find("..") != std::string_view::npos) {
    return "its host has an empty part";
  }
  const std::size_t dot = host.rfind('.');
  if (is_number(host.substr(dot == std::string_view::npos ? 0 : dot + 1))) {
    return "its host is an address, not a name";
  }
  if (dot == std::string_view::npos) return "its host is a name of this machine or network";
  for (const std::string_view suffix : private_suffixes) {
    if (host.ends_with(suffix)) return "its host is a name of this machine or network";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> refusal_of_alert_url(std::string_view url) {
  if (url.size() > url_bytes_max) {
    return "longer than " + std::to_string(url_bytes_max) + " bytes";
  }
  if (!url.starts_with(scheme)) return "it must begin with https://";
  const bool graphic =
      std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
  if (!graphic) return "it holds a blank, a backslash or a character outside ASCII";
  if (url.find('#') != std::string_view::npos) return "it has a fragment";
  const std::string_view rest = url.substr(scheme.size());
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  if (authority.find('@') != std::string_view::npos) return "it carries a user or password";
  if (authority.find('[') != std::string_view::npos) return "its host is an address, not a name";
  const std::size_t colon = authority.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    if (port != "443" && port != "8443") return "its port is neither 443 nor 8443";
  }
  return refusal_of_host(authority.substr(0, colon));
}

}  // namespace truce
