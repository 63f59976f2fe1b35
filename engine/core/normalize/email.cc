#include "engine/core/normalize/email.h"

#include <re2/re2.h>

#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr std::size_t longest_email_bytes = 320;  // 64 local, @, 255 domain (RFC 5321)

bool is_address(std::string_view text) {
  static const RE2 pattern(
      R"re([^\s\pC@<>()\[\]\\,;:"]+@[\pL\pM\pN_](?:[\pL\pM\pN_-]*[\pL\pM\pN_])?)re"
      R"re((?:\.[\pL\pM\pN_](?:[\pL\pM\pN_-]*[\pL\pM\pN_])?)+)re");
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

}  // namespace

Result<Value> read_email(const Field& field, std::string_view text) {
  if (trimmed(text).size() > longest_email_bytes) {
    return refuse(field, Code::field_too_long, trimmed(text), "is longer than 320 bytes");
  }
  std::string address = one_line(text);
  if (has_space_or_control(address) || !is_address(address)) {
    return refuse(field, Code::format, address,
                  "is no e-mail address; give one bare address like name@example.com");
  }
  std::string key = folded(comparable(address));
  return Value::of_text(std::move(address), std::move(key));
}

}  // namespace truce
