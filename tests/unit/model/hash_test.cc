// Known answers: FIPS 180-4, RFC 4231, RFC 4648.
#include "engine/core/model/hash.h"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

namespace truce {
namespace {

const std::string key_a(32, 'a');
const std::string key_b(32, 'b');

TEST_CASE("SHA-256 gives the known answers, again and again") {
  for (int i = 0; i < 2; ++i) {
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}

TEST_CASE("HMAC gives the known answers") {
  CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hmac_sha256_hex("", "") ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(hmac_sha256_hex({}, {}) == hmac_sha256_hex("", ""));
}

TEST_CASE("random hex is lower case, as long as asked for and not the same twice") {
  const std::string one = random_hex(12);
  CHECK(one.size() == 24);
  CHECK(one.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(one != random_hex(12));
  CHECK(random_hex(0).empty());
}

TEST_CASE("texts are equal in constant time exactly when they are equal") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
}

TEST_CASE("base64 gives the known answers") {
  CHECK(base64_encode("") == "");
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
  bool ok = false;
  CHECK(base64_decode("Zm8=", &ok) == "fo");
  CHECK(ok);
  CHECK(base64_decode("", &ok).empty());
  CHECK(ok);
}

TEST_CASE("only the one base64 text of some bytes is read") {
  for (const char* text : {"Zg=", "Zg", "Zh==", "Z===", "====", "Zg==\n",
                           " Zg==", "Z=g=", "Zm8=Zm8=", "Zm9-", "Zm 9"}) {
    CAPTURE(text);
    bool ok = true;
    CHECK(base64_decode(text, &ok).empty());
    CHECK_FALSE(ok);
  }
}

TEST_CASE("what is sealed opens with its key and with no other") {
  const std::string sealed = seal(key_a, "rose@edge.com");
  std::string plain = "untouched";
  CHECK_FALSE(unseal(key_b, sealed, &plain));
  CHECK_FALSE(unseal("short", sealed, &plain));
  CHECK(plain == "untouched");
  REQUIRE(unseal(key_a, sealed, &plain));
  CHECK(plain == "rose@edge.com");
  CHECK(sealed != seal(key_a, "rose@edge.com"));  // another nonce
  CHECK(sealed.find("rose") == std::string::npos);
}

TEST_CASE("a sealed text that was changed anywhere does not open") {
  const std::string sealed = seal(key_a, "value");
  bool ok = false;
  const std::string bytes = base64_decode(sealed, &ok);
  std::string plain;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(unseal(key_a, base64_encode(changed), &plain));
  }
  CHECK_FALSE(unseal(key_a, base64_encode(bytes.substr(1)), &plain));
  CHECK_FALSE(unseal(key_a, "", &plain));
  CHECK_FALSE(unseal(key_a, "not base64!", &plain));
}

TEST_CASE("any bytes go through base64 and through a seal") {
  rc::prop("round trip", [](const std::string& bytes) {
    bool ok = false;
    RC_ASSERT(base64_decode(base64_encode(bytes), &ok) == bytes);
    RC_ASSERT(ok);
    std::string plain;
    RC_ASSERT(unseal(key_a, seal(key_a, bytes), &plain));
    RC_ASSERT(plain == bytes);
  });
}

}  // namespace
}  // namespace truce
