// The proposed policy as text: it passes truce check, says what it is unsure of, and quotes nobody.
#include "engine/core/policy/source_text.h"
#include "engine/infer/commented_json.h"
#include "engine/infer/proposal_json.h"
#include "tests/unit/infer/people.h"

namespace truce::infer_test {

namespace {

// Values that nobody else would write by chance.
Proposal with_secrets() {
  const Json crm = list_of(12, [](std::size_t i) {
    const std::string number = std::to_string(i);
    return Json{{"id", "recid" + number},
                {"email", "secretmail" + number + "@example.com"},
                {"phone", "+49 30 98765" + std::to_string(10 + i)},
                {"last_name", "Secretname" + number},
                {"notes", "Secretnote " + number},
                {"birthday", "1971-02-" + std::to_string(10 + i)},
                {"status", i % 2 == 0 ? "Gold" : "Silver"},
                {"lonely", "Secretthing " + number},
                {"created", "2026-01-01T10:00:00Z"}};
  });
  return two_systems(crm, crm);
}

Json messages_of(const PolicyReading& reading) {
  Json errors = Json::array();
  for (const Finding& finding : reading.findings) {
    if (finding.severity == Finding::Severity::error) errors.push_back(render_finding(finding));
  }
  return errors;
}

}  // namespace

TEST_CASE("no value of a record stands in the proposal but the options of enums") {
  const Proposal proposal = with_secrets();
  const std::string text = text_of(proposal);
  const std::string as_json = to_wire(to_json(proposal, text));
  for (const std::string& output : {text, as_json}) {
    for (const char* secret : {"secretmail", "98765", "Secretname", "Secretnote", "1971-02",
                               "Secretthing", "recid", "2026-01"}) {
      INFO(secret);
      CHECK(output.find(secret) == std::string::npos);
    }
    CHECK(output.find("Gold") != std::string::npos);
  }
}

TEST_CASE("every field has its evidence and a rule with its reason") {
  const std::string text = text_of(with_secrets());
  CHECK(text.find("// crm and desk: called the same, both email, 12 of 12 linked records agree") !=
        std::string::npos);
  CHECK(text.find("// escalate: a person decides every difference") != std::string::npos);
}

TEST_CASE("rules are careful: the newest wins only where both systems tell the time") {
  const auto person = [](std::size_t i) {
    return Json{{"id", i},
                {"email", address(i)},
                {"amount", 10 * i},
                {"tags", {"a", "b"}},
                {"created_at", "2026-01-01T10:00:00Z"},
                {"updated_at", "2026-05-01T10:00:0" + std::to_string(i % 10) + "Z"}};
  };
  const PolicyPtr policy = policy_of(two_systems(list_of(10, person), list_of(10, person)));
  const Entity& entity = policy->entities.begin()->second;
  CHECK(entity.field(FieldName("email"))->rule == Rule::recency);
  CHECK(entity.field(FieldName("amount"))->rule == Rule::escalate);
  CHECK(entity.field(FieldName("tags"))->rule == Rule::set_union);
  CHECK(entity.field(FieldName("tags"))->removals == Removals::ignore);
  const Field* created = entity.field(FieldName("created"));
  REQUIRE(created != nullptr);
  CHECK(created->rule == Rule::minimum);
  CHECK(created->direction_of(SystemName("crm")) == Direction::in);
}

TEST_CASE("times without an offset get the system a zone to check") {
  const Json crm =
      json(R"([{"id": 1, "email": "a@example.com", "updated_at": "2026-05-15 10:11:04"}])");
  const Json desk =
      json(R"([{"id": 1, "email": "a@example.com", "updated_at": "2026-05-15T10:11:04Z"}])");
  const Proposal proposal = two_systems(crm, desk);
  const PolicyPtr policy = policy_of(proposal);
  CHECK(policy->system(SystemName("crm"))->time_zone == "UTC");
  CHECK(policy->system(SystemName("desk"))->time_zone.empty());
  CHECK(text_of(proposal).find("UNSURE: its times name no offset") != std::string::npos);
}

TEST_CASE("what is in no field is listed with the reason") {
  const Json crm = list_of(4, [](std::size_t i) {
    return Json{{"id", i},         {"email", address(i)}, {"email_copy", address(i)},
                {"colour", "red"}, {"empty", nullptr},    {"account_id", 7 + i}};
  });
  const Json desk = json(R"([{"id": 1, "email": "a@example.com"}])");
  const std::string text = text_of(two_systems(crm, desk));
  CHECK(text.find("//   account_id (integer): looks like an id of another record") !=
        std::string::npos);
  CHECK(text.find("//   colour (text)\n") != std::string::npos);
  CHECK(text.find("//   email_copy (email): repeats email\n") != std::string::npos);
  CHECK(text.find("//   empty: always blank\n") != std::string::npos);
}

TEST_CASE("the JSON form says what the policy says") {
  const Proposal proposal = with_secrets();
  const std::string text = text_of(proposal);
  const Json as_json = to_json(proposal, text);
  CHECK(messages_of(parse_policy(to_wire(as_json["policy"]))).empty());
  CHECK(as_json["pairs"].size() == proposal.fields.size());
  const auto source = policy_file::read_source(text);
  REQUIRE(source);
  CHECK(to_canonical(as_json["policy"]) == to_canonical(policy_file::to_json(*source)));
  CHECK(as_json["keys"][0]["fields"] == Json{"email"});
}

TEST_CASE("fields that would be written into each other are not both proposed") {
  const auto record = [](std::size_t i) {
    Json one = {{"id", i}, {"email", address(i)}, {"address", "Street " + std::to_string(i)}};
    if (i % 2 == 0) one["address"] = {{"city", "City" + std::to_string(i)}};
    return one;
  };
  const Proposal proposal = two_systems(list_of(12, record), list_of(12, record));
  CHECK(messages_of(parse_policy(text_of(proposal))).empty());
  CHECK((field_with(proposal, "address") == nullptr) !=
        (field_with(proposal, "address.city") == nullptr));
}

TEST_CASE("commented JSON puts commas behind values, whatever comments stand between") {
  CommentedJson out;
  out.comment("head\nof two lines");
  out.open_object();
  out.key("a").raw("1");
  out.comment("about b");
  out.key("b").open_line_array();
  out.string("x");
  out.string("y\n");
  out.close_array();
  out.comment("the end");
  out.close_object();
  CHECK(out.take() ==
        "// head?of two lines\n{\n  \"a\": 1,\n  // about b\n  \"b\": [\"x\", \"y\\n\"]\n  // the "
        "end\n}\n");
}

}  // namespace truce::infer_test
