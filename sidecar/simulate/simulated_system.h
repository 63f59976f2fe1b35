// One outside system: its records, its clock, its manners. What its API and the network do wrong
// stands in api.h.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/model/json.h"
#include "sidecar/simulate/model.h"

namespace truce::simulate {

using Thing = std::size_t;  // one real person or company, whatever records there are of it

enum class Author { person, automation, api };

// What a system tells its subscribers of one change.
struct Webhook {
  enum class Kind { upsert, erase, restore, merge };
  Kind kind = Kind::upsert;
  std::size_t system = 0;
  std::size_t entity = 0;
  std::string record_id;
  std::string merged_into;
  Time occurred_at;  // by the system's clock
  bool is_new = false;
  std::vector<std::size_t> changed;  // fields
  std::shared_ptr<const Json> body;  // the whole record, as it was then
  Author author = Author::person;
};

// One change of one record, as the system's own history keeps it.
struct Revision {
  Time at;  // by the system's clock
  bool is_new = false;
  std::vector<std::size_t> changed;
  std::vector<Text> values;  // all, after it
  std::shared_ptr<const Json> body;
  Author author = Author::person;
};

struct Record {
  std::string id;
  std::size_t entity = 0;
  Thing thing = 0;
  bool entered = false;      // by a person; else by the API
  bool doubles = false;      // made by the API while the thing had a living record here
  std::vector<Text> values;  // by field
  Time modified;             // by the system's clock
  std::optional<Time> deleted_at;
  std::optional<Time> restored_at;
  std::string merged_into;
  std::vector<Revision> revisions;

  bool alive() const { return !deleted_at && merged_into.empty(); }
};

// One entry of a record's field history.
struct Change {
  Time at;
  std::vector<std::size_t> fields;
  std::shared_ptr<const Json> body;
  std::shared_ptr<const Json> body_before;  // null where the record was new
};
using FieldHistory = std::vector<Change>;  // the oldest first

class SimulatedSystem {
 public:
  using Tell = std::function<void(const Webhook&, const Record&)>;

  SimulatedSystem(const Model& model, std::size_t index, Duration clock_error, Tell tell);

  std::size_t index() const { return index_; }
  Time clock(Time now) const;  // as it shows it: whole milliseconds

  // All of them at `now`, told to `tell`. A value is kept in the system's own manner. The ids are
  // the system's own.
  Record& enter(Time now, std::size_t entity, Thing thing,
                const std::map<std::size_t, Text>& values, Author author);
  // The fields that changed.
  std::vector<std::size_t> change(Time now, Record& record,
                                  const std::map<std::size_t, Text>& values, Author author);
  void erase(Time now, Record& record, Author author);
  void restore(Time now, Record& record);
  void merge(Time now, Record& loser, Record& winner);

  Record* find(const std::string& id);
  const Record* find(const std::string& id) const;
  std::vector<Record*> records_of(Thing thing);  // the oldest first
  std::vector<const Record*> records_of(Thing thing) const;
  const std::map<std::string, Record>& all() const { return records_; }

  // The record as it was shown at `at`, by true time; null: it was not there.
  std::shared_ptr<const Json> shown_at(const Record& record, Time at) const;
  // As far as it had come by then.
  FieldHistory history_at(const Record& record, Time at) const;
  // The values that a body in this system's shape has.
  std::map<std::size_t, Text> read(std::size_t entity, const Json& body) const;
  // Living records with these values in what the system has of the match key; none where it has
  // nothing of it.
  std::vector<const Record*> with_key(std::size_t entity,
                                      const std::map<std::size_t, Text>& values) const;

 private:
  std::shared_ptr<const Json> body_of(const Record& record) const;
  void revise(Time now, Record& record, std::vector<std::size_t> changed, bool is_new,
              Author author);
  Webhook webhook(Webhook::Kind kind, const Record& record, Time at) const;

  const Model& model_;
  std::size_t index_;
  Duration clock_error_;
  Tell tell_;
  std::map<std::string, Record> records_;  // by id
  std::map<Thing, std::vector<std::string>> by_thing_;
  std::uint64_t next_id_ = 1000;
};

}  // namespace truce::simulate
