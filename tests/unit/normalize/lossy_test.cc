#include "engine/core/normalize/lossy.h"

#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

MapEntry rewriting(std::vector<Lossy> lossy) {
  MapEntry entry;
  entry.lossy = std::move(lossy);
  return entry;
}

Value value_of(FieldType type, const Json& raw) { return *read(field_of(type), raw); }

TEST_CASE("E20 a value beyond the system's length is held cut, by code points") {
  const Field field = field_of(FieldType::text);
  MapEntry entry;
  entry.max_length = 3;
  CHECK(as_held(field, entry, value_of(FieldType::text, "\u00E9\u00E9\u00E9\u00E9")).key() ==
        "\u00E9\u00E9\u00E9");
  CHECK(as_held(field, entry, value_of(FieldType::text, "ab cd")).key() == "ab");
  const Value whole = value_of(FieldType::text, "abc");
  CHECK(same(as_held(field, entry, whole), whole));
  CHECK(are_held_alike(field, entry, value_of(FieldType::text, "abcd"),
                       value_of(FieldType::text, "abcx")));
  CHECK_FALSE(are_held_alike(field, entry, whole, value_of(FieldType::text, "abd")));
}

TEST_CASE("E21 known rewriting is applied in its order") {
  const Field field = field_of(FieldType::text);
  CHECK(as_held(field, rewriting({{Lossy::Kind::lower}}), value_of(FieldType::text, "VIP")).key() ==
        "vip");
  CHECK(as_held(field, rewriting({{Lossy::Kind::upper}, {Lossy::Kind::truncate, 2}}),
                value_of(FieldType::text, "stra\u00DFe"))
            .key() == "ST");
  CHECK(as_held(field, rewriting({{Lossy::Kind::trim}}), value_of(FieldType::text, " a ")).text() ==
        "a");
}

TEST_CASE("E21 a system that rounds holds the rounded number, exactly") {
  const Value value = value_of(FieldType::decimal, "2.675");
  const Field field = field_of(FieldType::decimal);
  CHECK(as_held(field, rewriting({{Lossy::Kind::round, 2}}), value).key() == "2.68");
  CHECK(as_held(field, rewriting({{Lossy::Kind::round, 0}}), value).key() == "3");
  CHECK(as_held(field, {}, value).key() == "2.675");
}

TEST_CASE("E21 Zendesk's lower-case tags are held element by element") {
  const Field field = field_of(FieldType::set);
  const Value tags = value_of(FieldType::set, json_of(R"(["VIP","Big Spender"])"));
  MapEntry entry = rewriting({{Lossy::Kind::lower}});
  entry.max_length = 3;
  CHECK(key_of(Result<Value>(as_held(field, entry, tags))) == "big|vip");
}

TEST_CASE("an option is rewritten in the system's own spelling") {
  const Field field = field_of(FieldType::enumeration);
  MapEntry entry = rewriting({{Lossy::Kind::upper}});
  entry.values = {{"open", "open"}, {"OPEN", "open"}};
  CHECK(as_held(field, entry, Value::of_text("open")).key() == "open");
  entry.values = {{"open", "open"}};
  CHECK(as_held(field, entry, Value::of_text("open")).key() == "open");
}

TEST_CASE("a system that counts seconds holds whole seconds") {
  const Field field = field_of(FieldType::instant);
  MapEntry entry;
  entry.format = "epoch_s";
  CHECK(as_held(field, entry, Value::of_text("2026-05-12T10:00:00.900Z")).key() ==
        "2026-05-12T10:00:00.000Z");
}

TEST_CASE("what a system takes for no value it holds as none") {
  const Field field = field_of(FieldType::decimal);
  MapEntry entry;
  entry.blank = {0};
  CHECK(as_held(field, entry, value_of(FieldType::decimal, "0.0")).is_null());
  CHECK(as_held(field, entry, value_of(FieldType::decimal, "1")).key() == "1");
  CHECK(as_held(field, entry, Value::null()).is_null());
}

TEST_CASE("a text that is short enough is rewritten in the other ways all the same") {
  const Field field = field_of(FieldType::text);
  MapEntry entry = rewriting({{Lossy::Kind::lower}});
  entry.max_length = 50;
  CHECK(as_held(field, entry, value_of(FieldType::text, "VIP")).key() == "vip");
  entry.lossy.clear();
  entry.blank = {"n/a"};
  CHECK(as_held(field, entry, value_of(FieldType::text, "n/a")).is_null());
}

TEST_CASE("held values are held as they are") {
  for (const char* text : {"Stra\u00DFe 12345", "\u0130stanbul", "ab", " x y z "}) {
    MapEntry entry = rewriting({{Lossy::Kind::upper}, {Lossy::Kind::truncate, 5}});
    const Field field = field_of(FieldType::text);
    const Value held = as_held(field, entry, value_of(FieldType::text, text));
    CHECK(same(as_held(field, entry, held), held));
  }
}

}  // namespace
}  // namespace truce
