// Survivorship: who wins a field, by the policy's rule, over all systems' candidates at once.
// Pure and independent of the order in which anything arrived.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/history/timeline.h"
#include "engine/core/model/work.h"

namespace truce {

// One source record of a golden record, with the histories of its fields already read.
struct SourceView {
  struct Reading {
    const Field* field;
    std::shared_ptr<const Timeline> timeline;
    // Where `timeline` reads a reference as another record (as_joined.h): the history as it was
    // told. Null: that is `timeline`.
    std::shared_ptr<const Timeline> as_told = {};
  };
  const SourceRecord* record = nullptr;
  const System* system = nullptr;
  std::vector<Reading> readings;  // by the field's name

  // Null: nothing was ever seen or written there.
  const std::shared_ptr<const Timeline>& shared_timeline(const FieldName& field) const;
  const Timeline* timeline(const FieldName& field) const { return shared_timeline(field).get(); }
  const Timeline* timeline_as_told(const FieldName& field) const;

 private:
  const Reading* reading(const FieldName& field) const;
};

struct Loser {
  SystemName system;
  Value value;
  Time changed_at;
  EventKey event_key;
  std::string why;
};

// A system's word that would decide otherwise, or no more, if it were as late, or as early, as it
// may have been: only its record's time is known.
struct UntimedWord {
  SystemName system;
  Time since;     // the word that it competes with is no older: what its history says from here on
                  // decides
  Time shown_at;  // its record's time
};

// A question for a person. While it is open the golden value is shown and never written.
struct Question {
  Category category = Category::conflict;
  std::optional<Value> base;
  std::vector<Candidate> candidates;
  bool blocks = true;  // immutable: asked, and written back all the same
  // Of a group: all its members, the one in which the candidates differ (it names the question),
  // and the candidates' values are JSON objects as text.
  std::vector<FieldName> members;
  FieldName differs_in;
};

struct Survivor {
  Shared<GoldenField> field;  // none: absent, nobody says anything
  std::vector<Loser> losers;
  std::optional<Question> question;
  std::vector<UntimedWord> untimed;
  // A union: whose word each element is, by the element's key.
  std::map<std::string, Provenance> elements;
};

using Survivors = SharedMap<FieldName, Survivor>;

// What a golden record was last derived from, so that a question of which every word is as it was is
// not decided again.
struct Derivation {
  struct Standing {
    const System* system;
    LinkState state;
    bool operator==(const Standing&) const = default;
  };
  std::size_t policy = 0;  // its mark
  const Entity* entity = nullptr;
  std::vector<Standing> sources;
  // By the field, then by the source; of those that no decision was made on.
  std::map<FieldName, std::vector<std::shared_ptr<const Timeline>>> words;
  Survivors survivors;
};

// Every field of the entity. A group's fields are decided together. `sources` are those of one
// golden record in the order (system, id); those merged away count only where their winner says
// nothing.
Survivors survive(const Policy& policy, const Entity& entity,
                  const std::vector<SourceView>& sources, const std::vector<Decision>& decisions);
// The same, with what is left of the last time; `last` becomes this one.
Survivors survive(const Policy& policy, const Entity& entity,
                  const std::vector<SourceView>& sources, const std::vector<Decision>& decisions,
                  std::shared_ptr<const Derivation>& last);

// The histories of a record's fields, for survive(). What is read is remembered beside them, unless
// nobody is likely to ask again soon.
enum class Remember { yes, no };
SourceView view_source(const Policy& policy, const Entity& entity, const SourceRecord& record,
                       Remember remember = Remember::yes);

// Compares two values as min and max do: numbers by value, dates and instants in time, enumerations
// in the order of their options, anything else by key.
int compare_values(const Field& field, const Value& a, const Value& b);

// The field with the other members of its group, which are decided as one.
std::vector<FieldName> tuple_of(const Entity& entity, const FieldName& field);

// What each system said last of the field: a decision that has seen it beats everything that was
// heard so far. Of a group's member it is what was said last of the whole tuple, which is as late as
// the last of its members. A system that said nothing is not there.
std::map<SystemName, HistoryOrder> heard_of(const Entity& entity, const FieldName& field,
                                            const std::vector<SourceRecord>& sources);

}  // namespace truce
