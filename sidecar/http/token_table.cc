#include "sidecar/http/token_table.h"

#include <algorithm>
#include <sstream>

#include "engine/core/model/hash.h"
#include "engine/core/model/json.h"
#include "sidecar/http/ascii.h"

namespace truce {
namespace {

constexpr std::size_t sha256_digits = 64;
constexpr std::size_t token_random_bytes = 32;
constexpr std::size_t shortest_token = 16;

bool is_sha256(std::string_view text) {
  return text.size() == sha256_digits && std::all_of(text.begin(), text.end(), [](char c) {
           return ascii::is_digit(c) || (c >= 'a' && c <= 'f');
         });
}

bool is_token_text(std::string_view text) {
  return text.size() >= shortest_token && std::all_of(text.begin(), text.end(), [](char c) {
           return c > 0x20 && c < 0x7f && c != '%';
         });
}

bool is_name(std::string_view text) {
  constexpr std::string_view marks = "-_.:@";
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [&](char c) {
    return ascii::is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
  });
}

struct RawToken {
  std::string name;
  std::vector<std::string> scopes;
  std::string sha256;
  std::string expires_at;  // empty: never
};

Result<Token> check_token(const RawToken& raw, const std::string& where) {
  if (!is_name(raw.name)) return fail(Code::format, where + ": the name is not well formed");
  if (!is_sha256(raw.sha256)) {
    return fail(Code::format, where + ": the digest is not 64 lower-case hex digits (SHA-256)");
  }
  Token token;
  token.name = raw.name;
  token.sha256 = raw.sha256;
  for (const auto& word : raw.scopes) {
    const auto scope = scope_from(word);
    if (!scope) return fail(Code::format, where + ": a scope is ingest, operate or read");
    token.scopes.add(*scope);
  }
  if (token.scopes.empty()) return fail(Code::format, where + ": there is no scope");
  if (!raw.expires_at.empty()) {
    const auto time = parse_time(raw.expires_at);
    if (!time) return fail(Code::format, where + ": the time of expiry is not RFC 3339");
    token.expires_at = *time;
  }
  return token;
}

std::vector<std::string> split_at(std::string_view text, char mark) {
  std::vector<std::string> pieces;
  std::istringstream stream{std::string(text)};
  for (std::string piece; std::getline(stream, piece, mark);) {
    if (!piece.empty()) pieces.push_back(piece);
  }
  return pieces;
}

Result<std::vector<Token>> parse_lines(std::string_view text) {
  std::vector<Token> tokens;
  std::istringstream lines{std::string(text)};
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::replace(line.begin(), line.end(), '\t', ' ');
    const auto words = split_at(line, ' ');
    if (words.empty() || words.front().front() == '#') continue;
    const std::string where = "line " + std::to_string(number);
    if (words.size() != 3 && words.size() != 4) {
      return fail(Code::format, where +
                                    ": expected NAME SCOPE,SCOPE SHA256-HEX [EXPIRES], or alone in "
                                    "the file one token of at least " +
                                    std::to_string(shortest_token) +
                                    " characters, without spaces and %");
    }
    auto token = check_token(
        {words[0], split_at(words[1], ','), words[2], words.size() == 4 ? words[3] : std::string()},
        where);
    if (!token) return tl::unexpected(token.error());
    tokens.push_back(*std::move(token));
  }
  return tokens;
}

std::string text_member(const Json& node, std::string_view key) {
  const Json* member = find_member(node, key);
  return member != nullptr && member->is_string() ? member->get<std::string>() : std::string();
}

Result<std::vector<Token>> parse_document(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return tl::unexpected(document.error());
  const Json* list = find_member(*document, "tokens");
  if (list == nullptr || !list->is_array()) {
    return fail(Code::format,
                "expected {\"tokens\": [{\"name\": …, \"scopes\": [\"ingest\", …], \"sha256\": …, "
                "\"expires_at\": …}]}",
                "/tokens");
  }
  std::vector<Token> tokens;
  for (std::size_t index = 0; index < list->size(); ++index) {
    const Json& node = (*list)[index];
    RawToken raw{text_member(node, "name"),
                 {},
                 text_member(node, "sha256"),
                 text_member(node, "expires_at")};
    if (const Json* scopes = find_member(node, "scopes"); scopes != nullptr && scopes->is_array()) {
      for (const Json& scope : *scopes) raw.scopes.push_back(scalar_text(scope).value_or(""));
    }
    auto token = check_token(raw, "/tokens/" + std::to_string(index));
    if (!token) return tl::unexpected(token.error());
    tokens.push_back(*std::move(token));
  }
  return tokens;
}

// An object, or a list of them.
bool is_document(std::string_view text) {
  const auto skip_blanks = [&text] {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  };
  skip_blanks();
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    skip_blanks();
  }
  return text.starts_with('{');
}

// The text of a file that holds nothing but one token.
std::optional<std::string_view> single_token(std::string_view text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  text = text.substr(0, end + 1);
  return is_token_text(text) ? std::optional(text) : std::nullopt;
}

}  // namespace

Result<TokenTable> TokenTable::parse(std::string_view text) {
  TokenTable table;
  if (is_document(text)) {
    auto tokens = parse_document(text);
    if (!tokens) return tl::unexpected(tokens.error());
    table.tokens_ = *std::move(tokens);
  } else if (const auto token = single_token(text)) {
    table.tokens_.push_back({"default", ScopeSet::all(), sha256_hex(*token), std::nullopt});
  } else {
    auto tokens = parse_lines(text);
    if (!tokens) return tl::unexpected(tokens.error());
    table.tokens_ = *std::move(tokens);
  }
  if (table.empty()) return fail(Code::format, "there is no token");
  return table;
}

const Token* TokenTable::find(std::string_view token) const {
  const std::string digest = sha256_hex(token);
  const Token* found = nullptr;
  for (const Token& known : tokens_) {  // to the end, whatever was found
    if (equal_in_constant_time(known.sha256, digest)) found = &known;
  }
  return found;
}

std::string make_token() { return "truce_" + random_hex(token_random_bytes); }

}  // namespace truce
