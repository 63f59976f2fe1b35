// What the options of an enum mean in each system, and what gets lost between systems.
#include "tests/unit/infer/people.h"

namespace truce::infer_test {

namespace {

using Value = std::function<Json(std::size_t)>;

// Thirty people in both systems with one more member each.
Proposal with_member(const char* crm_name, const Value& crm, const char* desk_name,
                     const Value& desk) {
  const auto person = [](const char* name, const Value& value) {
    return list_of(30, [&](std::size_t i) {
      return Json{{"id", i}, {"email", address(i)}, {name, value(i)}};
    });
  };
  return two_systems(person(crm_name, crm), person(desk_name, desk));
}

Value one_of(std::vector<const char*> options) {
  return [options](std::size_t i) { return Json(options[i % options.size()]); };
}

const OptionPairing& option(const Proposal& proposal, std::string_view path, std::size_t system,
                            const std::string& value) {
  const FieldProposal* field = field_with(proposal, path);
  REQUIRE(field != nullptr);
  for (const OptionPairing& pairing : field->sides.at(system).options) {
    if (pairing.system_value == value) return pairing;
  }
  FAIL("no option " << value);
  throw 0;
}

const Lossiness& loss_of(const Proposal& proposal, std::string_view path, std::size_t system) {
  const FieldProposal* field = field_with(proposal, path);
  REQUIRE(field != nullptr);
  return field->sides.at(system).loss;
}

}  // namespace

TEST_CASE("options that linked records hold together are one value, however they are called") {
  const Proposal proposal = with_member("lifecyclestage", one_of({"mql", "sql", "customer"}),
                                        "Stage__c", one_of({"Warm", "Hot", "Won"}));
  CHECK(paths_with(proposal, "lifecyclestage") == "lifecyclestage|Stage__c");
  CHECK(option(proposal, "lifecyclestage", 1, "Warm").canonical == "mql");
  CHECK(option(proposal, "lifecyclestage", 1, "Hot").canonical == "sql");
  CHECK(option(proposal, "lifecyclestage", 1, "Won").canonical == "customer");
  CHECK(option(proposal, "lifecyclestage", 1, "Won").is_sure);
}

TEST_CASE("options that are spelled alike are one value") {
  const Proposal proposal = with_member("status", one_of({"in_progress", "done"}), "Status",
                                        one_of({"Done", "In Progress"}));
  CHECK(option(proposal, "status", 1, "In Progress").canonical == "in_progress");
  CHECK(option(proposal, "status", 1, "Done").canonical == "done");
}

TEST_CASE("an option without a counterpart is kept and marked") {
  const Proposal proposal = with_member(
      "status", one_of({"open", "done"}), "Status",
      [](std::size_t i) { return Json(i == 7 ? "Lost" : (i % 2 == 0 ? "Open" : "Done")); });
  CHECK_FALSE(option(proposal, "status", 1, "Lost").is_sure);
  CHECK(text_of(proposal).find("UNSURE: no counterpart in the samples\n") != std::string::npos);
  CHECK(policy_of(proposal)->entities.begin()->second.field(FieldName("status")) != nullptr);
}

TEST_CASE("options that stood together once are marked") {
  const Proposal proposal = with_member(
      "status",
      [](std::size_t i) { return Json(i == 7 ? "paused" : (i % 2 == 0 ? "open" : "done")); },
      "Status",
      [](std::size_t i) { return Json(i == 7 ? "Wait" : (i % 2 == 0 ? "Open" : "Done")); });
  CHECK(option(proposal, "status", 1, "Wait").canonical == "paused");
  CHECK_FALSE(option(proposal, "status", 1, "Wait").is_sure);
  CHECK(option(proposal, "status", 1, "Done").is_sure);
}

TEST_CASE("the policy reads and writes the options as they are paired") {
  const PolicyPtr policy = policy_of(with_member("lifecyclestage", one_of({"mql", "customer"}),
                                                 "Stage__c", one_of({"Warm", "Won"})));
  const Field* field = policy->entities.begin()->second.field(FieldName("stage"));
  REQUIRE(field != nullptr);
  CHECK(field->type == FieldType::enumeration);
  CHECK(field->map.at(SystemName("desk")).values ==
        std::map<std::string, std::string>{{"Warm", "mql"}, {"Won", "customer"}});
}

TEST_CASE("options are written in the JSON type that the system shows") {
  const auto format = [](const PolicyPtr& policy, const char* name) {
    const Field* field = policy->entities.begin()->second.field(FieldName(name));
    REQUIRE(field != nullptr);
    CHECK_FALSE(field->map.at(SystemName("crm")).format);
    return field->map.at(SystemName("desk")).format.value_or("");
  };
  const PolicyPtr flags = policy_of(with_member("status", one_of({"Open", "Done"}), "Status",
                                                [](std::size_t i) { return Json(i % 2 == 0); }));
  CHECK(format(flags, "status") == "boolean");
  const PolicyPtr numbers =
      policy_of(with_member("stage", one_of({"Open", "Done"}), "Stage",
                            [](std::size_t i) { return make_number(i % 2 == 0 ? "1" : "2"); }));
  CHECK(format(numbers, "stage") == "number");
}

TEST_CASE("a system that shows all in lower case, cuts or rounds is noticed") {
  const auto name = [](std::size_t i) { return "Family Of Number " + std::to_string(i); };
  const Proposal lower = with_member("last_name", name, "Surname", [&](std::size_t i) {
    return "family of number " + std::to_string(i);
  });
  CHECK(loss_of(lower, "last_name", 1).lossy == "lower");
  CHECK_FALSE(loss_of(lower, "last_name", 0).lossy);

  const Proposal cut = with_member("nickname", name, "Nickname",
                                   [&](std::size_t i) { return name(i).substr(0, 18); });
  CHECK(loss_of(cut, "nickname", 1).lossy == "truncate:18");

  const Proposal rounded = with_member(
      "balance", [](std::size_t i) { return std::to_string(i) + ".125"; }, "Balance",
      [](std::size_t i) { return std::to_string(i) + ".13"; });
  CHECK(loss_of(rounded, "balance", 1).lossy == "round:2");
  CHECK(policy_of(rounded) != nullptr);
}

TEST_CASE("one record that differs in another way is no rewriting") {
  const auto name = [](std::size_t i) { return "Family " + std::to_string(i); };
  const Proposal proposal = with_member("last_name", name, "Surname", [&](std::size_t i) {
    return i == 3 ? std::string("married") : "family " + std::to_string(i);
  });
  CHECK_FALSE(loss_of(proposal, "last_name", 1).lossy);
}

TEST_CASE("a day beside a time loses the time, and that is said") {
  const Proposal proposal = with_member(
      "close_date", [](std::size_t i) { return "2026-05-" + std::to_string(10 + i % 20); },
      "CloseDate",
      [](std::size_t i) { return "2026-05-" + std::to_string(10 + i % 20) + "T13:30:00Z"; });
  REQUIRE(field_with(proposal, "close_date") != nullptr);
  CHECK(field_with(proposal, "close_date")->type == FieldType::date);
  CHECK(text_of(proposal).find("crm keeps the day and no time") != std::string::npos);
}

}  // namespace truce::infer_test
