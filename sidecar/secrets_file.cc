#include "sidecar/secrets_file.h"

#include "engine/core/model/hash.h"
#include "sidecar/dto/member_reader.h"
#include "sidecar/private_file.h"

namespace truce {

namespace {

constexpr std::size_t key_bytes = 32;

Result<std::string> new_secrets() {
  const Result<std::string> signing_key = make_signing_key();
  if (!signing_key) return signing_key;
  return to_wire({{"seal_key", random_hex(key_bytes)},
                  {"token_key", random_hex(key_bytes)},
                  {"checkpoint_key", *signing_key},
                  {"store_id", random_hex(12)}}) +
         "\n";
}

std::string bytes_of_hex(const std::string& hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t index = 0; index + 1 < hex.size(); index += 2) {
    bytes += static_cast<char>(digit(hex[index]) * 16 + digit(hex[index + 1]));
  }
  return bytes;
}

bool is_key(const std::string& hex) {
  return hex.size() == 2 * key_bytes && hex.find_first_not_of("0123456789abcdef") == hex.npos;
}

Result<KeyRing> parse(const std::string& text, const std::string& path) {
  const Json node = parse_json(text).value_or(Json());
  MemberReader reader(node);
  const std::string seal_key = reader.required_text("seal_key");
  const std::string token_key = reader.required_text("token_key");
  KeyRing keys;
  keys.checkpoint.private_key = reader.required_text("checkpoint_key");
  keys.checkpoint.store_id = reader.required_text("store_id");
  const Result<std::string> public_key = public_key_of(keys.checkpoint.private_key);
  if (reader.problem() || !is_key(seal_key) || !is_key(token_key) || !public_key) {
    return fail(Code::format, path + " is damaged; restore it from a backup");
  }
  keys.checkpoint.public_key = *public_key;
  keys.secrets.seal_key = bytes_of_hex(seal_key);
  keys.secrets.token_key = bytes_of_hex(token_key);
  return keys;
}

}  // namespace

Result<KeyRing> read_secrets_file(const std::string& path) {
  const Result<std::string> text = read_private_file(path, file_bytes_max);
  if (!text) return tl::unexpected<Problem>(text.error());
  return parse(*text, path);
}

Result<KeyRing> open_secrets_file(const std::string& path) {
  if (!file_exists(path)) {
    const Result<std::string> made = new_secrets();
    if (!made) return tl::unexpected<Problem>(made.error());
    const Result<void> written = replace_private_file(path, *made);
    if (!written) return tl::unexpected<Problem>(written.error());
  }
  return read_secrets_file(path);
}

}  // namespace truce
