#include "sidecar/simulate/script.h"

#include <algorithm>
#include <array>
#include <set>

#include "sidecar/demo/dice.h"

namespace truce::simulate {
namespace {

using demo::Dice;

constexpr std::array<const char*, 16> words = {
    "Amber", "Birch", "Cedar",   "Delta", "Ember", "Fjord", "Grove",  "Harbor",
    "Iris",  "Jade",  "Kestrel", "Lumen", "Maple", "Nova",  "Orchid", "Pine"};
constexpr double authority_share = 0.75;   // of the edits of a field whose source of truth is named
constexpr double whole_group_share = 0.7;  // of the edits of a group: an address changes as a whole
constexpr double removal_share = 0.3;      // of the edits of a set
constexpr double restore_within_s = 120;
constexpr int tries = 40;

// Fields that a person must decide are rarely typed over; who does it all day has another rule.
double weight_of(const FieldModel& field) {
  switch (field.rule->rule) {
    case Rule::escalate:
      return field.rule->when == EscalateWhen::any ? 0.05 : 0.2;
    case Rule::immutable:
      return 0.1;
    case Rule::set_union:
      return field.rule->removals == Removals::escalate ? 0.3 : 1;
    default:
      return field.rule->immutable ? 0.1 : field.is_key ? 0.4 : 1;
  }
}

class ScriptWriter {
 public:
  ScriptWriter(const Model& model, const Scenario& scenario, std::uint64_t seed)
      : model_(model), people_(scenario.people), dice_(seed, "people") {
    script_.length = seconds(people_.hours * 3600);
  }

  Script write() {
    const auto things = static_cast<std::size_t>(people_.things);
    for (Thing thing = 0; thing < things; ++thing) begin_thing();
    const auto edits = static_cast<std::size_t>(people_.edits);
    while (script_.edits < edits) add_act();
    script_.thing_count = entities_.size();
    std::stable_sort(script_.acts.begin(), script_.acts.end(),
                     [](const Act& a, const Act& b) { return a.at < b.at; });
    return std::move(script_);
  }

 private:
  static Duration seconds(double count) { return {static_cast<std::int64_t>(count * 1e6)}; }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(dice_.next() % count); }
  Duration some_time() {
    return {static_cast<std::int64_t>(dice_.unit() * static_cast<double>(script_.length.us))};
  }

  std::size_t some_entity() { return below(model_.entities.size()); }

  std::map<std::size_t, Text> first_values(std::size_t entity, Thing thing) {
    std::map<std::size_t, Text> values;
    for (const FieldModel& field : model_.entities[entity].fields) {
      if (field.rule->type == FieldType::set) {
        values[field.index] = set_of({"a", "b"});
      } else {
        values[field.index] = new_value(field, thing);
      }
    }
    return values;
  }

  void begin_thing() {
    const std::size_t entity = some_entity();
    const Thing thing = entities_.size();
    entities_.push_back(entity);
    born_.push_back(Duration{});
    home_.push_back(model_.systems.size());
    script_.things.push_back({entity, first_values(entity, thing)});
  }

  void add_act() {
    const double roll = dice_.unit();
    double limit = people_.newcomers;
    if (roll < limit) return enter();
    if (roll < (limit += people_.duplicates)) return enter_again();
    if (roll < (limit += people_.deletes)) return erase();
    edit();
  }

  std::size_t some_part(std::size_t entity) {
    std::size_t system = below(model_.systems.size());
    while (!model_.entities[entity].has_part[system]) {
      system = (system + 1) % model_.systems.size();
    }
    return system;
  }

  void enter() {
    Act act;
    act.kind = Act::Kind::enter;
    act.at = some_time();
    act.entity = some_entity();
    act.system = some_part(act.entity);
    act.thing = entities_.size();
    act.more = first_values(act.entity, act.thing);
    entities_.push_back(act.entity);
    born_.push_back(act.at);
    home_.push_back(act.system);
    put(std::move(act));
  }

  void enter_again() {
    const Thing thing = below(script_.things.size());
    if (!turned_.insert(thing).second) return edit();
    Act act;
    act.kind = Act::Kind::again;
    act.at = some_time();
    act.entity = entities_[thing];
    act.thing = thing;
    act.system = some_part(act.entity);
    Act merge = act;
    merge.kind = Act::Kind::merge;
    merge.at = act.at + seconds(60 + dice_.unit() * 600);
    put(std::move(act));
    script_.acts.push_back(std::move(merge));
  }

  void erase() {
    const Thing thing = below(script_.things.size());
    if (!turned_.insert(thing).second) return edit();
    Act act;
    act.kind = Act::Kind::erase;
    act.at = some_time();
    act.entity = entities_[thing];
    act.thing = thing;
    act.system = some_part(act.entity);
    if (dice_.chance(people_.restores)) {
      Act restore = act;
      restore.kind = Act::Kind::restore;
      restore.at = act.at + seconds(1 + dice_.unit() * restore_within_s);
      script_.acts.push_back(std::move(restore));
    }
    put(std::move(act));
  }

  void edit() {
    for (int i = 0; i < tries; ++i) {
      const Thing thing = below(entities_.size());
      const EntityModel& entity = model_.entities[entities_[thing]];
      const FieldModel& field = entity.fields[below(entity.fields.size())];
      if (!dice_.chance(weight_of(field))) continue;
      Act act;
      act.entity = entities_[thing];
      act.thing = thing;
      act.field = field.index;
      act.system = some_place(field);
      act.at = some_time();
      // A record is worked on where it is; elsewhere once it has had time to get there.
      if (act.at <= born_[thing]) continue;
      if (home_[thing] != model_.systems.size() && act.system != home_[thing] &&
          act.at < born_[thing] + Duration::of_ms(60'000)) {
        continue;
      }
      fill(act, field);
      Act follower = act;
      put(std::move(act));
      if (dice_.chance(people_.collisions)) add_collision(std::move(follower), field);
      return;
    }
    ++script_.edits;  // a policy in which nothing can be edited ends all the same
  }

  void add_collision(Act follower, const FieldModel& field) {
    follower.system = some_place(field);
    follower.at = follower.at + seconds(dice_.unit() * people_.collision_s);
    fill(follower, field);
    put(std::move(follower));
  }

  std::size_t some_place(const FieldModel& field) {
    const std::size_t source = field.rule->rule == Rule::source_of_truth
                                   ? model_.system_of(field.rule->source)
                                   : model_.systems.size();
    if (source < model_.systems.size() && dice_.chance(authority_share)) return source;
    for (int i = 0; i < tries; ++i) {
      const std::size_t system = below(model_.systems.size());
      if (!field.in[system].present) continue;
      // Where a field is only written to, hardly anybody types.
      if (field.in[system].read || dice_.chance(0.1)) return system;
    }
    for (std::size_t system = 0; system < field.in.size(); ++system) {
      if (field.in[system].present) return system;
    }
    return 0;
  }

  void fill(Act& act, const FieldModel& field) {
    act.kind = Act::Kind::set;
    act.value.clear();
    act.more.clear();
    act.choice = dice_.next();
    if (field.rule->type == FieldType::set) {
      act.kind = dice_.chance(removal_share) ? Act::Kind::remove : Act::Kind::add;
      if (act.kind == Act::Kind::add) act.value = new_word();
      return;
    }
    const bool blank = dice_.chance(people_.blanks);
    if (!(blank && !field.rule->required && !field.is_key)) {
      act.value = new_value(field, act.thing);
    }
    if (field.members.size() > 1 && dice_.chance(whole_group_share)) {
      for (const std::size_t member : field.members) {
        if (member == field.index) continue;
        const FieldModel& other = model_.entities[act.entity].fields[member];
        if (other.in[act.system].present) act.more[member] = new_value(other, act.thing);
      }
    }
  }

  void put(Act act) {
    ++script_.edits;
    script_.acts.push_back(std::move(act));
  }

  std::string new_word() {
    return std::string(words[below(words.size())]) + std::to_string(++count_);
  }

  // Never one that the story had before, so that a value says whose edit it is.
  Text new_value(const FieldModel& field, Thing thing) {
    const std::string number = std::to_string(++count_);
    switch (field.rule->type) {
      case FieldType::email:
        return "p" + std::to_string(thing) + "." + number + "@example.com";
      case FieldType::phone:
        return "+49151" + std::string(8 - std::min<std::size_t>(7, number.size()), '2') + number;
      case FieldType::url:
        return "https://example.com/" + number;
      case FieldType::domain:
        return "d" + std::to_string(thing) + "-" + number + ".example.com";
      case FieldType::integer:
        return std::to_string(1 + below(9)) + number;
      case FieldType::decimal:
        return std::to_string(1 + below(9)) + number + "." + std::to_string(1001 + 2 * below(4000));
      case FieldType::money:
        return std::to_string(1 + below(9)) + number + ".50";
      case FieldType::boolean:
        return below(2) == 0 ? "true" : "false";
      case FieldType::date:
        return day(count_);
      case FieldType::instant:
        return to_rfc3339(Time::of_ms(1'700'000'000'000 + std::int64_t{60'000} * count_));
      case FieldType::enumeration:
        return some_option(field);
      case FieldType::set:
        return new_word();
      case FieldType::html:
        return "<p>" + new_word() + "</p>";
      case FieldType::text:
      case FieldType::reference:
        break;
    }
    // Longer than what some systems keep.
    return new_word() + " of the " + words[below(words.size())] + " valley";
  }

  static std::string day(std::int64_t number) {
    return to_rfc3339(Time::of_ms(std::int64_t{86'400'000} * (10'000 + number))).substr(0, 10);
  }

  Text some_option(const FieldModel& field) {
    std::vector<std::string> options = field.rule->options;
    if (options.empty()) {
      for (const auto& [system, entry] : field.rule->map) {
        for (const auto& [form, option] : entry.values) {
          if (!option.empty()) options.push_back(option);
        }
        if (!options.empty()) break;
      }
    }
    return options.empty() ? new_word() : options[below(options.size())];
  }

  const Model& model_;
  const People& people_;
  Dice dice_;
  Script script_;
  std::vector<std::size_t> entities_;  // by thing
  std::vector<Duration> born_;
  std::vector<std::size_t> home_;  // systems.size(): everywhere
  std::set<Thing> turned_;  // deleted or doubled once; a second time would only make it unclear
  std::int64_t count_ = 0;
};

}  // namespace

Script write_script(const Model& model, const Scenario& scenario, std::uint64_t seed) {
  return ScriptWriter(model, scenario, seed).write();
}

}  // namespace truce::simulate
