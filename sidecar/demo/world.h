// One strategy's own world: its pair of fake CRMs, its network and the people who edit there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sidecar/demo/crm_client.h"
#include "sidecar/demo/crm_server.h"
#include "sidecar/demo/crm_store.h"
#include "sidecar/demo/network.h"
#include "sidecar/demo/schedule.h"
#include "sidecar/demo/script.h"
#include "sidecar/demo/strategy.h"

namespace truce::demo {

struct WorldOptions {
  std::uint64_t seed = 7;
  std::string id_prefix = "1";  // digits; keeps the record ids of two runs apart
  FaultRates faults;
  NetworkRates network;
};

// How far each CRM's clock is off; within the demo policy's clock_skew_ms.
inline constexpr Duration hubspot_clock_error = Duration::of_ms(180);
inline constexpr Duration salesforce_clock_error = Duration::of_ms(-140);

// The people who are in both CRMs were last changed this long before the origin.
inline constexpr Duration seeded_before = Duration::of_ms(180'000);

class World {
 public:
  using MakeStrategy = std::function<Strategy(CrmPair, Ledger&)>;

  // Seeds the CRMs with the script's people. `schedule` and `script` must outlive it.
  World(Schedule& schedule, const Script& script, const WorldOptions& options,
        const MakeStrategy& make_strategy);

  // False where a server could not start.
  bool ready() const;
  // Puts all edits and ticks until `offset` into the schedule.
  void schedule_edits();
  void schedule_ticks(Duration until);
  // The strategy's catch-up poll, now.
  void poll(Time since);
  // Hands what the CRMs have caused since the last call to the network and to the automations.
  // Called after everything that may have changed a record.
  void spread();

  const std::string& name() const { return strategy_.name; }
  CrmStore& store(Side side) const { return side == Side::hubspot ? *hubspot_ : *salesforce_; }
  // Empty where the person has no record there that a person or the seed put there.
  const std::string& record_id(int person, Side side) const;
  const Ledger& ledger() const { return ledger_; }
  const NetworkCounts& network() const { return network_->counts(); }
  int faults() const { return hubspot_server_->faults() + salesforce_server_->faults(); }
  int writes() const { return hubspot_->api_writes() + salesforce_->api_writes(); }
  int loop_writes() const { return hubspot_->loop_writes() + salesforce_->loop_writes(); }
  int edits_done() const { return edits_done_; }
  // Nothing is under way. May ask the strategy's own sources, so not for every happening.
  bool idle() const;

 private:
  void seed_people();
  void perform(const Edit& edit);

  static constexpr Duration automation_delay = Duration::of_ms(80);

  Schedule& schedule_;
  const Script& script_;
  std::unique_ptr<CrmStore> hubspot_;
  std::unique_ptr<CrmStore> salesforce_;
  std::unique_ptr<CrmServer> hubspot_server_;
  std::unique_ptr<CrmServer> salesforce_server_;
  std::unique_ptr<CrmClient> hubspot_client_;
  std::unique_ptr<CrmClient> salesforce_client_;
  std::unique_ptr<Network> network_;
  Ledger ledger_;
  Strategy strategy_;
  std::vector<std::map<Side, std::string>> record_ids_;  // by person
  int edits_done_ = 0;
  int automations_due_ = 0;
};

}  // namespace truce::demo
