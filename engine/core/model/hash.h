// Digests, by OpenSSL. Hex is lower case.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace truce {

std::array<std::uint8_t, 32> sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string to_hex(const std::uint8_t* bytes, std::size_t count);
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);
// `count` random bytes from the system, in hex (2 * count characters).
std::string random_hex(std::size_t count);
bool equal_in_constant_time(std::string_view a, std::string_view b);

// AES-256-GCM under a 32-byte key: base64 of nonce, ciphertext and tag. unseal gives an empty
// optional when the key is another or the text was changed.
std::string seal(std::string_view key, std::string_view plain);
std::string base64_encode(std::string_view bytes);
std::string base64_decode(std::string_view text, bool* ok);
bool unseal(std::string_view key, std::string_view sealed, std::string* plain);

}  // namespace truce
