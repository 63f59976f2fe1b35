#include "engine/app/whatif/differences.h"

namespace truce {

bool show_the_same(const GoldenField& a, const GoldenField& b) {
  return same(a.value, b.value) && a.contested == b.contested;
}

bool are_the_same(const GoldenField& a, const GoldenField& b) {
  return show_the_same(a, b) && a.system == b.system && a.rule == b.rule &&
         a.changed_at == b.changed_at;
}

std::vector<FieldName> fields_apart(const Fields& a, const Fields& b, Alike alike) {
  std::vector<FieldName> apart;
  for (const auto& [name, field] : a) {
    const auto other = b.find(name);
    if (other == b.end() || !alike(field, other->second)) apart.push_back(name);
  }
  for (const auto& [name, field] : b) {
    if (!a.contains(name)) apart.push_back(name);
  }
  return apart;
}

std::vector<std::string> questions_only_in(const std::map<std::string, AskedQuestion>& a,
                                           const std::map<std::string, AskedQuestion>& b) {
  std::vector<std::string> only;
  for (const auto& [subject, question] : a) {
    if (!b.contains(subject)) only.push_back(subject);
  }
  return only;
}

Json field_json(const Fields& fields, const FieldName& field) {
  const auto found = fields.find(field);
  if (found == fields.end()) return nullptr;
  const GoldenField& shown = found->second;
  return {{"value", to_json(shown.value)},
          {"system", shown.system.text},
          {"rule", shown.rule},
          {"changed_at", to_rfc3339(shown.changed_at)},
          {"event_key", shown.event_key.text()},
          {"contested", shown.contested}};
}

Json question_json(const AskedQuestion& question) {
  Json systems = Json::array();
  for (const SystemName& system : question.systems) systems.push_back(system.text);
  return {{"category", std::string(to_string(question.category))},
          {"field", question.field.text},
          {"systems", std::move(systems)}};
}

}  // namespace truce
