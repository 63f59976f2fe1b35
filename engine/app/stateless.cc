#include "engine/app/stateless.h"

#include <algorithm>

#include "engine/app/render.h"
#include "engine/core/identity/link.h"
#include "engine/core/survive/survive.h"

namespace truce {
namespace {

constexpr std::size_t records_max = 50'000;  // of one call, all systems together
constexpr std::size_t systems_max = 8;

Result<const Entity*> entity_of(const Policy& policy, const Json& body) {
  const std::string name = text_at(body, "entity");
  if (name.empty()) return fail(Code::schema, "'entity' is missing", "/entity");
  const Entity* entity = policy.entity(EntityName(name));
  if (!entity)
    return fail(Code::unknown_entity, "the policy has no entity '" + shown(name) + "'", "/entity");
  return entity;
}

Result<const System*> system_named(const Policy& policy, const std::string& name,
                                   const std::string& pointer) {
  const System* system = policy.system(SystemName(name));
  if (!system)
    return fail(Code::unknown_system, "the policy has no system '" + shown(name) + "'", pointer);
  return system;
}

Json fields_json(const std::map<FieldName, Value>& fields) {
  Json node = Json::object();
  for (const auto& [name, value] : fields) node[name.text] = to_json(value);
  return node;
}

Json problems_json(const std::vector<FieldProblem>& problems) {
  Json node = Json::array();
  for (const FieldProblem& problem : problems) {
    node.push_back({{"field", problem.field.text},
                    {"code", std::string(to_string(problem.code))},
                    {"message", problem.message}});
  }
  return node;
}

// A record that came in one call, as if it were the only thing its system ever said.
SourceRecord source_of(const System& system, const Entity& entity, const NormalizedRecord& record,
                       const RecordId& id, std::optional<Time> changed_at) {
  SourceRecord source;
  source.system = system.name;
  source.entity = entity.name;
  source.id = id;
  const auto at = changed_at ? changed_at : record.modified;
  for (const auto& [name, value] : record.fields) {
    Observation observation;
    observation.order = {at.value_or(Time{}), {}, value_hash(value)};
    observation.value = value;
    observation.evidence = changed_at ? Evidence::certain : Evidence::possible;
    join(source.fields[name], observation);
  }
  return source;
}

Json decided(const Policy& policy, const Entity& entity, const std::vector<SourceRecord>& sources) {
  std::vector<SourceView> views;
  for (const SourceRecord& source : sources) views.push_back(view_source(policy, entity, source));
  Json fields = Json::object(), golden = Json::object(), conflicts = Json::array();
  for (const auto& [name, survivor] : survive(policy, entity, views, {})) {
    if (survivor.field) {
      const GoldenField& field = *survivor.field;
      golden[name.text] = to_json(field.value);
      Json losers = Json::array();
      for (const Loser& loser : survivor.losers) {
        losers.push_back({{"system", loser.system.text},
                          {"value", to_json(loser.value)},
                          {"changed_at", to_rfc3339(loser.changed_at)},
                          {"why", loser.why}});
      }
      fields[name.text] = {{"value", to_json(field.value)},
                           {"winner",
                            {{"system", field.system.text},
                             {"changed_at", to_rfc3339(field.changed_at)},
                             {"evidence", std::string(to_string(field.evidence))}}},
                           {"rule", field.rule},
                           {"why", field.why},
                           {"contested", field.contested},
                           {"losers", std::move(losers)}};
    }
    if (!survivor.question) continue;
    // As an item would show it, so that both speak of candidates in one shape.
    ExceptionItem item;
    item.field = survivor.question->differs_in.empty() ? name : survivor.question->differs_in;
    if (!survivor.question->members.empty()) item.detail["group"] = true;
    Json candidates = Json::array();
    for (const Candidate& candidate : survivor.question->candidates) {
      candidates.push_back(render(item, candidate));
    }
    conflicts.push_back({{"field", item.field.text},
                         {"category", std::string(to_string(survivor.question->category))},
                         {"candidates", std::move(candidates)}});
  }
  return {{"record", std::move(golden)},
          {"fields", std::move(fields)},
          {"conflicts", std::move(conflicts)}};
}

// One record of merge's inputs.
struct Input {
  const System* system = nullptr;
  std::size_t index = 0;  // within its system's list
  NormalizedRecord record;
  std::vector<TierKeys> keys;
  std::size_t cluster = 0;
  bool ambiguous = false;
};

class Merge {
 public:
  Merge(const Policy& policy, const Entity& entity, Transforms* transforms)
      : policy_(policy), entity_(entity), transforms_(transforms) {}

  Result<void> read(const Json& inputs) {
    if (!inputs.is_object() || inputs.empty() || inputs.size() > systems_max) {
      return fail(Code::schema, "'inputs' is an object of 1 to 8 systems", "/inputs");
    }
    for (const auto& [name, records] : inputs.items()) {
      const std::string pointer = pointer_join("/inputs", name);
      const auto system = system_named(policy_, name, pointer);
      if (!system) return tl::unexpected(system.error());
      if (!records.is_array()) return fail(Code::schema, "expected an array of records", pointer);
      for (std::size_t i = 0; i < records.size(); ++i) {
        if (!records[i].is_object()) {
          return fail(Code::schema, "a record is a JSON object", pointer + '/' + std::to_string(i));
        }
        if (all_.size() >= records_max)
          return fail(Code::batch_size, "at most 50000 records", "/inputs");
        Input input;
        input.system = *system;
        input.index = i;
        input.record = normalize_record(policy_, entity_, (*system)->name, records[i], transforms_);
        input.keys = match_keys(entity_, input.record.fields);
        all_.push_back(std::move(input));
      }
    }
    return {};
  }

  Json run() {
    cluster();
    mark_ambiguous();
    return answer();
  }

 private:
  std::size_t root(std::size_t i) const {
    while (all_[i].cluster != i) i = all_[i].cluster;
    return i;
  }

  // Tier by tier: two records belong together by a key unless an earlier key tells them apart.
  void cluster() {
    for (std::size_t i = 0; i < all_.size(); ++i) all_[i].cluster = i;
    for (std::size_t tier = 0; tier < entity_.match.size(); ++tier) {
      std::map<std::string, std::vector<std::size_t>> holders;
      for (std::size_t i = 0; i < all_.size(); ++i) {
        for (const std::string& key : all_[i].keys[tier]) holders[key].push_back(i);
      }
      for (const auto& [key, members] : holders) {
        for (std::size_t i = 1; i < members.size(); ++i) {
          if (!told_apart(members.front(), members[i], tier)) {
            const std::size_t into = std::min(root(members.front()), root(members[i]));
            const std::size_t from = std::max(root(members.front()), root(members[i]));
            all_[from].cluster = into;
          }
        }
      }
    }
  }

  bool told_apart(std::size_t a, std::size_t b, std::size_t tier) const {
    for (std::size_t before = 0; before < tier; ++before) {
      if (disagree(all_[a].keys[before], all_[b].keys[before])) return true;
    }
    return false;
  }

  // Two records of one system in one cluster: nobody can say which is meant.
  void mark_ambiguous() {
    std::map<std::pair<std::size_t, SystemName>, int> counts;
    for (std::size_t i = 0; i < all_.size(); ++i) ++counts[{root(i), all_[i].system->name}];
    std::map<std::size_t, bool> ambiguous;
    for (const auto& [key, count] : counts) ambiguous[key.first] |= count > 1;
    for (std::size_t i = 0; i < all_.size(); ++i) all_[i].ambiguous = ambiguous[root(i)];
  }

  Json input_json(const Input& input) const {
    Json node{{"system", input.system->name.text},
              {"index", input.index},
              {"id", input.record.id ? Json(input.record.id->text) : Json()},
              {"record", fields_json(input.record.fields)}};
    if (!input.record.problems.empty()) node["errors"] = problems_json(input.record.problems);
    return node;
  }

  Json answer() const {
    std::map<std::size_t, std::vector<const Input*>> clusters;
    for (std::size_t i = 0; i < all_.size(); ++i) clusters[root(i)].push_back(&all_[i]);
    Json matched = Json::array(), only = Json::object(), ambiguous = Json::array();
    for (const auto& [first, members] : clusters) {
      Json inputs = Json::array();
      for (const Input* input : members) inputs.push_back(input_json(*input));
      if (members.front()->ambiguous) {
        ambiguous.push_back({{"inputs", std::move(inputs)},
                             {"why", "two records of one system share a match key"}});
        continue;
      }
      if (members.size() == 1) {
        only[members.front()->system->name.text].push_back(std::move(inputs.front()));
        continue;
      }
      std::vector<SourceRecord> sources;
      for (const Input* input : members) {
        sources.push_back(source_of(*input->system, entity_, input->record,
                                    input->record.id.value_or(RecordId("0")), std::nullopt));
      }
      Json node = decided(policy_, entity_, sources);
      node["inputs"] = std::move(inputs);
      matched.push_back(std::move(node));
    }
    return {{"matched", std::move(matched)},
            {"only", std::move(only)},
            {"ambiguous", std::move(ambiguous)}};
  }

  const Policy& policy_;
  const Entity& entity_;
  Transforms* transforms_;
  std::vector<Input> all_;
};

}  // namespace

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

Result<Json> merge_once(const Policy& policy, Transforms* transforms, const Json& body) {
  const auto entity = entity_of(policy, body);
  if (!entity) return tl::unexpected(entity.error());
  const Json* inputs = find_member(body, "inputs");
  if (!inputs) return fail(Code::schema, "'inputs' is missing", "/inputs");
  Merge merge(policy, **entity, transforms);
  if (const auto read = merge.read(*inputs); !read) return tl::unexpected(read.error());
  return merge.run();
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
  Json answer = decided(policy, **entity, sources);
  answer["errors"] = std::move(errors);
  return answer;
}

}  // namespace truce
