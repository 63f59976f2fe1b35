// The audit trail alone tells every golden record at every time; and undoing twice changes nothing.
#include "engine/app/time_travel.h"
#include "tests/unit/app/two_desks.h"
#include "tests/whatif/replaying.h"
#include "tests/whatif/undoing.h"

namespace truce::test {
namespace {

// What is shown of every golden record: field -> value and whether it is contested, deleted,
// merged.
using Shown = std::map<std::string, std::string>;

void put(Shown& all, const std::string& golden, const std::string& what, const Json& value) {
  // A field that nobody speaks of any more and one that is blank read alike.
  if (!value.is_null()) all[golden + ' ' + what] = to_canonical(value);
}

Shown stored(World& world) {
  Shown all;
  AuditFilter filter;
  filter.limit = 100'000;
  const auto view = world.store->read();
  for (const AuditEntry& entry : view->list_audit(filter)) {
    const auto golden = view->find_golden(entry.golden);
    if (!golden) continue;
    put(all, golden->id.text, "merged into", golden->merged_into.text);
    if (!golden->merged_into.empty()) continue;
    for (const auto& [name, field] : golden->fields) {
      put(all, golden->id.text, name.text, to_json(field.value));
      put(all, golden->id.text, name.text + " contested", field.contested);
    }
    put(all, golden->id.text, "updated at", to_rfc3339(golden->updated_at));
    if (golden->deleted_at)
      put(all, golden->id.text, "deleted at", to_rfc3339(*golden->deleted_at));
  }
  return all;
}

Shown told(World& world, Time at) {
  std::map<GoldenId, PastRecord> records;
  AuditFilter filter;
  filter.limit = 100'000;
  for (const AuditEntry& entry : world.store->read()->list_audit(filter)) {
    if (entry.golden.empty() || entry.at > at) continue;
    take_entry(records[entry.golden], entry, world.secrets);
  }
  Shown all;
  for (const auto& [golden, record] : records) {
    put(all, golden.text, "merged into", record.merged_into.text);
    if (!record.merged_into.empty()) continue;
    for (const auto& [name, field] : record.fields) {
      put(all, golden.text, name.text, field.value);
      put(all, golden.text, name.text + " contested", field.contested);
    }
    put(all, golden.text, "updated at", to_rfc3339(record.updated_at));
    if (record.deleted_at) put(all, golden.text, "deleted at", to_rfc3339(*record.deleted_at));
  }
  return all;
}

std::string apart(const Shown& a, const Shown& b) {
  std::string lines;
  for (const auto& [key, value] : a) {
    const auto other = b.find(key);
    if (other == b.end() || other->second != value) {
      lines += key + ": " + value + " / " + (other == b.end() ? "-" : other->second) + '\n';
    }
  }
  for (const auto& [key, value] : b) {
    if (!a.contains(key)) lines += key + ": - / " + value + '\n';
  }
  return lines;
}

void delete_or_restore(BusyOffice& office) {
  const std::size_t system = office.chance.below(office.systems);
  office.world.advance(5);
  office.answer(office.world.send({{"system", system_name(system)},
                                   {"entity", "contact"},
                                   {"id", "r" + std::to_string(system)},
                                   {"op", office.chance.pick<std::string>({"delete", "restore"})},
                                   {"occurred_at", office.now_ms(system)}},
                                  false));
}

std::string golden_of(World& world) {
  const auto source =
      world.store->read()->find_source(SystemName("s0"), EntityName("contact"), RecordId("r0"));
  RC_ASSERT(source.has_value());
  return source->golden.text;
}

Json values_of(World& world) { return world.record(golden_of(world))["record"]; }

Json random_select(BusyOffice& office, Time opened) {
  Chance& chance = office.chance;
  switch (chance.below(5)) {
    case 0: {
      const auto lived = office.world.now - opened;
      return {{"since", to_rfc3339(opened + Duration{static_cast<std::int64_t>(chance.below(
                                                static_cast<std::size_t>(lived.us) + 1))})}};
    }
    case 1:
      return {{"system", system_name(chance.below(office.systems))}};
    case 2:
      return {{"rule", chance.pick<std::string>({"recency", "precedence", "union", "decision"})}};
    case 3:
      return {{"actor", "ada"}};
    default: {
      std::vector<std::string> keys;
      for (const auto& [key, entries] : office.receipts) keys.push_back(key);
      return {{"event_key", chance.pick(keys)}};
    }
  }
}

bool same_values(const Json& a, const Json& b, const Json& rules) {
  for (const auto& [name, field] : rules["fields"].items()) {
    if (comparable(a.value(name, Json())) != comparable(b.value(name, Json()))) return false;
  }
  return true;
}

Json past_of(Desks& desks) {
  const auto view = desks.store->read();
  Reader reader{*view, *desks.policy, desks.secrets, desks.now};
  const auto past =
      read_record_at(reader, EntityName("contact"), GoldenId(desks.golden), desks.now);
  REQUIRE(past);
  return *past;
}

}  // namespace

TEST_CASE("the lineage of a time is of the change that brought the value") {
  Desks desks(R"("type": "text", "rule": "recency")");
  desks.link_all();
  const auto past = [&] { return past_of(desks); };
  desks.clock(10);
  const Json first = desks.says("crm", "A", 5);
  CHECK(past()["lineage"]["f"]["event_key"] == first["event_key"]);
  CHECK(past()["lineage"]["f"]["event_key"] ==
        desks.record(desks.golden)["lineage"]["f"]["event_key"]);
  desks.clock(20);
  const Json repeated = desks.says("desk", "A", 15);
  REQUIRE(repeated["changes"].empty());
  REQUIRE(desks.record(desks.golden)["lineage"]["f"]["system"] == "desk");
  CHECK(past()["lineage"]["f"]["system"] == "crm");
  CHECK(past()["lineage"]["f"]["event_key"] == first["event_key"]);
  CHECK(past()["updated_at"] == to_rfc3339(second(10)));
  CHECK(past()["updated_at"] == desks.record(desks.golden)["updated_at"]);
}

TEST_CASE(
    "an older word that comes to the fore is not said to be the event's that moved it there") {
  Desks desks(R"("type": "integer", "rule": "min")");
  desks.link_all();
  desks.clock(10);
  desks.says("crm", 1, 1);
  desks.says("bill", 2, 2);
  desks.says("crm", 3, 3);
  const Json lineage = past_of(desks)["lineage"]["f"];
  CHECK(lineage["system"] == "bill");
  CHECK(lineage["event_key"].is_null());
}

TEST_CASE("the audit trail alone gives the golden state, now and at every time before") {
  holds("time travel", [](Chance chance) {
    const std::size_t systems = 3 + chance.below(2);
    Json policy_json = random_policy(chance, systems);
    // The office writes, and neither makes records nor deletes them.
    policy_json["entities"]["contact"]["delete"] = chance.pick<std::string>({"escalate", "ignore"});
    BusyOffice office(chance, systems, policy_json);
    const bool private_fields = chance.one_in(4);
    if (private_fields) {
      Policy policy = *office.world.policy;
      for (auto& [name, field] : policy.entities.at(EntityName("contact")).fields) {
        field.is_private = true;
      }
      office.world.policy = std::make_shared<const Policy>(policy);
    }
    office.open();
    std::vector<std::pair<Time, Shown>> pictures;
    for (std::size_t part = 2 + chance.below(4); part > 0; --part) {
      office.work(3 + chance.below(15));
      answer_some(office);
      if (chance.one_in(4)) delete_or_restore(office);
      if (chance.one_in(6)) {
        Policy other = *office.world.policy;
        other.sha256 += "x";
        Field& field = other.entities.at(EntityName("contact")).fields.at(FieldName("f_recency"));
        field.rule = field.rule == Rule::recency ? Rule::precedence : Rule::recency;
        office.world.policy = std::make_shared<const Policy>(other);
        office.world.sweep_all();
      }
      pictures.emplace_back(office.world.now, stored(office.world));
      office.world.advance(1);
    }
    for (const auto& [at, picture] : pictures) {
      const std::string difference = apart(picture, told(office.world, at));
      expect(difference.empty(), to_rfc3339(at) + " stored / told:\n" + difference);
    }
    // The same over the reading of one record.
    const std::string golden = golden_of(office.world);
    const auto view = office.world.store->read();
    Reader reader{*view, *office.world.policy, office.world.secrets, office.world.now};
    const auto past =
        read_record_at(reader, EntityName("contact"), GoldenId(golden), office.world.now);
    RC_ASSERT(past.has_value());
    RC_ASSERT(same_values((*past)["record"], values_of(office.world), office.rules));
  });
}

TEST_CASE("an undo and its undo leave every value as it was, and an undo touches nothing else") {
  std::size_t undone = 0;
  holds("undo", [&](Chance chance) {
    const std::size_t systems = 3 + chance.below(2);
    BusyOffice office(chance, systems, random_policy(chance, systems));
    const Time opened = office.world.now;
    live(office);
    office.world.advance(10);
    const Json before = values_of(office.world);
    const Json select = random_select(office, opened);
    const Json first = undo(office.world, select, "u1");
    const Json between = values_of(office.world);
    std::set<std::string> fields;
    for (const Json& line : first["undone"]) {
      if (!line.contains("field")) continue;
      const std::string field = line["field"];
      fields.insert(field);
      expect(comparable(between.value(field, Json())) == comparable(line["to"]), to_wire(first));
    }
    for (const auto& [name, value] : before.items()) {
      if (fields.contains(name)) continue;
      expect(comparable(between.value(name, Json())) == comparable(value),
             name + " was touched: " + to_wire(first));
    }
    undone += fields.size();
    office.world.advance(10);
    const Json second = undo(office.world, {{"undo", "u1"}}, "u2");
    expect(same_values(values_of(office.world), before, office.rules),
           to_wire(select) + '\n' + to_wire(before) + '\n' + to_wire(first) + '\n' +
               to_wire(second) + '\n' + to_wire(values_of(office.world)));
    const Shown picture = stored(office.world);
    const std::string difference = apart(picture, told(office.world, office.world.now));
    expect(difference.empty(), "stored / told:\n" + difference);
    if (chance.one_in(2)) return;
    RC_ASSERT(office.settle_down());
    expect(converged(office.world, 1)["verdict"] == "converges", "after an undo");
  });
  CHECK(undone > 0);
}

}  // namespace truce::test
