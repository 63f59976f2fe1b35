#include "engine/infer/field_proposal.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/infer/lossiness.h"
#include "engine/infer/option_map.h"
#include "engine/infer/policy_names.h"
#include "engine/infer/value_type.h"

namespace truce::infer {

namespace {

// A column of a field, with its system.
struct Member {
  const Described* system;
  std::size_t column;

  const Column& values() const { return system->table.columns[column]; }
  const ColumnName& name() const { return system->roles.names[column]; }
};

std::vector<Member> members_of(const std::vector<Described>& systems, const FieldPairing& pairing) {
  std::vector<Member> members;
  for (const auto& [system, column] : pairing.columns)
    members.push_back({&systems[system], column});
  return members;
}

// What all of them are known as, else what most of them are.
std::optional<std::string> concept_of(const std::vector<Member>& members) {
  std::optional<std::string> best;
  std::size_t best_count = 0;
  for (const Member& member : members) {
    for (const std::string& name : member.name().concepts) {
      const auto count = static_cast<std::size_t>(
          std::count_if(members.begin(), members.end(),
                        [&](const Member& other) { return other.name().is(name); }));
      if (count <= best_count) continue;
      best = name;
      best_count = count;
    }
  }
  return best;
}

std::string words_as_name(const std::vector<Member>& members) {
  const auto shortest =
      std::min_element(members.begin(), members.end(), [](const Member& a, const Member& b) {
        return a.name().words.size() < b.name().words.size();
      });
  std::string joined;
  for (const std::string& word : shortest->name().words)
    joined += (joined.empty() ? "" : "_") + word;
  return policy_name(joined);
}

// "id" and "modified" name parts of the record, and are filed among its problems.
std::string unused_name(std::string name, std::set<std::string>& used) {
  if (name.empty() || name == "id" || name == "modified") name += name.empty() ? "field" : "_field";
  constexpr std::size_t room_for_number = 60;
  if (name.size() > room_for_number) name.resize(room_for_number);
  std::string unused = name;
  for (int number = 2; !used.insert(unused).second; ++number) {
    unused = name + "_" + std::to_string(number);
  }
  return unused;
}

ColumnType type_of_all(const std::vector<Member>& members) {
  ColumnType type;
  for (const Member& member : members) type = joined(type, member.values().type);
  return type;
}

bool is_told_by_time(const std::string& name) {
  constexpr std::array names = {"email",     "phone",     "mobile", "first_name",
                                "last_name", "full_name", "name",   "job_title"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

void choose_rule(FieldProposal& field, const std::string& known_as,
                 const std::vector<Member>& members) {
  const bool have_time = std::all_of(members.begin(), members.end(), [](const Member& member) {
    return member.system->roles.modified.has_value();
  });
  const bool is_time = field.type == FieldType::date || field.type == FieldType::instant;
  if (known_as == "created" && is_time) {
    field.rule = Rule::minimum;
    field.reads_only = true;
    field.why_rule = "min: the first time anybody heard of it; nobody is written to";
  } else if (field.type == FieldType::set) {
    field.rule = Rule::set_union;
    field.why_rule = "union: everybody's elements together, and none is ever taken away";
  } else if (field.is_sure() && have_time && is_told_by_time(known_as)) {
    field.rule = Rule::recency;
    field.why_rule = "recency: the latest change wins";
  } else {
    field.rule = Rule::escalate;
    field.why_rule = "escalate: a person decides every difference, until you know a better rule";
  }
}

bool holds_only(const Json& node, bool (*is_form)(const Json&)) {
  if (!node.is_array()) return is_form(node);
  return std::all_of(node.begin(), node.end(), is_form);
}

// The JSON type of a column's options, where it is not text.
std::optional<std::string> option_format(const Column& column) {
  const auto all = [&](bool (*is_form)(const Json&)) {
    return !column.cells.empty() &&
           std::all_of(column.cells.begin(), column.cells.end(),
                       [&](const Cell& cell) { return holds_only(*cell.node, is_form); });
  };
  if (all([](const Json& node) { return is_number(node); })) return "number";
  if (all([](const Json& node) { return node.is_boolean(); })) return "boolean";
  return std::nullopt;
}

std::optional<std::string> format_of(FieldType type, const Column& values) {
  const ColumnType& column = values.type;
  if (type == FieldType::enumeration || type == FieldType::set) return option_format(values);
  if (type != FieldType::date && type != FieldType::instant) return std::nullopt;
  if (!column.is_known) return std::nullopt;
  if (column.format) return column.format;
  if (column.type == FieldType::date && type == FieldType::instant) return "date";
  if (column.type == FieldType::instant && type == FieldType::date) return "rfc3339";
  return std::nullopt;
}

}  // namespace

bool FieldProposal::is_sure() const { return pairing.is_sure(); }

std::vector<FieldProposal> propose_fields(const std::vector<Described>& systems,
                                          std::vector<FieldPairing> pairings) {
  std::vector<FieldProposal> fields;
  std::set<std::string> used;
  for (FieldPairing& pairing : pairings) {
    const std::vector<Member> members = members_of(systems, pairing);
    const std::optional<std::string> known_as = concept_of(members);
    FieldProposal field;
    field.pairing = std::move(pairing);
    field.name = unused_name(known_as.value_or(words_as_name(members)), used);
    field.type = type_of_all(members).type;
    choose_rule(field, known_as.value_or(""), members);
    for (const auto& [system, column] : field.pairing.columns) {
      SideProposal& side = field.sides[system];
      side.format = format_of(field.type, systems[system].table.columns[column]);
    }
    note_losses(systems, field);
    if (field.type == FieldType::enumeration) pair_options(systems, field);
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace truce::infer
