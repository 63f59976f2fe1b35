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

}  // namespace truce::test
