// The slow loop as the workflows drive it: catch-up, which reads what a system's own history has
// had since the last time, and reconciliation, which reads everything there is and compares it.
#pragma once

#include <memory>
#include <vector>

#include "sidecar/simulate/sidecar_process.h"

namespace truce::simulate {

class TruceSync;

class SlowLoop {
 public:
  // All must outlive it.
  SlowLoop(Office& office, SidecarProcess& sidecar, TruceSync& truce);

  // The first records, before anything else happens and without a network.
  void import_all();
  void start();

 private:
  struct Run;

  void catch_up(std::size_t system);
  std::vector<Json> changes_since(const SimulatedSystem& system, Time since, Time shown_at) const;
  void add_turns(const SimulatedSystem& system, const Record& record, Time since, Time shown_at,
                 std::vector<Json>& events) const;
  void reconcile(std::size_t entity);
  void read_next_page(const std::shared_ptr<Run>& run, int tries);
  void take_page(const std::shared_ptr<Run>& run, const Answer& answer);
  void complete(const std::shared_ptr<Run>& run);
  void look_for_work();
  void compare();
  bool compare_one_piece();
  Json as_row(std::size_t system, std::size_t entity, const std::string& id,
              const Json& body) const;

  Office& office_;
  SidecarProcess& sidecar_;
  TruceSync& truce_;
  bool comparing_ = false;
  std::vector<Time> cursors_;  // by system, true time; kept in the sidecar
};

}  // namespace truce::simulate
