#include "engine/core/normalize/date.h"

#include <catch2/catch.hpp>

#include "tests/unit/normalize/canonical_of.h"

namespace truce {
namespace {

MapEntry written_as(const char* format) {
  MapEntry entry;
  entry.format = format;
  return entry;
}

TEST_CASE("E8 the date part of a date and time is taken as it is written, in any offset") {
  for (const char* text : {"2026-05-20", "2026-05-20T23:59:59-11:00", "2026-05-20T00:00:00+1400",
                           "2026-05-20T00:00:00.000Z", "2026-05-20 10:00:00", "2026-05-20T10:00",
                           "2026-05-20T10:00:00.0000000", " 2026-05-20 "}) {
    CAPTURE(text);
    CHECK(key_of(FieldType::date, text) == "2026-05-20");
  }
}

TEST_CASE("E8 HubSpot's midnight in milliseconds is a date, as a number or a string") {
  CHECK(key_of(FieldType::date, "1572480000000") == "2019-10-31");
  CHECK(key_of(FieldType::date, json_of("1572480000000")) == "2019-10-31");
  CHECK(key_of(FieldType::date, "-631152000000") == "1950-01-01");
  CHECK(key_of(FieldType::date, "1572480000001") == "(timestamp-invalid)");
  CHECK(key_of(FieldType::date, "1572480000") == "(timestamp-invalid)");
  CHECK(key_of(FieldType::date, "1572480000", written_as("epoch_s")) == "2019-10-31");
  CHECK(key_of(FieldType::date, "99999999999999999999") == "(timestamp-invalid)");
  CHECK(key_of(FieldType::date, "8640000000000000") == "(timestamp-invalid)");
}

TEST_CASE("row 92: dates that do not exist or are written otherwise are refused") {
  for (const char* text : {"2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "0000-01-01",
                           "20260520", "20/05/2026", "05/20/2026", "2026-5-20", "2026-05-20T25:00",
                           "10000-01-01", "2026-05-20x", "tomorrow"}) {
    CAPTURE(text);
    CHECK(key_of(FieldType::date, text) == "(timestamp-invalid)");
  }
  CHECK(key_of(FieldType::date, true) == "(type-mismatch)");
  CHECK(key_of(FieldType::date, "2024-02-29") == "2024-02-29");
  CHECK(key_of(FieldType::date, "1899-12-31") == "1899-12-31");
}

TEST_CASE("a date is written as its system wants it, and read back the same") {
  const Field field = field_of(FieldType::date);
  const Value value = Value::of_text("2019-10-31");
  CHECK(form_of(field, {}, value) == R"("2019-10-31")");
  CHECK(form_of(field, written_as("date"), value) == R"("2019-10-31")");
  CHECK(form_of(field, written_as("epoch_ms"), value) == "1572480000000");
  CHECK(form_of(field, written_as("epoch_ms_text"), value) == R"("1572480000000")");
  CHECK(form_of(field, written_as("epoch_s"), value) == "1572480000");
  CHECK(form_of(field, written_as("rfc3339"), value) == R"("2019-10-31T00:00:00.000Z")");
  CHECK(form_of(field, written_as("datetime"), value) == R"("2019-10-31 00:00:00")");
  for (const char* format :
       {"date", "epoch_ms", "epoch_ms_text", "epoch_s", "rfc3339", "datetime"}) {
    for (const char* day : {"2019-10-31", "1970-01-01", "1969-12-31", "1850-03-01", "2200-12-31",
                            "0001-01-01", "1492-10-12", "9999-12-31"}) {
      CAPTURE(format, day);
      const MapEntry entry = written_as(format);
      const Value date = Value::of_text(day);
      CHECK(key_of(read(field, *to_system(field, entry, date, nullptr), entry)) == day);
    }
  }
}

TEST_CASE("every day of the calendar survives the count of days") {
  for (std::int64_t days = -719'162; days < 2'932'896; days += 97) {
    REQUIRE(days_of_date(date_of_days(days)) == days);
  }
}

}  // namespace
}  // namespace truce
