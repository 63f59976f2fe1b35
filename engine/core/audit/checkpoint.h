// A signed statement of where the audit trail stood. Kept outside the store it tells what the chain
// alone cannot: that the trail was cut short, replaced from some entry on, or restored from an old
// backup. It says nothing about entries behind it; and whoever holds both the store and the key can
// rewrite what no checkpoint kept elsewhere covers.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/model/error.h"
#include "engine/core/model/json.h"
#include "engine/core/model/time.h"

namespace truce {

struct Checkpoint {
  std::uint64_t sequence = 0;  // of the last entry; 0: the trail was empty
  std::string hash;            // of that entry; 64 zeros for an empty trail
  Time at;                     // when the checkpoint was made
  std::string store_id;
};

struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string public_key;  // Ed25519, 32 bytes in base64
  std::string signature;   // 64 bytes in base64, over checkpoint_text
};

// What is signed: "truce audit checkpoint 1", a line feed, and the canonical JSON of
// {"at", "hash", "sequence", "store_id"}, `at` in microseconds since 1970.
std::string checkpoint_text(const Checkpoint& checkpoint);

// A new Ed25519 private key as PEM (PKCS #8). Its holder can sign; keep it at 0600.
Result<std::string> make_signing_key();
// Its public half in base64; `internal` when the text is no such key.
Result<std::string> public_key_of(const std::string& private_key_pem);

// `internal` when the text is no Ed25519 private key. The same checkpoint and key always give the
// same signature.
Result<SignedCheckpoint> sign_checkpoint(const Checkpoint& checkpoint,
                                         const std::string& private_key_pem);

// Whether the signature is that of the public key inside. Anybody can make a key: also compare
// `public_key` with the one you know.
bool is_genuine(const SignedCheckpoint& signed_checkpoint);

// {"sequence", "hash", "at", "store_id", "public_key", "signature"}; `at` in RFC 3339.
Json to_json(const SignedCheckpoint& signed_checkpoint);
// `schema` when a member is missing or of a wrong form, `audit-broken` when the signature does not
// fit or the key is not `trusted_public_key` (empty: any).
Result<SignedCheckpoint> read_checkpoint(const Json& node,
                                         const std::string& trusted_public_key = {});

}  // namespace truce
