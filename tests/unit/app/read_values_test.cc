// Values that come again are read as they were read first, and shared.
#include "engine/app/read_values.h"

#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

System system_named(const char* name) {
  System system;
  system.name = SystemName(name);
  return system;
}

TEST_CASE("what comes again, from another system too, is the same value in memory") {
  const Field field = field_of(FieldType::text);
  const MapEntry of_crm;
  const MapEntry of_desk;
  ReadValues known;
  const auto first = known.read(system_named("crm"), field, of_crm, "Ada");
  const auto again = known.read(system_named("desk"), field, of_desk, "Ada");
  REQUIRE(first);
  REQUIRE(again);
  CHECK(&first->text() == &again->text());
  CHECK(same(*first, *known.read(system_named("desk"), field, of_desk, " Ada ")));
}

TEST_CASE("another field, another map, or a number for a text is read for itself") {
  const Field text = field_of(FieldType::text);
  const Field number = field_of(FieldType::integer);
  MapEntry mapped;
  mapped.blank = {Json("7")};
  ReadValues known;
  const System crm = system_named("crm");
  CHECK(known.read(crm, text, {}, "7")->kind() == Value::Kind::text);
  CHECK(known.read(crm, number, {}, "7")->kind() == Value::Kind::integer);
  CHECK(known.read(crm, text, mapped, "7")->is_null());
  CHECK(known.read(crm, text, {}, json_of("7"))->text() == "7");
  CHECK_FALSE(known.read(crm, field_of(FieldType::email), {}, json_of("7")));
}

TEST_CASE("an instant is read by its own system's time zone") {
  Field field = field_of(FieldType::instant);
  const MapEntry entry;
  System berlin = system_named("crm");
  berlin.time_zone = "Europe/Berlin";
  System tokyo = system_named("desk");
  tokyo.time_zone = "Asia/Tokyo";
  const MapEntry of_tokyo;
  ReadValues known;
  const Json noon = "2026-05-12T12:00:00";
  const auto here = known.read(berlin, field, entry, noon);
  const auto there = known.read(tokyo, field, of_tokyo, noon);
  REQUIRE(here);
  REQUIRE(there);
  CHECK_FALSE(same(*here, *there));
}

TEST_CASE("what is refused is refused again, and a blank stays one") {
  const Field field = field_of(FieldType::email);
  const MapEntry entry;
  ReadValues known;
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(known.read(system_named("crm"), field, entry, "no address"));
    CHECK(known.read(system_named("crm"), field, entry, " ")->is_null());
    CHECK(known.read(system_named("crm"), field, entry, nullptr)->is_null());
  }
}

}  // namespace
}  // namespace truce
