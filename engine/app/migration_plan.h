// What a migration would do to the records that are stored: a look that changes nothing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/app/migrating.h"
#include "engine/app/records.h"

namespace truce {

inline constexpr std::size_t planned_records_max = 100'000;

class MigrationPlan {
 public:
  // From the policy in force, `before`, to `next`, each with its file's text.
  MigrationPlan(PolicyPtr before, const std::string& before_text, PolicyPtr next,
                const std::string& next_text, Transforms* transforms);

  // Looks at some more records. True while there are more, and fewer than the most were looked at.
  bool look_on(Reader& reader);
  // {from, to, steps, notes, problems, records, complete}; a step: {entity, kind, from, to,
  // read_again, records, values: {lossless, lossy, lost}, filled, samples}. Values are those that
  // systems hold and those that people decided and that stand. Of samples the lost come first.
  // Values of private fields are left out of them.
  Json json() const;
  bool can_work() const { return change_.problems.empty(); }

 private:
  struct Tally {
    std::uint64_t records = 0;                        // that hold something of the fields before
    std::uint64_t lossless = 0, lossy = 0, lost = 0;  // values
    std::uint64_t filled = 0;                         // records in which a new field has a value
    std::map<Fate, std::vector<Json>> samples;
  };

  void look_at(ReadView& store, const Secrets& secrets, const SourceRecord& source);
  void count(const Carriage& carriage, const SourceRecord& source, const SourceRecord& carried);
  void count_decisions(const Carriage& carriage, const GoldenRecord& golden);
  static void judge(const Carriage& carriage, const SchemaStep& step, const FieldName& field,
                    const Observation& observed, const SourceRecord& carried, Tally& tally);
  static void judge(const Carriage& carriage, const SchemaStep& step, const GoldenRecord& golden,
                    const Decision& decision, Tally& tally);
  static bool add(Tally& tally, const SchemaStep& step, Fate fate);
  bool go_to_next_entity();

  PolicyPtr before_;
  PolicyPtr next_;
  Transforms* transforms_;
  SchemaChange change_;
  std::vector<Tally> tallies_;  // of each step
  EntityName entity_;           // the walk is behind this place
  SourcePlace place_;
  std::set<GoldenId> decided_;  // records whose decisions were looked at
  std::uint64_t records_ = 0;
  bool entities_looked_for_ = false;
  bool complete_ = false;
};

}  // namespace truce
