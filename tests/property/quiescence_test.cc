// Properties 2 to 6, on an office that works: people edit, the network repeats and reorders, writes
// are leased, settled, failed and echoed; at the end everything must agree and be silent.
#include "tests/property/busy_office.h"

namespace truce::test {
namespace {

void check_explained(BusyOffice& office, const std::string& golden) {
  const Json shown = office.world.record(golden);
  for (const auto& [name, value] : shown["record"].items()) {
    const Json explained = office.world.explained(golden, name);
    const std::string told = "property 6: " + to_wire(explained);
    expect(comparable(explained["value"]) == comparable(value), told);
    const Json winner = explained["winner"];
    for (const Json& loser : explained["losers"]) {
      expect(loser["system"] != winner["system"] || loser["event_key"] != winner["event_key"] ||
                 comparable(loser["value"]) != comparable(value),
             told);
    }
    if (winner["rule"] == "union" || winner["rule"] == "decision") continue;
    const std::string key = winner["event_key"];
    if (key.starts_with("settle:")) continue;  // the target's answer to a lookup said it first
    const auto raw = office.world.store->read()->find_raw(EventKey(key));
    expect(raw.has_value(), told);
    const Json event = json_of(raw->body);
    expect(event["system"] == winner["system"], told);
    expect(comparable(event["record"][name]) == comparable(value), told);
  }
}

void check_receipts(BusyOffice& office) {
  std::map<std::string, int> entries;
  AuditFilter filter;
  filter.limit = 100'000;
  auto view = office.world.store->read();
  for (const AuditEntry& entry : view->list_audit(filter)) {
    if (!entry.event_key.empty()) ++entries[entry.event_key.text()];
  }
  for (const auto& [key, counted] : office.receipts) {
    expect(entries[key] == 1, "property 5: audit entries of " + key);
    expect(view->find_receipt(EventKey(key)).has_value(), "property 5: no receipt of " + key);
  }
}

void check_repeats(BusyOffice& office, const std::string& golden) {
  const Json before = office.world.record(golden)["record"];
  office.world.advance(40LL * 86'400'000);
  office.world.sweep_all();
  for (const Json& event : office.sent) {
    const Json outcome = office.world.send(event, true);
    expect(outcome["outcome"] == "duplicate" && outcome["deliveries"].empty(),
           "property 4: " + to_wire(outcome));
  }
  RC_ASSERT(office.world.record(golden)["record"] == before);
}

}  // namespace

TEST_CASE("properties 2 to 6: a busy office agrees in the end and falls silent") {
  int writes = 0;
  holds("properties 2 to 6", [&](Chance chance) {
    const std::size_t systems = 3 + chance.below(2);
    const Json policy = random_policy(chance, systems);
    const bool repeat_all = chance.one_in(10);
    BusyOffice office(chance, systems, policy);
    office.open();
    office.work(10 + chance.below(60));
    const bool silent = office.settle_down();
    const auto source = office.world.store->read()->find_source(
        SystemName("s0"), EntityName("contact"), RecordId("r0"));
    RC_ASSERT(source.has_value());
    const std::string golden = source->golden.text;
    std::string still;
    for (const Json& delivery : office.claimed_last) {
      for (const auto& [name, value] : delivery["fields"].items()) {
        still += to_wire(delivery) + '\n' + to_wire(office.world.explained(golden, name)) + '\n';
      }
    }
    expect(silent, "property 2: never silent: " + still);
    check_agreement(office, golden);
    check_explained(office, golden);
    check_receipts(office);
    if (repeat_all) check_repeats(office, golden);
    writes += office.writes;
  });
  std::cout << "properties 2 to 6: " << writes << " writes\n";
}

}  // namespace truce::test
