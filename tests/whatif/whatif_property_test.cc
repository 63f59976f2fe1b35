// The log again, in other orders and under other policies, for random policies and stories.
#include "tests/whatif/replaying.h"

namespace truce::test {
namespace {

std::string golden_of(World& world) {
  const auto source =
      world.store->read()->find_source(SystemName("s0"), EntityName("contact"), RecordId("r0"));
  RC_ASSERT(source.has_value());
  return source->golden.text;
}

std::map<std::string, Json> shown(World& world) {
  const auto golden = world.store->read()->find_golden(GoldenId(golden_of(world)));
  std::map<std::string, Json> fields;
  for (const auto& [name, field] : golden->fields) {
    fields[name.text] = {{"value", to_json(field.value)}, {"contested", field.contested}};
  }
  return fields;
}

std::vector<Json> random_story(Chance& chance, const Json& policy, std::size_t systems) {
  std::vector<Json> events;
  for (std::size_t i = 0; i < systems; ++i) {
    events.push_back({{"system", system_name(i)},
                      {"entity", "contact"},
                      {"occurred_at", 1'779'999'000'000},
                      {"record", {{"id", "r" + std::to_string(i)}, {"key", "K"}}}});
  }
  for (std::size_t count = 3 + chance.below(10); count > 0; --count) {
    const std::size_t system = chance.below(systems);
    Json event{{"system", system_name(system)},
               {"entity", "contact"},
               {"id", "r" + std::to_string(system)},
               {"occurred_at", 1'779'999'000'000 + static_cast<std::int64_t>(chance.below(12))},
               {"record", Json::object()}};
    for (const auto& [name, field] : policy["entities"]["contact"]["fields"].items()) {
      if (name == "key" || chance.one_in(2)) continue;
      event["record"][name] = random_value(chance, field);
      if (chance.one_in(2)) event["changed"].push_back(name);
    }
    if (chance.one_in(12)) {
      event["op"] = chance.pick<std::string>({"delete", "restore"});
      event.erase("record");
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace

TEST_CASE("the log of a busy office gives one state in every order, which is the stored one") {
  holds("verify-convergence", [](Chance chance) {
    const std::size_t systems = 3 + chance.below(2);
    BusyOffice office(chance, systems, random_policy(chance, systems));
    live(office);
    const Json report = converged(office.world, chance.below(1'000));
    RC_LOG(to_wire(office.rules) + '\n');
    expect(report["verdict"] == "converges", to_wire(report));
    expect(report["stored"]["same"] == 1, to_wire(report));
  });
}

TEST_CASE("under the same policy nothing would differ") {
  holds("what-if of the same policy", [](Chance chance) {
    const std::size_t systems = 3 + chance.below(2);
    const Json policy = random_policy(chance, systems);
    BusyOffice office(chance, systems, policy);
    live(office);
    const Json report = simulated(office.world, policy_of(to_wire(policy)));
    expect(report["records"] == 1 && report["records_different"] == 0, to_wire(report));
    expect(report["unexplained"] == 0, to_wire(report));
  });
}

TEST_CASE("what would differ under another policy is what the same story makes of it there") {
  std::size_t different = 0;
  holds("what-if of another policy", [&](Chance chance) {
    const std::size_t systems = 3 + chance.below(2);
    const Json present = random_policy(chance, systems), other = random_policy(chance, systems);
    World here(policy_of(to_wire(present))), there(policy_of(to_wire(other)));
    for (const Json& event : random_story(chance, present, systems)) {
      // Two events that differ only in what the policy does not read are one here, and in the log.
      if (here.send(event, false).at("outcome") == "duplicate") continue;
      there.send(event, false);
    }
    const Json report = simulated(here, there.policy);
    RC_ASSERT(report["unexplained"] == 0);
    std::map<std::string, Json> expected;
    const auto before = shown(here), after = shown(there);
    for (const auto& [name, field] : after) {
      if (!before.contains(name) || before.at(name) != field) expected[name] = field;
    }
    for (const auto& [name, field] : before) {
      if (!after.contains(name)) expected[name] = nullptr;
    }
    std::map<std::string, Json> found;
    for (const Json& line : report["differences"]) {
      const Json& next = line["next"];
      found[line["field"].get<std::string>()] =
          next.is_null() ? Json()
                         : Json{{"value", next["value"]}, {"contested", next["contested"]}};
    }
    different += expected.size();
    expect(found == expected, to_wire(report) + '\n' + to_wire(Json(expected)));
    RC_ASSERT(report["questions"]["next"].get<std::size_t>() == there.open_items().size());
  });
  CHECK(different > 0);
}

}  // namespace truce::test
