// Another policy on records that are known already, put in force without a migration.
#include "engine/app/pauses.h"
#include "engine/app/policy_admin.h"
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

class KeyedOffice : public Office {
 public:
  KeyedOffice() : Office(keyed_by(R"([["email"]])")) { adopt(R"([["email"]])"); }

  // Puts it in force, as a request or the file at the start does; what the sweep does then is to
  // come.
  void adopt(const std::string& match) {
    const std::string text = policy_text(keyed_by(match));
    const PolicyPtr next = policy_of(text);
    run([&](Context& context) { return adopt_policy(context, *next, text).value(); });
    policy = next;
  }
  void adopt_all(const std::string& match) {
    adopt(match);
    sweep_all();
  }
  Json comes(const std::string& system, const std::string& id, const std::string& email,
             const std::string& phone) {
    return says(system, id, {{"email", email}, {"phone", phone}});
  }
  std::string golden_of(const std::string& system, const std::string& id) {
    return source_of(system, id).golden.text;
  }
  std::size_t duplicates() {
    const auto items = open_items();
    return static_cast<std::size_t>(std::count_if(
        items.begin(), items.end(),
        [](const ExceptionItem& item) { return item.category == Category::duplicate; }));
  }

 private:
  static Terms keyed_by(const std::string& match) {
    Terms terms{text_field("phone")};
    terms.match = match;
    return terms;
  }
};

const std::string by_phone = R"([["phone"], ["email"]])";

Json adopted(Office& office, const std::string& field) {
  const std::string text = Office::policy_text({field});
  const PolicyPtr next = policy_of(text);
  return office.run([&](Context& context) { return adopt_policy(context, *next, text).value(); });
}

void put_in_force(Office& office, const std::string& field) {
  adopted(office, field);
  office.policy = policy_of(Office::policy_text({field}));
}

}  // namespace

TEST_CASE("a known record is found by the match keys of the next policy") {
  KeyedOffice office;
  office.comes("crm", "c1", "ada@example.com", "1");
  office.adopt_all(by_phone);
  CHECK(office.comes("desk", "d1", "other@example.com", "1")["outcome"] == "applied");
  CHECK(office.golden_of("desk", "d1") == office.golden_of("crm", "c1"));
  CHECK(office.duplicates() == 0);
}

TEST_CASE("known records that share a key of the next policy are asked about") {
  KeyedOffice office;
  office.comes("crm", "c1", "ada@example.com", "1");
  office.comes("desk", "d1", "other@example.com", "1");
  office.comes("desk", "d2", "third@example.com", "2");
  REQUIRE(office.open_items().empty());
  office.adopt_all(by_phone);
  const ExceptionItem item = office.the_item(Category::duplicate);
  std::vector<std::string> both{office.golden_of("crm", "c1"), office.golden_of("desk", "d1")};
  std::sort(both.begin(), both.end());
  CHECK(item.detail["golden_ids"] == Json(both));
}

TEST_CASE("records that an earlier key of the next policy tells apart are not asked about") {
  KeyedOffice office;
  office.comes("crm", "c1", "ada@example.com", "1");
  office.comes("desk", "d1", "other@example.com", "1");
  office.adopt_all(R"([["email"], ["phone"]])");
  CHECK(office.open_items().empty());
}

TEST_CASE("a phone that a record had only earlier is a question under the next policy too") {
  KeyedOffice office;
  office.comes("crm", "c1", "ada@example.com", "1");
  office.comes("crm", "c1", "ada@example.com", "2");
  office.adopt_all(by_phone);
  CHECK(office.comes("desk", "d1", "other@example.com", "1")["outcome"] == "conflict");
  CHECK(office.comes("desk", "d2", "third@example.com", "2")["outcome"] == "applied");
  CHECK(office.golden_of("desk", "d2") == office.golden_of("crm", "c1"));
}

TEST_CASE("a record that nobody could link is known by the next policy's keys too") {
  KeyedOffice office;
  office.comes("crm", "c1", "ada@example.com", "1");
  REQUIRE(office.comes("crm", "c2", "ada@example.com", "2")["outcome"] == "conflict");
  office.adopt_all(by_phone);
  CHECK(office.comes("desk", "d2", "other@example.com", "2")["outcome"] == "conflict");
}

TEST_CASE("a change of a record that nobody has shown makes it known by no key") {
  KeyedOffice office;
  office.says("crm", "c1", {{"phone", "1"}}, {{"partial", true}});
  office.adopt_all(by_phone);
  CHECK(office.comes("desk", "d1", "ada@example.com", "1")["outcome"] == "applied");
  CHECK(office.comes("crm", "c1", "other@example.com", "1")["outcome"] == "applied");
  CHECK(office.golden_of("desk", "d1") == office.golden_of("crm", "c1"));
}

TEST_CASE("keys are made anew piece by piece, whatever comes between and whatever policy follows") {
  KeyedOffice office;
  constexpr int pairs = 40;
  for (int i = 0; i < pairs; ++i) {
    const std::string n = std::to_string(i);
    office.comes("crm", "c" + n, "a" + n + "@example.com", n);
    office.comes("desk", "d" + n, "b" + n + "@example.com", n);
  }
  office.adopt(by_phone);
  office.run([](Context& context) { return sweep(context); });
  CHECK(office.duplicates() < pairs);
  office.comes("crm", "late", "late@example.com", "39");
  CHECK(office.golden_of("crm", "late") != "");
  SECTION("to the end") {
    office.sweep_all();
    CHECK(office.duplicates() == pairs + 2);
  }
  SECTION("with another policy that has other keys before the end") {
    office.adopt(R"([["email"]])");
    office.run([](Context& context) { return sweep(context); });
    office.adopt_all(by_phone);
    CHECK(office.duplicates() == pairs + 2);
  }
}

TEST_CASE("a policy that changes the schema of stored records is adopted with a warning") {
  Office office({text_field("name")});
  const auto one = [&](const std::string& next) {
    adopted(office, text_field("name"));
    const Json findings = adopted(office, next)["findings"];
    REQUIRE(findings.size() == 1);
    CHECK(findings[0]["severity"] == "warning");
    CHECK(findings[0]["mend"].get<std::string>().find("truce migrate") != std::string::npos);
    return findings[0]["pointer"].get<std::string>();
  };
  adopted(office, text_field("name"));
  SECTION("where records are stored") {
    office.both_know({{"name", "Ada"}});
    CHECK(one(R"("title": {"type": "text", "rule": "recency", "map": {"crm": "name",
                "desk": "name"}})") == "/entities/contact/fields/title");
    CHECK(one(one_field("name", R"("type": "integer", "rule": "recency")")) ==
          "/entities/contact/fields/name");
    CHECK(one("") == "/entities/contact/fields");
  }
  SECTION("not where none are") { CHECK(adopted(office, "")["findings"].empty()); }
}

TEST_CASE("another rule, another place or a field more is adopted without a warning") {
  Office office({text_field("name")});
  adopted(office, text_field("name"));
  office.both_know({{"name", "Ada"}});
  CHECK(adopted(office, text_field("name", "escalate"))["findings"].empty());
  const std::string elsewhere = R"("name": {"type": "text", "rule": "recency",
      "map": {"crm": "name", "desk": "full_name"}})";
  CHECK(adopted(office, elsewhere)["findings"].empty());
  CHECK(adopted(office, elsewhere + ", " + text_field("title"))["findings"].empty());
}

TEST_CASE("what was written to a field's former place is no word about its next one") {
  const std::string before = text_field("name");
  const std::string next = R"("name": {"type": "text", "rule": "recency",
      "map": {"crm": "name", "desk": "full_name"}})";
  Office office({before});
  put_in_force(office, before);
  office.both_know({{"name", "Ada"}});
  office.says("desk", "d1", {{"full_name", "Ada"}});  // renamed there
  office.says("crm", "c1", {{"name", "Grace"}});
  CHECK(office.deliver_all().size() == 1);
  SECTION("never seen there, it is written once more") {
    put_in_force(office, next);
    if (GENERATE(false, true)) office.says("desk", "d1", {{"full_name", "Ada"}});
    office.sweep_all();
    CHECK(office.shown("name") == "Grace");
    CHECK(office.waiting() == Json({{"desk", {{"full_name", "Grace"}}}}));
    office.deliver_all();
    CHECK(office.says("desk", "d1", {{"full_name", "Grace"}})["outcome"] == "echo");
    CHECK(office.waiting().empty());
    office.says("desk", "d1", {{"full_name", "Ada"}});
    CHECK(office.shown("name") == "Ada");
  }
  SECTION("of many records each") {
    constexpr int records = 60;
    office.many_know_and_change(records);
    office.deliver_all();
    put_in_force(office, next);
    office.sweep_all();
    CHECK(office.deliver_all().size() == records);
  }
  SECTION("seen there, it stays") {
    office.says("desk", "d1", {{"name", "Grace"}});
    put_in_force(office, next);
    office.sweep_all();
    CHECK(office.waiting().empty());
    CHECK(office.says("desk", "d1", {{"full_name", "Grace"}})["outcome"] == "echo");
  }
}

TEST_CASE("E77 what was written to a field after it was renamed there is written to its new name") {
  const std::string before = text_field("name");
  const std::string next = R"("name": {"type": "text", "rule": "recency",
      "map": {"crm": "name", "desk": "full_name"}})";
  Office office({before});
  put_in_force(office, before);
  constexpr int records = static_cast<int>(records_of_a_rule);
  const auto all_say = [&](const std::string& system, const std::string& member) {
    for (int i = 0; i < records; ++i) {
      const std::string n = std::to_string(i);
      office.says(system, system + n, {{"email", "p" + n + "@example.com"}, {member, "old"}});
    }
  };
  all_say("crm", "name");
  all_say("desk", "name");
  all_say("desk", "full_name");
  office.says("crm", "crm3", {{"name", "EDIT"}});
  CHECK(office.deliver_all().size() == 1);
  office.advance(missing_min.ms());
  all_say("desk", "full_name");
  CHECK(text_at(office.the_item(Category::drift).detail, "change") == "missing");
  put_in_force(office, next);
  office.sweep_all();
  CHECK(office.items_of(Category::drift).empty());
  CHECK(office.record(office.source_of("crm", "crm3").golden.text)["record"]["name"] == "EDIT");
  CHECK(office.waiting() == Json({{"desk", {{"full_name", "EDIT"}}}}));
}

}  // namespace truce::test
