#include "engine/core/audit/audit_chain.h"

#include <catch2/catch.hpp>

#include "engine/core/model/hash.h"
#include "tests/unit/audit/sample_trail.h"

namespace truce {
namespace {

AuditEntry entry_at(const std::optional<AuditEntry>& last, Time now, const Json& body = {}) {
  return next_entry(last, now, "event", "ana", EntityName("contact"), GoldenId("g"), EventKey("k"),
                    to_wire(body));
}

TEST_CASE("the first entry is 1 and follows 64 zeros") {
  const AuditEntry entry = entry_at(std::nullopt, Time{5});
  CHECK(entry.sequence == 1);
  CHECK(entry.at == Time{5});
  CHECK(entry.previous_hash == std::string(64, '0'));
  CHECK(entry.hash.size() == 64);
}

TEST_CASE("an entry takes the next sequence and the hash before it") {
  const AuditEntry first = entry_at(std::nullopt, Time{5});
  const AuditEntry second = entry_at(first, Time{6});
  CHECK(second.sequence == 2);
  CHECK(second.previous_hash == first.hash);
  CHECK(second.hash != first.hash);
}

TEST_CASE("a clock that jumps back does not reorder the trail") {
  const AuditEntry first = entry_at(std::nullopt, Time{1'000});
  const AuditEntry second = entry_at(first, Time{10});
  const AuditEntry third = entry_at(second, Time{999});
  CHECK(second.at == Time{1'000});
  CHECK(third.at == Time{1'000});
  CHECK(entry_at(third, Time{1'001}).at == Time{1'001});
}

TEST_CASE("the hash is over the text that the header gives") {
  const AuditEntry entry =
      entry_at(std::nullopt, Time{5}, {{"b", make_number("1.10")}, {"a", "x"}});
  CHECK(entry.hash ==
        sha256_hex(std::string(64, '0') +
                   R"({"actor":"ana","at":5,"body":"{\"a\":\"x\",\"b\":1.10}","entity":"contact",)"
                   R"("event_key":"k","golden":"g","kind":"event","sequence":1})"));
}

TEST_CASE("every member counts in the hash") {
  const AuditEntry entry = sample_trail(3).back();
  const auto changed = [&](auto change) {
    AuditEntry copy = entry;
    change(copy);
    return entry_hash(copy) != entry.hash;
  };
  CHECK(entry_hash(entry) == entry.hash);
  CHECK(changed([](AuditEntry& e) { ++e.sequence; }));
  CHECK(changed([](AuditEntry& e) { ++e.at.us; }));
  CHECK(changed([](AuditEntry& e) { e.kind += 'x'; }));
  CHECK(changed([](AuditEntry& e) { e.actor.clear(); }));
  CHECK(changed([](AuditEntry& e) { e.entity = EntityName(e.entity.text + 'x'); }));
  CHECK(changed([](AuditEntry& e) { e.golden.text += 'x'; }));
  CHECK(changed([](AuditEntry& e) { e.event_key = EventKey("other"); }));
  CHECK(changed([](AuditEntry& e) { e.previous_hash[0] = 'x'; }));
  CHECK(changed([](AuditEntry& e) { forge_body(e, "new", nullptr); }));
  CHECK(changed([](AuditEntry& e) { forge_body(e, "amount", make_number("1.1")); }));
  CHECK(changed([](AuditEntry& e) { std::swap(e.actor, e.kind); }));
}

TEST_CASE("the hash outlives storage: numbers that come back as other nodes count alike") {
  const AuditEntry entry = entry_at(std::nullopt, Time{5},
                                    {{"integer", -7},
                                     {"unsigned", 18446744073709551615u},
                                     {"double", 0.1},
                                     {"given", make_number("-0.00e7")},
                                     {"text", "\u00FC\n"},
                                     {"bad", "\xFF"}});
  AuditEntry stored = entry;
  stored.body = to_wire(parse_json(entry.body).value());
  CHECK(entry_hash(stored) == entry.hash);
}

}  // namespace
}  // namespace truce
