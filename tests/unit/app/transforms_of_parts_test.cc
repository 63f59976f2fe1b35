// A jq program reads the whole record; a part of one is not put before it
// (docs/decisions/asking-for-what-a-list-leaves-out.md).
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

// What `[.first, .last] | join(" ")` makes of a record, null counting as nothing.
class FullNames : public Transforms {
 public:
  Result<Json> run(const std::string&, const Json& record) override {
    return Json(text_at(record, "first") + ' ' + text_at(record, "last"));
  }
};

constexpr const char* full_name =
    R"json("name": {"type": "text", "rule": "recency", "direction": {"crm": "in"}, "map": {
      "crm": {"path": "last", "transform": "[.first, .last] | join(\" \")"}, "desk": "name"}})json";

// Crm has first and last name, desk the full one.
class NamesOffice : public Office {
 public:
  NamesOffice() : Office({std::string(full_name) + ", " + text_field("city")}) {
    transforms = &names_;
    says("crm", "c1", whole("Ada", "Lovelace"));
    says("desk", "d1",
         {{"email", "ada@example.com"}, {"name", "Ada Lovelace"}, {"city", "London"}});
  }

  static Json whole(const std::string& first, const std::string& last) {
    return {{"email", "ada@example.com"}, {"first", first}, {"last", last}, {"city", "London"}};
  }
  Json changes(const Json& part) {
    Json names = Json::array();
    for (const auto& [name, value] : part.items()) names.push_back(name);
    return says("crm", "c1", part, {{"partial", true}, {"changed", names}});
  }

 private:
  FullNames names_;
};

const Json crm_record{{"system", "crm"}, {"entity", "contact"}, {"id", "c1"}};

}  // namespace

TEST_CASE("no value is made of a part of a record, and the record is asked for") {
  NamesOffice office;
  const auto part = GENERATE(R"({"last": "King"})", R"({"first": "Augusta"})");
  const Json answer = office.changes(json_of(part));
  CHECK(answer["outcome"] == "unchanged");
  CHECK(answer["errors"].empty());
  CHECK(answer["fetch"] == crm_record);
  CHECK(office.shown("name") == "Ada Lovelace");
  CHECK(office.waiting().empty());
  const Json fetched = office.says("crm", "c1", office.whole("Augusta", "King"));
  CHECK(fetched["outcome"] == "applied");
  CHECK_FALSE(fetched.contains("fetch"));
  CHECK(office.waiting() == Json({{"desk", {{"name", "Augusta King"}}}}));
}

TEST_CASE("what a part says of other fields is taken, with and without a member of the program") {
  NamesOffice office;
  const Json other = office.changes({{"city", "Paris"}});
  CHECK(other["outcome"] == "applied");
  CHECK_FALSE(other.contains("fetch"));
  const Json both = office.changes({{"city", "Rome"}, {"last", "King"}});
  CHECK(both["outcome"] == "applied");
  CHECK(both["fetch"] == crm_record);
  CHECK(office.shown("city") == "Rome");
  CHECK(office.shown("name") == "Ada Lovelace");
}

TEST_CASE("a part that lists no changes is asked about by the members that it has") {
  NamesOffice office;
  const Json partial{{"partial", true}};
  const Json city = office.says("crm", "c1", {{"id", "c1"}, {"city", "Paris"}}, partial);
  CHECK(city["outcome"] == "applied");
  CHECK_FALSE(city.contains("fetch"));
  const Json last = office.says("crm", "c1", {{"id", "c1"}, {"last", "King"}}, partial);
  CHECK(last["fetch"] == crm_record);
}

TEST_CASE("two changes without a time that only the program would read are two events") {
  NamesOffice office;
  for (const char* last : {"King", "Byron"}) {
    const Json answer = office.send({{"system", "crm"},
                                     {"entity", "contact"},
                                     {"id", "c1"},
                                     {"partial", true},
                                     {"record", {{"last", last}}}});
    CHECK(answer["outcome"] == "unchanged");
    CHECK(answer["fetch"] == crm_record);
  }
}

TEST_CASE("a record that is gone is not asked for") {
  NamesOffice office;
  office.happens("delete", "crm", "c1");
  const Json late = office.says("crm", "c1", {{"last", "King"}},
                                {{"partial", true}, {"occurred_at", "2020-01-01T00:00:00Z"}});
  CHECK(late["outcome"] == "stale");
  CHECK_FALSE(late.contains("fetch"));
}

}  // namespace truce::test
