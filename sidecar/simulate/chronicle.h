// What happened in one strategy's world, as only the simulation knows it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sidecar/simulate/simulated_system.h"

namespace truce::simulate {

// A person or an automation gave a field another value.
struct Saying {
  Thing thing = 0;
  std::size_t entity = 0;
  std::size_t system = 0;
  std::size_t field = 0;
  Text before;
  Text value;
  std::vector<Text> group;  // what its group then held there, in the order of FieldModel::members
  std::string record_id;
  Time at;     // true time
  Time stamp;  // by the system's clock
  Author author = Author::person;
};

// A person, or what carries out somebody's will, made, removed or brought back a record.
struct Turn {
  enum class Kind { entered, entered_again, erased, restored, merged };
  Kind kind = Kind::entered;
  Thing thing = 0;
  std::size_t entity = 0;
  std::size_t system = 0;
  std::string record_id;
  Time at;
  Time stamp;
};

// An operator's answer to a question about a field.
struct Answered {
  Thing thing = 0;
  std::size_t entity = 0;
  std::vector<std::size_t> fields;
  std::vector<Text> values;
  std::map<std::size_t, Time> seen;  // by system: what was on the screen was said then
};
// … and about a delete.
struct AnsweredDelete {
  Thing thing = 0;
  std::string word;  // propagate, restore
};

// Which way the API changed one field of one record, "FROM\nTO", since the field was last edited
// anywhere.
struct Written {
  std::uint64_t edits = 0;
  std::vector<std::string> steps;
};

struct Chronicle {
  std::vector<Saying> sayings;
  std::vector<Turn> turns;
  std::vector<Answered> answers;
  std::vector<AnsweredDelete> delete_answers;
  std::map<std::string, std::uint64_t> faults;  // by name: how often
  std::uint64_t acts = 0;
  std::uint64_t void_acts = 0;  // there was no such record to edit, or nothing changed
  std::uint64_t writes = 0;     // of the strategy, that changed something
  // Writes that go the same way, from one value to another, a second time: to and fro, and to
  // again, while nobody edited the field of that thing anywhere in between.
  std::vector<std::string> loops;  // which record and field
  std::uint64_t asked = 0;         // questions that were put to people, answered ones too
  std::map<std::string, std::uint64_t> asked_by_category;
  // By (thing, field): edits of the field; when the last one was, and the last change by anybody.
  std::map<std::pair<Thing, std::size_t>, std::uint64_t> edits_of;
  std::map<std::pair<Thing, std::size_t>, Time> edited_at, changed_at;
  std::map<std::pair<std::string, std::size_t>, Written> written;  // by (record, field)
};

}  // namespace truce::simulate
