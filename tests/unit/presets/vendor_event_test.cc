#include "engine/presets/vendor_event.h"

#include "engine/presets/field_changes.h"
#include "tests/unit/presets/expand.h"

namespace truce::vendor {

using presets_test::check_equal;
using presets_test::json;

TEST_CASE("every form of time that these systems use is one RFC 3339 time") {
  for (const auto* form : {"1760000000", "1760000000000", "\"1760000000000\"", "1760000000000000",
                           "\"2025-10-09T08:53:20Z\"", "\"2025-10-09T08:53:20.000+0000\"",
                           "\"2025-10-09 08:53:20\"", "\"2025-10-09T10:53:20+02:00\""}) {
    INFO(form);
    const Json node = json(form);
    CHECK(vendor_time(&node) == "2025-10-09T08:53:20.000Z");
  }
}

TEST_CASE("a time that cannot be read is left for the engine to reject") {
  const Json node = "yesterday";
  CHECK(vendor_time(&node) == "yesterday");
  const Json null = nullptr;
  CHECK(vendor_time(&null).is_null());
  CHECK(vendor_time(nullptr).is_null());
}

TEST_CASE("changes are named by their path, and an array is one leaf") {
  const auto changes = changes_between(
      json(R"({"a":1,"b":{"c":1,"d":2},"e":[1],"gone":7,"same":1.0})"),
      json(R"({"a":2,"b":{"c":1,"d":3},"e":[1,2],"new":8,"same":1})"), Before::whole);
  check_equal(Json(changes.changed), R"(["a","b.d","e","gone","new"])");
  check_equal(changes.previous, R"({"a":1,"b.d":2,"e":[1],"gone":7,"new":null})");
}

TEST_CASE("what a partial picture from before leaves out did not change") {
  const auto changes =
      changes_between(json(R"({"a":1,"b":{"d":2}})"), json(R"({"a":2,"b":{"c":1,"d":3},"new":8})"),
                      Before::partial);
  check_equal(Json(changes.changed), R"(["a","b.d"])");
}

TEST_CASE("an object that appears or vanishes changes with every leaf") {
  check_equal(Json(changes_between(json(R"({"v":null})"), json(R"({"v":{"x":1,"y":null}})"),
                                   Before::partial)
                       .changed),
              R"(["v.x"])");
  check_equal(
      changes_between(json(R"({"v":{"x":1}})"), json(R"({"v":null})"), Before::whole).previous,
      R"({"v.x":1})");
}

}  // namespace truce::vendor
