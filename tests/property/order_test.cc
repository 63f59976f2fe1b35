// Property 1: the same facts in any order and with any duplication give one state.
#include "engine/core/plan/plan.h"
#include "tests/property/random_office.h"

namespace truce::test {
namespace {

// What a person would see of it: values, open questions and what waits to be written.
std::string picture(World& world) {
  std::vector<std::string> lines;
  for (const ExceptionItem& item : world.open_items()) {
    // Which golden id a record got is chance; there is one golden record here.
    std::string subject = item.subject;
    if (!item.golden.empty()) {
      const auto at = subject.find(item.golden.text);
      if (at != std::string::npos) subject.erase(at, item.golden.text.size());
    }
    lines.push_back("item " + subject + ' ' + fingerprint(item.candidates));
  }
  for (const Delivery& delivery : world.deliveries_in(DeliveryState::pending)) {
    lines.push_back("write " + delivery.system.text + ' ' +
                    std::string(to_string(delivery.operation)) + ' ' + to_canonical(*delivery.body));
  }
  const auto source =
      world.store->read()->find_source(SystemName("s0"), EntityName("contact"), RecordId("r0"));
  REQUIRE(source);
  const auto golden = world.store->read()->find_golden(source->golden);
  REQUIRE(golden);
  for (const auto& [name, field] : golden->fields) {
    lines.push_back("field " + name.text + ' ' + to_canonical(to_json(field.value)) +
                    (field.contested ? " contested " : " ") + field.system.text + ' ' + field.rule);
  }
  lines.push_back(golden->deleted_at ? "deleted" : "living");
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line + '\n';
  return all;
}

Json first_event(std::size_t system, std::int64_t at_ms) {
  return {{"system", system_name(system)},
          {"entity", "contact"},
          {"occurred_at", at_ms},
          {"record", {{"id", "r" + std::to_string(system)}, {"key", "K"}}}};
}

std::vector<Json> random_events(Chance& chance, const Json& policy, std::size_t systems,
                                std::int64_t start_ms) {
  std::vector<Json> events;
  const Json& fields = policy["entities"]["contact"]["fields"];
  const std::size_t count = 3 + chance.below(10);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t system = chance.below(systems);
    Json event{{"system", system_name(system)},
               {"entity", "contact"},
               {"id", "r" + std::to_string(system)},
               {"occurred_at", start_ms + static_cast<std::int64_t>(chance.below(12))}};
    if (chance.one_in(15)) {
      event["op"] = chance.pick<std::string>({"delete", "restore"});
      events.push_back(std::move(event));
      continue;
    }
    if (chance.one_in(4)) event["version"] = std::to_string(chance.below(20));
    for (const auto& [name, field] : fields.items()) {
      if (name == "key" || chance.one_in(2)) continue;
      event["record"][name] = random_value(chance, field);
      if (chance.one_in(2)) event["changed"].push_back(name);
    }
    if (!event.contains("record")) event["record"] = Json::object();
    events.push_back(std::move(event));
  }
  return events;
}

std::string run(const PolicyPtr& policy, std::size_t systems, const std::vector<Json>& events,
                std::int64_t start_ms) {
  World world(policy);
  for (std::size_t i = 0; i < systems; ++i) world.send(first_event(i, start_ms), false);
  for (const Json& event : events) world.send(event, false);
  return picture(world);
}

}  // namespace

TEST_CASE("property 1: any order and any duplication of the same events give one state") {
  holds("property 1", [](Chance chance) {
    const std::size_t systems = 3 + chance.below(2);
    const Json policy_json = random_policy(chance, systems);
    const PolicyPtr policy = policy_of(to_wire(policy_json));
    const std::int64_t start_ms = 1'779'999'000'000;
    const std::vector<Json> events = random_events(chance, policy_json, systems, start_ms);
    const std::string expected = run(policy, systems, events, start_ms);
    for (int round = 0; round < 2; ++round) {
      std::vector<Json> shuffled = events;
      for (const Json& event : events) {
        if (chance.one_in(3)) shuffled.push_back(event);
      }
      chance.shuffle(shuffled);
      RC_LOG("under " + to_wire(policy_json) + '\n');
      for (const Json& event : shuffled) RC_LOG(to_wire(event) + '\n');
      RC_ASSERT(run(policy, systems, shuffled, start_ms) == expected);
    }
  });
}

}  // namespace truce::test
