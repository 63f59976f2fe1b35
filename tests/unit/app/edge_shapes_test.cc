// E76 to E78 as decisions of the engine: a field whose shape changes is paused for its system,
// asked about once, and read again when it can be. What GET /v1/drift tells of it: drift_test.cc.
#include <random>

#include "engine/app/pauses.h"
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

const Json several = Json::array({"lead", "won"});
constexpr int rule = static_cast<int>(records_of_a_rule);

std::string email_of(int i) { return "p" + std::to_string(i) + "@example.com"; }

// crm and desk both show the stage "lead" of Ada; stage is a text.
class Stages : public Office {
 public:
  Stages() : Office({text_field("stage") + ", " + text_field("name")}) {
    both_know({{"stage", "lead"}, {"name", "Ada"}});
  }
  void become_lists(int records) {
    for (int i = 0; i < records; ++i) {
      says("crm", "m" + std::to_string(i),
           {{"email", email_of(i)}, {"stage", several}, {"name", "Many"}});
    }
  }
  void read_lists() {
    policy = policy_of(policy_text(
        {one_field("stage", R"("type": "set", "rule": "recency")") + ", " + text_field("name")}));
  }
};

std::size_t told_of_exceptions(Office& office) {
  const auto changes = office.store->read()->list_changes(0, 10'000);
  return static_cast<std::size_t>(std::count_if(
      changes.begin(), changes.end(), [](const Change& one) { return one.kind == "exception"; }));
}

std::size_t audited(Office& office, const std::string& kind) {
  const auto entries = office.audit();
  return static_cast<std::size_t>(std::count_if(
      entries.begin(), entries.end(), [&](const AuditEntry& one) { return one.kind == kind; }));
}

std::string text_in(const ExceptionItem& item, const char* key) {
  return text_at(item.detail, key);
}

// A full record of crm, a second later: with the field "f" and without it.
class Whole : public Office {
 public:
  Whole() : Office({text_field("f") + ", " + text_field("name")}) {}
  void with(int records) {
    for (int i = 0; i < records; ++i) {
      says("crm", "c1", {{"email", email_of(1)}, {"f", "kept"}, {"name", "Ada"}});
    }
  }
  void without(int records, const Json& more = Json::object()) {
    for (int i = 0; i < records; ++i) {
      Json record{{"email", email_of(1)}, {"name", "Ada"}};
      record.update(more);
      says("crm", "c1", record);
    }
  }
};

}  // namespace

TEST_CASE("E76 a thousand records of another shape are one question that counts them") {
  Stages office;
  const std::string since = to_rfc3339(office.now + Duration::of_ms(1'000));
  office.become_lists(1'000);
  office.sweep_all();
  const ExceptionItem item = office.the_item(Category::drift);
  CHECK(office.open_items().size() == 1);
  CHECK(item.version == 1);
  CHECK(item.field.text == "stage");
  CHECK(item.system.text == "crm");
  CHECK(item.detail["records"] == 1'000);
  CHECK(text_in(item, "was") == "text");
  CHECK(text_in(item, "is") == "list of text");
  CHECK(text_in(item, "since") == since);
  CHECK(text_in(item, "message") ==
        "'stage' in crm was text and is list of text since " + since + ", in 1000 records");
  CHECK(text_in(item, "mend").find("make the field a set") != std::string::npos);
  CHECK(told_of_exceptions(office) == 1);
  CHECK(audited(office, "exception") == 1);
  // The same records again are no more of them.
  office.says("crm", "m0", {{"stage", Json::array({"won"})}});
  office.sweep_all();
  CHECK(office.the_item(Category::drift).detail["records"] == 1'000);
}

TEST_CASE("E76 a paused field is not written to its system; all else flows") {
  Stages office;
  office.says("desk", "d1", {{"stage", "won"}, {"name", "Grace"}});
  REQUIRE(office.waiting() == Json({{"crm", {{"stage", "won"}, {"name", "Grace"}}}}));
  office.become_lists(1);
  SECTION("nothing unsent carries it after a sweep") {
    office.sweep_all();
    CHECK(office.waiting()["crm"] == Json({{"name", "Grace"}}));
  }
  SECTION("nor is it handed out before one") {
    bool to_ada = false;
    for (const Json& delivery : office.claim_all()) {
      if (delivery["record_id"] != "c1") continue;
      CHECK(delivery["fields"] == Json({{"name", "Grace"}}));
      to_ada = true;
    }
    CHECK(to_ada);
  }
  SECTION("what others say of it is taken, and written to the others") {
    office.says("desk", "d1", {{"stage", "lost"}});
    CHECK(office.shown("stage") == "lost");
    office.says("crm", "c1", {{"stage", "new"}});
    // A value that can be read is read, and the pause is over when all is read again.
    office.sweep_all();
    CHECK(office.shown("stage") == "new");
    CHECK(office.waiting()["desk"]["stage"] == "new");
    CHECK(office.items_of(Category::drift).empty());
  }
}

TEST_CASE("E76 the group of a paused field is not written to its system either") {
  const Json coins = Json::array({"EUR", "CHF"});
  Office office({one_field("sum", R"("type": "decimal", "rule": "recency", "group": "price")") +
                     ", " +
                     one_field("coin", R"("type": "text", "rule": "recency", "group": "price")") +
                     ", " + text_field("name"),
                 R"("create_in": ["crm", "desk"])"});
  office.both_know({{"sum", "100"}, {"coin", "EUR"}, {"name", "Ada"}});
  SECTION("what waits is withdrawn, what comes is kept back") {
    office.says("desk", "d1", {{"sum", "200"}});
    CHECK(office.waiting() == Json({{"crm", {{"sum", 200}}}}));
    office.says("crm", "c1", {{"coin", coins}});
    if (GENERATE(false, true)) office.sweep_all();
    CHECK(office.claim_all().empty());
    office.says("desk", "d1", {{"sum", "9000"}, {"coin", "JPY"}, {"name", "Grace"}});
    CHECK(office.waiting()["crm"] == Json({{"name", "Grace"}}));
  }
  SECTION("a new record is made without it") {
    office.says("crm", "c1", {{"coin", coins}});
    office.says("desk", "d3",
                {{"email", email_of(3)}, {"sum", "7"}, {"coin", "EUR"}, {"name", "Hedy"}});
    CHECK(office.waiting()["crm"] == Json({{"email", email_of(3)}, {"name", "Hedy"}}));
  }
  SECTION("it goes out whole when the pause ends") {
    office.says("crm", "c1", {{"coin", coins}});
    office.says("desk", "d1", {{"sum", "9000"}, {"coin", "JPY"}});
    CHECK(office.waiting().empty());
    office.act(office.the_item(Category::drift), "resume");
    office.sweep_all();
    CHECK(office.waiting() == Json({{"crm", {{"coin", "JPY"}, {"sum", 9000}}}}));
  }
}

TEST_CASE("E76 while a match key is paused nothing is made that could stand there already") {
  Terms terms{text_field("key") + ", " + text_field("name"), R"("create_in": ["crm", "desk"])"};
  terms.match = R"([["key"]])";
  Office office(terms);
  office.says("crm", "c1", {{"key", "k1"}, {"name", "Ada"}});
  office.says("desk", "d1", {{"key", "k1"}, {"name", "Ada"}});
  const auto list_of_key = [](const char* key) { return Json::array({key, "other"}); };
  SECTION("in its system, also what waits already") {
    office.says("desk", "d2", {{"key", "k2"}, {"name", "Grace"}});
    CHECK(office.waiting()["crm"] == Json({{"key", "k2"}, {"name", "Grace"}}));
    office.says("crm", "c1", {{"key", list_of_key("k1")}});
    office.sweep_all();
    office.says("desk", "d2", {{"name", "Hedy"}});
    office.says("desk", "d3", {{"key", "k3"}, {"name", "Eve"}});
    CHECK(office.waiting().empty());
    CHECK(office.claim_all().empty());
    office.says("desk", "d1", {{"name", "Ada L."}});
    CHECK(office.waiting() == Json({{"crm", {{"name", "Ada L."}}}}));
    office.act(office.the_item(Category::drift), "resume");
    office.sweep_all();
    CHECK(office.deliver_all().size() == 3);
  }
  SECTION("elsewhere, of a record whose key could not be read") {
    office.says("desk", "d9", {{"key", "k9"}, {"name", "Grace"}});
    office.deliver_all();
    office.says("crm", "c7", {{"key", list_of_key("k7")}, {"name", "Hedy"}});
    CHECK(office.waiting().empty());
    CHECK(office.claim_all().empty());
  }
}

TEST_CASE("E76 a policy that reads the new shape ends the pause, and what came meanwhile is read") {
  Stages office;
  office.says("crm", "c1", {{"stage", several}});
  const std::string at = to_rfc3339(office.now);
  office.become_lists(3);
  office.says("desk", "d1", {{"name", "Grace"}});
  const ExceptionItem item = office.the_item(Category::drift);
  CHECK(office.shown("stage") == "lead");
  office.sweep_all();
  REQUIRE(office.the_item(Category::drift).id == item.id);  // the same policy changes nothing
  office.read_lists();
  office.sweep_all();
  CHECK(office.shown("stage") == several);
  CHECK(office.explained(office.golden, "stage")["winner"]["changed_at"] == at);
  CHECK(office.waiting()["desk"]["stage"] == several);
  const auto closed = office.store->read()->find_exception(item.id);
  CHECK(closed->state == ExceptionState::resolved);
  CHECK(closed->closed_by == "truce");
  CHECK(closed->resolution == "the policy in force reads it");
  CHECK(office.items_of(Category::drift).empty());
  const auto entries = office.audit();
  const auto told = std::find_if(entries.rbegin(), entries.rend(),
                                 [](const AuditEntry& one) { return one.kind == "exception"; });
  REQUIRE(told != entries.rend());
  CHECK(to_int64(json_of(told->body)["read_again"]) == 4);
}

TEST_CASE("E76 values of the old shape end a pause when as many came in a row as were bad") {
  Stages office;
  office.become_lists(3);
  for (const int good : {1, 2}) {
    office.says("crm", "m0", {{"stage", "good" + std::to_string(good)}});
    office.sweep_all();
    CHECK(office.items_of(Category::drift).size() == 1);
  }
  office.says("crm", "m1", {{"stage", several}});
  office.says("crm", "m2", {{"stage", "late"}},
              {{"occurred_at", to_rfc3339(office.now - Duration::of_ms(60'000))}});
  for (const int good : {1, 2, 3}) {
    office.says("crm", "m0", {{"stage", "good" + std::to_string(good)}});
    office.sweep_all();
    CHECK(office.items_of(Category::drift).size() == 1);
  }
  office.says("crm", "m0", {{"stage", "good4"}});
  office.sweep_all();
  CHECK(office.items_of(Category::drift).empty());
  CHECK(told_of_exceptions(office) == 2);
}

TEST_CASE("E76 a dismissed question stays closed and its field paused, until the shape changes") {
  Stages office;
  office.says("desk", "d1", {{"stage", "won"}});
  office.become_lists(2);
  office.act(office.the_item(Category::drift), "dismiss");
  office.become_lists(3);
  office.sweep_all();
  CHECK(office.items_of(Category::drift).empty());
  CHECK(office.waiting().empty());
  office.says("crm", "m0", {{"stage", {{"value", "won"}}}});
  CHECK(text_in(office.the_item(Category::drift), "is") == "object");
}

TEST_CASE("E76 a dismissed pause ends by itself, too") {
  Stages office;
  office.says("desk", "d1", {{"stage", "won"}});
  office.become_lists(1);
  office.act(office.the_item(Category::drift), "dismiss");
  office.says("crm", "m0", {{"stage", "lead"}});
  office.sweep_all();
  CHECK(office.waiting()["crm"]["stage"] == "won");
  office.become_lists(1);
  CHECK(office.items_of(Category::drift).size() == 1);
}

TEST_CASE("E76 a person may have the field written again as it is, and is not asked again") {
  Stages office;
  office.become_lists(2);
  office.says("desk", "d1", {{"stage", "won"}});
  CHECK(office.waiting().empty());
  const Json done = office.act(office.the_item(Category::drift), "resume");
  CHECK(done["exception"]["resolution"] == "resumed");
  office.sweep_all();
  CHECK(office.waiting() == Json({{"crm", {{"stage", "won"}}}}));
  office.become_lists(2);
  office.sweep_all();
  CHECK(office.items_of(Category::drift).empty());
}

TEST_CASE("E76 a required field of another shape keeps its records waiting, as one question") {
  Office office({one_field("stage", R"("type": "text", "rule": "recency", "required": true)")});
  for (int i = 0; i < 5; ++i) {
    const Json answer =
        office.says("crm", "m" + std::to_string(i), {{"email", email_of(i)}, {"stage", several}});
    CHECK(answer["outcome"] == "rejected");
  }
  CHECK(office.open_items().size() == 1);
  CHECK(office.golden_count() == 0);
  office.policy = policy_of(Office::policy_text(
      {one_field("stage", R"("type": "set", "rule": "recency", "required": true)")}));
  office.sweep_all();
  CHECK(office.golden_count() == 5);
  CHECK(office.open_items().empty());
}

TEST_CASE("E76 options that come in one text are another shape, an unknown option is not") {
  Office office({R"("f": {"type": "enum", "rule": "recency", "map": {
      "crm": {"path": "f", "values": {"Hot": "hot", "New": "new"}},
      "desk": {"path": "f", "values": {"h": "hot", "n": "new"}}}})"});
  office.both_know({{"f", nullptr}});
  office.says("crm", "c1", {{"f", "Hot, New"}});
  CHECK(text_in(office.the_item(Category::drift), "is") == "several options in one text");
  office.says("crm", "c1", {{"f", "Cold"}});
  office.says("crm", "c2", {{"email", email_of(2)}, {"f", "Cold;Hot"}});
  CHECK(office.items_of(Category::drift).size() == 3);
}

TEST_CASE("E76 one text where a system's values were lists is paused, a list of one is not") {
  Office office({one_field("tags", R"("type": "set", "rule": "recency")")});
  const auto shows = [&](const Json& tags) {
    office.says("crm", "c1", {{"email", email_of(1)}, {"tags", tags}});
  };
  SECTION("where lists are the rule") {
    for (int i = 0; i < rule; ++i) shows(Json::array({"a"}));
    shows("a;b");
    CHECK(text_in(office.the_item(Category::drift), "mend").find("\"split\"") != std::string::npos);
    CHECK(office.shown("tags") == Json::array({"a"}));
    const std::string entry = R"({"path": "tags", "split": ";"})";
    office.policy = policy_of(
        Office::policy_text({R"("tags": {"type": "set", "rule": "recency", "map": {"crm": )" +
                             entry + R"(, "desk": "tags"}})"}));
    office.sweep_all();
    CHECK(office.shown("tags") == Json::array({"a", "b"}));
    CHECK(office.open_items().empty());
  }
  SECTION("where both came") {
    for (int i = 0; i < 2 * rule; ++i) shows(i % 2 == 0 ? Json::array({"a"}) : Json("b"));
    CHECK(office.items_of(Category::drift).empty());
    CHECK(office.shown("tags") == Json::array({"b"}));
  }
}

TEST_CASE("E77 a field that is in no record any more is asked about and not written") {
  Whole office;
  office.with(rule);
  office.says("desk", "d1", {{"email", email_of(1)}, {"f", "kept"}, {"name", "Ada"}});
  office.without(rule);
  CHECK(office.open_items().empty());  // not for long enough
  office.advance(missing_min.ms());
  office.without(1, {{"f_2", "new"}, {"other", 7}});
  const ExceptionItem item = office.the_item(Category::drift);
  CHECK(text_in(item, "change") == "missing");
  CHECK(text_in(item, "likely_name") == "f_2");
  CHECK(text_in(item, "mend").find("'f_2'") != std::string::npos);
  CHECK(office.shown("f") == "kept");
  office.says("desk", "d1", {{"f", "edited"}, {"name", "Grace"}});
  CHECK(office.shown("f") == "edited");
  CHECK(office.waiting() == Json({{"crm", {{"name", "Grace"}}}}));
  SECTION("a policy that reads its new name ends it") {
    office.policy = policy_of(Office::policy_text(
        {R"("f": {"type": "text", "rule": "recency", "map": {"crm": "f_2", "desk": "f"}}, )" +
         text_field("name")}));
    office.sweep_all();
    CHECK(office.open_items().empty());
    CHECK(office.waiting()["crm"] == Json({{"f_2", "edited"}, {"name", "Grace"}}));
  }
  SECTION("it ends when the records have it again") {
    office.with(1);
    office.sweep_all();
    CHECK(office.open_items().empty());
    CHECK(office.waiting()["crm"]["f"] == "edited");
  }
  SECTION("dismissed, it stays paused and closed") {
    office.act(item, "dismiss");
    office.without(2 * rule);
    office.sweep_all();
    CHECK(office.open_items().empty());
    CHECK_FALSE(office.waiting()["crm"].contains("f"));
  }
  SECTION("resumed, it is written") {
    office.act(item, "resume");
    office.sweep_all();
    office.without(2 * rule);
    CHECK(office.open_items().empty());
    office.says("desk", "d1", {{"f", "again"}});
    CHECK(office.waiting()["crm"]["f"] == "again");
  }
}

TEST_CASE(
    "E77 a field that comes and goes, was never there, or is left out of a change is not missing") {
  Whole office;
  SECTION("comes and goes") {
    for (int i = 0; i < 4; ++i) {
      office.with(3);
      office.without(1);
    }
    office.with(2 * rule);
  }
  SECTION("never there") {}
  SECTION("a change") {
    office.with(rule);
    office.advance(missing_min.ms());
    for (int i = 0; i < 2 * rule; ++i) {
      office.says("crm", "c1", {{"name", "n" + std::to_string(i)}}, {{"changed", {"name"}}});
    }
    CHECK(office.open_items().empty());
    return;
  }
  office.without(rule);
  office.advance(missing_min.ms());
  office.without(rule);
  CHECK(office.open_items().empty());
}

TEST_CASE("E78 a text among integers is its record's question; objects are the field's") {
  Office office({one_field("f", R"("type": "integer", "rule": "recency")")});
  office.says("crm", "c1", {{"email", email_of(1)}, {"f", "12"}});
  CHECK(office.shown("f") == 12);
  office.says("crm", "c1", {{"f", "A-12"}});
  office.says("crm", "c2", {{"email", email_of(2)}, {"f", "A-13"}});
  CHECK(office.items_of(Category::rejected).size() == 2);
  office.says("crm", "c1", {{"f", {{"amount", 1}}}});
  office.says("crm", "c2", {{"f", {{"amount", 2}}}});
  CHECK(office.items_of(Category::drift).size() == 1);
}

TEST_CASE("a refusal that was dismissed does not come back with the next event, another one does") {
  Office office({one_field("f", R"("type": "integer", "rule": "recency")")});
  office.says("crm", "c1", {{"email", email_of(1)}, {"f", "A-12"}});
  office.act(office.the_item(Category::rejected), "dismiss");
  office.says("crm", "c1", {{"f", "A-12"}});
  CHECK(office.open_items().empty());
  office.says("crm", "c1", {{"f", "A-13"}});
  CHECK(office.items_of(Category::rejected).size() == 1);
}

namespace {

// A set whose elements become objects; the mended policy names their member.
std::string tags(const std::string& rule_word, bool mended) {
  const std::string crm = mended ? R"({"path": "tags", "element": "name"})" : R"("tags")";
  return R"("tags": {"type": "set", "rule": ")" + rule_word + R"(", "map": {"crm": )" + crm +
         R"(, "desk": "tags"}})";
}

Terms tag_terms(const std::string& rule_word, bool mended) {
  return {tags(rule_word, mended) + ", " + text_field("name"), R"("create_in": ["desk"])"};
}

using Chance = std::mt19937;
int below(Chance& chance, int end) {
  return static_cast<int>(chance() % static_cast<unsigned>(end));
}

Json random_tags(Chance& chance, bool objects) {
  Json all = Json::array();
  for (const char* tag : {"a", "b", "c"}) {
    if (below(chance, 2) == 0) continue;
    all.push_back(objects ? Json{{"name", tag}} : Json(tag));
  }
  return all;
}

// What everybody says of five people, late and twice now and then.
std::vector<std::pair<Time, Json>> random_sayings(Chance& chance, Time begin) {
  std::vector<std::pair<Time, Json>> sayings;
  Time now = begin;
  for (int i = 0; i < 80; ++i) {
    now = now + Duration::of_ms(1'000);
    const bool crm = below(chance, 3) > 0;
    const std::string n = std::to_string(below(chance, 5));
    Json record{{"email", "p" + n + "@example.com"}};
    if (below(chance, 4) > 0)
      record["tags"] = random_tags(chance, crm && i > 20 && below(chance, 4) > 0);
    if (below(chance, 3) == 0) record["name"] = "n" + std::to_string(i);
    const Time at = below(chance, 5) == 0 ? now - Duration::of_ms(20'000) : now;
    sayings.emplace_back(now, Json{{"system", crm ? "crm" : "desk"},
                                   {"entity", "contact"},
                                   {"id", (crm ? "c" : "d") + n},
                                   {"occurred_at", to_rfc3339(at)},
                                   {"record", record}});
    if (below(chance, 6) == 0) sayings.emplace_back(now, sayings.back().second);
  }
  return sayings;
}

// Golden records and what is to be written, by person.
Json outcome_of(Office& office) {
  Json all = Json::object();
  for (int n = 0; n < 5; ++n) {
    const auto view = office.store->read();
    for (const std::string system : {"crm", "desk"}) {
      const auto source =
          view->find_source(SystemName(system), EntityName("contact"),
                            RecordId((system == "crm" ? "c" : "d") + std::to_string(n)));
      if (!source || source->golden.empty()) continue;
      Json& person = all[std::to_string(n)];
      person["record"] = office.record(source->golden.text)["record"];
      for (const Delivery& one : view->open_deliveries(source->golden)) {
        person["writes"][one.system.text] = Office::plain(*one.body);
      }
    }
  }
  return all;
}

}  // namespace

TEST_CASE(
    "a pause and its end under a mended policy give what the mended policy gives from the start") {
  const std::string rule_word = GENERATE(as<std::string>{}, "recency", "union", "precedence");
  std::size_t pauses = 0;
  for (unsigned seed = 0; seed < 40; ++seed) {
    Chance chance(seed);
    Office mended(tag_terms(rule_word, true));
    Office paused(tag_terms(rule_word, false));
    const auto sayings = random_sayings(chance, mended.now);
    for (const auto& [at, event] : sayings) {
      mended.now = paused.now = at;
      mended.send(event, false);
      paused.send(event, false);
      if (below(chance, 10) == 0) paused.sweep_all();
    }
    pauses += paused.items_of(Category::drift).size();
    paused.policy = mended.policy;
    paused.sweep_all();
    mended.sweep_all();
    INFO("seed " << seed << ", rule " << rule_word);
    CHECK(paused.items_of(Category::drift).empty());
    REQUIRE(outcome_of(paused) == outcome_of(mended));
  }
  CHECK(pauses > 20);
}

}  // namespace truce::test
