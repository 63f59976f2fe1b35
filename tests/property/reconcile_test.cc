// The slow loop's properties: whatever the fast loop lost, one complete comparison and its writes
// make all systems agree, and a second one finds nothing.
#include "tests/property/busy_office.h"
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

Snapshots snapshots_of(const BusyOffice& office) {
  Snapshots snapshots;
  for (std::size_t i = 0; i < office.systems; ++i) {
    snapshots[system_name(i)] = {office.records[i]};
  }
  return snapshots;
}

std::string told(World& world, const Json& report) {
  std::string text = to_wire(report) + '\n';
  for (const Json& row : found_by(world, report)) text += to_wire(row) + '\n';
  return text;
}

// What is left to find once everything is mended: questions that people have to answer.
bool is_a_question(const Json& row) { return row["result"] == "escalated"; }

std::string golden_of(World& world) {
  const auto source =
      world.store->read()->find_source(SystemName("s0"), EntityName("contact"), RecordId("r0"));
  REQUIRE(source);
  return source->golden.text;
}

void check_mended(BusyOffice& office) {
  office.loses_events = false;
  office.quiet = true;
  office.world.advance(10'000);
  RC_LOG("shown " + to_wire(Json(office.records)) + '\n');
  const Json first = reconcile(office.world, snapshots_of(office));
  RC_LOG(told(office.world, first));
  expect(office.settle_down(), "never silent after a comparison: " + told(office.world, first));
  // What had a write on its way was left out, and is looked at by the next one.
  if (first["excluded"] != 0) {
    office.world.advance(10'000);
    reconcile(office.world, snapshots_of(office));
    expect(office.settle_down(), "never silent after a second comparison");
  }
  for (const Json& entry : office.world.history_of(golden_of(office.world))) {
    RC_LOG(to_wire(entry) + '\n');
  }
  check_agreement(office, golden_of(office.world));
  office.world.advance(10'000);
  const Json second = reconcile(office.world, snapshots_of(office));
  for (const Json& row : found_by(office.world, second)) {
    expect(is_a_question(row), "a second comparison finds something: " + to_wire(row) +
                                   "\nfirst: " + told(office.world, first));
  }
}

}  // namespace

TEST_CASE("whatever was lost, one comparison makes all systems agree, and a second finds nothing") {
  int lost = 0, writes = 0;
  holds("slow loop: everything agrees", [&](Chance chance) {
    const std::size_t systems = 2 + chance.below(3);
    const Json policy = random_policy(chance, systems);
    BusyOffice office(chance, systems, policy);
    office.loses_events = true;
    office.breaks_promises = chance.one_in(3);
    office.open();
    office.work(10 + chance.below(60));
    RC_LOG("under " + to_wire(policy) + '\n');
    // With writes still on their way, or after all of them have come to an end.
    if (chance.one_in(2)) {
      office.settle_down();
    } else {
      office.quiet = true;
      while (!office.flying.empty()) office.settle();
    }
    office.waiting.clear();
    check_mended(office);
    lost += office.lost;
    writes += office.writes;
  });
  std::cout << "slow loop: " << lost << " events lost, " << writes << " writes\n";
  CHECK(lost > schedules());
}

namespace {

struct Edits {
  Json policy;
  std::size_t systems = 0;
  std::vector<Json> events;          // in the order of their times
  std::vector<std::size_t> last_of;  // by system: its last event, or none
};

constexpr std::size_t none = static_cast<std::size_t>(-1);

Edits random_edits(Chance& chance) {
  Edits edits;
  edits.systems = 2 + chance.below(3);
  edits.policy = random_policy(chance, edits.systems);
  edits.last_of.assign(edits.systems, none);
  const Json& fields = edits.policy["entities"]["contact"]["fields"];
  std::vector<Json> records(edits.systems);
  std::int64_t at_ms = 1'779'999'000'000;
  const std::size_t count = edits.systems + 2 + chance.below(12);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t system = i < edits.systems ? i : chance.below(edits.systems);
    Json& record = records[system];
    at_ms += 1 + static_cast<std::int64_t>(chance.below(50));
    record["id"] = "r" + std::to_string(system);
    record["key"] = "K";
    record["at"] = at_ms;
    for (const auto& [name, field] : fields.items()) {
      if (name == "key") continue;
      const bool is_new = !record.contains(name);
      if (!is_new && !chance.one_in(3)) continue;
      const Json value = random_value(chance, field);
      record[name] = lowered_in(field, system) ? lowered(value) : value;
    }
    edits.last_of[system] = i < edits.systems ? none : i;
    edits.events.push_back(
        {{"system", system_name(system)}, {"entity", "contact"}, {"record", record}});
  }
  return edits;
}

std::map<std::string, std::string> values_of(World& world) {
  std::map<std::string, std::string> values;
  const Json shown = world.record(golden_of(world));
  for (const auto& [name, value] : shown["record"].items()) {
    const std::string text = comparable(value) + (is_open(world, name) ? " open" : "");
    // Nothing said and nothing there look the same.
    if (text != "null") values[name] = text;
  }
  return values;
}

}  // namespace

TEST_CASE("lost last events give what the events would have given") {
  int lost = 0;
  holds("slow loop: as if nothing was lost", [&](Chance chance) {
    const Edits edits = random_edits(chance);
    const PolicyPtr policy = policy_of(to_wire(edits.policy));
    World whole(policy), lossy(policy);
    Snapshots snapshots;
    std::set<std::size_t> lost_ones;
    for (const std::size_t last : edits.last_of) {
      if (last != none && chance.one_in(2)) lost_ones.insert(last);
    }
    for (std::size_t i = 0; i < edits.events.size(); ++i) {
      whole.send(edits.events[i], false);
      if (!lost_ones.contains(i)) lossy.send(edits.events[i], false);
      snapshots[edits.events[i]["system"]] = {edits.events[i]["record"]};
    }
    lossy.advance(3'600'000);
    const Json report = reconcile(lossy, snapshots);
    RC_LOG("under " + to_wire(edits.policy) + '\n' + told(lossy, report));
    RC_ASSERT(values_of(lossy) == values_of(whole));
    lost += static_cast<int>(lost_ones.size());
  });
  CHECK(lost > schedules() / 2);
}

}  // namespace truce::test
