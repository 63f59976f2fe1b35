#include "engine/core/migrate/schema_change.h"

#include <algorithm>

#include "engine/core/model/name_table.h"
#include "engine/core/policy/source_text.h"

namespace truce {
namespace {

bool is_read_in(const Field& field, const SystemName& system) {
  return field.map.contains(system) && field.direction_of(system) != Direction::none;
}

bool has_time(const Field& field) {
  return field.type == FieldType::date || field.type == FieldType::instant;
}

bool types_alike(const Field& a, const Field& b) {
  return a.type == b.type && a.region == b.region && a.currency == b.currency &&
         a.entity == b.entity;
}

bool options_alike(const Field& a, const Field& b, const SystemName& system) {
  const MapEntry& x = a.map.at(system);
  const MapEntry& y = b.map.at(system);
  return a.options == b.options && x.values == y.values && x.unknown == y.unknown &&
         x.blank == y.blank;
}

// What says only how options are written changes nothing that is read.
bool formats_alike(const Field& field, const MapEntry& x, const MapEntry& y) {
  return x.format == y.format || !has_time(field);
}

bool places_alike(const Field& field, const MapEntry& x, const MapEntry& y) {
  return x.path.spelling == y.path.spelling && x.split == y.split && x.element == y.element &&
         x.transform == y.transform && formats_alike(field, x, y) &&
         x.minor_units == y.minor_units && x.pattern == y.pattern;
}

// Between the same names: what differs where both are read.
struct Difference {
  bool type = false, options = false, place = false;
  std::set<SystemName> read_again;
};

class EntityDiff {
 public:
  EntityDiff(const Policy& before, const Policy& after, const Entity& old_entity,
             const Entity& entity, const FormerNames& former, SchemaChange& out)
      : before_(before), after_(after), old_(old_entity), new_(entity), out_(out) {
    const auto own = former.find(entity.name);
    if (own != former.end()) former_ = own->second;
  }

  void run() {
    for (const auto& [name, field] : new_.fields) find_origin(field);
    for (auto& [name, origin] : origins_) settle(new_.fields.at(name), origin);
    note_removed();
    note_keys();
    note_ids();
    if (!change_.empty()) out_.entities.emplace(new_.name, std::move(change_));
  }

 private:
  void find_origin(const Field& field) {
    FieldOrigin origin;
    const bool stays = old_.field(field.name) != nullptr;
    const std::vector<FieldName>& was = former_[field.name];
    for (const FieldName& name : was) {
      if (old_.field(name))
        origin.from.push_back(name);
      else if (!stays)
        refuse_was(field, name);
    }
    if (origin.from.empty() && stays) origin.from.push_back(field.name);
    if (origin.from.empty() && was.empty()) origin.from = at_same_place(field);
    for (const FieldName& name : origin.from) claims_[name].insert(field.name);
    origins_.emplace(field.name, std::move(origin));
  }

  void refuse_was(const Field& field, const FieldName& name) {
    out_.problems.push_back(
        {Code::policy_conflict,
         "the policy before has no field '" + name.text + "' in " + new_.name.text +
             "; name one of its fields in \"was\", or leave it out for a new field",
         "/entities/" + new_.name.text + "/fields/" + field.name.text + "/was"});
  }

  std::vector<FieldName> at_same_place(const Field& field) const {
    std::vector<FieldName> found;
    for (const auto& [name, old] : old_.fields) {
      const bool shares = std::any_of(field.map.begin(), field.map.end(), [&](const auto& named) {
        const auto entry = old.map.find(named.first);
        return entry != old.map.end() && entry->second.path.spelling == named.second.path.spelling;
      });
      if (shares) found.push_back(name);
    }
    return found;
  }

  bool times_alike(const SystemName& system) const {
    const System* x = before_.system(system);
    const System* y = after_.system(system);
    return !x || !y || x->time_zone == y->time_zone;
  }

  Difference difference(const Field& field, const std::vector<FieldName>& from) const {
    Difference found;
    const Field* old = from.size() == 1 ? old_.field(from.front()) : nullptr;
    found.type = old && !types_alike(*old, field);
    for (const auto& [system, entry] : field.map) {
      if (!is_read_in(field, system)) continue;
      const bool both = old && is_read_in(*old, system);
      const bool options = both && !options_alike(*old, field, system);
      const bool place = !both || !places_alike(field, old->map.at(system), entry) ||
                         (has_time(field) && !times_alike(system));
      found.options |= options;
      found.place |= place;
      if (options || place || found.type) found.read_again.insert(system);
    }
    return found;
  }

  void settle(const Field& field, FieldOrigin& origin) {
    const Difference differs = difference(field, origin.from);
    const bool alone = origin.from.size() == 1 && claims_[origin.from.front()].size() == 1;
    origin.moves = alone;
    origin.read_again = differs.read_again;
    const bool same_name = origin.from == std::vector<FieldName>{field.name};
    if (same_name && differs.read_again.empty()) return;
    note_step(field, origin, differs);
    for (const FieldName& name : origin.from) {
      const bool stays_too = new_.field(name) && name != field.name && keeps_its_own(name);
      if (!stays_too) change_.before.insert(name);
    }
    change_.fields.emplace(field.name, origin);
  }

  // The field of this name goes on as itself, whoever else is made of it.
  bool keeps_its_own(const FieldName& name) const {
    const auto own = origins_.find(name);
    return own != origins_.end() && own->second.from == std::vector<FieldName>{name} &&
           difference(new_.fields.at(name), own->second.from).read_again.empty();
  }

  StepKind kind_of(const Field& field, const FieldOrigin& origin, const Difference& differs) {
    if (origin.from.empty()) return StepKind::added;
    if (origin.from.size() > 1) return StepKind::merged;
    if (claims_[origin.from.front()].size() > 1) return StepKind::split;
    if (differs.type) return StepKind::retyped;
    if (differs.options) return StepKind::revalued;
    if (!differs.read_again.empty()) return StepKind::reread;
    return field.name == origin.from.front() ? StepKind::reread : StepKind::renamed;
  }

  void note_step(const Field& field, const FieldOrigin& origin, const Difference& differs) {
    const StepKind kind = kind_of(field, origin, differs);
    bool is_private = field.is_private;
    for (const FieldName& name : origin.from) is_private |= old_.field(name)->is_private;
    if (kind == StepKind::split) {
      for (SchemaStep& step : out_.steps) {
        if (step.entity != new_.name || step.kind != kind || step.from != origin.from) continue;
        step.to.push_back(field.name);
        step.read_again.insert(origin.read_again.begin(), origin.read_again.end());
        step.is_private |= is_private;
        return;
      }
    }
    out_.steps.push_back(
        {new_.name, kind, origin.from, {field.name}, origin.read_again, is_private});
  }

  void note_removed() {
    for (const auto& [name, field] : old_.fields) {
      if (claims_.contains(name)) continue;
      change_.before.insert(name);
      out_.steps.push_back({new_.name, StepKind::removed, {name}, {}, {}, field.is_private});
    }
  }

  FieldName called_now(const FieldName& name) const {
    for (const auto& [to, origin] : change_.fields) {
      if (origin.moves && origin.from.front() == name) return to;
    }
    return name;
  }

  std::vector<FieldName> called_now(std::vector<FieldName> names) const {
    for (FieldName& name : names) name = called_now(name);
    return names;
  }

  bool is_read_again(const FieldName& name) const {
    const auto origin = change_.fields.find(name);
    return origin != change_.fields.end() && !origin->second.moves_everywhere();
  }

  // A key field that is only called otherwise makes the same keys.
  bool keys_change() const {
    std::vector<std::vector<FieldName>> match;
    for (const auto& tier : old_.match) match.push_back(called_now(tier));
    std::map<FieldName, std::vector<FieldName>> match_also;
    for (const auto& [name, also] : old_.match_also)
      match_also[called_now(name)] = called_now(also);
    if (match != new_.match || match_also != new_.match_also) return true;
    const auto any_read_again = [&](const std::vector<FieldName>& names) {
      return std::any_of(names.begin(), names.end(),
                         [&](const FieldName& name) { return is_read_again(name); });
    };
    return std::any_of(match.begin(), match.end(), any_read_again) ||
           std::any_of(match_also.begin(), match_also.end(),
                       [&](const auto& named) { return any_read_again(named.second); });
  }

  void note_keys() {
    change_.keys_change = keys_change();
    if (change_.keys_change) {
      out_.notes.push_back(new_.name.text +
                           ": the match keys change; links that exist stay, and records that "
                           "share a key now are asked about as duplicates");
    }
  }

  void note_ids() {
    for (const auto& [system, path] : new_.id) {
      const auto old = old_.id.find(system);
      if (old == old_.id.end() || old->second.spelling == path.spelling) continue;
      out_.notes.push_back(new_.name.text + ": the id of " + system.text + " is read from " +
                           path.spelling + " instead of " + old->second.spelling +
                           "; records are known by the ids that they came with");
    }
  }

  const Policy& before_;
  const Policy& after_;
  const Entity& old_;
  const Entity& new_;
  SchemaChange& out_;
  std::map<FieldName, std::vector<FieldName>> former_;
  EntityChange change_;
  std::map<FieldName, FieldOrigin> origins_;
  std::map<FieldName, std::set<FieldName>> claims_;  // by the field before: who is made of it
};

constexpr auto step_names = name_table<StepKind, StepKind::removed>(
    "renamed", "retyped", "revalued", "reread", "split", "merged", "added", "removed");

}  // namespace

std::string_view to_string(StepKind kind) { return step_names.name_of(kind); }

namespace {

FormerNames names_in(const std::string& policy_text) {
  FormerNames former;
  const auto tree = policy_file::read_source(policy_text);
  const policy_file::Node* entities = tree ? tree->member("entities") : nullptr;
  if (!entities) return former;
  for (const policy_file::Node& entity : entities->children) {
    const policy_file::Node* fields = entity.member("fields");
    if (!fields) continue;
    for (const policy_file::Node& field : fields->children) {
      const policy_file::Node* was = field.member("was");
      if (!was) continue;
      std::vector<FieldName>& names = former[EntityName(entity.key)][FieldName(field.key)];
      if (was->kind == policy_file::Node::Kind::text) names.emplace_back(was->text);
      for (const policy_file::Node& name : was->children) names.emplace_back(name.text);
    }
  }
  return former;
}

}  // namespace

FormerNames former_names(const std::string& before_text, const std::string& after_text) {
  FormerNames former = names_in(after_text);
  for (const auto& [entity, fields] : names_in(before_text)) {
    const auto own = former.find(entity);
    if (own == former.end()) continue;
    for (const auto& [field, names] : fields) {
      const auto said = own->second.find(field);
      if (said != own->second.end() && said->second == names) own->second.erase(said);
    }
  }
  return former;
}

SchemaChange schema_change(const Policy& before, const Policy& after, const FormerNames& former) {
  SchemaChange change;
  for (const auto& [name, old_entity] : before.entities) {
    const Entity* entity = after.entity(name);
    if (entity)
      EntityDiff(before, after, old_entity, *entity, former, change).run();
    else
      change.entities_gone.push_back(name);
  }
  for (const auto& [name, system] : before.systems) {
    if (after.system(name)) continue;
    change.notes.push_back(name.text +
                           " leaves the policy: its records stay stored and say nothing any more");
  }
  return change;
}

EntityChange inverse(const EntityChange& change) {
  EntityChange back;
  back.keys_change = change.keys_change;
  for (const FieldName& name : change.before) back.fields[name];
  for (const auto& [name, origin] : change.fields) {
    back.before.insert(name);
    for (const FieldName& from : origin.from) {
      const auto place = back.fields.find(from);
      if (place == back.fields.end()) continue;
      place->second.from.push_back(name);
      place->second.moves = origin.moves;
      place->second.read_again = origin.read_again;
    }
  }
  return back;
}

}  // namespace truce
