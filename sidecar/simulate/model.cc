#include "sidecar/simulate/model.h"

#include <algorithm>
#include <set>

#include "engine/core/normalize/normalize.h"

namespace truce::simulate {
namespace {

constexpr std::size_t systems_max = 4;

bool is_same_step(const PathStep& a, const PathStep& b) {
  return a.kind == b.kind && a.member == b.member && a.index == b.index && a.equals == b.equals;
}

// One of them is the other's place, or within it.
bool overlap(const Path& a, const Path& b) {
  const auto [end_a, end_b] =
      std::mismatch(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(), is_same_step);
  return end_a == a.steps.end() || end_b == b.steps.end();
}

bool reads_from(const Field& field, const std::map<SystemName, Path>& places) {
  return std::any_of(places.begin(), places.end(), [&](const auto& named) {
    const auto entry = field.map.find(named.first);
    return entry != field.map.end() && overlap(entry->second.path, named.second);
  });
}

std::map<SystemName, Path> places_of(const Field& field) {
  std::map<SystemName, Path> places;
  for (const auto& [system, entry] : field.map) places.emplace(system, entry.path);
  return places;
}

std::string why_left_out(const Entity& entity, const Field& field) {
  if (field.type == FieldType::reference) return "references are not simulated";
  for (const auto& [system, entry] : field.map) {
    if (entry.transform || entry.write_transform) return "transforms are not simulated";
    if (entry.element) return "lists of objects are not simulated";
    if (entry.pattern) return "values for a pattern are not made up";
  }
  if (reads_from(field, entity.id)) return "a record's id cannot be edited";
  if (reads_from(field, entity.modified)) return "a record's time cannot be edited";
  return {};
}

// Two fields of one place in a system cannot be edited apart. The keys are kept before the others.
std::string why_beside(const Field& field, const std::vector<FieldModel>& chosen) {
  for (const FieldModel& other : chosen) {
    if (reads_from(field, places_of(*other.rule))) {
      return "it reads the same place as " + other.rule->name.text;
    }
  }
  return {};
}

std::vector<const Field*> keys_first(const Entity& entity, const std::set<FieldName>& keys) {
  std::vector<const Field*> fields;
  for (const auto& [name, field] : entity.fields) fields.push_back(&field);
  std::stable_partition(fields.begin(), fields.end(),
                        [&](const Field* field) { return keys.contains(field->name); });
  return fields;
}

bool is_simulated(const EntityModel& entity, const FieldName& name) {
  return std::any_of(entity.fields.begin(), entity.fields.end(),
                     [&](const FieldModel& field) { return field.rule->name == name; });
}

// A record is made with its required fields or not at all.
bool can_be_made(const Entity& entity, const EntityModel& made, const SystemName& system) {
  return std::all_of(entity.fields.begin(), entity.fields.end(), [&](const auto& named) {
    const auto& [name, field] = named;
    if (!field.required || !field.map.contains(system)) return true;
    return field.writes(system) && is_simulated(made, name);
  });
}

FieldModel field_model(const Model& model, const Field& field) {
  FieldModel made;
  made.rule = &field;
  for (const System* system : model.systems) {
    Place place;
    const auto entry = field.map.find(system->name);
    if (entry != field.map.end()) {
      place = {true, field.reads(system->name), field.writes(system->name), &entry->second};
    }
    made.in.push_back(place);
  }
  return made;
}

// By all fields of one tier.
bool are_recognised(const EntityModel& entity) {
  const auto& tiers = entity.rules->match;
  return std::any_of(tiers.begin(), tiers.end(), [&](const std::vector<FieldName>& tier) {
    return std::all_of(tier.begin(), tier.end(),
                       [&](const FieldName& name) { return is_simulated(entity, name); });
  });
}

EntityModel entity_model(Model& model, const Entity& entity) {
  EntityModel made;
  made.rules = &entity;
  std::set<FieldName> keys;
  for (const auto& tier : entity.match) keys.insert(tier.begin(), tier.end());
  for (const Field* field : keys_first(entity, keys)) {
    std::string why = why_left_out(entity, *field);
    if (why.empty()) why = why_beside(*field, made.fields);
    if (!why.empty()) {
      model.left_out.push_back(entity.name.text + "." + field->name.text + ": " + why);
      continue;
    }
    made.fields.push_back(field_model(model, *field));
    made.fields.back().is_key = keys.contains(field->name);
  }
  std::sort(made.fields.begin(), made.fields.end(),
            [](const FieldModel& a, const FieldModel& b) { return a.rule->name < b.rule->name; });
  for (std::size_t i = 0; i < made.fields.size(); ++i) {
    made.fields[i].index = i;
    for (std::size_t j = 0; j < made.fields.size(); ++j) {
      const std::string& group = made.fields[i].rule->group;
      if (i == j || (!group.empty() && group == made.fields[j].rule->group)) {
        made.fields[i].members.push_back(j);
      }
    }
  }
  for (std::size_t s = 0; s < model.systems.size(); ++s) {
    made.has_part.push_back(
        std::any_of(made.fields.begin(), made.fields.end(),
                    [s](const FieldModel& field) { return field.in[s].present; }));
    const SystemName& system = model.systems[s]->name;
    made.creates.push_back(made.has_part[s] && entity.creates_in(system) &&
                           can_be_made(entity, made, system));
  }
  return made;
}

std::string cased(std::string text, bool upper) {
  for (char& letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    letter = static_cast<char>(upper ? std::toupper(byte) : std::tolower(byte));
  }
  return text;
}

// Half away from zero, on the digits.
std::string rounded(const std::string& number, int places) {
  const auto dot = number.find('.');
  if (dot == std::string::npos || number.size() - dot - 1 <= static_cast<std::size_t>(places)) {
    return number;
  }
  const std::size_t keep = dot + 1 + static_cast<std::size_t>(places);
  const bool up = number[keep] >= '5';
  std::string digits = number.substr(0, keep);
  for (std::size_t i = digits.size(); up && i-- > 0;) {
    if (digits[i] == '.' || digits[i] == '-') continue;
    if (digits[i] != '9') {
      ++digits[i];
      break;
    }
    digits[i] = '0';
    if (i == 0) digits.insert(0, "1");
  }
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

// Values are made of ASCII, so a character is a byte.
std::string kept_word(const MapEntry& entry, std::string word) {
  for (const Lossy& lossy : entry.lossy) {
    switch (lossy.kind) {
      case Lossy::Kind::lower:
      case Lossy::Kind::upper:
        word = cased(std::move(word), lossy.kind == Lossy::Kind::upper);
        break;
      case Lossy::Kind::trim:
        while (!word.empty() && word.back() == ' ') word.pop_back();
        break;
      case Lossy::Kind::truncate:
        word = word.substr(0, static_cast<std::size_t>(lossy.digits));
        break;
      case Lossy::Kind::round:
        word = rounded(word, lossy.digits);
        break;
    }
  }
  if (entry.max_length) word = word.substr(0, *entry.max_length);
  while (!word.empty() && word.back() == ' ') word.pop_back();
  return word;
}

}  // namespace

std::vector<std::string> elements_of(const Text& set) {
  std::vector<std::string> elements;
  for (std::size_t begin = 0; begin < set.size();) {
    const std::size_t end = std::min(set.find(';', begin), set.size());
    elements.push_back(set.substr(begin, end - begin));
    begin = end + 1;
  }
  return elements;
}

Text set_of(std::vector<std::string> elements) {
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  Text set;
  for (const std::string& element : elements) set += (set.empty() ? "" : ";") + element;
  return set;
}

std::size_t Model::system_of(const SystemName& name) const {
  const auto found = std::find_if(systems.begin(), systems.end(),
                                  [&](const System* system) { return system->name == name; });
  return static_cast<std::size_t>(found - systems.begin());
}

std::size_t Model::entity_of(const EntityName& name) const {
  const auto found = std::find_if(entities.begin(), entities.end(), [&](const EntityModel& entity) {
    return entity.rules->name == name;
  });
  return static_cast<std::size_t>(found - entities.begin());
}

Result<Model> model_of(PolicyPtr policy) {
  Model model;
  model.policy = std::move(policy);
  for (const auto& [name, system] : model.policy->systems) model.systems.push_back(&system);
  std::stable_sort(model.systems.begin(), model.systems.end(),
                   [](const System* a, const System* b) { return a->precedence < b->precedence; });
  if (model.systems.size() < 2 || model.systems.size() > systems_max) {
    return fail(
        Code::schema,
        "a simulation has 2 to 4 systems, the policy has " + std::to_string(model.systems.size()),
        "/systems");
  }
  for (const auto& [name, entity] : model.policy->entities) {
    EntityModel made = entity_model(model, entity);
    const auto parts = std::count(made.has_part.begin(), made.has_part.end(), true);
    if (parts < 2 || !are_recognised(made)) {
      model.left_out.push_back(name.text + ": no two systems of it match each other's records");
      continue;
    }
    model.entities.push_back(std::move(made));
  }
  if (model.entities.empty()) {
    return fail(Code::schema,
                "the policy has no entity that can be simulated: each needs fields in "
                "two systems and a match key",
                "/entities");
  }
  return model;
}

Text kept(const FieldModel& field, std::size_t system, const Text& value) {
  const MapEntry& entry = *field.in[system].entry;
  if (value.empty() || (entry.lossy.empty() && !entry.max_length)) return value;
  if (field.rule->type != FieldType::set) return kept_word(entry, value);
  std::vector<std::string> elements = elements_of(value);
  for (std::string& element : elements) element = kept_word(entry, element);
  return set_of(std::move(elements));
}

Json form_of(const FieldModel& field, std::size_t system, const Text& value) {
  Value canonical;
  if (field.rule->type == FieldType::set && !value.empty()) {
    canonical = value_from_person(*field.rule, Json(elements_of(value))).value_or(Value::null());
  } else if (!value.empty()) {
    canonical = value_from_person(*field.rule, Json(value)).value_or(Value::null());
  }
  return to_system(*field.rule, *field.in[system].entry, canonical, nullptr).value_or(Json());
}

Text text_of(const Model& model, const FieldModel& field, std::size_t system, const Json& form) {
  const Result<Value> read =
      to_canonical(*model.systems[system], *field.rule, *field.in[system].entry, form);
  if (!read || read->is_null()) return {};
  if (!read->is_set()) return read->text();
  std::vector<std::string> elements;
  for (const Value::Element& element : read->elements()) elements.push_back(element.text);
  return set_of(std::move(elements));
}

}  // namespace truce::simulate
