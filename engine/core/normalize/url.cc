#include "engine/core/normalize/url.h"

#include <re2/re2.h>
#include <unicode/bytestream.h>
#include <unicode/idna.h>

#include <memory>

#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr std::size_t longest_url_bytes = 8 * 1024;
constexpr std::size_t longest_host_bytes = 1024;  // of Unicode; 253 in ASCII form

struct Url {
  std::string scheme;  // lower case; "https" where none was written
  bool scheme_written = false;
  std::string user;  // with its @
  std::string host;
  std::string port;  // digits
  std::string rest;  // path, query and fragment
};

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

bool is_opaque(std::string_view text) {
  // "host:8080" is a port, not a scheme.
  static const RE2 pattern(R"((?s)([A-Za-z][A-Za-z0-9+-]*):(?:[^/0-9].*|/(?:[^/].*)?))");
  return RE2::FullMatch(piece(text), pattern);
}

bool split_url(std::string_view text, Url* url) {
  static const RE2 pattern(
      R"((?s)(?:([A-Za-z][A-Za-z0-9+.-]*)://|//)?([^/?#@]*@)?(\[[0-9A-Fa-f:.]+\]|[^/?#@:\[\]]*)(?::(\d*))?([/?#].*)?)");
  if (!RE2::FullMatch(piece(text), pattern, &url->scheme, &url->user, &url->host, &url->port,
                      &url->rest)) {
    return false;
  }
  url->scheme_written = !url->scheme.empty();
  url->scheme = url->scheme_written ? lower_case(url->scheme) : "https";
  return true;
}

bool is_default_port(const std::string& scheme, const std::string& port) {
  return port.empty() || (scheme == "https" && port == "443") ||
         (scheme == "http" && port == "80") || (scheme == "ftp" && port == "21");
}

// %2f and %2F are one.
std::string with_upper_escapes(std::string text) {
  const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = 0; at + 2 < text.size(); ++at) {
    if (text[at] != '%' || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) continue;
    for (std::size_t digit = at + 1; digit <= at + 2; ++digit) {
      text[digit] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[digit])));
    }
  }
  return text;
}

std::string without_trailing_slash(std::string rest) {
  const std::size_t path_end = std::min(rest.find_first_of("?#"), rest.size());
  if (path_end > 0 && rest[path_end - 1] == '/') rest.erase(path_end - 1, 1);
  return rest;
}

bool is_host_name(const std::string& ascii) {
  static const RE2 pattern(
      R"([a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?)");
  return ascii.size() <= 254 && RE2::FullMatch(ascii, pattern);
}

bool is_fine_host(const Url& url, const std::string& ascii) {
  if (url.host.empty()) return url.scheme == "file" && url.scheme_written;
  if (url.host.front() == '[') return true;
  return is_host_name(ascii) && (url.scheme_written || ascii.find('.') != std::string::npos);
}

std::string without_www(std::string host) {
  while (!host.empty() && host.back() == '.') host.pop_back();
  if (host.rfind("www.", 0) == 0 && host.find('.', 4) != std::string::npos) host.erase(0, 4);
  return host;
}

}  // namespace

std::string ascii_host(std::string_view host) {
  if (host.size() > longest_host_bytes) return {};
  UErrorCode status = U_ZERO_ERROR;
  static const std::unique_ptr<const icu::IDNA> idna = [] {
    UErrorCode made = U_ZERO_ERROR;
    return std::unique_ptr<const icu::IDNA>(icu::IDNA::createUTS46Instance(
        UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ, made));
  }();
  if (idna == nullptr) return lower_case(host);
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  icu::IDNAInfo info;
  idna->nameToASCII_UTF8(icu::StringPiece(host.data(), static_cast<int32_t>(host.size())), sink,
                         info, status);
  // A dot at the end and hyphens in places 3 and 4 (r3---sn.example) are in use.
  constexpr uint32_t harmless = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_HYPHEN_3_4 |
                                UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN;
  const bool bad = U_FAILURE(status) || (info.getErrors() & ~harmless) != 0;
  return bad ? std::string{} : out;
}

Result<Value> read_url(const Field& field, std::string_view text) {
  std::string address = one_line(text);
  if (address.size() > longest_url_bytes) {
    return refuse(field, Code::field_too_long, address, "is longer than 8 KiB");
  }
  constexpr std::string_view hint = "is no web address; give one like https://example.com/page";
  if (has_space_or_control(address)) return refuse(field, Code::format, address, hint);
  if (is_opaque(address)) {
    const std::size_t colon = address.find(':');
    std::string key = lower_case(address.substr(0, colon)) + comparable(address.substr(colon));
    return Value::of_text(std::move(address), std::move(key));
  }
  Url url;
  if (!split_url(address, &url)) return refuse(field, Code::format, address, hint);
  const std::string host = ascii_host(url.host);
  const bool literal = !url.host.empty() && url.host.front() == '[';
  if (!is_fine_host(url, host)) return refuse(field, Code::format, address, hint);
  std::string key = url.scheme + "://" + url.user + (literal ? lower_case(url.host) : host);
  if (!key.empty() && key.back() == '.') key.pop_back();
  if (!is_default_port(url.scheme, url.port)) key += ":" + url.port;
  key += without_trailing_slash(with_upper_escapes(comparable(url.rest)));
  return Value::of_text(std::move(address), std::move(key));
}

Result<Value> read_domain(const Field& field, std::string_view text) {
  const std::string address = one_line(text);
  constexpr std::string_view hint = "is no domain; give one like example.com";
  if (address.size() > longest_url_bytes) {
    return refuse(field, Code::field_too_long, address, "is longer than 8 KiB");
  }
  Url url;
  const bool is_url = !has_space_or_control(address) && split_url(address, &url) &&
                      (url.scheme_written || url.user.empty());
  if (!is_url || url.host.empty() || url.host.front() == '[') {
    return refuse(field, Code::format, address, hint);
  }
  std::string shown_host = without_www(lower_case(comparable(url.host)));
  std::string key = without_www(ascii_host(shown_host));
  if (!is_host_name(key) || key.find('.') == std::string::npos) {
    return refuse(field, Code::format, address, hint);
  }
  return Value::of_text(std::move(shown_host), std::move(key));
}

}  // namespace truce
