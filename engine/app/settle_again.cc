// What is tried again: what failed for now, and what was looked for and not seen.
#include <algorithm>

#include "engine/app/retry.h"
#include "engine/app/retry_budget.h"
#include "engine/app/settling.h"

namespace truce {
namespace {

constexpr int attempts_of_one_look = 2;  // the write, and the look for it

}  // namespace

int Settling::attempts() const { return delivery_.attempt - delivery_.forgiven; }

Result<void> Settling::try_later(DeliveryState until_then) {
  const auto delay =
      retry_delay(system_.retry, attempts(), context_.ids.chance(), result_.retry_after);
  if (result_.permanent || !delay) {
    bury(context_, state_, delivery_);
    return finish(DeliveryState::dead);
  }
  delivery_.due_at = book_retry(context_, system_, context_.now + *delay);
  return finish(until_then);
}

Time Settling::later() {
  const auto delay = retry_delay(system_.retry, attempts(), context_.ids.chance(), {});
  return book_retry(context_, system_, context_.now + delay.value_or(system_.retry.max));
}

Result<void> Settling::send_again() {
  delivery_.operation = delivery_.intended;
  if (attempts() > system_.retry.attempts) return give_up_missed();
  delivery_.due_at = attempts() > attempts_of_one_look ? later() : context_.now;
  return finish(DeliveryState::pending);
}

Result<void> Settling::give_up_missed() {
  delivery_.operation = delivery_.intended;
  delivery_.error = "a look after each attempt showed that it had not arrived";
  bury(context_, state_, delivery_);
  return finish(DeliveryState::dead);
}

void Settling::carry_attempts() {
  const auto is_repeated = [&](const auto& written) {
    const auto before = delivery_.fields.find(written.first);
    return before != delivery_.fields.end() && same(before->second.value, written.second.value);
  };
  for (Delivery& next : state_.deliveries) {
    const bool is_next = next.system == system_.name && next.record_id == delivery_.record_id &&
                         next.state == DeliveryState::pending && next.attempt == 0;
    if (!is_next || std::none_of(next.fields.begin(), next.fields.end(), is_repeated)) continue;
    const bool was_carried = delivery_.forgiven < 0;
    next.forgiven = -attempts();
    if (was_carried) {
      next.state = DeliveryState::waiting;
      next.due_at = std::max(next.due_at, later());
    }
    context_.store.put_delivery(next);
  }
}

}  // namespace truce
