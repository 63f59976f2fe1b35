#include <algorithm>

#include "engine/core/policy/lint.h"
#include "engine/core/policy/nearest_word.h"

namespace truce::policy_file {
namespace {

struct Condition {
  std::string_view key;
  bool (*holds)(const Field&);
  std::string_view only_where;
};

// A key that would be ignored is an error: somebody expects it to do something.
constexpr std::array<Condition, 10> conditions = {{
    {"source", [](const Field& field) { return field.rule == Rule::source_of_truth; },
     "rule source_of_truth"},
    {"unless_blank", [](const Field& field) { return field.rule == Rule::source_of_truth; },
     "rule source_of_truth"},
    {"immutable", [](const Field& field) { return field.rule == Rule::source_of_truth; },
     "rule source_of_truth (there is also a rule immutable)"},
    {"on_tie", [](const Field& field) { return field.rule == Rule::recency; }, "rule recency"},
    {"when", [](const Field& field) { return field.rule == Rule::escalate; }, "rule escalate"},
    {"removals", [](const Field& field) { return field.rule == Rule::set_union; }, "rule union"},
    {"region", [](const Field& field) { return field.type == FieldType::phone; }, "type phone"},
    {"currency", [](const Field& field) { return field.type == FieldType::money; }, "type money"},
    {"entity", [](const Field& field) { return field.type == FieldType::reference; },
     "type reference"},
    {"options", [](const Field& field) { return field.type == FieldType::enumeration; },
     "type enum"},
}};

void lint_keys(Linting& linting, const Field& field, const Node& node) {
  for (const Condition& condition : conditions) {
    const Node* member = node.member(condition.key);
    if (member == nullptr || condition.holds(field)) continue;
    linting.findings.error(
        Code::policy_conflict, key_of(*member),
        in_quotes(condition.key) + " means nothing here; it goes with " +
            std::string(condition.only_where),
        "take it away, or change the field to " +
            std::string(condition.only_where.substr(0, condition.only_where.find(" ("))));
  }
}

void lint_source(Linting& linting, const Field& field, const Node& node) {
  if (field.rule != Rule::source_of_truth) return;
  if (field.source.empty()) {
    return linting.findings.error(Code::policy_missing, place_in(node, {"rule"}),
                                  "source_of_truth needs a source",
                                  "write \"source\": the system that is always right");
  }
  if (!field.map.contains(field.source)) {
    return linting.findings.error(
        Code::policy_conflict, place_in(node, {"source"}),
        in_quotes(field.source.text) + " is the source, but the field has no place in it",
        "add it to the field's map, or name another source");
  }
  if (!field.reads(field.source)) {
    linting.findings.error(Code::policy_conflict, place_in(node, {"source"}),
                           in_quotes(field.source.text) + " is the source, but its direction is " +
                               std::string(to_string(field.direction_of(field.source))) +
                               ", so it is never read",
                           "make its direction both or in");
  }
}

bool has_order(const Field& field) {
  switch (field.type) {
    case FieldType::integer:
    case FieldType::decimal:
    case FieldType::money:
    case FieldType::boolean:
    case FieldType::date:
    case FieldType::instant:
      return true;
    case FieldType::enumeration:
      return !field.options.empty();
    case FieldType::text:
    case FieldType::email:
    case FieldType::phone:
    case FieldType::url:
    case FieldType::domain:
    case FieldType::set:
    case FieldType::reference:
    case FieldType::html:
      return false;
  }
  return false;
}

void lint_rule(Linting& linting, const Field& field, const Node& node) {
  const Place rule = place_in(node, {"rule"});
  if (!field.rule_given) {
    linting.findings.warn(Code::policy_missing, key_of(node),
                          "the field has no rule, so every discrepancy goes to a person",
                          "write \"rule\": \"escalate\" if that is meant");
  }
  if (field.rule == Rule::set_union && field.type != FieldType::set) {
    linting.findings.error(Code::policy_conflict, rule,
                           "union joins the elements of sets; this field is of type " +
                               std::string(to_string(field.type)),
                           "make it a set, or choose another rule");
  }
  const bool by_value = field.rule == Rule::minimum || field.rule == Rule::maximum;
  if (by_value && !has_order(field)) {
    const bool is_enum = field.type == FieldType::enumeration;
    linting.findings.error(
        Code::policy_conflict, rule,
        std::string(to_string(field.rule)) + " needs values with an order; type " +
            std::string(to_string(field.type)) + " has none",
        is_enum ? "write \"options\": the canonical values, the least first"
                : "use it with integer, decimal, money, boolean, date, instant, or an enum with "
                  "options");
  }
  if (field.unless_blank && field.blank == Blank::clear) {
    linting.findings.warn(Code::policy_conflict, place_in(node, {"unless_blank"}),
                          "a blank cannot be filled by others and be passed on as a value too",
                          "take away unless_blank or \"blank\": \"clear\"");
  }
}

bool serves_matching(const Entity& entity, const FieldName& name) {
  return std::any_of(entity.match_also.begin(), entity.match_also.end(), [&](const auto& entry) {
    return std::find(entry.second.begin(), entry.second.end(), name) != entry.second.end();
  });
}

void lint_systems_of_field(Linting& linting, const Entity& entity, const Field& field,
                           const Node& node) {
  for (const auto& [system, way] : field.direction) {
    if (field.map.contains(system)) continue;
    linting.findings.error(
        Code::policy_conflict, place_in(node, {"direction", system.text}),
        "a direction for " + in_quotes(system.text) + ", but the field has no place in it",
        "add it to the field's map, or take the direction away");
  }
  const bool is_read = std::any_of(field.map.begin(), field.map.end(),
                                   [&](const auto& entry) { return field.reads(entry.first); });
  if (!is_read) {
    return linting.findings.error(Code::policy_conflict, place_in(node, {"direction"}),
                                  "no system is read, so the field can never have a value",
                                  "make the direction of one system both or in");
  }
  if (field.map.size() == 1 && !serves_matching(entity, field.name)) {
    linting.findings.warn(
        Code::policy_missing, place_in(node, {"map"}),
        "only " + in_quotes(field.map.begin()->first.text) + " has this field",
        "add the other systems; a field of one system is kept and shown, never written");
  }
}

void lint_type(Linting& linting, const Field& field, const Node& node) {
  if (field.type == FieldType::phone && node.member("region") == nullptr) {
    linting.findings.warn(
        Code::policy_missing, key_of(node),
        "without a region only numbers with a country code (+49 …) are understood",
        "write \"region\": \"DE\", or \"ZZ\" if that is meant");
  }
  if (field.type == FieldType::enumeration && field.options.empty()) {
    const bool has_values = std::any_of(field.map.begin(), field.map.end(), [](const auto& entry) {
      return !entry.second.values.empty() || entry.second.unknown == UnknownOption::pass;
    });
    if (!has_values) {
      linting.findings.warn(Code::policy_missing, key_of(node),
                            "nothing says which values there are, so any text passes",
                            "write \"options\" at the field or \"values\" in its map");
    }
  }
  if (field.type != FieldType::reference) return;
  if (field.entity.empty()) {
    return linting.findings.error(Code::policy_missing, key_of(node),
                                  "a reference needs the entity that it points to",
                                  "write \"entity\": its name");
  }
  if (linting.policy.entity(field.entity) != nullptr) return;
  std::vector<std::string_view> known;
  for (const auto& [name, unused] : linting.policy.entities) known.push_back(name.text);
  const auto nearest = nearest_word(field.entity.text, known);
  linting.findings.error(
      Code::policy_value, value_of(*node.member("entity")),
      in_quotes(field.entity.text) + " is no entity of this policy",
      nearest ? "did you mean " + *nearest + "?" : "known here: " + any_of(known));
}

}  // namespace

void lint_field(Linting& linting, const Entity& entity, const Field& field, const Node& node) {
  lint_keys(linting, field, node);
  lint_source(linting, field, node);
  lint_rule(linting, field, node);
  lint_systems_of_field(linting, entity, field, node);
  lint_type(linting, field, node);
  lint_map(linting, field, node);
}

}  // namespace truce::policy_file
