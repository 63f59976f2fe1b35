// One field of the proposal: what the policy will say, and why.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/infer/pairing.h"

namespace truce::infer {

// What a system does to the values that it keeps.
struct Lossiness {
  std::optional<std::string> lossy;  // as a policy spells it: "lower", "truncate:40", "round:2"
  std::size_t seen = 0;              // linked records that show it
  std::string what;                  // for people; empty: nothing is lost
};

struct OptionPairing {
  std::string system_value;
  std::string canonical;
  bool is_sure = false;
  std::string why;  // for people
};

struct SideProposal {
  Lossiness loss;
  std::vector<OptionPairing> options;  // of an enum
  std::optional<std::string> format;   // of times and options: how they are written
};

struct FieldProposal {
  std::string name;
  FieldType type = FieldType::text;
  Rule rule = Rule::escalate;
  std::string why_rule;     // for people
  bool reads_only = false;  // no system is written
  FieldPairing pairing;
  std::map<std::size_t, SideProposal> sides;  // by system

  bool is_sure() const;
};

// Names, types, rules, forms and options for the paired columns.
std::vector<FieldProposal> propose_fields(const std::vector<Described>& systems,
                                          std::vector<FieldPairing> pairings);

}  // namespace truce::infer
