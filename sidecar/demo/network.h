// The way a webhook takes to whoever subscribed: some are lost, some come twice, none in order.
#pragma once

#include <functional>

#include "sidecar/demo/crm_store.h"
#include "sidecar/demo/dice.h"
#include "sidecar/demo/schedule.h"

namespace truce::demo {

struct NetworkRates {
  double lost = 0.04;
  double twice = 0.10;
  double slow = 0.08;                            // delayed far enough to be overtaken by later ones
  Duration least_delay = Duration::of_ms(60);    // longer than `blink`, see script.h
  Duration usual_delay = Duration::of_ms(350);   // at most
  Duration slow_delay = Duration::of_ms(2'000);  // at most
};

struct NetworkCounts {
  int sent = 0;
  int lost = 0;
  int twice = 0;
  int slow = 0;
  int lost_of_people = 0;  // of `lost`: those of a person's edit
};

class Network {
 public:
  using Receiver = std::function<void(const Webhook&)>;

  // `schedule` must outlive it.
  Network(Schedule& schedule, NetworkRates rates, Dice dice, Receiver receiver)
      : schedule_(schedule), rates_(rates), dice_(dice), receiver_(std::move(receiver)) {}

  // Schedules its arrival, or two, or none.
  void send(const Webhook& webhook);
  const NetworkCounts& counts() const { return counts_; }
  // Webhooks that are still under way.
  int under_way() const { return under_way_; }

 private:
  void deliver_later(const Webhook& webhook);

  Schedule& schedule_;
  NetworkRates rates_;
  Dice dice_;
  Receiver receiver_;
  NetworkCounts counts_;
  int under_way_ = 0;
};

}  // namespace truce::demo
