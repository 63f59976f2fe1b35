#include "engine/core/audit/checkpoint.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/core/model/hash.h"

namespace truce {
namespace {

constexpr std::size_t public_key_bytes = 32;
constexpr std::size_t signature_bytes = 64;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeStream {
  void operator()(BIO* stream) const { BIO_free(stream); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Stream = std::unique_ptr<BIO, FreeStream>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// Without it OpenSSL asks at the terminal when the PEM is encrypted.
int no_passphrase(char*, int, int, void*) { return 0; }

Key read_private_key(const std::string& pem) {
  const Stream stream(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!stream) return nullptr;
  Key key(PEM_read_bio_PrivateKey(stream.get(), nullptr, no_passphrase, nullptr));
  if (key && EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519) return nullptr;
  return key;
}

std::string raw_public_key(const Key& key) {
  std::string raw(public_key_bytes, '\0');
  std::size_t length = raw.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), bytes_of(raw), &length) != 1) return {};
  return base64_encode(raw);
}

bool is_hash(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

const std::string* text_member(const Json& node, std::string_view key) {
  const Json* member = find_member(node, key);
  return member && member->is_string() ? &member->get_ref<const std::string&>() : nullptr;
}

tl::unexpected<Problem> no_checkpoint(const char* member) {
  return fail(Code::schema, "not a checkpoint of the audit trail", pointer_join("", member));
}

}  // namespace

std::string checkpoint_text(const Checkpoint& checkpoint) {
  return "truce audit checkpoint 1\n" + to_canonical({{"sequence", checkpoint.sequence},
                                                      {"hash", checkpoint.hash},
                                                      {"at", checkpoint.at.us},
                                                      {"store_id", checkpoint.store_id}});
}

Result<std::string> make_signing_key() {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const Stream stream(BIO_new(BIO_s_mem()));
  if (!key || !stream ||
      PEM_write_bio_PrivateKey(stream.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return fail(Code::internal, "no Ed25519 key could be made");
  }
  char* text = nullptr;
  const long length = BIO_get_mem_data(stream.get(), &text);
  return std::string(text, static_cast<std::size_t>(length));
}

Result<std::string> public_key_of(const std::string& private_key_pem) {
  const Key key = read_private_key(private_key_pem);
  if (!key) return fail(Code::internal, "the signing key is no Ed25519 private key in PEM");
  return raw_public_key(key);
}

Result<SignedCheckpoint> sign_checkpoint(const Checkpoint& checkpoint,
                                         const std::string& private_key_pem) {
  const Key key = read_private_key(private_key_pem);
  if (!key) return fail(Code::internal, "the signing key is no Ed25519 private key in PEM");
  const std::string text = checkpoint_text(checkpoint);
  std::string signature(signature_bytes, '\0');
  std::size_t length = signature.size();
  const Context context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), bytes_of(signature), &length, bytes_of(text), text.size()) !=
          1) {
    return fail(Code::internal, "the checkpoint could not be signed");
  }
  return SignedCheckpoint{checkpoint, raw_public_key(key), base64_encode(signature)};
}

bool is_genuine(const SignedCheckpoint& signed_checkpoint) {
  bool key_decoded = false;
  bool signature_decoded = false;
  const std::string raw_key = base64_decode(signed_checkpoint.public_key, &key_decoded);
  const std::string signature = base64_decode(signed_checkpoint.signature, &signature_decoded);
  if (!key_decoded || !signature_decoded || raw_key.size() != public_key_bytes ||
      signature.size() != signature_bytes) {
    return false;
  }
  const Key key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(raw_key), raw_key.size()));
  const Context context(EVP_MD_CTX_new());
  const std::string text = checkpoint_text(signed_checkpoint.checkpoint);
  return key && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

Json to_json(const SignedCheckpoint& signed_checkpoint) {
  const Checkpoint& checkpoint = signed_checkpoint.checkpoint;
  return {{"sequence", checkpoint.sequence},
          {"hash", checkpoint.hash},
          {"at", to_rfc3339(checkpoint.at)},
          {"store_id", checkpoint.store_id},
          {"public_key", signed_checkpoint.public_key},
          {"signature", signed_checkpoint.signature}};
}

Result<SignedCheckpoint> read_checkpoint(const Json& node, const std::string& trusted_public_key) {
  const Json* sequence_member = find_member(node, "sequence");
  const auto sequence = sequence_member ? to_int64(*sequence_member) : std::nullopt;
  if (!sequence || *sequence < 0) return no_checkpoint("sequence");
  const std::string* hash = text_member(node, "hash");
  if (!hash || !is_hash(*hash)) return no_checkpoint("hash");
  const std::string* at_text = text_member(node, "at");
  const Result<Time> at = at_text ? parse_time(*at_text) : Result<Time>(no_checkpoint("at"));
  if (!at) return no_checkpoint("at");
  const std::string* store_id = text_member(node, "store_id");
  if (!store_id) return no_checkpoint("store_id");
  const std::string* public_key = text_member(node, "public_key");
  if (!public_key) return no_checkpoint("public_key");
  const std::string* signature = text_member(node, "signature");
  if (!signature) return no_checkpoint("signature");

  SignedCheckpoint read{
      {static_cast<std::uint64_t>(*sequence), *hash, *at, *store_id}, *public_key, *signature};
  if (!is_genuine(read)) {
    return fail(Code::audit_broken, "the checkpoint's signature does not fit", "/signature");
  }
  if (!trusted_public_key.empty() && trusted_public_key != read.public_key) {
    return fail(Code::audit_broken, "the checkpoint is signed with another key", "/public_key");
  }
  return read;
}

}  // namespace truce
