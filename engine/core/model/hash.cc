#include "engine/core/model/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <memory>

namespace truce {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t key_bytes = 32;

struct FreeDigest {
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
};
struct FreeDigestContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// Digests and random bytes that cannot be had leave nothing sensible to do: a wrong hash in the
// store would be worse than a stop, and the receipts make the caller's retry safe.
void must(bool done) {
  if (!done) std::abort();
}

void random_bytes(unsigned char* bytes, std::size_t count) {
  must(RAND_bytes(bytes, static_cast<int>(count)) == 1);
}

}  // namespace

std::string to_hex(const std::uint8_t* bytes, std::size_t count) {
  constexpr char digits[] = "0123456789abcdef";
  std::string hex(2 * count, '0');
  for (std::size_t i = 0; i < count; ++i) {
    hex[2 * i] = digits[bytes[i] >> 4];
    hex[2 * i + 1] = digits[bytes[i] & 15];
  }
  return hex;
}

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
  // Fetching the algorithm and making a context costs more than hashing a short text.
  static const std::unique_ptr<EVP_MD, FreeDigest> algorithm(
      EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeDigestContext> context(EVP_MD_CTX_new());
  std::array<std::uint8_t, 32> digest{};
  must(algorithm && context && EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) == 1 &&
       EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
       EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
  return digest;
}

std::string sha256_hex(std::string_view bytes) {
  const auto digest = sha256(bytes);
  return to_hex(digest.data(), digest.size());
}

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
  std::array<std::uint8_t, 32> digest{};
  unsigned int length = 0;
  // An empty key is a key; HMAC() takes a null pointer for "the key of before".
  const void* key_data = key.empty() ? "" : key.data();
  must(HMAC(EVP_sha256(), key_data, static_cast<int>(key.size()), bytes_of(bytes), bytes.size(),
            digest.data(), &length) != nullptr);
  return to_hex(digest.data(), digest.size());
}

std::string random_hex(std::size_t count) {
  std::string bytes(count, '\0');
  random_bytes(bytes_of(bytes), count);
  return to_hex(bytes_of(std::string_view(bytes)), count);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64_encode(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL adds a NUL
  const int written =
      EVP_EncodeBlock(bytes_of(text), bytes_of(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(written));
  return text;
}

std::string base64_decode(std::string_view text, bool* ok) {
  *ok = false;
  if (text.size() % 4 != 0) return {};
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  // EVP_DecodeBlock passes over white space at both ends and takes '=' for zero bits anywhere, so
  // that many texts would mean the same bytes.
  for (char c : text.substr(0, text.size() - padding)) {
    const bool in_alphabet = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                             (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (!in_alphabet) return {};
  }
  std::string bytes(text.size() / 4 * 3, '\0');
  const int written =
      EVP_DecodeBlock(bytes_of(bytes), bytes_of(text), static_cast<int>(text.size()));
  if (written < 0) return {};
  bytes.resize(static_cast<std::size_t>(written) - padding);
  if (base64_encode(bytes) != text) return {};  // bits left over behind the last byte
  *ok = true;
  return bytes;
}

std::string seal(std::string_view key, std::string_view plain) {
  must(key.size() == key_bytes);
  std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
  unsigned char* nonce = bytes_of(sealed);
  unsigned char* text = nonce + nonce_bytes;
  random_bytes(nonce, nonce_bytes);
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  must(context &&
       EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), nonce) == 1 &&
       EVP_EncryptUpdate(context.get(), text, &length, bytes_of(plain),
                         static_cast<int>(plain.size())) == 1 &&
       EVP_EncryptFinal_ex(context.get(), text + length, &length) == 1 &&
       EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, text + plain.size()) ==
           1);
  return base64_encode(sealed);
}

bool unseal(std::string_view key, std::string_view sealed, std::string* plain) {
  bool decoded = false;
  std::string bytes = base64_decode(sealed, &decoded);
  if (!decoded || key.size() != key_bytes || bytes.size() < nonce_bytes + tag_bytes) return false;
  const std::size_t length = bytes.size() - nonce_bytes - tag_bytes;
  const unsigned char* nonce = bytes_of(bytes);
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string opened(length, '\0');
  int written = 0;
  const bool genuine =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), nonce) == 1 &&
      EVP_DecryptUpdate(context.get(), bytes_of(opened), &written, nonce + nonce_bytes,
                        static_cast<int>(length)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes,
                          bytes_of(bytes) + nonce_bytes + length) == 1 &&
      EVP_DecryptFinal_ex(context.get(), bytes_of(opened) + written, &written) == 1;
  if (!genuine) return false;
  *plain = std::move(opened);
  return true;
}

}  // namespace truce
