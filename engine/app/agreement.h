// Keeps the measure of how soon systems agree up with the audit trail: it reads on from the last
// entry that it has seen. After a start, and under a policy with other objectives, it begins anew.
#pragma once

#include <memory>
#include <mutex>

#include "engine/app/records.h"
#include "engine/core/audit/agreement_meter.h"

namespace truce {

// Looked at in one call, so that nobody waits for a long trail; the next call goes on from there.
inline constexpr std::size_t agreement_entries_a_call = 50'000;

struct AgreementState {
  std::vector<AgreementReport> reports;  // in the order of the policy's objectives
  bool complete = true;                  // false: the trail was not read to its end yet
};

// Any thread.
class AgreementKeeper {
 public:
  // Reads on and gives what is known then. An older view than the last one adds nothing.
  AgreementState read(Reader& reader);
  // As the last read() gave it.
  AgreementState last() const;

 private:
  void begin(Reader& reader, std::vector<AgreementObjective> objectives);
  bool read_on(Reader& reader);

  mutable std::mutex mutex_;
  std::unique_ptr<AgreementMeter> meter_;  // null: no objectives
  std::uint64_t after_ = 0;                // the last entry that was read
  AgreementState last_;
};

// What /v1/stats says of it: [objective, …], see agreement_meter.h.
Json to_json(const AgreementState& state, const EntityName& entity);

}  // namespace truce
