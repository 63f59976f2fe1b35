#include "engine/core/model/value.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "engine/core/model/json_text.h"
#include "engine/core/model/stored_json.h"

namespace truce {
namespace {

Value integer(const std::string& digits) {
  return Value::of_scalar(Value::Kind::integer, digits, digits);
}
Value decimal(const std::string& text, const std::string& key) {
  return Value::of_scalar(Value::Kind::decimal, text, key);
}
Value set_of(std::initializer_list<const char*> texts) {
  std::vector<Value::Element> elements;
  for (const char* text : texts) elements.push_back({text, text});
  return Value::of_set(std::move(elements));
}

TEST_CASE("values are the same when kind and key are equal, whatever is shown") {
  CHECK(Value::of_text("Rose@Edge.com", "rose@edge.com") ==
        Value::of_text("rose@edge.com", "rose@edge.com"));
  CHECK_FALSE(Value::of_text("5") == integer("5"));
  CHECK_FALSE(Value::of_text("") == Value::null());
  CHECK_FALSE(set_of({}) == Value::null());
  CHECK(decimal("1.10", "1.1") == decimal("1.1", "1.1"));
}

TEST_CASE("a set is sorted by key, and each key occurs once with the same spelling in any order") {
  const Value one = Value::of_set({{"B", "b"}, {"a", "a"}, {"b", "b"}});
  const Value other = Value::of_set({{"b", "b"}, {"B", "b"}, {"a", "a"}});
  REQUIRE(one.elements().size() == 2);
  CHECK(one.elements()[0].text == "a");
  CHECK(one.elements()[1].text == "B");
  CHECK(other.elements()[1].text == "B");
  CHECK(one == other);
}

TEST_CASE("the order of values is total and agrees with sameness") {
  const std::vector<Value> values = {
      Value::null(), Value::of_text(""), Value::of_text("a"),      Value::of_text("b"),
      integer("5"),  decimal("1", "1"),  Value::of_boolean(false), Value::of_boolean(true),
      set_of({}),    set_of({"a"}),      set_of({"a", "b"}),       set_of({"b"})};
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      CAPTURE(i, j);
      CHECK((order(values[i], values[j]) < 0) == (i < j));
      CHECK((order(values[i], values[j]) == 0) == same(values[i], values[j]));
      CHECK((value_hash(values[i]) == value_hash(values[j])) == (i == j));
    }
  }
}

TEST_CASE("a value hash is read back from its hex, also from the whole SHA-256") {
  const ValueHash hash = value_hash(Value::of_text("a"));
  CHECK(ValueHash::from_hex(hash.hex()) == hash);
  CHECK(ValueHash::from_hex(hash.hex() + std::string(32, '0')) == hash);
  CHECK_FALSE(hash.empty());
  for (const char* text :
       {"", "76592b9d", "x6592b9de6d38238a52a3651867871e5", "7 592b9de6d38238a52a3651867871e5"}) {
    CAPTURE(text);
    CHECK(ValueHash::from_hex(text).empty());
  }
}

TEST_CASE("the value hash reads kind and keys and nothing else") {
  CHECK(value_hash(Value::of_text("A", "a")) == value_hash(Value::of_text("a", "a")));
  CHECK(value_hash(set_of({"a:b"})) != value_hash(set_of({"a", "b"})));
  CHECK(value_hash(set_of({"1", "1:1"})) != value_hash(set_of({"1:1", "11"})));
  // Of SHA-256 of "ta". It stands in stores: it must never change.
  CHECK(value_hash(Value::of_text("a")).hex() == "76592b9de6d38238a52a3651867871e5");
}

TEST_CASE("the API shows canonical values without losing a digit") {
  CHECK(to_wire(to_json(Value::null())) == "null");
  CHECK(to_wire(to_json(Value::of_text("x"))) == "\"x\"");
  CHECK(to_wire(to_json(Value::of_boolean(true))) == "true");
  CHECK(to_wire(to_json(Value::of_boolean(false))) == "false");
  CHECK(to_wire(to_json(integer("9007199254740992"))) == "9007199254740992");
  CHECK(to_wire(to_json(integer("9007199254740993"))) == "\"9007199254740993\"");
  CHECK(to_wire(to_json(integer("-9007199254740993"))) == "\"-9007199254740993\"");
  CHECK(to_wire(to_json(integer("123456789012345678901234"))) == "\"123456789012345678901234\"");
  CHECK(to_wire(to_json(decimal("1.10", "1.1"))) == "\"1.10\"");
  CHECK(to_wire(to_json(Value::of_set({{"B", "b"}, {"a", "a"}}))) == R"(["a","B"])");
  CHECK(to_wire(to_json(set_of({}))) == "[]");
}

std::string stored(const Value& value) {
  JsonText out;
  write(out, value);
  return out.take();
}

Value read_back(const std::string& row) {
  const StoredDocument document = StoredDocument::parse("[" + row + "]").value();
  return value_from_stored(*document.root().begin());
}

TEST_CASE("the store keeps text and key of every kind of value") {
  for (const Value& value :
       {Value::null(), Value::of_text(""), Value::of_text("x"), Value::of_text("X", "x"),
        Value::of_text("", "key"), integer("18446744073709551616"), decimal("1.10", "1.1"),
        Value::of_boolean(true), set_of({}), Value::of_set({{"B", "b"}, {"a", "a"}})}) {
    const std::string row = stored(value);
    CAPTURE(row);
    const Value read = read_back(row);
    CHECK(read == value);
    CHECK(read.text() == value.text());
    CHECK(read.key() == value.key());
    CHECK(stored(read) == row);
  }
}

TEST_CASE("what is no stored value is null") {
  for (const char* row :
       {"1", "\"t\"", "{}", "[]", "[\"t\"]", "[\"q\",\"x\"]", "[\"tt\",\"x\"]", "[1,\"x\"]",
        "[\"t\",1]", "[\"s\",1]", "[\"s\",[\"a\"]]", "[\"n\",\"x\"]"}) {
    CAPTURE(row);
    CHECK(read_back(row).is_null());
  }
}

}  // namespace
}  // namespace truce
