#include "sidecar/demo/network.h"

namespace truce::demo {

void Network::send(const Webhook& webhook) {
  ++counts_.sent;
  // Both rolls always, so that the rates do not shift each other's dice.
  const bool lost = dice_.chance(rates_.lost);
  const bool twice = dice_.chance(rates_.twice);
  if (lost) {
    ++counts_.lost;
    if (webhook.cause == Cause::person) ++counts_.lost_of_people;
    return;
  }
  deliver_later(webhook);
  if (twice) {
    ++counts_.twice;
    deliver_later(webhook);
  }
}

void Network::deliver_later(const Webhook& webhook) {
  const bool slow = dice_.chance(rates_.slow);
  if (slow) ++counts_.slow;
  const Duration most = slow ? rates_.slow_delay : rates_.usual_delay;
  const auto width = static_cast<double>(most.us - rates_.least_delay.us);
  const Duration delay{rates_.least_delay.us + static_cast<std::int64_t>(width * dice_.unit())};
  ++under_way_;
  schedule_.after(delay, [this, webhook] {
    --under_way_;
    receiver_(webhook);
  });
}

}  // namespace truce::demo
