// The people who answer the operator's queue. What they decide is a fact that the oracle must know.
#pragma once

#include <map>

#include "engine/port/store.h"
#include "sidecar/simulate/sidecar_process.h"
#include "sidecar/simulate/strategy.h"

namespace truce::simulate {

class Operators {
 public:
  using CarryOut = std::function<void(const Json& deliveries)>;

  Operators(Office& office, SidecarProcess& sidecar, std::uint64_t seed, CarryOut carry_out);

  // Looks at the queue, notes what is new, and answers what has waited long enough.
  void look();
  // What is unanswered now.
  OpenQuestions open_questions();
  // SIZE_MAX: the golden record is of nothing that the simulation knows.
  Thing thing_of(ReadView& view, const GoldenId& golden) const;

 private:
  struct Plan {
    bool answers = false;
    Time at;
    std::uint64_t choice = 0;
  };

  void answer(const ExceptionItem& item, std::uint64_t choice);
  void send(const ExceptionItem& item, Json body, std::function<void()> committed);
  void choose(const ExceptionItem& item, std::uint64_t choice);
  Text text_of_candidate(const ExceptionItem& item, const Candidate& candidate,
                         const FieldName& member) const;
  std::vector<std::size_t> fields_of(const ExceptionItem& item) const;

  Office& office_;
  SidecarProcess& sidecar_;
  std::uint64_t seed_;
  CarryOut carry_out_;
  std::map<ExceptionId, Plan> plans_;
};

}  // namespace truce::simulate
