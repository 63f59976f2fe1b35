// The slow loop's part of the five numbers, from the audit trail.
#include "engine/app/stats.h"

#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

Json stats_of(World& world, StatsWindow window = {}) {
  const auto view = world.store->read();
  Reader reader{*view, *world.policy, world.secrets, world.now};
  return *count_stats(reader, window);
}

}  // namespace

TEST_CASE("runs, what they found and the share of missed events are counted, plans apart") {
  Office office({text_field("name"), R"("create_in": [])"});
  office.both_know({{"name", "Ada"}});
  office.deliver_all();
  office.advance(3'600'000);
  const Snapshots snapshots{
      {"crm", {{{"id", "c1"}, {"email", "ada@example.com"}, {"name", "Grace"}}}},
      {"desk", {{{"id", "d1"}, {"email", "ada@example.com"}, {"name", "Ada"}}}}};
  reconcile(office, snapshots, {.mode = "plan"});
  const Json report = reconcile(office, snapshots);
  REQUIRE(report["discrepancies"] == 1);
  const Json all = stats_of(office);
  const Json slow = all["slow_loop"];
  CHECK(slow["runs"] == 1);
  CHECK(slow["plans"] == 1);
  CHECK(slow["discrepancies"] == 1);
  CHECK(slow["causes"] == Json{{"lost_event", 1}});
  CHECK(slow["missed_events"]["crm"] == Json{{"missed", 1}, {"events", 1}, {"rate", 0.5}});
  CHECK(slow["missed_events"]["desk"]["missed"] == 0);
  CHECK(all["auto_resolved"]["recency"].get<int>() >= 1);

  StatsWindow desk;
  desk.system = SystemName("desk");
  CHECK(stats_of(office, desk)["slow_loop"]["discrepancies"] == 0);
  StatsWindow before;
  before.to = office.now;
  CHECK(stats_of(office, before)["slow_loop"]["runs"] == 0);
}

TEST_CASE("what the guard holds in every run is one missed change, once a person lets it through") {
  const bool has_own_time = GENERATE(true, false);
  const std::string modified =
      has_own_time ? R"(, "modified": {"crm": "modified", "desk": "modified"})" : "";
  Office office(
      {text_field("name"),
       R"("create_in": [], "guard": {"count": 2, "share": 0.1, "window": "1d"})" + modified});
  for (int i = 0; i < 4; ++i) {
    office.says("crm", "c" + std::to_string(i),
                {{"email", "p" + std::to_string(i) + "@example.com"}, {"name", "old"}});
  }
  const Json heard = stats_of(office)["fast_loop"]["events"];
  office.advance(3'600'000);
  std::vector<Json> records;
  for (int i = 0; i < 4; ++i) {
    records.push_back({{"id", "c" + std::to_string(i)},
                       {"email", "p" + std::to_string(i) + "@example.com"},
                       {"name", "new"},
                       {"modified", to_rfc3339(office.now - Duration::of_ms(1'800'000))}});
  }
  const auto missed = [&] {
    return stats_of(office)["slow_loop"]["missed_events"]["crm"]["missed"].get<int>();
  };
  for (int run = 0; run < 3; ++run) {
    const Json report = reconcile(office, {{"crm", records}});
    CHECK(report["held"] == 2);
    CHECK(missed() == 2);
    office.advance(3'600'000);
  }
  const ExceptionItem item = office.the_item(Category::held_change);
  SECTION("released") { office.act(item, "release"); }
  SECTION("discarded") { office.act(item, "discard"); }
  CHECK(missed() == 4);
  CHECK(stats_of(office)["fast_loop"]["events"] == heard);
}

TEST_CASE("absences that nobody believes are no missed changes") {
  Office office({text_field("name"), R"("create_in": [], "delete": "propagate")"});
  std::vector<Json> records;
  for (int i = 0; i < 10; ++i) {
    records.push_back(
        {{"id", "c" + std::to_string(i)}, {"email", "p" + std::to_string(i) + "@example.com"}});
    office.says("crm", "c" + std::to_string(i), records.back());
  }
  const auto missed = [&] {
    return stats_of(office)["slow_loop"]["missed_events"]["crm"]["missed"].get<int>();
  };
  const std::vector<Json> few(records.begin(), records.begin() + 1);
  for (int run = 0; run < 2; ++run) {
    office.advance(3'600'000);
    CHECK(reconcile(office, {{"crm", few}})["held"] == 9);
    CHECK(missed() == 0);
  }
  SECTION("released") {
    office.act(office.the_item(Category::held_change), "release");
    CHECK(missed() == 9);
  }
  SECTION("discarded") {
    office.act(office.the_item(Category::held_change), "discard");
    CHECK(missed() == 0);
  }
  SECTION("refuted") {
    office.advance(3'600'000);
    reconcile(office, {{"crm", records}});
    CHECK(office.open_items().empty());
    CHECK(missed() == 0);
  }
}

}  // namespace truce::test
