// What changes between two schemas.
#include "engine/core/migrate/schema_change.h"

#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

SchemaChange change_between(const std::string& before, const std::string& after) {
  const std::string first = Office::policy_text({before}), next = Office::policy_text({after});
  return schema_change(*policy_of(first), *policy_of(next), former_names(first, next));
}

// "renamed name>title", with the systems that are read again: "revalued stage>stage in crm desk"
std::vector<std::string> told(const SchemaChange& change) {
  std::vector<std::string> lines;
  for (const SchemaStep& step : change.steps) {
    std::string line(to_string(step.kind));
    for (const FieldName& name : step.from) line += ' ' + name.text;
    line += " >";
    for (const FieldName& name : step.to) line += ' ' + name.text;
    if (!step.read_again.empty()) line += " in";
    for (const SystemName& system : step.read_again) line += ' ' + system.text;
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

std::string at(const std::string& name, const std::string& place, const std::string& more = {}) {
  return '"' + name + R"(": {"type": "text", "rule": "recency", )" + more +
         R"("map": {"crm": ")" + place + R"(", "desk": ")" + place + R"("}})";
}

}  // namespace

TEST_CASE("fields of one place are one field, whatever they are called") {
  CHECK(told(change_between(at("name", "n"), at("title", "n"))) == Lines{"renamed name > title"});
  CHECK(told(change_between(at("name", "n"), at("name", "n"))).empty());
  CHECK(told(change_between(at("name", "n"), at("title", "t"))) ==
        Lines{"added > title in crm desk", "removed name >"});
}

TEST_CASE("a former name tells where no place does, and is passed over once it is used up") {
  CHECK(told(change_between(at("name", "n"), at("title", "t", R"("was": "name", )"))) ==
        Lines{"reread name > title in crm desk"});
  CHECK(told(change_between(at("title", "t"), at("title", "t", R"("was": "name", )"))).empty());
  // Meant for the migration before; `name` has come back since as a field of its own.
  const std::string used_up = at("title", "t", R"("was": "name", )");
  CHECK(told(change_between(used_up + ", " + at("name", "n"), used_up + ", " + at("name", "n")))
            .empty());
  const SchemaChange lost = change_between(at("name", "n"), at("title", "t", R"("was": "nom", )"));
  REQUIRE(lost.problems.size() == 1);
  CHECK(lost.problems.front().pointer == "/entities/contact/fields/title/was");
}

TEST_CASE("two fields that change names are taken for what they are") {
  const SchemaChange change =
      change_between(at("a", "x") + ", " + at("b", "y"),
                     at("a", "y", R"("was": "b", )") + ", " + at("b", "x", R"("was": "a", )"));
  CHECK(told(change) == Lines{"renamed b > a", "renamed a > b"});
  CHECK(change.entities.at(EntityName("contact")).before ==
        std::set<FieldName>{FieldName("a"), FieldName("b")});
}

TEST_CASE("a type, options and places are told apart, each for the systems that it concerns") {
  const auto retyped = change_between(one_field("size", R"("type": "text", "rule": "recency")"),
                                      one_field("size", R"("type": "integer", "rule": "recency")"));
  CHECK(told(retyped) == Lines{"retyped size > size in crm desk"});
  const auto stage = [](const std::string& lead) {
    return R"("stage": {"type": "enum", "rule": "recency", "options": ["a", "b", "c"], "map": {
        "crm": {"path": "stage", "values": {"L": ")" + lead +
           R"("}}, "desk": {"path": "stage", "values": {"1": "a"}}}})";
  };
  CHECK(told(change_between(stage("a"), stage("b"))) == Lines{"revalued stage > stage in crm"});
  const std::string in_crm =
      R"("name": {"type": "text", "rule": "recency", "map": {"crm": "name"}})";
  CHECK(told(change_between(in_crm, text_field("name"))) == Lines{"reread name > name in desk"});
}

TEST_CASE("a rule, a direction and what is only written change nothing that is stored") {
  CHECK(told(change_between(text_field("name"), text_field("name", "escalate"))).empty());
  CHECK(told(change_between(text_field("name"),
                            one_field("name", R"("type": "text", "rule": "recency",
                                                 "direction": {"desk": "in"})")))
            .empty());
}

TEST_CASE("splits, merges and removals") {
  const std::string one =
      R"("place": {"type": "text", "rule": "recency", "map": {"crm": "city", "desk": "town"}})";
  const std::string two = R"("city": {"type": "text", "rule": "recency", "map": {"crm": "city"}},
      "town": {"type": "text", "rule": "recency", "map": {"desk": "town"}})";
  CHECK(told(change_between(one, two)) == Lines{"split place > city town"});
  CHECK(told(change_between(two, one)) == Lines{"merged city town > place in crm desk"});
  CHECK(told(change_between(one, "")) == Lines{"removed place >"});
}

TEST_CASE("the way back leads from every field to what it was") {
  const SchemaChange change =
      change_between(at("name", "n") + ", " + text_field("old"),
                     at("title", "n") + ", " + text_field("fresh"));
  const EntityChange back = inverse(change.entities.at(EntityName("contact")));
  CHECK(back.before == std::set<FieldName>{FieldName("title"), FieldName("fresh")});
  REQUIRE(back.fields.size() == 2);
  CHECK(back.fields.at(FieldName("name")).moves_everywhere());
  CHECK(back.fields.at(FieldName("old")).from.empty());
}

TEST_CASE("match keys are made anew only where they say something else") {
  const auto keys_change = [](const std::string& match, const std::string& field) {
    Terms before{text_field("code")}, after{field};
    before.match = R"([["code"]])";
    after.match = match;
    const std::string first = Office::policy_text(before), next = Office::policy_text(after);
    const auto change =
        schema_change(*policy_of(first), *policy_of(next), former_names(first, next));
    const auto own = change.entities.find(EntityName("contact"));
    return own != change.entities.end() && own->second.keys_change;
  };
  CHECK_FALSE(keys_change(R"([["number"]])", at("number", "code")));
  CHECK(keys_change(R"([["number"]])",
                    R"("number": {"type": "integer", "rule": "recency",
                                  "map": {"crm": "code", "desk": "code"}})"));
  CHECK(keys_change(R"([["email"]])", text_field("code")));
}

}  // namespace truce::test
