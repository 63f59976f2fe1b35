// The tokens that are good here. Only digests are kept: a token itself is a secret that we can
// check and not tell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/error.h"
#include "engine/core/model/time.h"
#include "sidecar/http/scope.h"

namespace truce {

struct Token {
  std::string name;  // of its holder, for the audit trail and the log
  ScopeSet scopes;
  std::string sha256;  // of the token, in hex
  std::optional<Time> expires_at;
};

// A value; safe to read by many threads.
class TokenTable {
 public:
  // One of three forms:
  //   the token alone on a single line: it is named "default" and may do everything;
  //   lines `NAME SCOPE,SCOPE SHA256-HEX [EXPIRES]`, with # for comments;
  //   JSON {"tokens": [{"name", "scopes": […], "sha256", "expires_at"?}]}.
  // A fault is `format` with the line or pointer and never quotes a token.
  static Result<TokenTable> parse(std::string_view text);

  // The entry with this token, also when it has expired; nullptr when there is none. Takes the same
  // time for every token of one length.
  const Token* find(std::string_view token) const;

  bool empty() const { return tokens_.empty(); }
  std::size_t size() const { return tokens_.size(); }

 private:
  std::vector<Token> tokens_;
};

// "truce_" and 64 hex digits of chance.
std::string make_token();

}  // namespace truce
