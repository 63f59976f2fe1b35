#include "engine/app/policy_admin.h"

#include "engine/app/match_index.h"
#include "engine/app/moved_places.h"
#include "engine/app/trail.h"
#include "engine/core/migrate/schema_change.h"
#include "engine/core/model/hash.h"
#include "engine/core/policy/source_text.h"

namespace truce {

namespace {
constexpr const char* text_name = "policy";
constexpr const char* sha256_name = "policy_sha256";
constexpr const char* file_sha256_name = "policy_file_sha256";

// From the policy that the store has.
struct Succession {
  PolicyPtr before;  // null: there was none, or this version refuses it
  SchemaChange change;
};

Succession succession(ReadView& store, const Policy& next, const std::string& text) {
  const std::string before_text = store.find_meta(text_name).value_or("");
  Succession found;
  found.before = parse_policy(before_text).policy;
  if (found.before) {
    found.change = schema_change(*found.before, next, former_names(before_text, text));
  }
  return found;
}

// Also those that the policy before did not have: records of an earlier one may be stored.
std::vector<EntityName> entities_of_other_keys(const Succession& from, const Policy& next) {
  std::vector<EntityName> others;
  for (const auto& [name, entity] : next.entities) {
    const auto changed = from.change.entities.find(name);
    const bool stays = from.before && from.before->entity(name) &&
                       (changed == from.change.entities.end() || !changed->second.keys_change);
    if (!stays) others.push_back(name);
  }
  return others;
}

std::string quoted(const std::vector<FieldName>& fields) {
  std::string all;
  for (const FieldName& field : fields) all += (all.empty() ? "'" : ", '") + field.text + "'";
  return all;
}

// What becomes of stored values when only the policy changes; empty: they are read as before, or
// again when their records come.
std::string harm_of(const SchemaStep& step) {
  switch (step.kind) {
    case StepKind::renamed:
    case StepKind::split:
    case StepKind::merged:
      return quoted(step.from) + " becomes " + quoted(step.to) + ": what is stored under " +
             quoted(step.from) + " is not read any more";
    case StepKind::retyped:
      return quoted(step.from) + " is of another type: what is stored stays in the former one";
    case StepKind::removed:
      return quoted(step.from) + " leaves: what is stored of it is not read any more";
    case StepKind::revalued:
    case StepKind::reread:
    case StepKind::added:
      return "";
  }
  return "";
}

Json findings_of(ReadView& store, const SchemaChange& change) {
  Json findings = Json::array();
  for (const SchemaStep& step : change.steps) {
    const std::string harm = harm_of(step);
    if (harm.empty() || store.sources_behind(step.entity, {}, 1).empty()) continue;
    const std::string field = step.to.empty() ? "" : "/" + step.to.front().text;
    Finding finding;
    finding.severity = Finding::Severity::warning;
    finding.code = Code::policy_conflict;
    finding.pointer = "/entities/" + step.entity.text + "/fields" + field;
    finding.message = step.entity.text + ": " + harm;
    finding.mend =
        "put the policy before in force again, then take this one by truce migrate (POST "
        "/v1/migrations), which carries stored records over";
    findings.push_back(to_json(finding));
  }
  return findings;
}

}  // namespace

Json describe_policy(const std::string& text) {
  const auto tree = policy_file::read_source(text);
  return {{"sha256", sha256_hex(text)},
          {"text", text},
          {"policy", tree ? policy_file::to_json(*tree) : Json(nullptr)}};
}

bool put_policy(Context& context, const Policy& next, const std::string& text) {
  if (context.store.find_meta(sha256_name) == next.sha256) return false;
  Context under_next{context.store,   next,         context.ids, context.now, context.transforms,
                     context.secrets, context.actor};
  write_policy_change(under_next, text);
  return true;
}

Result<Json> adopt_policy(Context& context, const Policy& next, const std::string& text) {
  const Succession from = succession(context.store, next, text);
  const bool changed = put_policy(context, next, text);
  Json findings = Json::array();
  if (changed) {
    begin_making_keys(context, entities_of_other_keys(from, next));
    if (from.before) begin_doubting(context, *from.before, next);
    findings = findings_of(context.store, from.change);
  }
  return Json{{"sha256", next.sha256}, {"changed", changed}, {"findings", std::move(findings)}};
}

StartingPolicy choose_starting_policy(ReadView& store, const std::string& file_text) {
  const bool same_file = store.find_meta(file_sha256_name) == sha256_hex(file_text);
  std::optional<std::string> stored = store.find_meta(text_name);
  if (same_file && stored && *stored != file_text) return {*std::move(stored), false};
  return {file_text, true};
}

void note_policy_file(Context& context, const std::string& file_text) {
  const std::string sha256 = sha256_hex(file_text);
  if (context.store.find_meta(file_sha256_name) == sha256) return;
  context.store.put_meta(file_sha256_name, sha256);
}

}  // namespace truce
