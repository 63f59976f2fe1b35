// What stands in the Policy after reading, and how findings read.
#include "engine/core/policy/parse_policy.h"

#include <catch2/catch.hpp>

#include "engine/core/model/hash.h"
#include "engine/core/policy/agreement.h"
#include "tests/unit/policy/example_files.h"

namespace truce::test {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

PolicyPtr read(const std::string& text) {
  const PolicyReading reading = parse_policy(text);
  for (const Finding& finding : reading.findings) UNSCOPED_INFO(render_finding(finding));
  REQUIRE(reading.policy);
  return reading.policy;
}

PolicyPtr read_good(const std::string& name) {
  return read(read_project_file("tests/unit/policy/good/" + name + ".json"));
}

const Entity& contact(const PolicyPtr& policy) {
  return policy->entities.at(EntityName("contact"));
}

const Field& field(const PolicyPtr& policy, const std::string& name) {
  return contact(policy).fields.at(FieldName(name));
}

const SystemName crm("crm");
const SystemName desk("desk");

}  // namespace

TEST_CASE("what a policy leaves out has its default") {
  const PolicyPtr policy = read_good("minimal");
  CHECK(policy->version == 1);
  CHECK(policy->history_window == Duration::of_ms(30 * day_ms));
  CHECK(policy->raw_retention == Duration::of_ms(30 * day_ms));
  CHECK(policy->alerts.is_null());
  CHECK(policy->sla.is_null());
  const System& system = *policy->system(crm);
  CHECK(system.name == crm);
  CHECK(system.clock_skew == Duration::of_ms(0));
  CHECK(system.max_future_skew == Duration::of_ms(300'000));
  CHECK(system.dedup_window == Duration::of_ms(3 * day_ms));
  CHECK(system.time_zone.empty());
  CHECK(system.retry.attempts == 8);
  CHECK(system.retry.first == Duration::of_ms(1'000));
  CHECK(system.retry.max == Duration::of_ms(3'600'000));
  CHECK(system.retry.per_minute == 600);
  CHECK(system.lease == Duration::of_ms(60'000));
  CHECK(system.settle_window == Duration::of_ms(0));
  CHECK(system.history_wait == Duration::of_ms(0));
  const Entity& entity = contact(policy);
  CHECK(entity.name == EntityName("contact"));
  CHECK(entity.ambiguous == AmbiguousPolicy::review);
  CHECK(entity.on_delete == DeletePolicy::escalate);
  CHECK(entity.create_in.empty());
  CHECK(entity.match_also.empty());
  CHECK(entity.reference_wait == Duration::of_ms(3'600'000));
  CHECK(entity.guard.count == 50);
  CHECK(entity.guard.share == 0.25);
  CHECK(entity.guard.window == Duration::of_ms(3'600'000));
  CHECK_FALSE(entity.guard.given);
  CHECK(entity.breaker_flips == 6);
  CHECK(entity.owner.empty());
  const Field& email = field(policy, "email");
  CHECK(email.blank == Blank::keep);
  CHECK_FALSE(email.is_private);
  CHECK(email.direction_of(crm) == Direction::both);
  CHECK(email.direction_of(SystemName("erp")) == Direction::none);
}

TEST_CASE("objectives of agreement are typed, with their defaults") {
  const auto objectives = agreement_objectives(*read_good("every_key"));
  REQUIRE(objectives.size() == 2);
  const AgreementObjective& notes = objectives[0];
  CHECK(notes.name == "notes");
  CHECK(notes.entity == EntityName("contact"));
  CHECK(notes.fields == std::set<FieldName>{FieldName("note")});
  CHECK(notes.within == Duration::of_ms(15 * 60'000));
  CHECK(notes.target == Approx(0.999));
  CHECK(notes.window == Duration::of_ms(7 * day_ms));
  const AgreementObjective& group = objectives[1];
  CHECK(group.name == "contact.value");
  CHECK(group.fields.size() == 2);
  CHECK(group.target == Approx(0.99));
  CHECK(group.window == agreement_window_default);
}

TEST_CASE("a target is a share between nothing and all") {
  const auto text = [](const char* written) { return agreement_target(Json(written)); };
  CHECK(text("99.9%") == Approx(0.999));
  CHECK(text("5%") == Approx(0.05));
  CHECK(agreement_target(make_number("0.5")) == Approx(0.5));
  for (const char* wrong : {"100%", "0%", "99,9%", "99.9", "%", ".9%", "1e1%", "-1%", "101%"}) {
    INFO(wrong);
    CHECK_FALSE(text(wrong));
  }
  for (const char* wrong : {"0", "1", "99.9", "-0.5"}) {
    INFO(wrong);
    CHECK_FALSE(agreement_target(make_number(wrong)));
  }
}

TEST_CASE("every key of the policy arrives where it belongs") {
  const PolicyPtr policy = read_good("every_key");
  CHECK(policy->history_window == Duration::of_ms(60 * day_ms));
  CHECK(policy->raw_retention == Duration::of_ms(14 * day_ms));
  CHECK(policy->sla["conflict"] == "8h");
  CHECK(policy->alerts["channels"]["ops"]["url"] == "env:SLACK_WEBHOOK");
  CHECK(number_text(policy->alerts["channels"]["night"]["chat_id"]) == "-1001234");
  const System& system = *policy->system(crm);
  CHECK(system.precedence == 1);
  CHECK(system.clock_skew == Duration::of_ms(2'000));
  CHECK(system.max_future_skew == Duration::of_ms(0));
  CHECK(system.dedup_window == Duration::of_ms(90 * 60'000));
  CHECK(system.time_zone == "America/New_York");
  CHECK(system.retry.attempts == 1);
  CHECK(system.retry.max == Duration::of_ms(1));
  CHECK(system.retry.per_minute == 60);
  CHECK(system.lease == Duration::of_ms(1'000));
  CHECK(system.alerts["silence"] == "30m");
  const Entity& entity = contact(policy);
  CHECK(entity.id.at(crm).spelling == "id");
  CHECK(entity.modified.at(desk).spelling == "updated_at");
  CHECK(entity.objects.at(crm) == std::vector<std::string>{"contact", "0-1"});
  CHECK(entity.objects.at(desk) == std::vector<std::string>{"user"});
  CHECK(entity.match == std::vector<std::vector<FieldName>>{{FieldName("email")}});
  CHECK(entity.ambiguous == AmbiguousPolicy::skip);
  CHECK(entity.creates_in(crm));
  CHECK_FALSE(entity.creates_in(desk));
  CHECK(entity.on_delete == DeletePolicy::propagate);
  CHECK(entity.delete_grace == Duration::of_ms(60'000));
  CHECK(entity.reference_wait == Duration::of_ms(90'000));
  CHECK(entity.guard.count == 1);
  CHECK(entity.guard.share == 1.0);
  CHECK(entity.guard.window == Duration::of_ms(500));
  CHECK(entity.breaker_flips == 2);
  CHECK(entity.breaker_window == Duration::of_ms(3'600'000));
  CHECK(entity.owner == "sales-ops");
}

TEST_CASE("every key of a field arrives where it belongs") {
  const PolicyPtr policy = read_good("every_key");
  const Field& email = field(policy, "email");
  CHECK(email.type == FieldType::email);
  CHECK(email.rule == Rule::source_of_truth);
  CHECK(email.rule_given);
  CHECK(email.source == crm);
  CHECK(email.immutable);
  CHECK(email.required);
  CHECK(email.decide_roles == std::vector<std::string>{"sales-ops", "data"});
  CHECK(email.reads(desk));
  CHECK_FALSE(email.writes(desk));
  const Field& note = field(policy, "note");
  CHECK(note.on_tie == OnTie::escalate);
  CHECK(note.blank == Blank::clear);
  const MapEntry& map = note.map.at(crm);
  CHECK(map.path.steps.back().member == "note/s");
  CHECK(map.write->spelling == "properties.note");
  CHECK(map.max_length == 255U);
  REQUIRE(map.lossy.size() == 3);
  CHECK(map.lossy[2].kind == Lossy::Kind::truncate);
  CHECK(map.lossy[2].digits == 255);
  REQUIRE(map.blank.size() == 5);
  CHECK(map.blank[0] == "N/A");
  CHECK(number_text(map.blank[1]) == "0");
  CHECK(map.blank[2] == false);
  CHECK(map.blank[3].is_null());
  CHECK(map.pattern == "[a-z ]*");
  CHECK(note.map.at(desk).transform == ".custom_fields | map(.value) | first // empty");
  CHECK(note.map.at(desk).write_transform == "{env: .}");
  CHECK(field(policy, "visits").when == EscalateWhen::concurrent);
  CHECK(field(policy, "price").currency == "JPY");
  CHECK(field(policy, "price").map.at(crm).minor_units);
  CHECK_FALSE(field(policy, "price").writes(desk));
  CHECK(field(policy, "tags").removals == Removals::propagate);
  CHECK(field(policy, "tags").map.at(crm).split == ";");
  CHECK(field(policy, "tags").map.at(desk).element == "name");
  CHECK(field(policy, "stage").options == std::vector<std::string>{"lead", "customer"});
  CHECK(field(policy, "stage").map.at(crm).values.at("1") == "lead");
  CHECK(field(policy, "stage").map.at(crm).values.at("-None-").empty());
  CHECK(field(policy, "stage").map.at(crm).fallback == "1");
  CHECK(field(policy, "stage").map.at(desk).unknown == UnknownOption::pass);
  CHECK(field(policy, "seen").map.at(crm).format == "epoch_ms_text");
  CHECK(field(policy, "amount").group == "value");
  CHECK(field(policy, "manager").entity == EntityName("contact"));
}

TEST_CASE("an item may stay open as long as its category, else the default, else a day allows") {
  const PolicyPtr policy = read_good("every_key");
  CHECK(policy->open_limit("conflict") == Duration::of_ms(8 * 3'600'000));
  CHECK(policy->open_limit("dead_letter") == Duration::of_ms(90 * 60'000));
  CHECK(policy->open_limit("merge") == Duration::of_ms(3 * day_ms));
  CHECK(read_good("minimal")->open_limit("conflict") == Duration::of_ms(day_ms));
}

TEST_CASE("owners may differ per system") {
  const PolicyPtr policy = read_good("owner_per_system");
  CHECK(contact(policy).owner.empty());
  CHECK(contact(policy).owner_of.at(crm) == "marketing");
  CHECK(contact(policy).owner_of.at(desk) == "support");
}

TEST_CASE("a phone without a region is read as one of no country") {
  const PolicyReading reading =
      parse_policy(read_project_file("tests/unit/policy/warned/phone_without_region.json"));
  REQUIRE(reading.policy);
  CHECK(field(reading.policy, "phone").region == "ZZ");
}

TEST_CASE("row 99: a region in lower case is the region") {
  std::string text = read_project_file("tests/unit/policy/warned/phone_without_region.json");
  const std::string type = "\"type\": \"phone\"";
  text.replace(text.find(type), type.size(), type + ", \"region\": \"us\"");
  CHECK(field(read(text), "phone").region == "US");
}

TEST_CASE("the policy's version is the hash of the file's bytes, comments included") {
  const std::string text = read_project_file("tests/unit/policy/good/minimal.json");
  CHECK(read(text)->sha256 == sha256_hex(text));
  CHECK(read(text + "// x")->sha256 != sha256_hex(text));
}

TEST_CASE("a finding reads as one line that an editor can jump to") {
  const std::string text =
      "// comment\n{\n  \"version\": 1,\n  \"systems\": {\"hubspot\": {\"precedense\": 1}},\n"
      "  \"entities\": {}\n}\n";
  const PolicyReading reading = parse_policy(text);
  REQUIRE(reading.findings.size() == 2);
  CHECK(render_finding(reading.findings[0]) ==
        "policy.json:4:27: error policy-unknown-key at /systems/hubspot/precedense: \"precedense\" "
        "is "
        "no key of a system; did you mean precedence?");
  CHECK(render_finding(reading.findings[1], "crm.json") ==
        "crm.json:5:15: error policy-missing at /entities: the policy has no entities");
  CHECK(to_json(reading.findings[0]) == Json{{"severity", "error"},
                                             {"code", "policy-unknown-key"},
                                             {"pointer", "/systems/hubspot/precedense"},
                                             {"line", 4},
                                             {"column", 27},
                                             {"message", "\"precedense\" is no key of a system"},
                                             {"mend", "did you mean precedence?"}});
}

TEST_CASE("what other tools call our rules and types is understood as a question (row 107)") {
  const std::string good = read_project_file("tests/unit/policy/good/rule_recency.json");
  const auto mend_for = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const PolicyReading reading = parse_policy(text);
    CHECK_FALSE(reading.policy);
    REQUIRE(reading.findings.size() == 1);
    return reading.findings.front().mend;
  };
  CHECK(mend_for("\"recency\"", "\"last_write_win\"") == "did you mean recency?");
  CHECK(mend_for("\"recency\"", "\"last_write_wins\"") == "did you mean recency?");
  CHECK(mend_for("\"recency\"", "\"recensy\"") == "did you mean recency?");
  CHECK(mend_for("\"recency\"", "\"manual\"") == "did you mean escalate?");
  CHECK(mend_for("\"recency\"", "\"zzz\"") ==
        "write source_of_truth, recency, union, escalate, immutable, precedence, min or max");
  CHECK(mend_for("\"text\"", "\"string\"") == "did you mean text?");
  CHECK(mend_for("\"text\"", "\"txt\"") == "did you mean text?");
  CHECK(mend_for("\"text\"", "\"datetime\"") == "did you mean instant?");
}

TEST_CASE("secrets are not repeated in the finding that refuses them (row 119)") {
  for (const char* name : {"channel_inline_secret", "channel_url_user_and_password"}) {
    const PolicyReading reading =
        parse_policy(read_project_file("tests/unit/policy/bad/" + std::string(name) + ".json"));
    REQUIRE_FALSE(reading.findings.empty());
    for (const Finding& finding : reading.findings) {
      CHECK(render_finding(finding).find("XXXX") == std::string::npos);
      CHECK(render_finding(finding).find("pass@") == std::string::npos);
    }
  }
}

TEST_CASE("findings come in the order of the file, and no more than 200 errors of them") {
  std::string text = "{\"version\": 2, \"systems\": {\"crm\": {";
  for (int i = 0; i < 1'000; ++i) text += "\"unknown_" + std::to_string(i) + "\": 1, ";
  text += "\"precedence\": 1}}, \"entities\": {}}";
  const PolicyReading reading = parse_policy(text);
  CHECK_FALSE(reading.policy);
  CHECK(reading.findings.size() == 200);
  for (std::size_t i = 1; i < reading.findings.size(); ++i) {
    CHECK(reading.findings[i - 1].column <= reading.findings[i].column);
  }
}

TEST_CASE("a large policy is read in bounded time") {
  std::string text =
      R"({"version": 1, "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}},
    "entities": {"contact": {"id": {"crm": "id", "desk": "id"}, "match": [["f0"]], "fields": {)";
  for (int i = 0; i < 5'000; ++i) {
    const std::string name = "f" + std::to_string(i);
    text += (i > 0 ? ", \"" : "\"") + name + R"(": {"type": "text", "rule": "precedence", )" +
            R"("required": true, "map": {"crm": ")" + name + R"(", "desk": ")" + name + R"("}})";
  }
  CHECK(read(text + "}}}}")->entities.at(EntityName("contact")).fields.size() == 5'000);
}

}  // namespace truce::test
