// Every rule against its definition (docs/policy.md), written down again here as plainly as can be:
// what people said in which system, in whatever order it is heard of, and nothing written yet.
#include <climits>

#include "tests/property/random_office.h"

namespace truce::test {
namespace {

struct Said {
  Json value;  // null, a text, or a sorted list of texts
  std::int64_t at_ms = 0;
  bool is_certain = false;
  std::size_t event = 0;  // its number
};

// The first of a run of equal values.
struct Word {
  std::vector<Json> values;
  std::int64_t at_ms = 0;
  std::int64_t after_ms = LLONG_MIN;  // when something else was last seen there
  bool is_certain = false;
  std::vector<Json> before;  // what stood there; empty: nothing was known
  std::size_t system = 0;
  bool is_blank_now = false;
  std::size_t event = 0;
};

struct Reading {
  std::vector<Word> words;
  std::optional<Json> held;
  std::vector<Said> changes;  // without repeats, blanks too
};

struct Expected {
  Json value;
  bool is_contested = false;
  std::vector<Json> also = {};  // as good: said at the same time in the same system
};

using Words = std::vector<Word>;

class Reference {
 public:
  Reference(const Json& policy, std::size_t systems)
      : fields_(policy["entities"]["contact"]["fields"]), said_(systems) {
    for (std::size_t i = 0; i < systems; ++i) {
      skew_ms_.push_back(policy["systems"][system_name(i)]["clock_skew_ms"].get<std::int64_t>());
    }
  }

  void say(std::size_t system, const std::string& field, const Said& said) {
    said_[system][field].push_back(said);
  }

  Expected expected(const std::string& name) const {
    const Json& field = fields_[name];
    const std::string rule = field["rule"];
    if (rule == "union") return of_union(name);
    if (rule == "source_of_truth") return of_authority(name);
    if (rule == "immutable") return of_first(name);
    const Words words = field.contains("group") ? tuples() : last_words(name);
    const auto place = static_cast<std::size_t>(name == "g_currency");
    if (words.empty()) return {};
    if (rule == "recency") return of_recency(field, words, place);
    if (rule == "escalate") return of_escalate(name, words, place);
    if (rule == "precedence") return {of_precedence(words).values[0]};
    return {of_extreme(rule, words)};
  }

 private:
  bool reads(const Json& field, std::size_t system) const {
    const std::string direction =
        field.value("direction", Json::object()).value(system_name(system), std::string("both"));
    return direction == "both" || direction == "in";
  }

  bool keeps_blanks(const std::string& name) const {
    return fields_[name].value("blank", std::string("keep")) == "keep";
  }

  Reading read(std::size_t system, const std::string& name) const {
    Reading reading;
    std::int64_t seen_ms = LLONG_MIN;
    const auto all = said_[system].find(name);
    if (all == said_[system].end()) return reading;
    for (const Said& said : all->second) {
      const std::int64_t before_ms = std::exchange(seen_ms, said.at_ms);
      if (reading.held == said.value) continue;
      const std::optional<Json> before = std::exchange(reading.held, said.value);
      reading.changes.push_back(said);
      if (said.value.is_null() && keeps_blanks(name)) {
        if (!reading.words.empty()) reading.words.back().is_blank_now = true;
        continue;
      }
      Word word{{said.value}, said.at_ms, before_ms, said.is_certain, {}, system, false, said.event};
      if (before) word.before.push_back(*before);
      reading.words.push_back(word);
    }
    return reading;
  }

  Words last_words(const std::string& name) const {
    Words last;
    for (std::size_t i = 0; i < said_.size(); ++i) {
      const Reading reading = read(i, name);
      if (reads(fields_[name], i) && !reading.words.empty()) last.push_back(reading.words.back());
    }
    return last;
  }

  // At that time; null where nothing was known yet.
  std::vector<Json> held_of_both(const Reading (&members)[2], std::int64_t at_ms) const {
    std::vector<Json> values;
    for (const std::size_t member : {0, 1}) {
      const bool keeps = keeps_blanks(member == 0 ? "g_amount" : "g_currency");
      Json value;
      for (const Said& change : members[member].changes) {
        // A blank of before is filled again; one that was said with the tuple is part of it.
        if (keeps && change.value.is_null() && change.at_ms < at_ms) continue;
        if (change.at_ms <= at_ms) value = change.value;
      }
      values.push_back(value);
    }
    return values;
  }

  // What each system held of both members when it last changed one of them.
  Words tuples() const {
    Words all;
    for (std::size_t i = 0; i < said_.size(); ++i) {
      const Reading members[] = {read(i, "g_amount"), read(i, "g_currency")};
      if (!members[0].held || !members[1].held) continue;
      std::optional<Word> tuple;
      std::size_t latest = 0;
      for (const std::size_t member : {0, 1}) {
        const Words& words = members[member].words;
        if (words.empty() || (tuple && words.back().at_ms <= tuple->at_ms)) continue;
        tuple = words.back();
        latest = member;
      }
      if (!tuple) continue;
      const std::vector<Json> values = held_of_both(members, tuple->at_ms);
      if (values[0].is_null() && values[1].is_null()) continue;
      if (!tuple->before.empty()) {
        const Json stood = tuple->before.front();
        tuple->before = values;
        tuple->before[latest] = stood;
      }
      tuple->values = values;
      all.push_back(*tuple);
    }
    return all;
  }

  // The systems stand in the order of their ranks.
  static const Word& earliest(const Words& words) {
    return *std::min_element(words.begin(), words.end(), [](const Word& a, const Word& b) {
      return std::tie(a.at_ms, a.system) < std::tie(b.at_ms, b.system);
    });
  }
  static bool is_less_recent(const Word& a, const Word& b) {
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : a.system > b.system;
  }
  static bool is_all_one(const Words& words) {
    return std::all_of(words.begin(), words.end(),
                       [&](const Word& word) { return word.values == words.front().values; });
  }

  Expected of_recency(const Json& field, const Words& all, std::size_t place) const {
    std::int64_t certain_ms = LLONG_MIN;
    for (const Word& word : all) {
      if (word.is_certain) certain_ms = std::max(certain_ms, word.at_ms);
    }
    Words sure, perhaps;
    for (const Word& word : all) {
      if (word.is_certain)
        sure.push_back(word);
      else if (certain_ms == LLONG_MIN || word.after_ms >= certain_ms)
        perhaps.push_back(word);
    }
    const Words& words = perhaps.empty() ? sure : perhaps;
    const Word& latest = *std::max_element(words.begin(), words.end(), is_less_recent);
    Words tied;
    for (const Word& word : words) {
      const std::int64_t skew_ms = skew_ms_[word.system] + skew_ms_[latest.system];
      if (latest.at_ms - word.at_ms <= skew_ms) tied.push_back(word);
    }
    if (is_all_one(tied)) return {latest.values[place]};
    if (field.value("on_tie", "precedence") == std::string("escalate")) {
      return {earliest(tied).values[place], true};
    }
    return {tied.front().values[place]};
  }

  // What a system said of the members before: each with the tuple that stood there.
  Words earlier_words(const std::string& name, std::size_t system) const {
    if (!fields_[name].contains("group")) return read(system, name).words;
    const Reading members[] = {read(system, "g_amount"), read(system, "g_currency")};
    Words all;
    for (const std::size_t member : {0, 1}) {
      for (Word word : members[member].words) {
        if (word.before.empty()) continue;
        const Json stood = word.before.front();
        const auto knows = [&](const Reading& reading) {
          return !reading.changes.empty() && reading.changes.front().at_ms <= word.at_ms;
        };
        if (!knows(members[0]) || !knows(members[1])) continue;
        word.before = held_of_both(members, word.at_ms);
        word.before[member] = stood;
        all.push_back(word);
      }
    }
    return all;
  }

  Expected of_escalate(const std::string& name, const Words& words, std::size_t place) const {
    const Json& field = fields_[name];
    if (is_all_one(words)) return {words.front().values[place]};
    const Expected asked{earliest(words).values[place], true};
    if (field.value("when", "any") == std::string("any")) return asked;
    Words left;
    for (const Word& word : words) {
      const bool is_edited_away = std::any_of(words.begin(), words.end(), [&](const Word& other) {
        if (other.values == word.values) return false;
        if (is_less_recent(word, other) && other.before == word.values) return true;
        const Words edits = earlier_words(name, other.system);
        return std::any_of(edits.begin(), edits.end(), [&](const Word& edit) {
          return edit.event != other.event && word.at_ms < edit.at_ms && edit.before == word.values;
        });
      });
      if (!is_edited_away) left.push_back(word);
    }
    return is_all_one(left) ? Expected{left.front().values[place]} : asked;
  }

  static const Word& of_precedence(const Words& words) {
    const auto filled = std::find_if(words.begin(), words.end(),
                                     [](const Word& word) { return !word.is_blank_now; });
    return filled == words.end() ? words.front() : *filled;
  }

  static Json of_extreme(const std::string& rule, const Words& words) {
    Json extreme;
    for (const Word& word : words) {
      const Json& value = word.values[0];
      if (value.is_null()) continue;
      const double sign = rule == "min" ? 1 : -1;
      const bool better = extreme.is_null() || sign * std::stod(value.get<std::string>()) <
                                                   sign * std::stod(extreme.get<std::string>());
      if (better) extreme = value;
    }
    return extreme;
  }

  Expected of_first(const std::string& name) const {
    Words all;
    for (std::size_t i = 0; i < said_.size(); ++i) {
      if (!reads(fields_[name], i)) continue;
      for (const Word& word : read(i, name).words) all.push_back(word);
    }
    if (all.empty()) return {};
    const Word& first = earliest(all);
    Expected expected{first.values[0], false, {}};
    for (const Word& word : all) {
      if (word.at_ms == first.at_ms && word.system == first.system) {
        expected.also.push_back(word.values[0]);
      }
    }
    return expected;
  }

  Expected of_authority(const std::string& name) const {
    const Json& field = fields_[name];
    const std::string source = field["source"];
    const auto authority = static_cast<std::size_t>(source[1] - '0');
    const Reading reading = read(authority, name);
    if (field.value("immutable", false)) {
      for (const Word& word : reading.words) {
        if (!word.values[0].is_null()) return {word.values[0]};
      }
    } else if (!reading.words.empty()) {
      const Word& last = reading.words.back();
      if (!last.is_blank_now || !field.value("unless_blank", false)) return {last.values[0]};
    }
    if (!field.value("unless_blank", false)) return {};
    const Words words = last_words(name);
    return words.empty() ? Expected{} : Expected{of_precedence(words).values[0]};
  }

  Expected of_union(const std::string& name) const {
    struct Stamps {
      std::int64_t added_ms = LLONG_MIN, removed_ms = LLONG_MIN;
    };
    std::map<std::string, Stamps> elements;
    for (std::size_t i = 0; i < said_.size(); ++i) {
      if (!reads(fields_[name], i)) continue;
      for (const Word& word : read(i, name).words) {
        const std::set<std::string> before = set_of(word.before.empty() ? Json() : word.before[0]);
        const std::set<std::string> now = set_of(word.values[0]);
        for (const std::string& element : now) {
          Stamps& stamps = elements[element];
          if (!before.contains(element)) stamps.added_ms = std::max(stamps.added_ms, word.at_ms);
        }
        for (const std::string& element : before) {
          Stamps& stamps = elements[element];
          if (!now.contains(element)) stamps.removed_ms = std::max(stamps.removed_ms, word.at_ms);
        }
      }
    }
    const std::string removals = fields_[name]["removals"];
    Expected expected{Json::array(), false, {}};
    for (const auto& [element, stamps] : elements) {
      const bool is_removed = stamps.removed_ms > stamps.added_ms;
      if (is_removed && removals == "propagate") continue;
      expected.is_contested |= is_removed && removals == "escalate";
      expected.value.push_back(element);
    }
    if (expected.value.empty()) expected.value = nullptr;
    return expected;
  }

  static std::set<std::string> set_of(const Json& value) {
    return value.is_array() ? value.get<std::set<std::string>>() : std::set<std::string>();
  }

  const Json& fields_;
  std::vector<std::int64_t> skew_ms_;
  std::vector<std::map<std::string, std::vector<Said>>> said_;  // by system and field, in order
};

Json value_of(Chance& chance, const Json& field) {
  if (field["type"] != "decimal" || chance.one_in(8)) return random_value(chance, field);
  return std::to_string(chance.below(12)) + "." + std::to_string(chance.below(3));
}

// As the reference has it: an empty set is a blank.
Json plain(const Json& value) {
  if (!value.is_array()) return value;
  return value.empty() ? Json() : Json(value.get<std::set<std::string>>());
}

// The same moment of the same record, told by another event without what changed.
Json vague(Json event) {
  event.erase("changed");
  event["event_id"] = "vague";
  return event;
}

Json with_clear_authority(Json policy) {
  Json& field = policy["entities"]["contact"]["fields"]["f_source_of_truth"];
  if (field["unless_blank"] == true || field.value("immutable", false)) field["blank"] = "keep";
  return policy;
}

}  // namespace

TEST_CASE("every rule gives what its definition says, whatever order the events come in") {
  holds("rules", [](Chance chance) {
    const std::size_t systems = 2 + chance.below(3);
    const Json policy = with_clear_authority(random_policy(chance, systems));
    const Json& fields = policy["entities"]["contact"]["fields"];
    Reference reference(policy, systems);
    World world(policy_of(to_wire(policy)));
    std::int64_t at_ms = 1'779'999'000'000;
    for (std::size_t i = 0; i < systems; ++i) {
      world.send({{"system", system_name(i)},
                  {"entity", "contact"},
                  {"occurred_at", at_ms - 1},
                  {"record", {{"id", "r" + std::to_string(i)}, {"key", "K"}}}},
                 false);
    }
    std::vector<Json> events;
    for (std::size_t count = 2 + chance.below(14); count > 0; --count) {
      const std::size_t system = chance.below(systems);
      // At one time the version tells the order.
      at_ms += static_cast<std::int64_t>(chance.below(chance.one_in(3) ? 40 : 3));
      Json event{{"system", system_name(system)},
                 {"entity", "contact"},
                 {"id", "r" + std::to_string(system)},
                 {"occurred_at", at_ms},
                 {"version", std::to_string(8 + events.size())},
                 {"record", Json::object()}};
      for (const auto& [name, field] : fields.items()) {
        if (name == "key" || chance.one_in(2)) continue;
        const Json value = value_of(chance, field);
        const bool is_certain = chance.one_in(2);
        event["record"][name] = value;
        if (is_certain) event["changed"].push_back(name);
        reference.say(system, name, {plain(value), at_ms, is_certain, events.size()});
      }
      events.push_back(std::move(event));
    }
    std::vector<Json> sent = events;
    for (const Json& event : events) {
      if (chance.one_in(4)) sent.push_back(chance.one_in(2) ? vague(event) : event);
    }
    chance.shuffle(sent);
    for (const Json& event : sent) world.send(event, false);
    RC_LOG("under " + to_wire(policy) + '\n');
    for (const Json& event : events) RC_LOG(to_wire(event) + '\n');
    const auto source =
        world.store->read()->find_source(SystemName("s0"), EntityName("contact"), RecordId("r0"));
    const auto golden = world.store->read()->find_golden(source->golden);
    for (const auto& [name, field] : fields.items()) {
      if (name == "key") continue;
      const Expected expected = reference.expected(name);
      const auto shown = golden->fields.find(FieldName(name));
      const Json value =
          shown == golden->fields.end() ? Json() : plain(to_json(shown->second.value));
      const bool is_contested = shown != golden->fields.end() && shown->second.contested;
      RC_LOG(name + " is " + to_wire(value) + (is_contested ? ", contested" : "") + ", not " +
             to_wire(expected.value) + (expected.is_contested ? ", contested\n" : "\n"));
      const bool is_as_good =
          std::find(expected.also.begin(), expected.also.end(), value) != expected.also.end();
      RC_ASSERT(value == expected.value || is_as_good);
      RC_ASSERT(is_contested == expected.is_contested);
    }
  });
}

}  // namespace truce::test
