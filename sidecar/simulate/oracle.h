// Who is right: knows everything that people said and when, and the policy's rules, and judges what
// the systems hold in the end. Shares no code with the engine's decisions.
#pragma once

#include <string>
#include <vector>

#include "sidecar/simulate/chronicle.h"
#include "sidecar/simulate/office.h"
#include "sidecar/simulate/strategy.h"

namespace truce::simulate {

// What a field should show.
struct Truth {
  bool asked = false;  // it is a person's to decide: a question must be open
  // Else one of these: more than one where the rule itself goes by what a system came to hold, none
  // where nobody has said anything.
  std::vector<Text> any_of;
};

// By the rule of `field` over everything that was said of it. `held`: what each system holds now,
// "" where there is no record.
Truth truth_of(const Model& model, const Chronicle& chronicle, Thing thing, std::size_t entity,
               std::size_t field, const std::vector<Text>& held);

struct Score {
  std::uint64_t fields_total = 0;      // thing x field x system that the field is owed to
  std::uint64_t wrong_fields = 0;      // not the truth, and nobody is asked; or no record
  std::uint64_t lost_edits = 0;        // should stand, stands nowhere, and nobody is asked
  std::uint64_t duplicates = 0;        // records made beside a living one, and nobody is asked
  std::uint64_t named_duplicates = 0;  // the same, and somebody is asked about them
  std::uint64_t wrong_deletes = 0;     // gone and should stand, or stands and should be gone
  std::uint64_t open_questions = 0;
  std::vector<double> convergence_s;  // of each edited field that came right: from its last edit on
  std::vector<std::string> findings;  // one line for each fault
};

Score judge(const Office& office, const Script& script, const OpenQuestions& open);

}  // namespace truce::simulate
