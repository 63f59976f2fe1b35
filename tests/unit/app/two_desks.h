// A small office for the sequences of the model: systems crm, desk and bill, contacts that are
// linked by their key from the start, and one field under test.
#pragma once

#include <string>

#include "tests/unit/app/world.h"

namespace truce::test {

// Seconds after the office opened; links are made at 0.
inline Time second(std::int64_t seconds) { return Time::of_ms(1'779'990'000'000 + seconds * 1000); }

class Desks : public World {
 public:
  // `field` is the policy of field "f", without its map.
  explicit Desks(const std::string& field, const std::string& more = {})
      : World(policy_text(field, more)) {
    clock(0);
  }

  static std::string policy_text(const std::string& field, const std::string& more) {
    return R"({"version": 1,
      "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}, "bill": {"precedence": 3}},
      "entities": {"contact": {
        "id": {"crm": "id", "desk": "id", "bill": "id"},
        "match": [["key"]], "create_in": [] )" +
           more + R"(,
        "fields": {
          "key": {"type": "text", "rule": "precedence", "map": {"crm": "key", "desk": "key", "bill": "key"}},
          "f": {)" +
           field + R"(, "map": {"crm": "f", "desk": "f", "bill": "f"}}}}}})";
  }

  // Known to the engine, saying nothing about f.
  void link(const std::string& system) {
    const Json outcome = send({{"system", system},
                               {"entity", "contact"},
                               {"id", system + "1"},
                               {"occurred_at", to_rfc3339(second(0))},
                               {"record", {{"key", "K"}}}});
    golden = outcome["golden_id"].get<std::string>();
  }
  void link_all() {
    for (const char* system : {"crm", "desk", "bill"}) link(system);
  }

  // "system said value at second": certain, unless `possible`.
  Json says(const std::string& system, const Json& value, std::int64_t at, bool hand_out = false,
            bool possible = false) {
    Json event{{"system", system},
               {"entity", "contact"},
               {"id", system + "1"},
               {"occurred_at", to_rfc3339(second(at))},
               {"record", {{"f", value}}}};
    if (!possible) event["changed"] = Json::array({"f"});
    return send(event, hand_out);
  }

  Json shown() { return record(golden)["record"].value("f", Json()); }

  Json history() { return history_of(golden); }

  // The clock of the engine, in the same seconds.
  void clock(std::int64_t seconds) { now = second(seconds); }

  // What would be written where now: {"desk": "A"}.
  Json waiting() {
    Json all = Json::object();
    for (const Delivery& delivery : deliveries_in(DeliveryState::pending)) {
      all[delivery.system.text] = delivery.body->value("f", Json());
    }
    return all;
  }

  std::string golden;
};

}  // namespace truce::test
