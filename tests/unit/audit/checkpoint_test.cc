#include "engine/core/audit/checkpoint.h"

#include <catch2/catch.hpp>

#include "engine/core/model/hash.h"

namespace truce {
namespace {

const Checkpoint sample{900, std::string(64, 'a'), Time{1'780'000'000'123'456}, "store-1"};

TEST_CASE("a signed checkpoint goes through JSON and is genuine there") {
  const std::string key = make_signing_key().value();
  const SignedCheckpoint made = sign_checkpoint(sample, key).value();
  CHECK(is_genuine(made));
  CHECK(made.public_key == public_key_of(key).value());
  const std::string text = to_wire(to_json(made));
  const SignedCheckpoint read = read_checkpoint(parse_json(text).value(), made.public_key).value();
  CHECK(read.checkpoint.sequence == 900);
  CHECK(read.checkpoint.hash == sample.hash);
  CHECK(read.checkpoint.at == sample.at);
  CHECK(read.checkpoint.store_id == "store-1");
  CHECK(to_wire(to_json(read)) == text);
}

TEST_CASE("the same checkpoint and key give the same signature; keys are never the same") {
  const std::string key = make_signing_key().value();
  CHECK(sign_checkpoint(sample, key)->signature == sign_checkpoint(sample, key)->signature);
  const std::string other = make_signing_key().value();
  CHECK(key != other);
  CHECK(public_key_of(key).value() != public_key_of(other).value());
}

TEST_CASE("a checkpoint that was changed anywhere is not genuine") {
  const SignedCheckpoint made = sign_checkpoint(sample, make_signing_key().value()).value();
  const auto genuine_after = [&](auto change) {
    SignedCheckpoint copy = made;
    change(copy);
    return is_genuine(copy);
  };
  CHECK_FALSE(genuine_after([](SignedCheckpoint& c) { --c.checkpoint.sequence; }));
  CHECK_FALSE(genuine_after([](SignedCheckpoint& c) { c.checkpoint.hash[0] = 'b'; }));
  CHECK_FALSE(genuine_after([](SignedCheckpoint& c) { ++c.checkpoint.at.us; }));
  CHECK_FALSE(genuine_after([](SignedCheckpoint& c) { c.checkpoint.store_id = "store-2"; }));
  CHECK_FALSE(genuine_after([](SignedCheckpoint& c) { c.signature.clear(); }));
  CHECK_FALSE(genuine_after([](SignedCheckpoint& c) { c.public_key = "AAAA"; }));
  bool ok = false;
  std::string bytes = base64_decode(made.signature, &ok);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(genuine_after([&](SignedCheckpoint& c) { c.signature = base64_encode(changed); }));
  }
}

TEST_CASE("a checkpoint of a stranger's key is refused where the key is known") {
  const std::string stranger = make_signing_key().value();
  const std::string ours = public_key_of(make_signing_key().value()).value();
  const Json node = to_json(sign_checkpoint(sample, stranger).value());
  CHECK(read_checkpoint(node));
  const auto refused = read_checkpoint(node, ours);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::audit_broken);
  CHECK(refused.error().pointer == "/public_key");
}

TEST_CASE("what is no checkpoint is refused with the member that is wrong") {
  const Json good = to_json(sign_checkpoint(sample, make_signing_key().value()).value());
  for (const char* member : {"sequence", "hash", "at", "store_id", "public_key", "signature"}) {
    for (const Json& bad : {Json(), Json(true), Json::object(), Json(-1), Json(1.5)}) {
      Json node = good;
      node[member] = bad;
      CAPTURE(to_wire(node));
      const auto refused = read_checkpoint(node);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == Code::schema);
      CHECK(refused.error().pointer == std::string("/") + member);
    }
    Json node = good;
    node.erase(member);
    CHECK_FALSE(read_checkpoint(node));
  }
  CHECK_FALSE(read_checkpoint(Json::array()));
  CHECK_FALSE(read_checkpoint(Json()));
}

TEST_CASE("only an unencrypted Ed25519 private key signs") {
  for (const char* text :
       {"", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
    CHECK_FALSE(sign_checkpoint(sample, text));
    CHECK_FALSE(public_key_of(text));
  }
}

}  // namespace
}  // namespace truce
