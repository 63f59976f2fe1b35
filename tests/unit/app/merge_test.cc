// Merge without memory: the same groups and values in every output and however the records come.
#include "engine/app/merge.h"

#include "tests/unit/app/world.h"

namespace truce::test {
namespace {

constexpr const char* people_policy = R"({
  "version": 1,
  "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}, "bill": {"precedence": 3}},
  "entities": {"person": {
    "id": {"crm": "id", "desk": "id", "bill": "id"},
    "modified": {"crm": "at", "desk": "at", "bill": "at"},
    "match": [["email"], ["phone"]],
    "fields": {
      "email": {"type": "email", "rule": "recency",
                "map": {"crm": "email", "desk": "email", "bill": "email"}},
      "phone": {"type": "text", "rule": "recency", "map": {"crm": "phone", "desk": "phone", "bill": "phone"}},
      "name": {"type": "text", "rule": "recency", "map": {"crm": "name", "desk": "name", "bill": "name"}},
      "score": {"type": "integer", "rule": "escalate", "map": {"crm": "score", "desk": "score"}}
    }}}})";

Json person(const std::string& id, const Json& members, int second = 0) {
  Json record = members;
  record["id"] = id;
  record["at"] = "2026-05-12T10:00:0" + std::to_string(second) + "Z";
  return record;
}

Json merged(const Json& inputs, const std::string& output = "everything") {
  const Json body{{"entity", "person"}, {"inputs", inputs}, {"output", output}};
  const auto answer = merge_once(policy_of(people_policy), nullptr, body);
  if (!answer) FAIL(answer.error().message);
  return parse_json(*answer).value();
}

Json refused(const Json& body) {
  const auto answer = merge_once(policy_of(people_policy), nullptr, body);
  REQUIRE_FALSE(answer);
  return {{"code", std::string(to_string(answer.error().code))},
          {"pointer", answer.error().pointer}};
}

// Ada is the same but for her name and score; Grace is alike; Hedy is alone.
Json three_people() {
  return {{"crm",
           {person("1", {{"email", "ada@x.example"}, {"name", "Ada"}, {"score", 1}}),
            person("2", {{"email", "grace@x.example"}, {"name", "Grace"}})}},
          {"desk",
           {person("7", {{"email", "ADA@x.example"}, {"name", "Ada L"}, {"score", 2}}, 5),
            person("8", {{"email", "grace@x.example"}, {"name", "Grace"}}, 5),
            person("9", {{"email", "hedy@x.example"}, {"score", "many"}})}}};
}

}  // namespace

TEST_CASE("merge tells everything: who won, who lost, and each record as it was read") {
  const Json answer = merged(three_people());
  REQUIRE(answer["matched"].size() == 2);
  const Json& ada = answer["matched"][0];
  CHECK(ada["record"]["name"] == "Ada L");
  CHECK(ada["fields"]["name"]["winner"]["system"] == "desk");
  CHECK(ada["fields"]["name"]["losers"][0]["value"] == "Ada");
  CHECK(ada["inputs"][0]["record"]["email"] == "ada@x.example");
  CHECK(ada["inputs"][1]["system"] == "desk");
  CHECK(ada["inputs"][1]["id"] == "7");
  REQUIRE(ada["conflicts"].size() == 1);
  CHECK(ada["conflicts"][0]["field"] == "score");
  CHECK(ada["conflicts"][0]["candidates"].size() == 2);
  CHECK(answer["matched"][1]["conflicts"].empty());
  CHECK(answer["only"]["desk"][0]["errors"][0]["field"] == "score");
  CHECK(answer["ambiguous"].empty());
  CHECK(is_number(answer["agreed"]));
  CHECK(number_text(answer["agreed"]) == "0");
}

TEST_CASE("merged: the records and who won, without those that lost") {
  const Json answer = merged(three_people(), "merged");
  REQUIRE(answer["matched"].size() == 2);
  const Json& ada = answer["matched"][0];
  CHECK(ada["record"] == merged(three_people())["matched"][0]["record"]);
  CHECK(ada["winners"]["name"]["system"] == "desk");
  CHECK(ada["winners"]["name"]["rule"] == "recency");
  CHECK(ada["winners"]["score"]["system"] == "crm");
  CHECK(ada["conflicts"].size() == 1);
  CHECK_FALSE(ada.contains("fields"));
  CHECK_FALSE(ada["inputs"][0].contains("record"));
  CHECK(answer["only"]["desk"][0]["record"]["email"] == "hedy@x.example");
}

TEST_CASE("changed: only what differs, and where") {
  const Json answer = merged(three_people(), "changed");
  REQUIRE(answer["matched"].size() == 1);
  const Json& ada = answer["matched"][0];
  CHECK(ada["changed"]["name"] == "Ada L");
  CHECK(ada["won_by"]["name"] == "desk");
  CHECK(ada["was"]["crm"]["name"] == "Ada");
  CHECK(ada["was"]["desk"] == Json({{"score", make_number("2")}}));
  CHECK_FALSE(ada["changed"].contains("email"));
  CHECK(ada["conflicts"].size() == 1);
  CHECK(ada["inputs"][0]["id"] == "1");
  CHECK(number_text(answer["agreed"]) == "1");
  CHECK_FALSE(answer["only"]["desk"][0].contains("record"));
}

TEST_CASE(
    "changed: what one system does not say differs from what the other says, a blank does not") {
  const Json answer =
      merged({{"crm",
               {person("1", {{"email", "a@x.example"}, {"name", "Ada"}}),
                person("2", {{"email", "b@x.example"}, {"name", nullptr}})}},
              {"desk",
               {person("7", {{"email", "a@x.example"}}), person("8", {{"email", "b@x.example"}})}}},
             "changed");
  REQUIRE(answer["matched"].size() == 1);
  CHECK(answer["matched"][0]["was"] == Json({{"desk", {{"name", nullptr}}}}));
  CHECK(number_text(answer["agreed"]) == "1");
}

TEST_CASE("changed: a record with an error is told of though all the rest agrees") {
  const Json one = person("1", {{"email", "a@x.example"}, {"score", "many"}});
  const Json other = person("7", {{"email", "a@x.example"}});
  const Json answer = merged({{"crm", {one}}, {"desk", {other}}}, "changed");
  REQUIRE(answer["matched"].size() == 1);
  CHECK(answer["matched"][0]["changed"].empty());
  CHECK(answer["matched"][0]["inputs"][0]["errors"][0]["field"] == "score");
}

TEST_CASE("changed: who has the later word on a group's member has it on the whole group") {
  const char* policy = R"({
    "version": 1,
    "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}},
    "entities": {"person": {
      "id": {"crm": "id", "desk": "id"}, "modified": {"crm": "at", "desk": "at"},
      "match": [["email"]],
      "fields": {
        "email": {"type": "email", "rule": "recency", "map": {"crm": "email", "desk": "email"}},
        "street": {"type": "text", "rule": "recency", "group": "home",
                   "map": {"crm": "street", "desk": "street"}},
        "city": {"type": "text", "rule": "recency", "group": "home",
                 "map": {"crm": "city", "desk": "city"}}}}}})";
  const auto match_of = [&](const Json& of_desk, const char* output) {
    const Json crm = person("1", {{"email", "a@x.example"}, {"street", "High"}, {"city", "Ulm"}});
    const Json body{{"entity", "person"},
                    {"inputs", {{"crm", {crm}}, {"desk", {person("7", of_desk, 5)}}}},
                    {"output", output}};
    const Json answer = parse_json(merge_once(policy_of(policy), nullptr, body).value()).value();
    REQUIRE(answer["matched"].size() == 1);
    return answer["matched"][0];
  };
  const Json moved{{"email", "a@x.example"}, {"street", "High"}, {"city", "Bonn"}};
  const Json later = match_of(moved, "changed");
  CHECK(later["changed"] == Json({{"city", "Bonn"}}));
  CHECK(later["won_by"] == Json({{"city", "desk"}}));
  CHECK(later["was"] == Json({{"crm", {{"city", "Ulm"}}}}));
  CHECK(later["conflicts"].empty());

  for (const Json& half : {Json{{"email", "a@x.example"}, {"street", "High"}},
                           Json{{"email", "a@x.example"}, {"street", "High"}, {"city", nullptr}},
                           Json{{"email", "a@x.example"}, {"street", nullptr}, {"city", "Ulm"}}}) {
    const Json whole = match_of(half, "merged");
    const Json changes = match_of(half, "changed");
    for (const auto& [name, value] : changes["changed"].items()) {
      CHECK(value == whole["record"][name]);
    }
  }
}

TEST_CASE("two records of one system in a group are ambiguous in every output") {
  const Json inputs{
      {"crm", {person("1", {{"email", "a@x.example"}}), person("2", {{"email", "a@x.example"}})}},
      {"desk", {person("7", {{"email", "a@x.example"}})}}};
  for (const char* output : {"everything", "merged", "changed"}) {
    const Json answer = merged(inputs, output);
    REQUIRE(answer["ambiguous"].size() == 1);
    CHECK(answer["ambiguous"][0]["inputs"].size() == 3);
    CHECK(answer["ambiguous"][0]["inputs"][0].contains("record") ==
          (output != std::string("changed")));
    CHECK(answer["matched"].empty());
  }
}

TEST_CASE("an earlier key tells apart what a later one would join; keys join over a third system") {
  const Json apart = merged({{"crm", {person("1", {{"email", "a@x.example"}, {"phone", "1"}})}},
                             {"desk", {person("7", {{"email", "b@x.example"}, {"phone", "1"}})}}});
  CHECK(apart["matched"].empty());
  const Json joined = merged({{"crm", {person("1", {{"email", "a@x.example"}})}},
                              {"desk", {person("7", {{"phone", "1"}})}},
                              {"bill", {person("5", {{"email", "a@x.example"}, {"phone", "1"}})}}});
  REQUIRE(joined["matched"].size() == 1);
  CHECK(joined["matched"][0]["inputs"].size() == 3);
}

TEST_CASE("pages in any order and twice give what one call gives, page by page") {
  const PolicyPtr policy = policy_of(people_policy);
  const Json inputs = three_people();
  for (const MergeOutput output :
       {MergeOutput::everything, MergeOutput::merged, MergeOutput::changed}) {
    Merge merge(policy, *policy->entity(EntityName("person")), output);
    const auto add = [&](const char* system, std::size_t from, const Json& records) {
      auto read =
          merge.read_list(**merge.system(system, "/system"), from, records, nullptr, "/records");
      REQUIRE(read);
      merge.add(std::move(*read));
    };
    add("desk", 1, Json::array({inputs["desk"][1], inputs["desk"][2]}));
    add("crm", 1, Json::array({person("wrong", {{"email", "wrong@x.example"}})}));
    merge.group();
    CHECK(merge.answer(0, 10).next == std::nullopt);
    add("crm", 0, inputs["crm"]);
    add("desk", 0, Json::array({inputs["desk"][0]}));
    add("desk", 0, Json::array({inputs["desk"][0]}));
    CHECK(merge.count() == 5);
    CHECK_FALSE(merge.is_grouped());
    merge.group();
    Json all{{"matched", Json::array()}, {"only", Json::object()}};
    std::size_t pages = 0;
    std::optional<std::size_t> next = 0;
    while (next && pages < 10) {
      const Merge::Page page = merge.answer(*next, 1);
      const Json part = parse_json('{' + page.text + '}').value();
      for (const Json& match : part["matched"]) all["matched"].push_back(match);
      all["only"].update(part["only"]);
      next = page.next;
      ++pages;
    }
    CHECK(pages == 3);
    const char* word = output == MergeOutput::everything ? "everything"
                       : output == MergeOutput::merged   ? "merged"
                                                         : "changed";
    const Json whole = merged(inputs, word);
    CHECK(all["matched"] == whole["matched"]);
    CHECK(all["only"] == whole["only"]);
    CHECK_FALSE(merge.answer(7, 1).next);
  }
}

TEST_CASE("a merge that cannot be done says where") {
  const Json none = Json::object();
  CHECK(refused({{"entity", "nobody"}, {"inputs", none}})["pointer"] == "/entity");
  CHECK(refused({{"entity", "person"}})["pointer"] == "/inputs");
  CHECK(refused({{"entity", "person"}, {"inputs", none}})["pointer"] == "/inputs");
  CHECK(refused({{"entity", "person"}, {"inputs", {{"nobody", Json::array()}}}})["code"] ==
        "unknown-system");
  CHECK(refused({{"entity", "person"}, {"inputs", {{"crm", 1}}}})["pointer"] == "/inputs/crm");
  CHECK(refused({{"entity", "person"}, {"inputs", {{"crm", {none, 1}}}}})["pointer"] ==
        "/inputs/crm/1");
  CHECK(refused(
            {{"entity", "person"}, {"inputs", {{"crm", {none}}}}, {"output", "all"}})["pointer"] ==
        "/output");
  const Json many(Json::array_t(50'001, none));
  CHECK(refused({{"entity", "person"}, {"inputs", {{"crm", many}}}})["code"] == "batch-size");
}

}  // namespace truce::test
