#include "engine/app/agreement.h"

#include "engine/app/stats.h"

namespace truce {
namespace {

constexpr std::size_t page = 1000;
// An entry has the time at which its transaction began, and is seen when that is committed: what
// ran out a moment ago may have agreed in time.
constexpr Duration commit_max = Duration::of_ms(5'000);

}  // namespace

AgreementState AgreementKeeper::read(Reader& reader) {
  const std::lock_guard lock(mutex_);
  std::vector<AgreementObjective> objectives = agreement_objectives(reader.policy);
  if (objectives.empty()) {
    meter_.reset();
    last_ = AgreementState();
    return last_;
  }
  if (!meter_ || meter_->objectives() != objectives) begin(reader, std::move(objectives));
  last_.complete = read_on(reader);
  const Time as_of = reader.now - commit_max;
  meter_->judge_until(as_of);
  last_.reports = meter_->report(as_of);
  return last_;
}

AgreementState AgreementKeeper::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

void AgreementKeeper::begin(Reader& reader, std::vector<AgreementObjective> objectives) {
  meter_ = std::make_unique<AgreementMeter>(std::move(objectives));
  after_ = sequence_before(reader.store, meter_->measured_from(reader.now));
}

bool AgreementKeeper::read_on(Reader& reader) {
  for (std::size_t looked_at = 0; looked_at < agreement_entries_a_call; looked_at += page) {
    const std::vector<AuditEntry> entries = reader.store.list_audit({after_, page, {}, {}});
    for (const AuditEntry& entry : entries) meter_->add(entry);
    if (!entries.empty()) after_ = entries.back().sequence;
    if (entries.size() < page) return true;
  }
  return false;
}

Json to_json(const AgreementState& state, const EntityName& entity) {
  Json objectives = Json::array();
  for (const AgreementReport& report : state.reports) {
    if (!entity.empty() && report.objective.entity != entity) continue;
    Json node = to_json(report);
    node["complete"] = state.complete;
    objectives.push_back(std::move(node));
  }
  return objectives;
}

}  // namespace truce
