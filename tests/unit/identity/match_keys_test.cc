// The normalized values by which records are recognised as one thing.
#include "tests/unit/identity/keyed.h"

namespace truce::test {

TEST_CASE("a record has one key for each tier, of all its fields") {
  const Keys keys = keys_of({{"email", "ada@example.com"}, {"phone", "+1"}, {"name", "Ada"}});
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].size() == 1);
  CHECK(keys[1].size() == 1);
  CHECK(keys[0] == keys_of({{"email", "ada@example.com"}})[0]);
  CHECK(keys[1] != keys_of({{"phone", "+1"}, {"name", "Eve"}})[1]);
  CHECK(keys[1] != keys_of({{"phone", "+2"}, {"name", "Ada"}})[1]);
}

TEST_CASE("a key goes by what a value is compared by, not by how it is shown") {
  std::map<FieldName, Value> shown{
      {FieldName("email"), Value::of_text("Ada@Example.com", "ada@example.com")}};
  CHECK(match_keys(contact_entity(), shown)[0] == keys_of({{"email", "ada@example.com"}})[0]);
}

TEST_CASE("where a part is blank or absent there is no key") {
  CHECK(keys_of({})[0].empty());
  CHECK(keys_of({{"phone", "+1"}})[1].empty());
  CHECK(keys_of({{"phone", "+1"}, {"name", ""}})[1].empty());
  std::map<FieldName, Value> cleared{{FieldName("email"), Value::null()}};
  CHECK(match_keys(contact_entity(), cleared)[0].empty());
  Entity keyless = contact_entity();
  keyless.match = {{}};
  CHECK(match_keys(keyless, record_of({{"email", "ada@example.com"}}))[0].empty());
}

TEST_CASE("the same text in another tier or another part is another key") {
  Entity entity = contact_entity();
  entity.match = {{FieldName("email")}, {FieldName("phone")}};
  const Keys keys = match_keys(entity, record_of({{"email", "x"}, {"phone", "x"}}));
  CHECK(keys[0] != keys[1]);
  CHECK(keys_of({{"phone", "a"}, {"name", "bc"}})[1] !=
        keys_of({{"phone", "ab"}, {"name", "c"}})[1]);
}

TEST_CASE("a key does not show what it was made of") {
  const Keys keys = keys_of({{"email", "ada@example.com"}});
  CHECK(keys[0].front().find("ada") == std::string::npos);
  CHECK(keys[0].front().size() == 32);
}

}  // namespace truce::test
