// Who is right: knows every edit with its true time, and the demo policy's rules, and judges what
// the CRMs hold in the end. Shares no code with the engine.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sidecar/demo/script.h"
#include "sidecar/demo/strategy.h"
#include "sidecar/demo/world.h"

namespace truce::demo {

// What a field should show; or, where the policy hands it to a person, the values in question.
struct Truth {
  std::string meaning;
  std::map<Side, std::string> in_question;  // side -> meaning; empty: `meaning` is the truth
};
using PersonTruth = std::map<Field, Truth>;

// The rules of workflows/policies/demo.json: email is hubspot's, phone is salesforce's, the latest
// stage and first name win, tags are united, and where the CRMs differ about an amount a person is
// asked.
std::vector<PersonTruth> truth_of(const Script& script);

struct Score {
  int fields = 0;        // person x field
  int wrong_fields = 0;  // not as the truth in either CRM, or a missing record, or decided unasked
  int lost_edits =
      0;  // an edit that should stand, and no record and no open question has its value
  int duplicates = 0;      // records beyond one per person and CRM
  int open_questions = 0;  // of `questions`
  int loop_writes = 0;
  int writes = 0;
  int edits = 0;
  std::vector<std::string> findings;  // one line for each wrong field, lost edit and duplicate

  double writes_per_edit() const { return edits == 0 ? 0 : static_cast<double>(writes) / edits; }
};

Score judge(const World& world, const Script& script, const std::vector<PersonTruth>& truth,
            const std::vector<OpenQuestion>& questions);

}  // namespace truce::demo
