// Merges inside a system that no event told: the loser is gone from a complete snapshot, and
// another record shows its keys.
#include "engine/app/stats.h"
#include "tests/unit/app/companies.h"
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

// Other addresses count as the key, as a CRM keeps those of a record that was merged away.
Terms terms(const std::string& on_delete) {
  Terms terms{
      text_field("name") +
          R"(, "others": {"type": "set", "rule": "union", "map": {"crm": "others"}})",
      R"("create_in": [], "match_also": {"email": ["others"]}, "delete": ")" + on_delete + '"'};
  return terms;
}

Json in_crm(const std::string& id, const std::string& email, const std::string& name,
            const Json& others = Json::array()) {
  return {{"id", id}, {"email", email}, {"name", name}, {"others", others}};
}
Json in_desk(const std::string& id, const std::string& email, const std::string& name) {
  return {{"id", id}, {"email", email}, {"name", name}};
}

// c1 and d1 are Ada; c2, and where the test says so d2, are the Countess. crm has merged c2 away.
class Merged : public Office {
 public:
  explicit Merged(const std::string& on_delete = "propagate") : Office(terms(on_delete)) {
    says("crm", "c1", in_crm("c1", "ada@example.com", "Ada"));
    says("desk", "d1", in_desk("d1", "ada@example.com", "Ada"));
    ada = golden;
    says("crm", "c2", in_crm("c2", "countess@example.com", "Ada L."));
    countess = golden;
    for (int i = 3; i < 8; ++i) {
      const std::string n = std::to_string(i);
      says("crm", "c" + n, in_crm("c" + n, "p" + n + "@example.com", "P"));
      says("desk", "d" + n, in_desk("d" + n, "p" + n + "@example.com", "P"));
    }
    deliver_all();
    advance(3'600'000);
  }

  Snapshots without(const std::string& gone, const std::vector<Json>& in_crm_now,
                    std::vector<Json> in_desk_now) {
    Snapshots snapshots{{"crm", in_crm_now}, {"desk", std::move(in_desk_now)}};
    for (int i = 3; i < 8; ++i) {
      const std::string n = std::to_string(i);
      snapshots["crm"].push_back(in_crm("c" + n, "p" + n + "@example.com", "P"));
      snapshots["desk"].push_back(in_desk("d" + n, "p" + n + "@example.com", "P"));
    }
    for (const Json& record : snapshots["crm"]) REQUIRE(record["id"] != gone);
    return snapshots;
  }

  std::string ada, countess;
};

}  // namespace

TEST_CASE("E26 a merge that only a snapshot shows moves the loser's links, and deletes nothing") {
  for (const char* on_delete : {"propagate", "escalate", "ignore", "restore"}) {
    INFO(on_delete);
    Merged office(on_delete);
    office.says("crm", "c1", in_crm("c1", "ada@example.com", "Ada"));
    const Snapshots now =
        office.without("c2", {in_crm("c1", "ada@example.com", "Ada", {"countess@example.com"})},
                       {in_desk("d1", "ada@example.com", "Ada")});
    const Json report = reconcile(office, now);
    CHECK(report["missing"] == 1);
    CHECK(report["auto_resolved"]["merge"] == 1);
    CHECK(office.source_of("crm", "c2").state == LinkState::merged);
    CHECK(office.source_of("crm", "c2").merged_into == RecordId("c1"));
    CHECK(office.record(office.countess)["golden_id"] == office.record(office.ada)["golden_id"]);
    CHECK(office.record(office.ada)["deleted_at"].is_null());
    CHECK(office.open_items().empty());
    CHECK(office.deliver_all().empty());
    // The next night there is nothing to say.
    office.advance(86'400'000);
    CHECK(reconcile(office, now)["discrepancies"] == 0);
  }
}

TEST_CASE("E26 the loser's record elsewhere becomes the winner's") {
  Office office(terms("propagate"));
  office.says("crm", "c1", in_crm("c1", "ada@example.com", "Ada"));
  office.says("crm", "c2", in_crm("c2", "countess@example.com", "Ada L."));
  office.says("desk", "d2", in_desk("d2", "countess@example.com", "Ada L."));
  office.deliver_all();
  office.advance(3'600'000);
  reconcile(office, {{"crm", {in_crm("c1", "ada@example.com", "Ada", {"countess@example.com"})}},
                     {"desk", {in_desk("d2", "countess@example.com", "Ada L.")}}});
  const GoldenId one = office.source_of("crm", "c1").golden;
  CHECK(office.source_of("desk", "d2").golden == one);
  CHECK(office.source_of("desk", "d2").state == LinkState::active);
  CHECK(office.source_of("crm", "c2").state == LinkState::merged);
  CHECK(office.golden_count() == 1);
  for (const Json& written : office.deliver_all()) {
    INFO(to_wire(written));
    CHECK(written["op"] == "update");
  }
}

TEST_CASE("E26 both may have been merged into a record with a new id") {
  Merged office;
  const Snapshots now =
      office.without("c2", {in_crm("c9", "ada@example.com", "Ada", {"countess@example.com"})},
                     {in_desk("d1", "ada@example.com", "Ada")});
  reconcile(office, now);
  CHECK(office.source_of("crm", "c1").state == LinkState::merged);
  CHECK(office.source_of("crm", "c2").state == LinkState::merged);
  CHECK(office.source_of("crm", "c9").state == LinkState::active);
  CHECK(office.source_of("crm", "c9").golden == office.source_of("desk", "d1").golden);
  CHECK(office.record(office.ada)["golden_id"] == office.record(office.countess)["golden_id"]);
  CHECK(office.open_items().empty());
  CHECK(office.deliver_all().empty());
  office.advance(86'400'000);
  CHECK(reconcile(office, now)["discrepancies"] == 0);
}

TEST_CASE("E27 a merge that only a snapshot shows, of two that are linked apart, is one question") {
  Merged office;
  office.says("desk", "d2", in_desk("d2", "countess@example.com", "Ada L."));
  REQUIRE(office.source_of("desk", "d2").golden.text == office.countess);
  office.deliver_all();
  office.advance(3'600'000);
  const Snapshots now = office.without(
      "c2", {in_crm("c1", "ada@example.com", "Ada", {"countess@example.com"})},
      {in_desk("d1", "ada@example.com", "Ada"), in_desk("d2", "countess@example.com", "Ada L.")});
  const Json report = reconcile(office, now);
  CHECK(report["escalated"]["merge"] == 1);
  const ExceptionItem item = office.the_item(Category::merge);
  CHECK(office.open_items().size() == 1);
  CHECK(office.source_of("desk", "d1").golden != office.source_of("desk", "d2").golden);
  CHECK_FALSE(is_deleted(office.source_of("desk", "d2")));
  CHECK(office.deliver_all().empty());

  SECTION("joined, there is one golden record") {
    office.act(item, "join");
    CHECK(office.record(office.ada)["golden_id"] == office.record(office.countess)["golden_id"]);
    for (const Json& written : office.deliver_all()) CHECK(written["op"] == "update");
  }
  SECTION("kept apart, it is not asked again the next night") {
    office.act(item, "keep_apart");
    office.advance(86'400'000);
    reconcile(office, now);
    CHECK(office.open_items().empty());
    CHECK(office.deliver_all().empty());
  }
}

TEST_CASE("E26 a plan foresees a merge that only its own snapshot shows") {
  const bool is_linked_apart = GENERATE(false, true);
  const auto run_in = [&](const std::string& mode) {
    Merged office;
    std::vector<Json> in_desk_now{in_desk("d1", "ada@example.com", "Ada")};
    if (is_linked_apart) {
      office.says("desk", "d2", in_desk("d2", "countess@example.com", "Ada L."));
      in_desk_now.push_back(in_desk("d2", "countess@example.com", "Ada L."));
    }
    office.deliver_all();
    office.advance(3'600'000);
    return reconcile(
        office,
        office.without("c2", {in_crm("c1", "ada@example.com", "Ada", {"countess@example.com"})},
                       in_desk_now),
        {.mode = mode});
  };
  const Json plan = run_in("plan");
  CHECK(plan[is_linked_apart ? "escalated" : "auto_resolved"].value("merge", 0) == 1);
  check_told_alike(plan, run_in("apply"));
}

TEST_CASE("E63 made anew under another id, it is told as a merge and asks nobody") {
  const std::string mode = GENERATE(as<std::string>{}, "plan", "apply");
  INFO(mode);
  Merged office;
  const Json report = reconcile(office,
                                office.without("c1",
                                               {in_crm("c9", "ada@example.com", "Ada"),
                                                in_crm("c2", "countess@example.com", "Ada L.")},
                                               {in_desk("d1", "ada@example.com", "Ada")}),
                                {.mode = mode});
  CHECK(report["ambiguous"] == 0);
  CHECK(report["escalated"] == Json::object());
  CHECK(report["auto_resolved"]["merge"] == 1);
  CHECK(report["missing"] == 1);
  CHECK(office.open_items().empty());
  const auto view = office.store->read();
  Reader reader{*view, *office.policy, office.secrets, office.now};
  CHECK((*count_stats(reader, {}))["escalated"] == Json::object());
}

TEST_CASE("E27 a merge into a new id that only a snapshot shows leaves both as they were") {
  Merged office;
  office.says("desk", "d2", in_desk("d2", "countess@example.com", "Ada L."));
  office.deliver_all();
  office.advance(3'600'000);
  const Snapshots now = office.without(
      "c2", {in_crm("c9", "countess@example.com", "Ada L.", {"ada@example.com"})},
      {in_desk("d1", "ada@example.com", "Ada"), in_desk("d2", "countess@example.com", "Ada L.")});
  reconcile(office, now);
  const ExceptionItem item = office.the_item(Category::merge);
  CHECK(office.open_items().size() == 1);
  CHECK(office.deliver_all().empty());
  CHECK(office.record(office.source_of("desk", "d1").golden.text)["record"]["name"] == "Ada");
  SECTION("the next night there is nothing more to ask or to write") {
    office.advance(86'400'000);
    reconcile(office, now);
    CHECK(office.open_items().size() == 1);
    CHECK(office.deliver_all().empty());
  }
  SECTION("kept apart, a person says which of them it is") {
    office.act(item, "keep_apart");
    CHECK(office.deliver_all().empty());
    CHECK(office.record(office.source_of("desk", "d1").golden.text)["record"]["name"] == "Ada");
    office.advance(86'400'000);
    reconcile(office, now);
    CHECK(office.items_of(Category::ambiguous_match).size() == 1);
    CHECK(office.open_items().size() == 1);
    CHECK(office.deliver_all().empty());
  }
}

TEST_CASE("E26 the first snapshot that shows a merge's survivor takes it to where its keys say") {
  Merged office;
  office.says("desk", "d9", in_desk("d9", "new@example.com", "New"));
  office.happens("merge", "crm", "c1", {{"merged_into", "c9"}});
  CHECK(office.deliver_all().empty());
  office.advance(3'600'000);
  reconcile(
      office,
      office.without(
          "c1",
          {in_crm("c2", "countess@example.com", "Ada L."), in_crm("c9", "new@example.com", "New")},
          {in_desk("d1", "ada@example.com", "Ada"), in_desk("d9", "new@example.com", "New")}));
  CHECK(office.source_of("crm", "c9").golden == office.source_of("desk", "d9").golden);
  office.the_item(Category::merge);
  CHECK(office.deliver_all().empty());
}

TEST_CASE("E26 what a system's own list tells of a merge or a delete is no absence") {
  Office office(terms("propagate"));
  for (const char* n : {"1", "2", "3"}) {
    const std::string email = std::string("p") + n + "@example.com";
    office.says("crm", std::string("c") + n, in_crm(std::string("c") + n, email, "P"));
    office.says("desk", std::string("d") + n, in_desk(std::string("d") + n, email, "P"));
  }
  office.deliver_all();
  office.advance(3'600'000);
  Json told{{"id", "c2"}, {"occurred_at", to_rfc3339(office.now)}};
  Snapshots now{
      {"crm", {in_crm("c1", "p1@example.com", "P"), in_crm("c3", "p3@example.com", "P")}}};

  SECTION("a merge of two that are linked apart is a question, also in a plan") {
    told.update({{"op", "merge"}, {"merged_into", "c3"}});
    now["crm"].push_back({{"gone", told}});
    CHECK(reconcile(office, now, {.mode = "plan"})["escalated"] == Json{{"merge", 1}});
    const Json report = reconcile(office, now);
    CHECK(report["escalated"] == Json{{"merge", 1}});
    CHECK(report["missing"] == 1);
    CHECK(report["systems"]["crm"]["records"] == 2);
    CHECK(office.source_of("crm", "c2").merged_into == RecordId("c3"));
    CHECK(office.deliver_all().empty());
    office.act(office.the_item(Category::merge), "keep_apart");
    CHECK(reconcile(office, now)["discrepancies"] == 0);
    CHECK(office.open_items().empty());
  }
  SECTION("a delete goes through the delete policy once, also of a list that is not complete") {
    told["op"] = "delete";
    now["crm"].push_back({{"gone", told}});
    const Json report = reconcile(office, now, {.complete = std::vector<std::string>{}});
    CHECK(report["auto_resolved"] == Json{{"propagate", 1}});
    const auto written = office.deliver_all();
    REQUIRE(written.size() == 1);
    CHECK(written[0]["op"] == "delete");
    CHECK(written[0]["record_id"] == "d2");
    CHECK(reconcile(office, now)["discrepancies"] == 0);
  }
  SECTION("of a record that nobody knows it says nothing") {
    told.update({{"op", "delete"}, {"id", "c9"}});
    now["crm"].push_back({{"gone", told}});
    now["crm"].push_back(in_crm("c2", "p2@example.com", "P"));
    CHECK(reconcile(office, now)["discrepancies"] == 0);
  }
}

TEST_CASE("E27 a merge that was kept apart is not asked again as a duplicate") {
  Merged office;
  office.says("desk", "d2", in_desk("d2", "countess@example.com", "Ada L."));
  office.happens("merge", "crm", "c2", {{"merged_into", "c1"}});
  office.act(office.the_item(Category::merge), "keep_apart");
  office.says("crm", "c1", in_crm("c1", "ada@example.com", "Ada", {"countess@example.com"}));
  CHECK(office.open_items().empty());
}

TEST_CASE("E26 gone without a record that shows its keys is deleted, not merged") {
  Merged office("escalate");
  reconcile(office, office.without("c2", {in_crm("c1", "ada@example.com", "Ada")},
                                   {in_desk("d1", "ada@example.com", "Ada")}));
  CHECK(is_deleted(office.source_of("crm", "c2")));
  CHECK_FALSE(office.record(office.countess)["deleted_at"].is_null());
  CHECK(office.record(office.ada)["deleted_at"].is_null());
}

TEST_CASE("E26 the keys of a record that the same snapshot lacks too are no sign of a merge") {
  Merged office("escalate");
  Snapshots now = office.without("c2", {in_crm("c1", "ada@example.com", "Ada")},
                                 {in_desk("d1", "ada@example.com", "Ada")});
  office.says("crm", "c8", in_crm("c8", "new@example.com", "New", {"countess@example.com"}));
  office.advance(3'600'000);
  reconcile(office, now);
  CHECK(is_deleted(office.source_of("crm", "c2")));
  CHECK(office.source_of("crm", "c2").state != LinkState::merged);
}

TEST_CASE(
    "E26 a comparison finds references to a joined record, and agrees once they are written") {
  Companies office;
  office.crm_knows("k2");
  office.desk_knows("o2");
  office.are_merged("k2", "k1");
  const bool is_swept = GENERATE(true, false);
  if (is_swept) office.sweep_all();
  office.advance(3'600'000);
  const auto shown = [](const std::string& company, const std::string& org) {
    return Snapshots{
        {"crm", {{{"id", "c1"}, {"email", "ada@example.com"}, {"company_id", company}}}},
        {"desk", {{{"id", "d1"}, {"email", "ada@example.com"}, {"org", org}}}}};
  };
  Json report = reconcile(office, shown("k1", "o2"));
  CHECK(report["different"] == 1);
  const std::vector<Json> found = found_by(office, report);
  REQUIRE(found.size() == 1);
  CHECK(found[0]["system"] == "desk");
  CHECK(office.written_now() == Json({{"d1", {{"org", "o1"}}}}));
  office.advance(3'600'000);
  report = reconcile(office, shown("k1", "o1"));
  CHECK(report["matched"] == 1);
  CHECK(report["different"] == 0);
  CHECK(report["deliveries"] == 0);
  office.sweep_all();
  CHECK(office.deliver_all().empty());
  // desk took it back, or never did what it said.
  office.advance(3'600'000);
  report = reconcile(office, shown("k1", "o2"));
  CHECK(report["different"] == 1);
  CHECK(office.written_now() == Json({{"d1", {{"org", "o1"}}}}));
}

}  // namespace truce::test
