// Which places of a record become columns, and how they are spelled.
#include "engine/core/normalize/normalize.h"
#include "tests/unit/infer/people.h"

namespace truce::infer_test {

namespace {

std::vector<std::string> paths_in(const Json& record) {
  SystemSample sample;
  sample.records = {record};
  std::vector<std::string> paths;
  for (const Column& column : columns_of(sample).columns) paths.push_back(column.path.spelling);
  return paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("members at any depth are columns") {
  CHECK(paths_in(
            json(R"({"id": 1, "properties": {"email": "a@b.cd", "address": {"city": "Ulm"}}})")) ==
        Paths{"id", "properties.address.city", "properties.email"});
}

TEST_CASE("of a list of objects the primary one is the column") {
  CHECK(paths_in(json(R"({"emails": [{"value": "a@b.cd", "primary": false},
                                     {"value": "c@d.ef", "primary": true}]})")) ==
        Paths{"emails[primary=true].primary", "emails[primary=true].value"});
}

TEST_CASE("of a list of fields each is a column by what tells it apart") {
  CHECK(paths_in(json(
            R"({"custom_fields": [{"id": 461, "value": "x"}, {"id": 462, "value": null}]})")) ==
        Paths{"custom_fields[id=461].value", "custom_fields[id=462].value"});
}

TEST_CASE("of any other list of objects the first is looked at") {
  CHECK(paths_in(json(R"({"lines": [{"sum": 1, "of": "a", "to": "b", "at": "c"}]})")) ==
        Paths{"lines[0].at", "lines[0].of", "lines[0].sum", "lines[0].to"});
}

TEST_CASE("a list of names and a list of scalars are sets") {
  SystemSample sample;
  sample.records = {json(R"({"tags": [{"name": "vip"}, {"name": "new"}], "roles": ["a", "b"]})")};
  const Table table = columns_of(sample);
  REQUIRE(table.columns.size() == 2);
  CHECK(table.columns[0].path.spelling == "roles");
  CHECK_FALSE(table.columns[0].element);
  CHECK(table.columns[1].path.spelling == "tags");
  CHECK(table.columns[1].element == "name");
}

TEST_CASE("a name with dots or brackets is spelled as a pointer") {
  CHECK(paths_in(json(R"({"ticket.id": 1, "a": {"b[0]": {"c": 2}}, "~/": 3})")) ==
        Paths{"/a/b[0]/c", "/ticket.id", "/~0~1"});
}

TEST_CASE("whatever a record holds, every column's path leads to its values") {
  SystemSample sample;
  sample.records = {
      json(R"({"a.b": [{"primary": true, "value": 1}], "": {"x": 1}, " y ": 2, "0": {"1": 3},
      "list": [[1, 2], [3]], "c]": {"d": [{"id": "]", "value": 1}]}, "e": [{"id": "=", "value": 2}],
      "f": [{"type": "a b", "value": 3}, {"type": "c", "value": [{"primary": true, "value": 4}]}]})")};
  const Table table = columns_of(sample);
  CHECK(table.columns.size() >= 6);
  CHECK(table.unnamed > 0);
  for (const Column& column : table.columns) {
    INFO(column.path.spelling);
    for (const Cell& cell : column.cells)
      CHECK(read_path(sample.records[0], column.path) == cell.node);
  }
}

TEST_CASE("what is null in one record and an object in another is its members") {
  SystemSample sample;
  sample.records = {json(R"({"owner": null})"), json(R"({"owner": {"email": "a@b.cd"}})")};
  const Table table = columns_of(sample);
  REQUIRE(table.columns.size() == 1);
  CHECK(table.columns[0].path.spelling == "owner.email");
}

TEST_CASE("no more than two thousand columns are looked at, and the rest is counted") {
  Json record = Json::object();
  for (int i = 0; i < 5'000; ++i) record["f" + std::to_string(i)] = i;
  SystemSample sample;
  sample.records = {record};
  const Table table = columns_of(sample);
  CHECK(table.columns.size() == 2'000);
  CHECK(table.columns_left_out == 3'000);
}

TEST_CASE("members deeper than sixteen levels are not looked at") {
  Json record = 1;
  for (int i = 0; i < 17; ++i) record = Json{{"a", record}};
  CHECK(paths_in(record).empty());
  CHECK(paths_in(record["a"]).size() == 1);
}

}  // namespace truce::infer_test
