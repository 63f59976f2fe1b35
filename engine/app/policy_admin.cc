#include "engine/app/policy_admin.h"

#include "engine/app/match_index.h"
#include "engine/app/trail.h"
#include "engine/core/migrate/schema_change.h"
#include "engine/core/model/hash.h"
#include "engine/core/policy/source_text.h"

namespace truce {

namespace {
constexpr const char* text_name = "policy";
constexpr const char* sha256_name = "policy_sha256";
constexpr const char* file_sha256_name = "policy_file_sha256";

// Also those that the policy before did not have: records of an earlier one may be stored.
std::vector<EntityName> entities_of_other_keys(const std::string& before_text, const Policy& next,
                                               const std::string& text) {
  const PolicyPtr before = parse_policy(before_text).policy;
  SchemaChange change;
  if (before) change = schema_change(*before, next, former_names(before_text, text));
  std::vector<EntityName> others;
  for (const auto& [name, entity] : next.entities) {
    const auto changed = change.entities.find(name);
    const bool stays = before && before->entity(name) &&
                       (changed == change.entities.end() || !changed->second.keys_change);
    if (!stays) others.push_back(name);
  }
  return others;
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
  const std::string before = context.store.find_meta(text_name).value_or("");
  const bool changed = put_policy(context, next, text);
  if (changed) begin_making_keys(context, entities_of_other_keys(before, next, text));
  return Json{{"sha256", next.sha256}, {"changed", changed}};
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
