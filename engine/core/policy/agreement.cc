#include "engine/core/policy/agreement.h"

#include <charconv>

namespace truce {
namespace {

Duration duration_at(const Json& node, std::string_view key, Duration otherwise) {
  return parse_duration(text_at(node, key)).value_or(otherwise);
}

std::set<FieldName> named_fields(const Json& written) {
  std::set<FieldName> fields;
  if (written.is_string()) fields.emplace(written.get<std::string>());
  if (!written.is_array()) return fields;
  for (const Json& name : written) fields.emplace(name.get<std::string>());
  return fields;
}

std::string name_of(const EntityName& entity, const std::string& group,
                    const std::set<FieldName>& fields) {
  if (!group.empty()) return entity.text + '.' + group;
  std::string joined;
  for (const FieldName& field : fields) joined += (joined.empty() ? "" : "+") + field.text;
  return entity.text + '.' + joined;
}

AgreementObjective read_objective(const Policy& policy, const Json& written) {
  AgreementObjective objective;
  objective.entity = EntityName(text_at(written, "entity"));
  const std::string group = text_at(written, "group");
  const Entity* entity = policy.entity(objective.entity);
  if (const Json* fields = find_member(written, "fields")) {
    objective.fields = named_fields(*fields);
  } else if (entity) {
    objective.fields = fields_of_group(*entity, group);
  }
  objective.name = text_at(written, "name");
  if (objective.name.empty()) objective.name = name_of(objective.entity, group, objective.fields);
  objective.within = duration_at(written, "within", objective.within);
  objective.window = duration_at(written, "window", objective.window);
  if (const Json* target = find_member(written, "target")) {
    objective.target = agreement_target(*target).value_or(0);
  }
  return objective;
}

}  // namespace

std::vector<AgreementObjective> agreement_objectives(const Policy& policy) {
  std::vector<AgreementObjective> objectives;
  const Json* list = find_member(policy.sla, "agreement");
  if (!list || !list->is_array()) return objectives;
  for (const Json& written : *list) objectives.push_back(read_objective(policy, written));
  return objectives;
}

std::optional<double> agreement_target(const Json& written) {
  std::string text = is_number(written) ? number_text(written) : scalar_text(written).value_or("");
  const bool percent = !is_number(written) && text.ends_with('%');
  if (percent) text.pop_back();
  if (!percent && !is_number(written)) return std::nullopt;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || (percent && !(digit(text.front()) && digit(text.back()))))
    return std::nullopt;
  // A share is no record's value: the double's last digit decides nothing.
  double share = 0;
  const auto read =
      std::from_chars(text.data(), text.data() + text.size(), share,
                      percent ? std::chars_format::fixed : std::chars_format::general);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  if (percent) share /= 100;
  return share > 0 && share < 1 ? std::optional(share) : std::nullopt;
}

std::set<FieldName> fields_of_group(const Entity& entity, const std::string& group) {
  std::set<FieldName> fields;
  if (group.empty()) return fields;
  for (const auto& [name, field] : entity.fields) {
    if (field.group == group) fields.insert(name);
  }
  return fields;
}

}  // namespace truce
