#include "engine/app/migration_plan.h"

#include <algorithm>

#include "engine/app/migration_state.h"

namespace truce {
namespace {

constexpr std::size_t records_a_look = 200;
constexpr std::size_t samples_a_fate = 3;

// The last value that the system was seen to hold; nullptr: none, or blank.
const Observation* last_seen(const SourceRecord& source, const FieldName& field) {
  const auto history = source.fields.find(field);
  if (history == source.fields.end() || history->second.observations.empty()) return nullptr;
  const Observation& last = history->second.observations.back();
  return last.value.is_null() ? nullptr : &last;
}

Json value_told(const SourceRecord& source, const FieldName& field, const EventKey& key) {
  const auto history = source.fields.find(field);
  const Observation* told =
      history == source.fields.end() ? nullptr : told_by(history->second, key);
  return told ? to_json(told->value) : Json();
}

// What a person decided and is shown still.
const Decision* standing_decision(const GoldenRecord& golden, const FieldName& field) {
  const auto shown = golden.fields.find(field);
  if (shown == golden.fields.end() || !shown->second.system.empty()) return nullptr;
  const auto& all = golden.decisions;
  const auto last = std::find_if(all.rbegin(), all.rend(), [&](const Decision& decision) {
    return decision.field == field && same(decision.value, shown->second.value);
  });
  return last == all.rend() ? nullptr : &*last;
}

Json names(const std::vector<FieldName>& fields) {
  Json all = Json::array();
  for (const FieldName& field : fields) all.push_back(field.text);
  return all;
}

const char* name_of(Fate fate) {
  switch (fate) {
    case Fate::lossless:
      return "lossless";
    case Fate::lossy:
      return "lossy";
    case Fate::lost:
      return "lost";
  }
  return "";
}

// What went wrong first.
Json listed(const std::map<Fate, std::vector<Json>>& samples) {
  Json all = Json::array();
  for (auto of_fate = samples.rbegin(); of_fate != samples.rend(); ++of_fate) {
    for (const Json& sample : of_fate->second) all.push_back(sample);
  }
  return all;
}

}  // namespace

MigrationPlan::MigrationPlan(PolicyPtr before, const std::string& before_text, PolicyPtr next,
                             const std::string& next_text, Transforms* transforms)
    : before_(std::move(before)),
      next_(std::move(next)),
      transforms_(transforms),
      change_(schema_change(*before_, *next_, former_names(before_text, next_text))),
      tallies_(change_.steps.size()) {}

bool MigrationPlan::go_to_next_entity() {
  const auto next = change_.entities.upper_bound(entity_);
  if (next == change_.entities.end()) return false;
  entity_ = next->first;
  place_ = {};
  return true;
}

bool MigrationPlan::look_on(Reader& reader) {
  if (!entities_looked_for_) {
    entities_looked_for_ = true;
    refuse_lost_entities(reader.store, change_);
    complete_ = !go_to_next_entity();
  }
  if (complete_ || records_ >= planned_records_max) return false;
  const auto sources = reader.store.sources_behind(entity_, place_, records_a_look);
  for (const SourceRecord& source : sources) {
    look_at(reader.store, reader.secrets, source);
    place_ = {source.system, source.id};
    ++records_;
  }
  complete_ = sources.size() < records_a_look && !go_to_next_entity();
  return !complete_;
}

void MigrationPlan::look_at(ReadView& store, const Secrets& secrets, const SourceRecord& source) {
  const Carriage carriage =
      carriage_between(store, *before_, *next_, entity_, change_.entities.at(entity_),
                       Course::onwards, transforms_, secrets);
  count(carriage, source, carry_source(carriage, source));
  if (source.golden.empty() || decided_.contains(source.golden)) return;
  const auto golden = store.find_golden(source.golden);
  if (!golden || golden->decisions.empty()) return;
  decided_.insert(source.golden);
  count_decisions(carriage, *golden);
}

void MigrationPlan::count(const Carriage& carriage, const SourceRecord& source,
                          const SourceRecord& carried) {
  for (std::size_t i = 0; i < change_.steps.size(); ++i) {
    const SchemaStep& step = change_.steps[i];
    if (step.entity != source.entity) continue;
    bool is_touched = false;
    for (const FieldName& field : step.from) {
      const Observation* last = last_seen(source, field);
      is_touched |= source.fields.contains(field);
      if (last) judge(carriage, step, field, *last, carried, tallies_[i]);
    }
    tallies_[i].records += is_touched ? 1 : 0;
    tallies_[i].filled +=
        std::any_of(step.to.begin(), step.to.end(),
                    [&](const FieldName& field) { return last_seen(carried, field); })
            ? 1
            : 0;
  }
}

void MigrationPlan::count_decisions(const Carriage& carriage, const GoldenRecord& golden) {
  for (std::size_t i = 0; i < change_.steps.size(); ++i) {
    const SchemaStep& step = change_.steps[i];
    if (step.entity != golden.entity) continue;
    for (const FieldName& field : step.from) {
      const Decision* decision = standing_decision(golden, field);
      if (decision) judge(carriage, step, golden, *decision, tallies_[i]);
    }
  }
}

void MigrationPlan::judge(const Carriage& carriage, const SchemaStep& step, const FieldName& field,
                          const Observation& observed, const SourceRecord& carried, Tally& tally) {
  const Fate fate = fate_of(carriage, field, observed, carried);
  if (!add(tally, step, fate)) return;
  Json after = Json::object();
  for (const FieldName& to : step.to) {
    after[to.text] = value_told(carried, to, observed.event_key);
  }
  tally.samples[fate].push_back({{"system", carried.system.text},
                                 {"id", carried.id.text},
                                 {"before", {{field.text, to_json(observed.value)}}},
                                 {"after", std::move(after)},
                                 {"fate", name_of(fate)}});
}

void MigrationPlan::judge(const Carriage& carriage, const SchemaStep& step,
                          const GoldenRecord& golden, const Decision& decision, Tally& tally) {
  const Fate fate = fate_of(carriage, golden, decision);
  if (!add(tally, step, fate)) return;
  Json after = Json::object();
  for (const FieldName& to : step.to) {
    const auto value = carried_decision(carriage, golden, decision, to);
    after[to.text] = value ? to_json(*value) : Json();
  }
  tally.samples[fate].push_back({{"golden_id", golden.id.text},
                                 {"decision", decision.id.text},
                                 {"before", {{decision.field.text, to_json(decision.value)}}},
                                 {"after", std::move(after)},
                                 {"fate", name_of(fate)}});
}

// Counts a value; true: a sample of it is wanted.
bool MigrationPlan::add(Tally& tally, const SchemaStep& step, Fate fate) {
  std::uint64_t& count = fate == Fate::lossless ? tally.lossless
                         : fate == Fate::lossy  ? tally.lossy
                                                : tally.lost;
  ++count;
  // What is only called otherwise needs no example, and a removed field has no other end.
  const bool is_of_interest = fate != Fate::lossless || !step.read_again.empty();
  return !step.is_private && is_of_interest && tally.samples[fate].size() < samples_a_fate;
}

Json MigrationPlan::json() const {
  Json steps = Json::array();
  for (std::size_t i = 0; i < change_.steps.size(); ++i) {
    const SchemaStep& step = change_.steps[i];
    const Tally& tally = tallies_[i];
    Json systems = Json::array();
    for (const SystemName& system : step.read_again) systems.push_back(system.text);
    steps.push_back(
        {{"entity", step.entity.text},
         {"kind", std::string(to_string(step.kind))},
         {"from", names(step.from)},
         {"to", names(step.to)},
         {"read_again", std::move(systems)},
         {"records", tally.records},
         {"values", {{"lossless", tally.lossless}, {"lossy", tally.lossy}, {"lost", tally.lost}}},
         {"filled", tally.filled},
         {"samples", listed(tally.samples)}});
  }
  Json problems = Json::array();
  for (const Problem& problem : change_.problems) {
    problems.push_back({{"pointer", problem.pointer},
                        {"code", std::string(to_string(problem.code))},
                        {"message", problem.message}});
  }
  return {{"from", before_->sha256},
          {"to", next_->sha256},
          {"steps", std::move(steps)},
          {"notes", change_.notes},
          {"problems", std::move(problems)},
          {"records", records_},
          {"complete", complete_}};
}

}  // namespace truce
