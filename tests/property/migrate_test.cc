// Migrations on random stories: the records stand afterwards as if the schema had always been the
// new one, and as if nothing had been when it is undone.
#include "engine/core/plan/plan.h"
#include "tests/property/busy_office.h"
#include "tests/unit/migrate/moving.h"

namespace truce::test {
namespace {

// What a person would see of it, but for the ids that are chance.
std::string picture(World& world, std::size_t systems) {
  std::vector<std::string> lines;
  std::set<std::string> goldens;
  for (std::size_t i = 0; i < systems; ++i) {
    const auto source = world.store->read()->find_source(
        SystemName(system_name(i)), EntityName("contact"), RecordId("r" + std::to_string(i)));
    REQUIRE(source);
    goldens.insert(source->golden.text);
  }
  for (const ExceptionItem& item : world.open_items()) {
    std::string subject = item.subject;
    const auto at = item.golden.empty() ? std::string::npos : subject.find(item.golden.text);
    if (at != std::string::npos) subject.erase(at, item.golden.text.size());
    lines.push_back("item " + subject + ' ' + fingerprint(item.candidates));
  }
  for (const DeliveryState state : {DeliveryState::pending, DeliveryState::waiting}) {
    for (const Delivery& delivery : world.deliveries_in(state)) {
      lines.push_back("write " + delivery.system.text + ' ' +
                      std::string(to_string(delivery.operation)) + ' ' +
                      to_canonical(*delivery.body));
    }
  }
  for (const std::string& id : goldens) {
    const auto golden = world.store->read()->find_golden(GoldenId(id));
    REQUIRE(golden);
    for (const auto& [name, field] : golden->fields) {
      lines.push_back("field " + name.text + ' ' + to_canonical(to_json(field.value)) +
                      (field.contested ? " contested " : " ") + field.system.text + ' ' +
                      std::to_string(field.changed_at.us) + ' ' + field.rule);
    }
    lines.push_back(golden->deleted_at ? "deleted" : "living");
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line + '\n';
  return all;
}

// Some fields get another name, in the same order; nothing else changes.
Json with_other_names(Chance& chance, const Json& policy) {
  Json next = policy;
  Json& entity = next["entities"]["contact"];
  Json fields = Json::object();
  const bool renames_key = chance.one_in(2);
  for (const auto& [name, field] : entity["fields"].items()) {
    const bool keeps = name == "key" ? !renames_key : chance.one_in(3);
    fields[keeps ? name : name + "_now"] = field;
  }
  entity["fields"] = std::move(fields);
  if (renames_key) entity["match"] = Json::array({Json::array({"key_now"})});
  return next;
}

// Options of a field that stand for `word`A, `word`B, … whatever the case they are spelt in.
void put_options(Chance& chance, Json& policy, std::size_t systems, const std::string& word) {
  Json field{{"type", "enum"},
             {"rule", chance.pick<std::string>({"recency", "escalate", "precedence"})}};
  Json values;
  for (const char* option : {"A", "B", "C", "D"}) {
    values[option] = word + option;
    values[lowered(option).get<std::string>()] = word + option;
  }
  for (std::size_t i = 0; i < systems; ++i) {
    field["map"][system_name(i)] = {{"path", "f_stage"}, {"values", values}};
  }
  policy["entities"]["contact"]["fields"]["f_stage"] = std::move(field);
}

Json with_other_options(const Json& policy) {
  Json next = policy;
  for (auto& [system, entry] : next["entities"]["contact"]["fields"]["f_stage"]["map"].items()) {
    for (auto& [option, meaning] : entry["values"].items()) {
      // Another order among them, so that ties go another way.
      meaning = std::string(1, static_cast<char>('Z' - (meaning.get<std::string>().back() - 'A'))) +
                meaning.get<std::string>();
    }
  }
  return next;
}

std::vector<Json> random_events(Chance& chance, const Json& policy, std::size_t systems) {
  const std::int64_t start_ms = 1'779'999'000'000;
  std::vector<Json> events;
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
    event["record"] = Json::object();
    for (const auto& [name, field] : policy["entities"]["contact"]["fields"].items()) {
      if (name == "key" || chance.one_in(2)) continue;
      event["record"][name] = random_value(chance, field);
      if (chance.one_in(2)) event["changed"].push_back(name);
    }
    events.push_back(std::move(event));
  }
  return events;
}

void meet(World& world, std::size_t systems) {
  for (std::size_t i = 0; i < systems; ++i) {
    world.send({{"system", system_name(i)},
                {"entity", "contact"},
                {"occurred_at", 1'779'999'000'000},
                {"record", {{"id", "r" + std::to_string(i)}, {"key", "K"}}}},
               false);
  }
}

void send_part(World& world, const std::vector<Json>& events, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) world.send(events[i], false);
}

}  // namespace

TEST_CASE("a recorded story that is migrated stands as if it had been read so from the start") {
  holds("migrated as from the start", [](Chance chance) {
    const std::size_t systems = 3;
    Json before = random_policy(chance, systems);
    put_options(chance, before, systems, "x");
    const Json after = with_other_names(chance, with_other_options(before));
    const std::vector<Json> events = random_events(chance, before, systems);
    const std::size_t half = chance.below(events.size() + 1);
    const std::size_t parked_to = half + chance.below(events.size() - half + 1);
    World moved(policy_of(to_wire(before)));
    meet(moved, systems);
    send_part(moved, events, 0, half);
    Mover mover(moved, to_wire(before));
    moved.sweep_all();
    REQUIRE(mover.begin(to_wire(after)));
    // E79: what comes meanwhile waits, and is read under the new schema.
    send_part(moved, events, half, parked_to);
    mover.go_on();
    send_part(moved, events, parked_to, events.size());
    World always(policy_of(to_wire(after)));
    meet(always, systems);
    send_part(always, events, 0, events.size());
    RC_LOG("from " + to_wire(before) + "\nto " + to_wire(after) + '\n');
    for (const Json& event : events) RC_LOG(to_wire(event) + '\n');
    RC_ASSERT(picture(moved, systems) == picture(always, systems));
  });
}

TEST_CASE("a migration that is undone leaves a story as if it had never been") {
  holds("undone as never", [](Chance chance) {
    const std::size_t systems = 3;
    Json before = random_policy(chance, systems);
    put_options(chance, before, systems, "x");
    const Json after = with_other_names(chance, with_other_options(before));
    const std::vector<Json> events = random_events(chance, before, systems);
    const std::size_t first = chance.below(events.size() + 1);
    const std::size_t second = first + chance.below(events.size() - first + 1);
    World moved(policy_of(to_wire(before)));
    meet(moved, systems);
    send_part(moved, events, 0, first);
    Mover mover(moved, to_wire(before));
    moved.sweep_all();
    REQUIRE(mover.begin(to_wire(after)));
    if (chance.one_in(3)) {
      mover.one_piece();
    } else {
      mover.go_on();
    }
    send_part(moved, events, first, second);
    mover.undo_all();
    send_part(moved, events, second, events.size());
    World never(policy_of(to_wire(before)));
    meet(never, systems);
    send_part(never, events, 0, events.size());
    RC_LOG("from " + to_wire(before) + "\nto " + to_wire(after) + '\n');
    for (const Json& event : events) RC_LOG(to_wire(event) + '\n');
    RC_ASSERT(picture(moved, systems) == picture(never, systems));
  });
}

TEST_CASE("a busy office whose fields are renamed, and named back, agrees in the end") {
  int writes = 0;
  holds("renamed in a busy office", [&](Chance chance) {
    const std::size_t systems = 2 + chance.below(3);
    const Json before = random_policy(chance, systems);
    const Json after = with_other_names(chance, before);
    if (after == before) return;
    const bool goes_back = chance.one_in(2);
    BusyOffice office(chance, systems, before);
    Mover mover(office.world, to_wire(before));
    office.open();
    office.work(chance.below(60));
    office.world.sweep_all();
    mover.migrate(to_wire(after));
    office.work(chance.below(30));
    if (goes_back) mover.undo_all();
    office.work(chance.below(40));
    RC_LOG("from " + to_wire(before) + "\nto " + to_wire(after) + '\n');
    RC_ASSERT(office.settle_down());
    const auto source = office.world.store->read()->find_source(
        SystemName("s0"), EntityName("contact"), RecordId("r0"));
    // The office knows the fields by their first names.
    if (goes_back) check_agreement(office, source->golden.text);
    writes += office.writes;
  });
  CHECK(writes > 0);
}

}  // namespace truce::test
