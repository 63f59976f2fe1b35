// A policy as a simulation sees it: the systems, the entities, and where each field may be edited.
#pragma once

#include <string>
#include <vector>

#include "engine/core/policy/policy.h"

namespace truce::simulate {

// A value as a text in canonical spelling: "" is no value, a set's elements are sorted and stand
// between ';'. Everything but the engine itself works with these.
using Text = std::string;

std::vector<std::string> elements_of(const Text& set);
Text set_of(std::vector<std::string> elements);  // sorts and removes repeats

struct Place {
  bool present = false;  // the system has the field
  bool read = false;     // what it says may win
  bool written = false;  // what wins is owed to it
  const MapEntry* entry = nullptr;
};

struct FieldModel {
  const Field* rule = nullptr;
  std::size_t index = 0;             // in EntityModel::fields
  std::vector<std::size_t> members;  // of its group, itself too; alone: itself
  std::vector<Place> in;             // by system
  bool is_key = false;               // records are recognised by it
};

struct EntityModel {
  const Entity* rules = nullptr;
  std::vector<FieldModel> fields;
  std::vector<bool> has_part;  // by system
  std::vector<bool> creates;   // by system
};

struct Model {
  PolicyPtr policy;
  std::vector<const System*> systems;
  std::vector<EntityModel> entities;
  std::vector<std::string> left_out;  // "entity.field: why" of what is not simulated

  std::size_t system_of(const SystemName& name) const;  // systems.size(): none
  std::size_t entity_of(const EntityName& name) const;  // entities.size(): none
};

// Problem where the policy has fewer than 2 or more than 4 systems, or nothing that can be
// simulated.
Result<Model> model_of(PolicyPtr policy);

// What the system keeps of what is typed or written into it: its case, length and scale. Written
// apart from the engine's own notion of it.
Text kept(const FieldModel& field, std::size_t system, const Text& value);
// Between the text and the system's form in its record, through the policy's map.
Json form_of(const FieldModel& field, std::size_t system, const Text& value);
Text text_of(const Model& model, const FieldModel& field, std::size_t system, const Json& form);

}  // namespace truce::simulate
