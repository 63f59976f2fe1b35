#include "engine/core/model/time.h"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

namespace truce {
namespace {

// RFC 3339, or the code's name.
std::string read(std::string_view text) {
  const Result<Time> time = parse_time(text);
  return time ? to_rfc3339(*time) : std::string(to_string(time.error().code));
}
std::string read_epoch(std::string_view digits) {
  const Result<Time> time = parse_epoch(digits);
  return time ? to_rfc3339(*time) : std::string(to_string(time.error().code));
}

TEST_CASE("times are read in every form that the systems send") {
  CHECK(read("2026-02-25T16:23:49.023Z") == "2026-02-25T16:23:49.023Z");      // HubSpot
  CHECK(read("2026-05-01T07:25:37.000+0000") == "2026-05-01T07:25:37.000Z");  // Salesforce REST
  CHECK(read("2019-05-02T11:29:00Z") == "2019-05-02T11:29:00.000Z");          // Salesforce CDC
  CHECK(read("2026-05-15T09:55:02Z") == "2026-05-15T09:55:02.000Z");          // Pipedrive v2
  CHECK(read("2025-02-17 21:22:41Z") == "2025-02-17T21:22:41.000Z");
  CHECK(read("2026-05-06T07:46:23.123456789Z") == "2026-05-06T07:46:23.123456Z");  // Zendesk events
  CHECK(read("2014-09-17T22:31:49+0000") == "2014-09-17T22:31:49.000Z");           // Marketo
  CHECK(read("2016-05-17T14:11:45-08:00") == "2016-05-17T22:11:45.000Z");          // Marketo
  CHECK(read("2026-06-15T10:00:00.0000000Z") == "2026-06-15T10:00:00.000Z");       // Graph
  CHECK(read("2026-06-15T12:00:00+02:00") == "2026-06-15T10:00:00.000Z");        // Google Calendar
  CHECK(read("Wed, 10 Jun 2026 10:29:14 +0000") == "2026-06-10T10:29:14.000Z");  // Twilio
}

TEST_CASE("mail dates are read as mail writes them") {
  CHECK(read("10 Jun 2026 10:29:14 +0200") == "2026-06-10T08:29:14.000Z");
  CHECK(read("Mon, 1 Jun 2026 10:29 GMT") == "2026-06-01T10:29:00.000Z");
  CHECK(read("Wed, 10 Jun 2026 10:29:14 +0000 (UTC)") == "2026-06-10T10:29:14.000Z");
  CHECK(read("Wed, 10 Jun 2026 10:29:14 EST") == "2026-06-10T15:29:14.000Z");
  CHECK(read("Thu, 10 Jun 2026 10:29:14 +0000") == "timestamp-invalid");  // it was a Wednesday
  CHECK(read("Wed, 10 Jun 26 10:29:14 +0000") == "timestamp-invalid");
  CHECK(read("Wed, 10 Jun 2026 10:29:14") == "timestamp-invalid");
  CHECK(read("Wed, 10 Jun 2026 10:29:14 +0000 (") == "timestamp-invalid");
}

TEST_CASE("offsets shift to UTC, across days and years") {
  CHECK(read("2026-01-01T00:30:00+01:00") == "2025-12-31T23:30:00.000Z");
  CHECK(read("2025-12-31T23:30:00-0100") == "2026-01-01T00:30:00.000Z");
  CHECK(read("2026-03-01T02:00:00+05:45") == "2026-02-28T20:15:00.000Z");
  CHECK(read("2026-03-01T02:00:00+05") == "2026-02-28T21:00:00.000Z");
  CHECK(read("2026-03-01t02:00:00z") == "2026-03-01T02:00:00.000Z");
  CHECK(read("2026-03-01T02:00:00-00:00") == "2026-03-01T02:00:00.000Z");
}

TEST_CASE("a leap second is the last microsecond of its minute") {
  CHECK(read("2016-12-31T23:59:60Z") == "2016-12-31T23:59:59.999999Z");
  CHECK(read("2016-12-31T15:59:60.5-08:00") == "2016-12-31T23:59:59.999999Z");
  CHECK(read("2016-12-31T23:59:61Z") == "timestamp-invalid");
}

TEST_CASE("dates that do not exist, years out of range and half times are refused") {
  for (const char* text : {"2026-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00+01:00",
                           "9999-12-31T23:59:59-01:00",
                           "10000-01-01T00:00:00Z",
                           "26-01-01T00:00:00Z",
                           "2026-01-01",
                           "2026-01-01T00:00:00",
                           "2026-01-01T00:00Z",
                           "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00ZZ",
                           " 2026-01-01T00:00:00Z",
                           "2026-01-01T00:00:00+24:00",
                           "2026-01-01T00:00:00+01:60",
                           "2026-01-01T00:00:00+1",
                           "2026-01-01T00:00:00+01:",
                           "2026-1-1T00:00:00Z",
                           "",
                           "now",
                           "1572480000000"}) {
    CAPTURE(text);
    CHECK(read(text) == "timestamp-invalid");
  }
  CHECK(read("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000Z");
  CHECK(read("2000-02-29T00:00:00Z") == "2000-02-29T00:00:00.000Z");
  CHECK(read("9999-12-31T23:59:59.999999Z") == "9999-12-31T23:59:59.999999Z");
  CHECK(read("2026-01-01T00:00:00." + std::string(1'000, '1') + "Z") == "timestamp-invalid");
}

TEST_CASE("a time without an offset is read at the system's own") {
  const Duration east = Duration::of_ms(2 * 3'600'000);
  CHECK(parse_time_at_offset("2025-02-17 21:22:41", Duration{}).value() ==
        parse_time("2025-02-17T21:22:41Z").value());
  CHECK(parse_time_at_offset("2026-06-15T10:00:00.0000000", east).value() ==
        parse_time("2026-06-15T08:00:00Z").value());
  // An offset in the text counts more than the system's.
  CHECK(parse_time_at_offset("2026-06-15T10:00:00Z", east).value() ==
        parse_time("2026-06-15T10:00:00Z").value());
  CHECK_FALSE(parse_time_at_offset("2026-06-15", east));
}

TEST_CASE("epoch numbers are told apart by their size") {
  CHECK(read_epoch("0") == "1970-01-01T00:00:00.000Z");
  CHECK(read_epoch("1572480000") == "2019-10-31T00:00:00.000Z");           // Stripe, Zendesk: s
  CHECK(read_epoch("1572480000000") == "2019-10-31T00:00:00.000Z");        // HubSpot: ms
  CHECK(read_epoch("1572480000000123") == "2019-10-31T00:00:00.000123Z");  // Pipedrive v1: µs
  CHECK(read_epoch("99999999999") == "5138-11-16T09:46:39.000Z");
  CHECK(read_epoch("100000000000") == "1973-03-03T09:46:40.000Z");
  CHECK(read_epoch("99999999999999") == "5138-11-16T09:46:39.999Z");
  CHECK(read_epoch("100000000000000") == "1973-03-03T09:46:40.000Z");
  CHECK(read_epoch("1572480000.123456") == "2019-10-31T00:00:00.123456Z");
  CHECK(read_epoch("1572480000000.5") == "2019-10-31T00:00:00.000500Z");
  CHECK(read_epoch("1.57248e9") == "2019-10-31T00:00:00.000Z");
  for (const char* text : {"-1", "-1572480000", "", "x", "1e30", "999999999999999999", "12 "}) {
    CAPTURE(text);
    CHECK(read_epoch(text) == "timestamp-invalid");
  }
}

TEST_CASE("durations have a unit") {
  CHECK(parse_duration("3d").value() == Duration::of_ms(3 * 86'400'000LL));
  CHECK(parse_duration("12h").value() == Duration::of_ms(12 * 3'600'000));
  CHECK(parse_duration("15m").value() == Duration::of_ms(15 * 60'000));
  CHECK(parse_duration("90s").value() == Duration::of_ms(90'000));
  CHECK(parse_duration("500ms").value() == Duration::of_ms(500));
  CHECK(parse_duration("0s").value() == Duration{});
  CHECK(parse_duration("36500d"));
  for (const char* text : {"", "d", "5", "-3d", "+3d", "3 d", "1.5h", "3w", "3D", "3dd", "36501d",
                           "99999999999999999999s"}) {
    CAPTURE(text);
    const auto duration = parse_duration(text);
    REQUIRE_FALSE(duration);
    CHECK(duration.error().code == Code::policy_value);
  }
}

TEST_CASE("every time that is written is read back exactly") {
  rc::prop("to_rfc3339 and parse_time", [] {
    const Time time{*rc::gen::inRange<std::int64_t>(0, 253'402'300'800'000'000)};
    RC_ASSERT(parse_time(to_rfc3339(time)).value() == time);
  });
}

TEST_CASE("times before every real time can be written") {
  CHECK(to_rfc3339(Time{-1}) == "1969-12-31T23:59:59.999999Z");
  CHECK(to_rfc3339(Time::beginning()).starts_with("-7"));
  CHECK(to_rfc3339(Time::end()).starts_with("75"));
}

}  // namespace
}  // namespace truce
