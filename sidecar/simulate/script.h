// The people and what they do, decided by a seed before anything runs, so that every strategy meets
// the same edits.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sidecar/simulate/scenario.h"
#include "sidecar/simulate/simulated_system.h"

namespace truce::simulate {

struct Act {
  enum class Kind {
    set,     // a field's new value
    add,     // one element to what the set holds
    remove,  // one element of what the set holds: the `choice`th, counted round
    enter,   // a new person is typed in
    again,   // the same person is typed in a second time
    merge,   // the second record is merged into the first
    erase,
    restore,  // of what was deleted in this system
  };
  Duration at;
  Kind kind = Kind::set;
  Thing thing = 0;
  std::size_t entity = 0;
  std::size_t system = 0;
  std::size_t field = 0;
  Text value;
  std::uint64_t choice = 0;
  std::map<std::size_t, Text> more;  // enter, again: all values; a group: the other members
};

struct Beginning {
  std::size_t entity = 0;
  std::map<std::size_t, Text> values;
};

struct Script {
  std::vector<Beginning> things;  // in every system that has a part in their entity
  std::vector<Act> acts;          // by time
  Duration length;
  std::size_t thing_count = 0;  // those that come later, too
  std::size_t edits = 0;        // acts that count: all but the merges and restores that follow
};

Script write_script(const Model& model, const Scenario& scenario, std::uint64_t seed);

}  // namespace truce::simulate
