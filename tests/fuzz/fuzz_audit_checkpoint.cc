// Libraries: truce_audit
//
// The bytes say where a genuine checkpoint is changed: pairs of a position and a pattern of bits.
// What is still taken for genuine says what the true one says.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/core/audit/checkpoint.h"
#include "tests/unit/audit/sample_trail.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace truce;
  static const SignedCheckpoint genuine =
      sign_checkpoint(checkpoint_at(sample_trail(3).back()), make_signing_key().value()).value();
  static const std::string genuine_text = to_wire(to_json(genuine));

  std::string text = genuine_text;
  for (std::size_t i = 0; i + 2 < size; i += 3) {
    const std::size_t at = (data[i] * std::size_t{256} + data[i + 1]) % text.size();
    text[at] = static_cast<char>(text[at] ^ data[i + 2]);
  }
  const Result<Json> node = parse_json(text);
  if (!node) return 0;
  const Result<SignedCheckpoint> read = read_checkpoint(*node, genuine.public_key);
  if (read && to_wire(to_json(*read)) != genuine_text) std::abort();
  if (text == genuine_text && !read) std::abort();
  return 0;
}
