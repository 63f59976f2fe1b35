// From samples to a proposed policy: the whole of `truce infer` but for files and the screen.
#pragma once

#include <string>
#include <vector>

#include "engine/infer/match_keys.h"

namespace truce::infer {

struct Proposal {
  std::string entity;
  std::vector<SystemSample> samples;
  std::vector<std::size_t>
      repeats;                     // per system: records left out because a later one has their id
  std::vector<Described> systems;  // in the order of the samples
  std::vector<SystemPair> pairs;
  std::vector<FieldProposal> fields;
  std::vector<MatchKey> keys;

  // Everything inside points into the samples.
  Proposal() = default;
  Proposal(Proposal&&) = default;
  Proposal& operator=(Proposal&&) = default;
  Proposal(const Proposal&) = delete;
  Proposal& operator=(const Proposal&) = delete;
};

// `entity` empty: what the samples call their records, else "record". The Problems are those of
// read_samples. No fields: no pair of columns was found. Pure, and the same for the same files.
Result<Proposal> propose(const std::vector<SampleFile>& files, const std::string& entity);

}  // namespace truce::infer
