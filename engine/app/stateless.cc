#include "engine/app/stateless.h"

#include "engine/app/stateless_decision.h"

namespace truce {

Result<Json> normalize_once(const Policy& policy, Transforms* transforms, const Json& body) {
  const auto entity = entity_of(policy, body);
  if (!entity) return tl::unexpected(entity.error());
  const auto system = system_named(policy, text_at(body, "system"), "/system");
  if (!system) return tl::unexpected(system.error());
  const Json* record = find_member(body, "record");
  if (!record || !record->is_object())
    return fail(Code::schema, "'record' is a JSON object", "/record");
  const NormalizedRecord normalized =
      normalize_record(policy, **entity, (*system)->name, *record, transforms);
  return Json{{"id", normalized.id ? Json(normalized.id->text) : Json()},
              {"modified", normalized.modified ? Json(to_rfc3339(*normalized.modified)) : Json()},
              {"record", fields_json(normalized.fields)},
              {"errors", problems_json(normalized.problems)}};
}

Result<Json> resolve_once(const Policy& policy, Transforms* transforms, const Json& body) {
  const auto entity = entity_of(policy, body);
  if (!entity) return tl::unexpected(entity.error());
  const Json* candidates = find_member(body, "candidates");
  if (!candidates || !candidates->is_array() || candidates->empty() ||
      candidates->size() > systems_max) {
    return fail(Code::schema, "'candidates' is an array of 1 to 8 records", "/candidates");
  }
  std::vector<SourceRecord> sources;
  Json errors = Json::array();
  for (std::size_t i = 0; i < candidates->size(); ++i) {
    const Json& candidate = (*candidates)[i];
    const std::string pointer = "/candidates/" + std::to_string(i);
    const auto system = system_named(policy, text_at(candidate, "system"), pointer + "/system");
    if (!system) return tl::unexpected(system.error());
    const Json* record = find_member(candidate, "record");
    if (!record || !record->is_object()) {
      return fail(Code::schema, "'record' is a JSON object", pointer + "/record");
    }
    std::optional<Time> changed_at;
    if (const Json* at = find_member(candidate, "changed_at"); at && !at->is_null()) {
      const auto time = is_number(*at) ? parse_epoch(number_text(*at))
                                       : parse_time(scalar_text(*at).value_or(""));
      if (!time) return fail(time.error().code, time.error().message, pointer + "/changed_at");
      changed_at = *time;
    }
    const NormalizedRecord normalized =
        normalize_record(policy, **entity, (*system)->name, *record, transforms);
    for (Json& problem : problems_json(normalized.problems)) {
      problem["system"] = (*system)->name.text;
      errors.push_back(problem);
    }
    sources.push_back(
        source_of(**system, **entity, normalized, RecordId(std::to_string(i)), changed_at));
  }
  const Survivors survivors = decide(policy, **entity, sources);
  return Json{{"record", golden_json(survivors)},
              {"fields", decided_fields_json(survivors)},
              {"conflicts", conflicts_json(survivors)},
              {"errors", std::move(errors)}};
}

}  // namespace truce
