// Property 1b: the same source records in any order give the same links, or an open item that names
// the records; never two silent records.
#include "tests/property/random_office.h"

namespace truce::test {
namespace {

using RecordName = std::pair<std::string, std::string>;  // system and id

const char* const policy_text = R"({
  "version": 1,
  "systems": {"s0": {"precedence": 1}, "s1": {"precedence": 2}, "s2": {"precedence": 3}},
  "entities": {"contact": {
    "id": {"s0": "id", "s1": "id", "s2": "id"},
    "match": [["first"], ["second"]], "create_in": [],
    "fields": {
      "first": {"type": "text", "rule": "precedence", "direction": {"s0": "in", "s1": "in", "s2": "in"},
                "map": {"s0": "first", "s1": "first", "s2": "first"}},
      "second": {"type": "text", "rule": "precedence", "direction": {"s0": "in", "s1": "in", "s2": "in"},
                 "map": {"s0": "second", "s1": "second", "s2": "second"}}}}}})";

struct Shown {
  RecordName name;
  Json first, second;
};

Json event_of(const Shown& shown, std::int64_t at_ms) {
  return {
      {"system", shown.name.first},
      {"entity", "contact"},
      {"occurred_at", at_ms},
      {"record", {{"id", shown.name.second}, {"first", shown.first}, {"second", shown.second}}}};
}

struct Links {
  std::map<RecordName, std::string> golden_of;  // of linked records
  std::set<RecordName> named;                   // by an open item

  bool are_linked(const RecordName& a, const RecordName& b) const {
    const auto x = golden_of.find(a), y = golden_of.find(b);
    return x != golden_of.end() && y != golden_of.end() && x->second == y->second;
  }
  bool are_named(const RecordName& a, const RecordName& b) const {
    return named.contains(a) || named.contains(b);
  }
};

Links links_after(const std::vector<Json>& events, const std::vector<Shown>& records) {
  World world(policy_of(policy_text));
  for (const Json& event : events) world.send(event, false);
  Links links;
  for (const Shown& record : records) {
    const auto source = world.store->read()->find_source(
        SystemName(record.name.first), EntityName("contact"), RecordId(record.name.second));
    RC_ASSERT(source.has_value());
    if (source->state == LinkState::active) links.golden_of[record.name] = source->golden.text;
  }
  for (const ExceptionItem& item : world.open_items()) {
    const Json records_of_item = item.detail.value("records", Json::array());
    for (const Json& record : records_of_item) links.named.emplace(record["system"], record["id"]);
    const Json goldens = item.detail.value("golden_ids", Json::array());
    for (const auto& [name, golden] : links.golden_of) {
      if (std::find(goldens.begin(), goldens.end(), Json(golden)) != goldens.end()) {
        links.named.insert(name);
      }
    }
  }
  return links;
}

// Known to be silent: a record without a first key goes with the first one that has its second key,
// and of several with that key, which their first keys tell apart, whichever came first.
bool is_told_apart(const std::vector<Shown>& all_shown, const Json& second) {
  if (second.is_null()) return false;
  std::set<Json> firsts;
  bool lacks_first = false;
  for (const Shown& shown : all_shown) {
    if (shown.second != second) continue;
    lacks_first |= shown.first.is_null();
    if (!shown.first.is_null()) firsts.insert(shown.first);
  }
  return lacks_first && firsts.size() > 1;
}

std::string text_of(const Links& links) {
  std::string text;
  for (const auto& [name, golden] : links.golden_of) {
    text += name.first + '/' + name.second + " in " + golden + '\n';
  }
  for (const auto& [system, id] : links.named) text += "named: " + system + '/' + id + '\n';
  return text;
}

}  // namespace

TEST_CASE("property 1b: the same records in any order give the same links, or an item names them") {
  std::size_t linked = 0, asked = 0;
  holds("property 1b", [&](Chance chance) {
    std::vector<Shown> records, all_shown;
    std::vector<Json> events;
    for (std::size_t count = 2 + chance.below(4); count > 0; --count) {
      const auto key = [&](const char* word) {
        return chance.one_in(4) ? Json() : Json(word + std::to_string(chance.below(2)));
      };
      const RecordName name{system_name(chance.below(3)), "r" + std::to_string(records.size())};
      records.push_back({name, key("a"), key("b")});
      events.push_back(event_of(records.back(), 1'779'999'000'000));
      all_shown.push_back(records.back());
      if (!chance.one_in(5)) continue;
      records.back().first = key("a");
      events.push_back(event_of(records.back(), 1'779'999'001'000));
      all_shown.push_back(records.back());
    }
    for (const Json& event : events) RC_LOG(to_wire(event) + '\n');
    const Links as_told = links_after(events, records);
    std::vector<Json> shuffled = events;
    chance.shuffle(shuffled);
    const Links otherwise = links_after(shuffled, records);
    RC_LOG(text_of(as_told));
    for (const Json& event : shuffled) RC_LOG(to_wire(event) + '\n');
    RC_LOG(text_of(otherwise));
    for (const Shown& a : records) {
      for (const Shown& b : records) {
        if (!(a.name < b.name)) continue;
        const std::string pair = a.name.second + " and " + b.name.second;
        for (const Links* links : {&as_told, &otherwise}) {
          const bool together = links->are_linked(a.name, b.name);
          linked += together;
          asked += links->are_named(a.name, b.name);
          if (together && a.name.first == b.name.first) {
            RC_FAIL(pair + " are of one system and one golden record");
          }
          const bool is_shared = !a.first.is_null() && a.first == b.first;
          if (is_shared && !together && !links->are_named(a.name, b.name)) {
            RC_FAIL(pair + " share the first key, and nobody is asked");
          }
        }
        const bool alike =
            as_told.are_linked(a.name, b.name) == otherwise.are_linked(a.name, b.name);
        const Links& apart = as_told.are_linked(a.name, b.name) ? otherwise : as_told;
        const bool is_known =
            is_told_apart(all_shown, a.second) || is_told_apart(all_shown, b.second);
        if (!alike && !is_known && !apart.are_named(a.name, b.name)) {
          RC_FAIL(pair + " are linked in one order only, and nobody is asked in the other");
        }
      }
    }
  });
  CHECK(linked > 0);
  CHECK(asked > 0);
}

}  // namespace truce::test
