#include "engine/app/whatif/simulate.h"

#include <set>

#include "engine/app/whatif/differences.h"
#include "engine/app/whatif/log_index.h"

namespace truce {
namespace {

using Counts = std::map<std::string, std::size_t>;

std::string rule_of(const Policy& policy, const EntityName& entity, const FieldName& name) {
  const Entity* known = policy.entity(entity);
  const Field* field = known ? known->field(name) : nullptr;
  return field ? std::string(to_string(field->rule)) : "none";
}

std::string name_of(const SystemName& system) {
  return system.empty() ? "decision" : system.text.str();
}

class Simulation {
 public:
  Simulation(const ReplayParts& parts, const PolicyPtr& next, const SimulateOptions& options)
      : parts_(parts), next_(*next), options_(options) {}

  Result<Json> run(const LogIndex& index) {
    std::size_t done = 0;
    for (const auto& [golden, events] : index.records) {
      const auto view = parts_.store.read();
      if (const auto log = gather(parts_, *view, golden, events)) compare(*view, *log);
      if (const auto failure = view->failure()) return tl::unexpected(*failure);
      if (parts_.progress) parts_.progress(++done, index.records.size());
    }
    return report(index);
  }

 private:
  void compare(ReadView& view, const RecordLog& log) {
    const RecordReplay now(parts_, view, log, *parts_.policy);
    const RecordReplay then(parts_, view, log, next_);
    const Picture present = now.run(now.recorded_order());
    const Picture next = then.run(then.recorded_order());
    ++records_;
    forgotten_ += log.forgotten;
    unexplained_ += !fields_apart(log.golden.fields, present.fields, show_the_same).empty();
    const std::vector<FieldName> apart = fields_apart(present.fields, next.fields, show_the_same);
    for (const FieldName& field : apart) count_field(log.golden, field, present, next);
    const bool asks_apart = count_questions(log.golden, present, next);
    records_different_ += !apart.empty() || asks_apart || present.deleted != next.deleted;
    count_rest(present, next);
  }

  void count_field(const GoldenRecord& golden, const FieldName& field, const Picture& present,
                   const Picture& next) {
    ++fields_different_;
    const std::string rule = rule_of(next_, golden.entity, field);
    ++fields_by_rule_[rule];
    const auto winner = next.fields.find(field);
    ++fields_by_system_[winner == next.fields.end() ? "none" : name_of(winner->second.system)];
    if (differences_.size() == options_.listed_max) {
      listed_all_ = false;
      return;
    }
    differences_.push_back(
        {{"entity", golden.entity.text},
         {"golden_id", golden.id.text},
         {"field", field.text},
         {"rule", {{"present", rule_of(*parts_.policy, golden.entity, field)}, {"next", rule}}},
         {"present", field_json(present.fields, field)},
         {"next", field_json(next.fields, field)}});
  }

  // True when they ask for different things.
  bool count_questions(const GoldenRecord& golden, const Picture& present, const Picture& next) {
    const auto saved = questions_only_in(present.questions, next.questions);
    const auto added = questions_only_in(next.questions, present.questions);
    for (const std::string& subject : saved) {
      count_question(golden, *parts_.policy, present.questions.at(subject), "saved");
    }
    for (const std::string& subject : added) {
      count_question(golden, next_, next.questions.at(subject), "added");
    }
    questions_present_ += present.questions.size();
    questions_next_ += next.questions.size();
    asked_present_ += present.asked.size();
    asked_next_ += next.asked.size();
    return !saved.empty() || !added.empty();
  }

  // `policy` is the one that asks.
  void count_question(const GoldenRecord& golden, const Policy& policy,
                      const AskedQuestion& question, const char* change) {
    ++changes_[change];
    const std::string rule = question.field.empty()
                                 ? std::string(to_string(question.category))
                                 : rule_of(policy, golden.entity, question.field);
    ++questions_by_rule_[rule][change];
    for (const SystemName& system : question.systems) {
      ++questions_by_system_[name_of(system)][change];
    }
    if (questions_.size() == options_.listed_max) {
      listed_all_ = false;
      return;
    }
    Json line = question_json(question);
    line["change"] = change;
    line["rule"] = rule;
    line["entity"] = golden.entity.text;
    line["golden_id"] = golden.id.text;
    questions_.push_back(std::move(line));
  }

  void count_rest(const Picture& present, const Picture& next) {
    refused_present_ += present.refused_values;
    refused_next_ += next.refused_values;
    for (const auto& [target, fields] : present.writes) ++writes_present_[system_in(target)];
    for (const auto& [target, fields] : next.writes) ++writes_next_[system_in(target)];
  }

  static std::string system_in(const std::string& target) {
    return target.substr(0, target.find(' '));
  }

  static Json changes_json(const std::map<std::string, Counts>& counts) {
    Json all = Json::object();
    for (const auto& [name, changes] : counts) {
      for (const char* change : {"saved", "added"}) {
        const auto found = changes.find(change);
        all[name][change] = found == changes.end() ? 0 : found->second;
      }
    }
    return all;
  }

  Json report(const LogIndex& index) {
    return {{"policy", {{"present", parts_.policy->sha256}, {"next", next_.sha256}}},
            {"log", describe(index, options_.log, forgotten_)},
            {"records", records_},
            {"records_different", records_different_},
            {"fields",
             {{"different", fields_different_},
              {"by_rule", fields_by_rule_},
              {"by_system", fields_by_system_}}},
            {"questions",
             {{"present", questions_present_},
              {"next", questions_next_},
              {"saved", changes_["saved"]},
              {"added", changes_["added"]},
              {"asked", {{"present", asked_present_}, {"next", asked_next_}}},
              {"by_rule", changes_json(questions_by_rule_)},
              {"by_system", changes_json(questions_by_system_)}}},
            {"refused_values", {{"present", refused_present_}, {"next", refused_next_}}},
            {"deliveries", {{"present", writes_present_}, {"next", writes_next_}}},
            {"unexplained", unexplained_},
            {"differences", std::move(differences_)},
            {"asked", std::move(questions_)},
            {"listed_all", listed_all_}};
  }

  const ReplayParts& parts_;
  const Policy& next_;
  const SimulateOptions& options_;
  std::size_t records_ = 0, records_different_ = 0, fields_different_ = 0, forgotten_ = 0;
  std::size_t questions_present_ = 0, questions_next_ = 0, asked_present_ = 0, asked_next_ = 0;
  std::size_t refused_present_ = 0, refused_next_ = 0, unexplained_ = 0;
  Counts fields_by_rule_, fields_by_system_, changes_, writes_present_, writes_next_;
  std::map<std::string, Counts> questions_by_rule_, questions_by_system_;
  Json differences_ = Json::array(), questions_ = Json::array();
  bool listed_all_ = true;
};

}  // namespace

Result<Json> simulate_policy(const ReplayParts& parts, const PolicyPtr& next,
                             const SimulateOptions& options) {
  const auto index = index_log(parts, options.log, {parts.policy, next});
  if (!index) return tl::unexpected(index.error());
  return Simulation(parts, next, options).run(*index);
}

}  // namespace truce
