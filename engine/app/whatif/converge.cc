#include "engine/app/whatif/converge.h"

#include <random>

#include "engine/app/whatif/differences.h"
#include "engine/app/whatif/log_index.h"

namespace truce {
namespace {

using Writes = std::map<FieldName, Value>;

Json writes_json(const std::map<std::string, Writes>& writes, const std::string& target) {
  const auto found = writes.find(target);
  if (found == writes.end()) return nullptr;
  Json fields = Json::object();
  for (const auto& [name, value] : found->second) fields[name.text] = to_json(value);
  return fields;
}

Json maybe_question(const std::map<std::string, AskedQuestion>& questions,
                    const std::string& subject) {
  const auto found = questions.find(subject);
  if (found == questions.end()) return nullptr;
  Json node = question_json(found->second);
  node["fingerprint"] = found->second.fingerprint;
  return node;
}

template <class Value>
std::vector<std::string> keys_of(const std::map<std::string, Value>& a,
                                 const std::map<std::string, Value>& b) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : a) keys.push_back(key);
  for (const auto& [key, value] : b) {
    if (!a.contains(key)) keys.push_back(key);
  }
  return keys;
}

class Verification {
 public:
  Verification(const ReplayParts& parts, const ConvergeOptions& options)
      : parts_(parts), options_(options), different_in_(options.orders, 0) {}

  Result<Json> run(const LogIndex& index) {
    std::size_t done = 0;
    for (const auto& [golden, events] : index.records) {
      const auto view = parts_.store.read();
      const auto log = gather(parts_, *view, golden, events);
      if (log) verify(RecordReplay(parts_, *view, *log, *parts_.policy), *log);
      if (const auto failure = view->failure()) return tl::unexpected(*failure);
      if (parts_.progress) parts_.progress(++done, index.records.size());
    }
    return report(index);
  }

 private:
  void verify(const RecordReplay& replay, const RecordLog& log) {
    if (replay.events() == 0) return;
    const std::vector<std::size_t> recorded = replay.recorded_order();
    const Picture expected = replay.run(recorded);
    ++records_;
    facts_ += recorded.size();
    forgotten_ += log.forgotten;
    compare_with_store(log, expected);
    for (std::size_t order = 0; order < options_.orders; ++order) {
      const Picture other = replay.run(shuffled(recorded, log.golden.id, order));
      different_in_[order] += compare(log.golden, expected, other, order + 1);
    }
  }

  // The record's own draws, so that one record differs in the same way when it is looked at alone.
  std::vector<std::size_t> shuffled(std::vector<std::size_t> order, const GoldenId& golden,
                                    std::size_t number) const {
    std::seed_seq seeds{static_cast<std::uint32_t>(options_.seed),
                        static_cast<std::uint32_t>(options_.seed >> 32U),
                        static_cast<std::uint32_t>(number),
                        static_cast<std::uint32_t>(std::hash<GoldenId>{}(golden))};
    std::mt19937_64 random(seeds);
    const std::size_t facts = order.size();
    for (std::size_t i = 0; i < facts; ++i) {
      if (random() % 3 == 0) order.push_back(order[i]);
    }
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    return order;
  }

  void compare_with_store(const RecordLog& log, const Picture& expected) {
    if (!log.read_under_one_policy || log.golden.policy_sha256 != parts_.policy->sha256) {
      ++stored_undecided_;
      return;
    }
    const Fields& stored = log.golden.fields;
    const auto apart = fields_apart(stored, expected.fields, show_the_same);
    ++(apart.empty() ? stored_same_ : stored_different_);
    for (const FieldName& field : apart) {
      add(log.golden, "stored", "field", field, field_json(expected.fields, field),
          field_json(stored, field));
    }
  }

  bool compare(const GoldenRecord& golden, const Picture& expected, const Picture& other,
               std::size_t order) {
    const std::size_t before = found_;
    for (const FieldName& field : fields_apart(expected.fields, other.fields, are_the_same)) {
      add(golden, order, "field", field, field_json(expected.fields, field),
          field_json(other.fields, field));
    }
    for (const std::string& subject : keys_of(expected.questions, other.questions)) {
      const Json a = maybe_question(expected.questions, subject);
      const Json b = maybe_question(other.questions, subject);
      if (a == b) continue;
      add(golden, order, "question", FieldName((a.is_null() ? b : a).value("field", "")), a, b);
    }
    for (const std::string& target : keys_of(expected.writes, other.writes)) {
      const Json a = writes_json(expected.writes, target), b = writes_json(other.writes, target);
      if (a != b) add(golden, order, "delivery", {}, {{target, a}}, {{target, b}});
    }
    if (expected.deleted != other.deleted) {
      add(golden, order, "deleted", {}, expected.deleted, other.deleted);
    }
    return found_ > before;
  }

  void add(const GoldenRecord& golden, Json order, const char* kind, const FieldName& field,
           Json recorded, Json other) {
    ++found_;
    if (differences_.size() == options_.listed_max) return;
    const Entity* entity = parts_.policy->entity(golden.entity);
    const Field* known = entity->field(field);
    differences_.push_back({{"order", std::move(order)},
                            {"entity", golden.entity.text},
                            {"golden_id", golden.id.text},
                            {"kind", kind},
                            {"field", field.text},
                            {"rule", known ? std::string(to_string(known->rule)) : ""},
                            {"recorded", std::move(recorded)},
                            {"other", std::move(other)}});
  }

  std::string why(const std::string& verdict) const {
    if (verdict == "undecided") {
      return "the log holds no event of a record that is linked: there is nothing to replay";
    }
    const std::string what = std::to_string(facts_) + " facts of " + std::to_string(records_) +
                             " records in " + std::to_string(options_.orders) + " random orders";
    if (verdict == "differs") return what + " do not give one state";
    if (forgotten_ == 0) return what + " give one state";
    return what + " give one state; " + std::to_string(forgotten_) +
           " observations whose events are past their retention were taken as they stand";
  }

  Json report(const LogIndex& index) {
    const std::string verdict = records_ == 0 ? "undecided" : found_ > 0 ? "differs" : "converges";
    Json orders = Json::array();
    for (std::size_t i = 0; i < different_in_.size(); ++i) {
      orders.push_back({{"order", i + 1}, {"records_different", different_in_[i]}});
    }
    return {{"verdict", verdict},
            {"why", why(verdict)},
            {"seed", options_.seed},
            {"log", describe(index, options_.log, forgotten_)},
            {"records", records_},
            {"facts", facts_},
            {"orders", std::move(orders)},
            {"stored",
             {{"same", stored_same_},
              {"different", stored_different_},
              {"undecided", stored_undecided_}}},
            {"differences_found", found_},
            {"differences", std::move(differences_)}};
  }

  const ReplayParts& parts_;
  const ConvergeOptions& options_;
  std::size_t records_ = 0, facts_ = 0, forgotten_ = 0, found_ = 0;
  std::size_t stored_same_ = 0, stored_different_ = 0, stored_undecided_ = 0;
  std::vector<std::size_t> different_in_;
  Json differences_ = Json::array();
};

}  // namespace

Result<Json> verify_convergence(const ReplayParts& parts, const ConvergeOptions& options) {
  const auto index = index_log(parts, options.log, {parts.policy});
  if (!index) return tl::unexpected(index.error());
  return Verification(parts, options).run(*index);
}

}  // namespace truce
