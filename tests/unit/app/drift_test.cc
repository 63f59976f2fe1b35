// Schema drift (E76, E77): which shapes fields had, and since when.
#include "engine/app/drift.h"

#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

Json drift_of(World& world) {
  const auto view = world.store->read();
  Reader reader{*view, *world.policy, world.secrets, world.now};
  return *read_drift(reader, {});
}

}  // namespace

TEST_CASE("E76: a field that becomes a list is told with its time, its count and what to do") {
  Office office({text_field("stage")});
  office.says("crm", "c1", {{"email", "a@example.com"}, {"stage", "lead"}});
  office.says("crm", "c2", {{"email", "b@example.com"}, {"stage", "won"}});
  CHECK(drift_of(office)["changed"].empty());
  office.says("crm", "c1", {{"email", "a@example.com"}, {"stage", {"lead", "won"}}});
  const std::string since = to_rfc3339(office.now);
  office.says("crm", "c2", {{"email", "b@example.com"}, {"stage", {"won"}}});
  const Json drift = drift_of(office);
  REQUIRE(drift["changed"].size() == 1);
  const Json change = drift["changed"][0];
  CHECK(change["system"] == "crm");
  CHECK(change["path"] == "stage");
  CHECK(change["from"] == "text");
  CHECK(change["to"] == "list of text");
  CHECK(change["since"] == since);
  CHECK(change["records"] == 2);
  CHECK(change["mend"].get<std::string>().find("make the field a set") != std::string::npos);
}

TEST_CASE("a field that is sometimes this and sometimes that has not changed") {
  Office office({text_field("stage")});
  for (const Json& stage : {Json("a"), Json(1), Json("b"), Json(2)}) {
    office.says("crm", "c1", {{"email", "a@example.com"}, {"stage", stage}});
  }
  CHECK(drift_of(office)["changed"].empty());
}

TEST_CASE("E77: what the policy does not read and what no event has is listed") {
  Office office({text_field("stage") + ", " + text_field("gone")});
  office.says(
      "crm", "c1",
      {{"id", "c1"}, {"email", "a@example.com"}, {"stage", nullptr}, {"extra", {{"deep", 1}}}});
  const Json drift = drift_of(office);
  REQUIRE(drift["unmapped"].size() == 1);
  CHECK(drift["unmapped"][0]["path"] == "extra.deep");
  REQUIRE(drift["unused"].size() == 1);
  CHECK(drift["unused"][0]["field"] == "gone");
  for (const Json& row : drift["fields"]) {
    if (row["path"] == "stage") CHECK(row["null_share"] == 1.0);
  }
}

TEST_CASE("a field that is only written is not missed") {
  Office office({one_field("score", R"("type": "text", "rule": "recency",
                                     "direction": {"crm": "out"})")});
  office.says("crm", "c1", {{"id", "c1"}, {"email", "a@example.com"}});
  CHECK(drift_of(office)["unused"].empty());
}

TEST_CASE("private values are not looked at") {
  Office office({one_field("code", R"("type": "text", "rule": "recency", "private": true)")});
  office.says("crm", "c1", {{"email", "a@example.com"}, {"code", "secret"}});
  const Json drift = drift_of(office);
  for (const Json& row : drift["fields"]) {
    if (row["path"] != "code") continue;
    CHECK(row["shapes"][0]["shape"] == "private");
    CHECK_FALSE(row.contains("length_max"));
  }
}

}  // namespace truce::test
