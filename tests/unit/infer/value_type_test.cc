// What a column's values are taken for.
#include "engine/infer/value_type.h"

#include <sstream>

#include "tests/unit/infer/people.h"

namespace truce::infer_test {

namespace {

// The type of a column of this name that holds these values.
ColumnType type_of_values(const Json& values, const std::string& name = "whatever") {
  SystemSample sample;
  for (const Json& value : values) sample.records.push_back(Json{{name, value}});
  Table table = columns_of(sample);
  REQUIRE(table.columns.size() == 1);
  return type_of(table.columns[0], name_of(table.columns[0].path));
}

std::string called(const Json& values, const std::string& name = "whatever") {
  return std::string(to_string(type_of_values(values, name).type));
}

}  // namespace

TEST_CASE("types are told by the values") {
  CHECK(called(json(R"(["a@example.com", "B@Example.com"])")) == "email");
  CHECK(called(json(R"(["+49 30 123456", "(512) 757-6000"])")) == "phone");
  CHECK(called(json(R"(["https://example.com/a", "http://b.example"])")) == "url");
  CHECK(called(json(R"(["example.com", "www.edge.org"])")) == "domain");
  CHECK(called(json("[1, 2, 30]")) == "integer");
  CHECK(called(json(R"(["1.50", "2", "-3.25"])")) == "decimal");
  CHECK(called(json("[true, false]")) == "boolean");
  CHECK(called(json(R"(["Yes", "no", "yes"])")) == "boolean");
  CHECK(called(json(R"(["2026-05-20", "2026-01-02"])")) == "date");
  CHECK(called(json(R"(["2026-05-20T10:00:00.000+0000", "2026-05-21T11:00:00Z"])")) == "instant");
  CHECK(called(json(R"(["<p>Hello</p>", "a<br>b"])")) == "html");
  CHECK(called(json(R"([["a"], ["b", "c"]])")) == "set");
  CHECK(called(json(R"(["one sentence", "another, with a comma"])")) == "text");
}

TEST_CASE("a few values of another kind do not change a type, and many do") {
  Json mostly = list_of(19, [](std::size_t i) { return Json(address(i)); });
  mostly.push_back("none");
  CHECK(called(mostly) == "email");
  for (int i = 0; i < 5; ++i) mostly.push_back("none");
  CHECK(called(mostly) == "text");
}

TEST_CASE("a number is a time only where the name says so") {
  CHECK(called(json("[1798070400000, 1798070500000]"), "createdAt") == "instant");
  CHECK(type_of_values(json("[1798070400000]"), "createdAt").format == "epoch_ms");
  CHECK(type_of_values(json(R"(["1798070400000"])"), "createdAt").format == "epoch_ms_text");
  CHECK(type_of_values(json("[1798070400]"), "updated").format == "epoch_s");
  CHECK(called(json("[1798070400000]"), "amount") == "integer");
}

TEST_CASE("times without an offset are noted") {
  const ColumnType type = type_of_values(json(R"(["2026-05-15 10:11:04"])"));
  CHECK(type.type == FieldType::instant);
  CHECK(type.lacks_offset);
  CHECK(type.format == "datetime");
}

TEST_CASE("times that are all at midnight are dates") {
  CHECK(called(json(R"(["2026-12-24T00:00:00Z", "2026-12-31T00:00:00Z"])")) == "date");
}

TEST_CASE("codes keep their leading zeros: they are text") {
  CHECK(called(json(R"(["01067", "89073"])")) == "text");
  CHECK(called(json(R"(["89073", "10115"])"), "postal_code") == "text");
  CHECK(called(json(R"(["5127576000", "3125961000"])"), "Phone") == "phone");
}

TEST_CASE("separated texts are sets when their elements come again") {
  const ColumnType type = type_of_values(json(R"(["a;b", "b;c", "a", "c;a"])"));
  CHECK(type.type == FieldType::set);
  CHECK(type.split == ";");
  CHECK(type_of_values(json(R"(["vip, new", "new"])"), "tags").split == ",");
  CHECK(called(json(R"(["SVP, Finance", "SVP, Sales", "CFO, Finance", "VP, Sales"])"), "Title") ==
        "text");
}

TEST_CASE("few values that come again are options, unless they may be about a person") {
  const Json values = list_of(20, [](std::size_t i) { return Json(i % 2 == 0 ? "Hot" : "Cold"); });
  CHECK(called(values) == "enum");
  for (const char* name : {"first_name", "LastName", "city", "company", "email", "notes"}) {
    INFO(name);
    CHECK(called(values, name) == "text");
  }
  CHECK(called(json(R"(["Open", "Closed", "Open"])"), "Status") == "enum");
  CHECK(called(json(R"(["Open", "Closed", "Open"])")) == "text");
}

TEST_CASE("a column that may speak of a person is never taken for options") {
  const Json values = list_of(20, [](std::size_t i) { return Json(i % 2 == 0 ? "Hot" : "Cold"); });
  std::istringstream about_people(
      "owner Owners account_owner LeadOwner hubspot_owner accountmanager manager assignee "
      "assigned_to AssignedTo agent sales_rep salesrep salesperson supervisor boss doctor patient "
      "employee teacher advisor spouse created_by createdby contact_person customer user "
      "owner.label Betreuer Kundenbetreuerin kundenbetreuer ansprechpartner Vorgesetzter "
      "sachbearbeiter Mitarbeiterin Verkäufer verkaeufer Ärztin arzt erstellt_von zugewiesen_an "
      "verantwortlicher geschaeftsfuehrer religion Konfession race ethnicity diagnosis diagnose "
      "blood_type marital_status familienstand nationality gesundheitszustand salary_band");
  for (std::string name; about_people >> name;) {
    INFO(name);
    CHECK(called(values, name) == "text");
  }
  std::istringstream about_none(
      "owner_type lead_status LeadSource customer_status user_role contact_reason "
      "number_of_employees order market Branche");
  for (std::string name; about_none >> name;) {
    INFO(name);
    CHECK(called(values, name) == "enum");
  }
}

TEST_CASE("values that look like people's names are never taken for options") {
  const auto of = [](std::vector<const char*> values, const char* name) {
    return called(list_of(20, [&](std::size_t i) { return Json(values[i % values.size()]); }),
                  name);
  };
  CHECK(of({"Ann Lee", "Bob Ray"}, "col_7") == "text");
  CHECK(of({"Okafor, Rose", "Weiß, J."}, "col_7") == "text");
  CHECK(of({"anna", "jürgen"}, "col_7") == "text");
  CHECK(of({"Мария Иванова", "Олег Петров"}, "col_7") == "text");
  CHECK(of({"Web", "Frau Okafor", "Fair"}, "source") == "text");
  CHECK(of({"Web", "Thomas Weiss", "Fair"}, "source") == "text");
  CHECK(of({"Closed Won", "Closed Lost"}, "stage") == "enum");
  CHECK(of({"Herr", "Frau", "Herr Dr."}, "salutation") == "enum");
  CHECK(of({"web form", "trade fair"}, "col_7") == "enum");
}

TEST_CASE("a column without a value has no type") {
  CHECK_FALSE(type_of_values(json(R"([null, "", " ", []])")).is_known);
}

TEST_CASE("values are compared whatever their spelling") {
  const ColumnType any;
  const auto form = [&](FieldType type, const char* text) {
    return compared_form(type, any, Json(text));
  };
  CHECK(form(FieldType::email, "Rose@Edge.com") == form(FieldType::email, "rose@edge.com"));
  CHECK(form(FieldType::phone, "+1 512-757-6000") == form(FieldType::phone, "(512) 757-6000"));
  CHECK(form(FieldType::url, "https://www.edge.com/") == form(FieldType::domain, "edge.com"));
  CHECK(form(FieldType::decimal, "1.50") == form(FieldType::decimal, "1.5"));
  CHECK(form(FieldType::date, "2026-12-24T00:00:00Z") == form(FieldType::date, "2026-12-24"));
  CHECK(form(FieldType::text, "Ulm ") == form(FieldType::text, "ULM"));
  CHECK(form(FieldType::email, "nobody").empty());
}

TEST_CASE("of two types the field gets the one that holds both, and some cannot be one") {
  const auto together = [](FieldType a, FieldType b) {
    ColumnType first;
    ColumnType second;
    first.type = a;
    second.type = b;
    first.is_known = second.is_known = true;
    CHECK(compatibility(first, second) == compatibility(second, first));
    return compatibility(first, second) == 0.0 ? std::string()
                                               : std::string(to_string(joined(first, second).type));
  };
  CHECK(together(FieldType::integer, FieldType::decimal) == "decimal");
  CHECK(together(FieldType::date, FieldType::instant) == "date");
  CHECK(together(FieldType::html, FieldType::text) == "html");
  CHECK(together(FieldType::enumeration, FieldType::text) == "text");
  CHECK(together(FieldType::email, FieldType::boolean).empty());
  CHECK(together(FieldType::instant, FieldType::phone).empty());
}

}  // namespace truce::infer_test
