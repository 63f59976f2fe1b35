// One golden record made again from its facts, in any order, under any policy.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/app/read_event.h"
#include "engine/app/whatif/record_log.h"

namespace truce {

struct AskedQuestion {
  Category category = Category::conflict;
  FieldName field;
  std::vector<SystemName> systems;  // whose words it is about
  std::string fingerprint;
};

// What a person would see of it.
struct Picture {
  std::map<FieldName, GoldenField> fields;
  std::map<std::string, AskedQuestion> questions;            // open at the end, by subject
  std::map<std::string, AskedQuestion> asked;                // and those asked on the way
  std::map<std::string, std::map<FieldName, Value>> writes;  // wanted, by "SYSTEM OPERATION"
  bool deleted = false;
  std::size_t refused_values = 0;
};

class RecordReplay {
 public:
  // `view` is read here and not kept. Links, guards and clamped times are taken as they are, and
  // nothing is frozen or forgotten on the way.
  RecordReplay(const ReplayParts& parts, ReadView& view, const RecordLog& log,
               const Policy& policy);

  // Places of the facts: in the order in which they came, each once.
  std::vector<std::size_t> recorded_order() const;
  // How many of them the log tells.
  std::size_t events() const { return readings_.size(); }
  Picture run(const std::vector<std::size_t>& order) const;

 private:
  struct Reading {
    ReadEvent read;
    Time received_at;
  };
  enum class Kind { event, observation, write, decision };
  struct Step {
    Kind kind;
    std::size_t place;
    Time at;
  };

  void read_events();
  void clear_stamps();
  void add_references(ReadView& view);
  void add_referred(ReadView& view, const GoldenId& golden);
  void list_steps();
  void populate(Transaction& store) const;
  void put_given_deliveries(Transaction& store) const;
  void take(Context& context, const Step& step) const;
  void take_event(Context& context, const Reading& reading) const;
  void take_decision(Context& context, const Decision& decision) const;
  template <class Fact>
  void take_given(Context& context, const GivenFact<Fact>& given) const;
  void plan_writes_afresh(Context& context) const;
  void ask_afresh(Context& context) const;
  Picture picture_of(Context& context) const;

  const ReplayParts& parts_;
  const RecordLog& log_;
  Policy policy_;
  GoldenRecord golden_;                 // what of it is given
  std::vector<SourceRecord> sources_;   // the same
  std::vector<GoldenRecord> referred_;  // records that it refers to, with their links
  std::vector<SourceRecord> referred_sources_;
  std::vector<Reading> readings_;
  std::vector<Step> steps_;
};

}  // namespace truce
