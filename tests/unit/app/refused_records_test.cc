// Items about values that were refused of records which nobody knew yet.
#include <catch2/catch.hpp>

#include "tests/unit/app/office.h"

using namespace truce;
using namespace truce::test;

namespace {

const std::string needed = R"("type": "integer", "rule": "recency", "required": true)";

struct Refused : Office {
  Refused() : Office({one_field("size", needed) + ", " + text_field("name"), into_both}) {}

  Json shows(const Json& size, const std::string& name = "Ada", const Json& more = Json::object()) {
    return says("crm", "c1", {{"email", "ada@example.com"}, {"size", size}, {"name", name}}, more);
  }
  ExceptionItem closed_item() {
    const auto all = store->read()->list_exceptions({});
    REQUIRE(all.size() == 1);
    REQUIRE(all.front().state == ExceptionState::resolved);
    return all.front();
  }
};

}  // namespace

TEST_CASE("a refused new record is one question for each field, and says that it was needed") {
  Refused office;
  const Json answer = office.shows("big");
  CHECK(answer["outcome"] == "rejected");
  CHECK(answer["errors"].size() == 1);
  CHECK(answer["errors"][0]["code"] == "format");
  office.shows("huge", "Ada Lovelace");
  CHECK(office.open_items().size() == 1);
  CHECK(office.golden_count() == 0);
}

TEST_CASE("the good record closes the item of the one that was refused before anybody knew it") {
  Refused office;
  const bool was_blank = GENERATE(false, true);
  office.shows(was_blank ? Json() : Json("big"));
  REQUIRE(office.open_items().size() == 1);
  CHECK(office.shows(5)["outcome"] == "applied");
  CHECK(office.closed_item().resolution == "a later value was taken");
}

TEST_CASE("a refusal that is younger than the good record goes on with it") {
  Refused office;
  const std::string before = to_rfc3339(office.now);
  office.advance(1000);
  office.shows("big");
  CHECK(office.shows(4, "Ada", {{"occurred_at", before}})["outcome"] == "applied");
  REQUIRE(office.open_items().size() == 1);
  CHECK(office.open_items()[0].golden.text == office.golden);
  CHECK(office.record(office.golden)["conflicts"].size() == 1);
  office.shows(5);
  CHECK(office.open_items().empty());
}

TEST_CASE("another record's refusal stays, whatever the ids look like") {
  Refused office;
  office.says("crm", "c1/x", {{"email", "eve@example.com"}, {"size", "big"}});
  office.shows(5);
  CHECK(office.open_items().size() == 1);
}
