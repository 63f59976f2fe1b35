// A first comparison: nothing is known, everything is linked together before anything is written.
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

Terms names() { return {text_field("name"), R"("create_in": ["crm", "desk"])"}; }

Json person(const std::string& id, const std::string& email, const std::string& name) {
  return {{"id", id}, {"email", email}, {"name", name}};
}

}  // namespace

TEST_CASE("records that agree are linked, and nothing is written") {
  Office office(names());
  const Json report = reconcile(office, {{"crm", {person("c1", "ada@example.com", "Ada")}},
                                         {"desk", {person("d1", "ADA@example.com", "Ada")}}});
  CHECK(report["matched"] == 1);
  CHECK(report["linked"] == 2);
  CHECK(report["discrepancies"] == 0);
  CHECK(report["deliveries"] == 0);
  CHECK(office.golden_count() == 1);
  CHECK(office.deliveries_in(DeliveryState::pending).empty());
}

TEST_CASE("a record is not made where the snapshot has it, however late its page comes") {
  Office office(names());
  const Json report = reconcile(
      office,
      {{"crm", {person("c1", "ada@example.com", "Ada")}},
       {"desk", {person("d9", "bob@example.com", "Bob"), person("d1", "ada@example.com", "Ada")}}},
      {.page_size = 1});
  CHECK(report["matched"] == 1);
  CHECK(report["only"] == 1);
  CHECK(report["creates"] == 1);
  const auto created = office.deliver_all();
  REQUIRE(created.size() == 1);
  CHECK(created[0]["system"] == "crm");
  CHECK(created[0]["fields"]["email"] == "bob@example.com");
}

TEST_CASE("what differs at the first look was never linked, and its rule settles it") {
  Office office(names());
  const Json report = reconcile(office, {{"crm", {person("c1", "ada@example.com", "Ada")}},
                                         {"desk", {person("d1", "ada@example.com", "Ada L.")}}});
  CHECK(report["different"] == 1);
  CHECK(report["causes"] == Json{{"never_linked", 1}});
  CHECK(report["auto_resolved"] == Json{{"recency", 1}});
  const auto found = found_by(office, report);
  REQUIRE(found.size() == 1);
  CHECK(found[0]["field"] == "name");
  CHECK(found[0]["values"] == Json{{"crm", "Ada"}, {"desk", "Ada L."}});
  CHECK(found[0]["result"] == "auto_resolved");
  CHECK(found[0]["deliveries"].size() == 1);
  CHECK(office.deliver_all().size() == 1);
}

TEST_CASE("a field for people is one question, opened once all systems have spoken") {
  Office office(
      {text_field("name", "escalate"), R"("create_in": [])",
       R"("crm": {"precedence": 1}, "desk": {"precedence": 2}, "bill": {"precedence": 3})"});
  const Json report = reconcile(office, {{"crm", {person("c1", "a@example.com", "Ada")}},
                                         {"desk", {person("d1", "a@example.com", "Bea")}},
                                         {"bill", {{{"id", "b1"}, {"email", "a@example.com"}}}}});
  CHECK(report["escalated"] == Json{{"conflict", 1}});
  const ExceptionItem item = office.the_item(Category::conflict);
  CHECK(item.version == 1);
  CHECK(item.candidates.size() == 2);
  CHECK(found_by(office, report)[0]["exception_id"] == item.id.text);
}

TEST_CASE("a plan says what applying does, and changes nothing") {
  const Snapshots snapshots{
      {"crm", {person("c1", "a@example.com", "Ada"), person("c2", "b@example.com", "Bea")}},
      {"desk", {person("d1", "a@example.com", "Adah")}}};
  Office planned(names()), applied(names());
  const Json plan = reconcile(planned, snapshots, {.mode = "plan"});
  CHECK(planned.golden_count() == 0);
  CHECK(planned.deliveries_in(DeliveryState::pending).empty());
  const Json done = reconcile(applied, snapshots);
  check_told_alike(plan, done);
  CHECK(plan["different"] == 1);
  CHECK(plan["creates"] == 1);
}

TEST_CASE("a plan foresees what the guard will hold") {
  const Terms guarded{text_field("name"),
                      R"("create_in": [], "guard": {"count": 2, "share": 0.1})"};
  const auto people = [](const std::string& name) {
    std::vector<Json> all;
    for (int i = 0; i < 5; ++i) {
      const std::string n = std::to_string(i);
      all.push_back(person("c" + n, "p" + n + "@example.com", name + n));
    }
    return all;
  };
  const auto changed_everywhere = [&](const std::string& mode) {
    Office office(guarded);
    reconcile(office, {{"crm", people("Old ")}});
    office.advance(3'600'000);
    const Json report = reconcile(office, {{"crm", people("New ")}}, {.mode = mode});
    CHECK(office.items_of(Category::held_change).size() == (mode == "plan" ? 0U : 1U));
    return report;
  };
  CHECK(changed_everywhere("apply")["held"] == 3);
  CHECK(changed_everywhere("plan")["held"] == 3);
}

TEST_CASE("what a run makes itself does not let more changes past the guard") {
  const std::string mode = GENERATE("apply", "plan");
  const bool strangers_first = GENERATE(true, false);
  Office office({text_field("name"), R"("create_in": [], "guard": {"count": 2, "share": 0.5})"});
  std::vector<Json> before, after;
  for (int i = 0; i < 4; ++i) {
    const std::string n = std::to_string(i);
    before.push_back(person("c" + n, "p" + n + "@example.com", "Old"));
    after.push_back(person("c" + n, "p" + n + "@example.com", "New"));
  }
  for (int i = 0; i < 20; ++i) {
    const std::string n = std::to_string(i);
    after.insert(strangers_first ? after.begin() : after.end(),
                 person("s" + n, "s" + n + "@example.com", "Somebody"));
  }
  reconcile(office, {{"crm", before}});
  office.advance(3'600'000);
  CHECK(reconcile(office, {{"crm", after}}, {.mode = mode})["held"] == 2);
  if (mode == "plan") return;
  const ExceptionItem item = office.the_item(Category::held_change);
  CHECK(item.detail["records_changed"] == 4);
  CHECK(item.detail["records"] == 4);
}

TEST_CASE("link takes the facts and writes nothing") {
  Office office(names());
  const Json report = reconcile(office,
                                {{"crm", {person("c1", "a@example.com", "Ada")}},
                                 {"desk", {person("d1", "a@example.com", "Adah")}}},
                                {.mode = "link"});
  CHECK(report["linked"] == 2);
  CHECK(report["deliveries"] == 0);
  CHECK(office.golden_count() == 1);
  CHECK(office.deliveries_in(DeliveryState::pending).empty());
}

TEST_CASE("what the run behind a linking one finds is no failed delivery") {
  Office office(names());
  const Snapshots snapshots{{"crm", {person("c1", "a@example.com", "Ada")}},
                            {"desk", {person("d1", "a@example.com", "Adah")}}};
  reconcile(office, snapshots, {.mode = "link"});
  office.advance(3'600'000);
  const Json report = reconcile(office, snapshots);
  CHECK(report["causes"] == Json{{"unknown", 1}});
  CHECK(report["deliveries"] == 1);
}

TEST_CASE("a field that a record leaves out is a difference where it is written") {
  const Snapshots snapshots{{"crm", {person("c1", "a@example.com", "Ada")}},
                            {"desk", {{{"id", "d1"}, {"email", "a@example.com"}}}}};
  Office office(names());

  SECTION("planned or done") {
    const Json report = reconcile(office, snapshots, {.mode = GENERATE("plan", "apply")});
    CHECK(report["matched"] == 0);
    CHECK(report["different"] == 1);
    CHECK(report["causes"] == Json{{"never_linked", 1}});
    CHECK(report["auto_resolved"] == Json{{"recency", 1}});
    CHECK(report["deliveries"] == 1);
    const Json row = found_by(office, report).at(0);
    CHECK(row["values"] == Json{{"crm", "Ada"}});
    CHECK(row["records"] == Json{{"crm", "c1"}, {"desk", "d1"}});
  }
  SECTION("a run that only links leaves it to the next") {
    const Json linked = reconcile(office, snapshots, {.mode = "link"});
    CHECK(linked["different"] == 1);
    CHECK(linked["deliveries"] == 0);
    office.advance(3'600'000);
    CHECK(reconcile(office, snapshots)["different"] == 1);
    const auto written = office.deliver_all();
    REQUIRE(written.size() == 1);
    CHECK(written[0]["fields"] == Json{{"name", "Ada"}});
  }
  SECTION("not any more once it was written, though it is left out again") {
    reconcile(office, snapshots);
    office.deliver_all();
    office.advance(3'600'000);
    CHECK(reconcile(office, snapshots)["matched"] == 1);
    CHECK(office.deliver_all().empty());
  }
  SECTION("not while the write is on its way") {
    reconcile(office, snapshots);
    REQUIRE(office.claim_all().size() == 1);
    office.advance(1000);
    const Json report = reconcile(office, snapshots);
    CHECK(report["different"] == 0);
    CHECK(report["excluded"] == 1);
  }
}

TEST_CASE("a field that a record leaves out is none where it is not written") {
  const std::string towards = GENERATE("in", "none");
  Office office({one_field("name", R"("type": "text", "rule": "recency", "direction": {"desk": ")" +
                                       towards + R"("})"),
                 R"("create_in": [])"});
  const Snapshots snapshots{{"crm", {person("c1", "a@example.com", "Ada")}},
                            {"desk", {{{"id", "d1"}, {"email", "a@example.com"}}}}};
  const Json report = reconcile(office, snapshots, {.mode = GENERATE("plan", "apply", "link")});
  CHECK(report["matched"] == 1);
  CHECK(report["discrepancies"] == 0);
}

TEST_CASE("a reference that is left out is a difference once its parent is linked there") {
  Office office(with_companies(R"("create_in": [])"));
  office.company_comes();
  const Json created = office.claim_all();
  REQUIRE(created.size() == 1);
  const Snapshots snapshots{
      {"crm", {{{"id", "c1"}, {"email", "a@example.com"}, {"company_id", "k1"}}}},
      {"desk", {{{"id", "d1"}, {"email", "a@example.com"}}}}};
  CHECK(reconcile(office, snapshots)["matched"] == 1);
  REQUIRE(office.delivered(created[0], "o1")["state"] == "delivered");
  office.advance(3'600'000);
  const Json report = reconcile(office, snapshots);
  CHECK(report["different"].get<int>() + report["matched"].get<int>() == 1);
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["fields"] == Json{{"org", "o1"}});
}

TEST_CASE("why a record is not made is said as it is") {
  const auto why_of = [](Office& office, const Snapshots& snapshots, const SlowRun& terms) {
    const auto found = found_by(office, reconcile(office, snapshots, terms));
    REQUIRE(found.size() == 1);
    return found[0].value("why", "");
  };
  const Json ada = person("c1", "a@example.com", "Ada"), bea = person("c2", "b@example.com", "Bea");
  Office linking(names());
  CHECK(why_of(linking, {{"crm", {ada}}, {"desk", {}}}, {.mode = "link"}) ==
        "the run writes nothing");

  Office office(names());
  reconcile(office, {{"crm", {ada, bea}}, {"desk", {}}});
  office.deliver_all();
  office.happens("merge", "crm", "c2", {{"merged_into", "c1"}});
  office.act(office.the_item(Category::merge), "keep_apart");
  office.advance(3'600'000);
  const std::vector<Json> desk{person("desk-new-1", "a@example.com", "Ada"),
                               person("desk-new-2", "b@example.com", "Bea")};
  CHECK(why_of(office, {{"crm", {ada}}, {"desk", desk}}, {}) == "it is deliberately not there");
}

TEST_CASE("no more records are made than the run allows") {
  Office office(names());
  std::vector<Json> many;
  for (int i = 0; i < 10; ++i) {
    const std::string n = std::to_string(i);
    many.push_back(person("c" + n, "p" + n + "@example.com", "P" + n));
  }
  const Json report = reconcile(office, {{"crm", many}, {"desk", {}}}, {.max_creates = 3});
  CHECK(report["creates"] == 3);
  CHECK(report["creates_withheld"] == 7);
  CHECK(report["only"] == 10);
  CHECK(office.deliver_all().size() == 3);
}

TEST_CASE("nothing new is made in a system that was not read to its end") {
  Office office(names());
  const Json report =
      reconcile(office, {{"crm", {person("c1", "a@example.com", "Ada")}}, {"desk", {}}},
                {.complete = std::vector<std::string>{"crm"}});
  CHECK(report["creates"] == 0);
  CHECK(office.deliveries_in(DeliveryState::pending).empty());
}

TEST_CASE("what a run found is made nowhere that no run has read, until somebody works with it") {
  Office office(
      {text_field("name"), R"("create_in": ["crm", "desk", "bill"])",
       R"("crm": {"precedence": 1}, "desk": {"precedence": 2}, "bill": {"precedence": 3})"});
  const Snapshots two{{"crm", {person("c1", "a@example.com", "Ada")}}, {"desk", {}}};
  const auto made_in = [&] {
    std::vector<std::string> systems;
    for (const Json& written : office.deliver_all()) systems.push_back(written["system"]);
    return systems;
  };
  using Systems = std::vector<std::string>;

  SECTION("not when its record elsewhere was made, nor by the same run again") {
    reconcile(office, two);
    CHECK(made_in() == Systems{"desk"});
    office.advance(3'600'000);
    CHECK(reconcile(office, two)["creates"] == 0);
    CHECK(made_in().empty());
  }
  SECTION("nor behind a run that wrote nothing, or as little as it might") {
    const bool links = GENERATE(true, false);
    reconcile(office, two, links ? SlowRun{.mode = "link"} : SlowRun{.max_creates = 0});
    CHECK(made_in().empty());
    reconcile(office, two);
    CHECK(made_in() == Systems{"desk"});
  }
  SECTION("a run that reads the other system finds it there, or makes it") {
    reconcile(office, two);
    made_in();
    office.advance(3'600'000);
    const bool is_there = GENERATE(true, false);
    const std::vector<Json> bill{
        {{"id", "b1"}, {"email", is_there ? "a@example.com" : "z@example.com"}}};
    reconcile(office, {{"crm", two.at("crm")}, {"bill", bill}});
    const Systems made = made_in();
    CHECK((std::find(made.begin(), made.end(), "bill") == made.end()) == is_there);
  }
  SECTION("an edit of the record goes where the policy makes it") {
    reconcile(office, two);
    made_in();
    office.says("crm", "c1", person("c1", "a@example.com", "Ada"));
    CHECK(made_in().empty());
    office.says("crm", "c1", person("c1", "a@example.com", "Ada L."));
    CHECK(made_in() == Systems{"bill", "desk"});
  }
}

TEST_CASE("two records of one system behind one key are a question, and not two people") {
  Office office(names());
  const Json report = reconcile(
      office,
      {{"crm", {person("c1", "a@example.com", "Ada"), person("c2", "a@example.com", "Ada B.")}},
       {"desk", {person("d1", "a@example.com", "Ada")}}});
  // The second of crm, and that of desk, which could be either.
  CHECK(report["ambiguous"] == 2);
  CHECK(office.items_of(Category::ambiguous_match).size() == 1);
  CHECK(office.golden_count() == 1);
  for (const Json& row : found_by(office, report)) {
    if (row["kind"] == "ambiguous") CHECK(row["result"] == "escalated");
  }
}

}  // namespace truce::test
