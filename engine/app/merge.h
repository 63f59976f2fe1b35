// Merge without memory: records of several systems, matched by the policy's keys and merged by its
// rules. Nothing is stored, nothing is read.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/app/read_values.h"
#include "engine/app/stateless_decision.h"
#include "engine/core/identity/link.h"
#include "engine/core/model/json_text.h"

namespace truce {

// How much of the answer is said.
enum class MergeOutput {
  everything,  // also who lost each field and why, and each record as it was read
  merged,      // the merged records, and who won each field
  changed,     // only what differs, and where
};

class Merge {
 public:
  // `entity` is the policy's.
  Merge(PolicyPtr policy, const Entity& entity, MergeOutput output)
      : policy_(std::move(policy)), entity_(entity), output_(output) {}

  // A record as it was read, packed: a merge holds many.
  struct Input {
    const System* system = nullptr;
    std::size_t index = 0;  // in the system's list
    std::optional<RecordId> id;
    std::optional<Time> modified;
    std::vector<std::pair<FieldName, Value>> fields;  // by name
    std::vector<FieldProblem> problems;
    std::vector<TierKeys> keys;
  };
  // Where the policy has no such system: a Problem at `pointer`.
  Result<const System*> system(const std::string& name, const std::string& pointer) const {
    return system_named(*policy_, name, pointer);
  }
  // Several threads may read at a time.
  Result<Input> read(const System& system, std::size_t index, const Json& record,
                     Transforms* transforms) const;
  // A list, `from` on in the system's whole one. A Problem points into `pointer`.
  Result<std::vector<Input>> read_list(const System& system, std::size_t from, const Json& records,
                                       Transforms* transforms, const std::string& pointer) const;
  // What stood in their places before is replaced. The groups are not known any more.
  void add(std::vector<Input> inputs);
  std::size_t count() const;

  // Before answer(), when all records are there.
  void group();
  bool is_grouped() const { return groups_.has_value(); }

  struct Page {
    std::string text;                 // the answer's members, without braces
    std::optional<std::size_t> next;  // where the next page begins
  };
  // The groups from `begin` on, at most `limit`:
  //   matched:   everything: [{record, fields, conflicts, inputs: [INPUT with record]}]
  //              merged:     [{record, winners: {FIELD: {system, rule, why}}, conflicts, inputs}]
  //              changed:    [{changed: {FIELD: {value, winner, was: {SYSTEM: value}}}, conflicts,
  //                            inputs}], where anything differs
  //   only:      {SYSTEM: [INPUT]}
  //   ambiguous: [{why, inputs: [INPUT]}]
  //   agreed:    matches that `changed` leaves out
  // INPUT is {system, index, id, record, errors}; without record where only changes are said,
  // without errors where there are none. Several threads may ask at a time.
  Page answer(std::size_t begin, std::size_t limit) const;

 private:
  using Group = std::vector<const Input*>;
  struct Parts;

  std::vector<const Input*> all_inputs() const;
  bool told_apart(const Input& a, const Input& b, std::size_t tier) const;
  void put_group(Parts& parts, const Group& group) const;
  Survivors decide_group(const Group& group, const std::set<FieldName>* only) const;
  void put_match(Parts& parts, const Group& group) const;
  bool put_changes(JsonText& out, const Survivors& survivors, const Group& group) const;
  void put_input(JsonText& out, const Input& input, bool with_record) const;
  void put_inputs(JsonText& out, const Group& group, bool with_record) const;

  PolicyPtr policy_;
  const Entity& entity_;
  MergeOutput output_;
  std::unique_ptr<ReadValues> values_ = std::make_unique<ReadValues>();
  std::map<SystemName, std::map<std::size_t, Input>> inputs_;  // by system and index
  std::optional<std::vector<Group>> groups_;  // in the order of their first inputs; none: not known
};

// {entity, output} of a request.
struct MergeOrder {
  const Entity* entity = nullptr;
  MergeOutput output = MergeOutput::everything;
};
Result<MergeOrder> merge_order(const Policy& policy, const Json& body);

// The whole of it: {entity, inputs: {SYSTEM: [record]}, output} -> the answer's text.
Result<std::string> merge_once(const PolicyPtr& policy, Transforms* transforms, const Json& body);

}  // namespace truce
