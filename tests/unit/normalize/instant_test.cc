#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

MapEntry written_as(const char* format) {
  MapEntry entry;
  entry.format = format;
  return entry;
}

std::string in_zone(const char* zone, const char* text) {
  System system;
  system.time_zone = zone;
  return key_of(to_canonical(system, field_of(FieldType::instant), {}, text));
}

TEST_CASE("every system's way to write one moment is read as that moment") {
  const std::string moment = "2026-05-12T10:00:00.123Z";
  for (const Json& raw :
       {Json("2026-05-12T10:00:00.123Z"), Json("2026-05-12T10:00:00.123+0000"),
        Json("2026-05-12T12:00:00.123+02:00"), Json("2026-05-12T02:00:00.123-08:00"),
        Json("2026-05-12T10:00:00.123000000Z"), Json("2026-05-12 10:00:00.123Z"),
        Json("1778580000123"), json_of("1778580000123"), json_of("1778580000123000"),
        Json("1778580000.123")}) {
    CAPTURE(to_wire(raw));
    CHECK(key_of(FieldType::instant, raw) == moment);
  }
  CHECK(key_of(FieldType::instant, "Tue, 12 May 2026 10:00:00 +0000") ==
        "2026-05-12T10:00:00.000Z");
  CHECK(key_of(FieldType::instant, json_of("1778580000")) == "2026-05-12T10:00:00.000Z");
  CHECK(key_of(FieldType::instant, "2026-05-12T10:00:00.1234567Z") ==
        "2026-05-12T10:00:00.123456Z");
}

TEST_CASE("E10 seconds, milliseconds and microseconds are told apart, and year 7473 is refused") {
  CHECK(key_of(FieldType::instant, "1572480000") == "2019-10-31T00:00:00.000Z");
  CHECK(key_of(FieldType::instant, "1572480000000") == "2019-10-31T00:00:00.000Z");
  CHECK(key_of(FieldType::instant, "1572480000000000") == "2019-10-31T00:00:00.000Z");
  for (const char* digits : {"173664000000000000", "-1", "99999999999", "-1572480000000",
                             "9223372036854775807", "99999999999999999999"}) {
    CAPTURE(digits);
    CHECK(key_of(FieldType::instant, digits) == "(timestamp-invalid)");
  }
  CHECK(key_of(FieldType::instant, "7289654400") == "(timestamp-invalid)");
  CHECK(key_of(FieldType::instant, "7289654399") == "2200-12-31T23:59:59.000Z");
}

TEST_CASE("E10 a declared unit goes before the guess") {
  CHECK(key_of(FieldType::instant, "86400000", written_as("epoch_ms")) ==
        "1970-01-02T00:00:00.000Z");
  CHECK(key_of(FieldType::instant, "86400", written_as("epoch_s")) == "1970-01-02T00:00:00.000Z");
  // "Never", in systems that have no null.
  CHECK(key_of(FieldType::instant, "253402300799000", written_as("epoch_ms")) ==
        "9999-12-31T23:59:59.000Z");
  CHECK(read(field_of(FieldType::instant), "1779271200000", written_as("epoch_s"))
            .error()
            .message.find("the unit that `format` names") != std::string::npos);
  CHECK(key_of(FieldType::instant, "253402300800000", written_as("epoch_ms")) ==
        "(timestamp-invalid)");
}

TEST_CASE("E9 a time without an offset is refused unless the system names its zone") {
  CHECK(key_of(FieldType::instant, "2026-06-15T10:00:00.0000000") == "(timestamp-invalid)");
  CHECK(in_zone("Europe/Berlin", "2026-06-15T10:00:00.0000000") == "2026-06-15T08:00:00.000Z");
  CHECK(in_zone("Europe/Berlin", "2026-01-15 10:00:00") == "2026-01-15T09:00:00.000Z");
  CHECK(in_zone("UTC", "2025-02-17 21:22:41") == "2025-02-17T21:22:41.000Z");
  CHECK(in_zone("Europe/Berlin", "2026-06-15T10:00:00Z") == "2026-06-15T10:00:00.000Z");
  CHECK(in_zone("Mars/Olympus", "2026-06-15T10:00:00") == "(timestamp-invalid)");
  CHECK(in_zone("UTC", "2026-06-15") == "(timestamp-invalid)");
}

TEST_CASE("E11 a time that the clocks skip or show twice is read in one documented way") {
  // 29 March 2026: 02:00 +01:00 becomes 03:00 +02:00. 25 October: 03:00 +02:00 becomes 02:00
  // +01:00.
  CHECK(in_zone("Europe/Berlin", "2026-03-29T02:30:00") == "2026-03-29T01:30:00.000Z");
  CHECK(in_zone("Europe/Berlin", "2026-03-29T03:30:00") == "2026-03-29T01:30:00.000Z");
  CHECK(in_zone("Europe/Berlin", "2026-10-25T02:30:00") == "2026-10-25T00:30:00.000Z");
  CHECK(in_zone("Europe/Berlin", "2026-10-25T03:30:00") == "2026-10-25T02:30:00.000Z");
}

TEST_CASE("row 92: times that do not exist are refused, a leap second is not") {
  for (const char* text : {"2026-02-30T10:00:00Z", "10000-01-01T00:00:00Z", "2026-05-20T24:00:01Z",
                           "2026-05-20T10:61:00Z", "yesterday", "2026-05-20T10:00:00+99:00"}) {
    CAPTURE(text);
    CHECK(key_of(FieldType::instant, text) == "(timestamp-invalid)");
  }
  CHECK(key_of(FieldType::instant, "2016-12-31T23:59:60Z") == "2016-12-31T23:59:59.999999Z");
  CHECK(key_of(FieldType::instant, std::string(300, '1')) == "(timestamp-invalid)");
  CHECK(key_of(FieldType::instant, false) == "(type-mismatch)");
}

TEST_CASE("an instant is written as its system wants it, and read back as far as it can hold it") {
  const Field field = field_of(FieldType::instant);
  const Value value = Value::of_text("2026-05-12T10:00:00.123Z");
  CHECK(form_of(field, {}, value) == R"("2026-05-12T10:00:00.123Z")");
  CHECK(form_of(field, written_as("epoch_s"), value) == "1778580000");
  CHECK(form_of(field, written_as("epoch_ms"), value) == "1778580000123");
  CHECK(form_of(field, written_as("epoch_ms_text"), value) == R"("1778580000123")");
  CHECK(form_of(field, written_as("datetime"), value) == R"("2026-05-12 10:00:00")");
  for (const char* format :
       {"rfc3339", "epoch_s", "epoch_ms", "epoch_ms_text", "datetime", "date"}) {
    CAPTURE(format);
    const MapEntry entry = written_as(format);
    const Result<Value> back = read(field, *to_system(field, entry, value, nullptr), entry);
    REQUIRE(back);
    CHECK(same(*back, as_held(field, entry, value)));
  }
}

}  // namespace
}  // namespace truce
