#include "engine/app/clock_set_back.h"

#include <algorithm>
#include <string>

namespace truce {
namespace {

// Clocks are set by less all the time, and nothing waits long for it.
constexpr Duration set_back_min = Duration::of_ms(60'000);
// Nobody may ask for a longer lease, and no Retry-After is kept to for longer.
constexpr Duration asked_max = Duration::of_ms(std::int64_t{24} * 3'600'000);
constexpr std::size_t page = 1'000;
constexpr const char* mended_name = "clock_set_back";

// Of leases and of retries.
Duration longest_wait(const Policy& policy) {
  Duration longest = asked_max;
  for (const auto& [name, system] : policy.systems) {
    // Jitter adds up to a fifth.
    const Duration retry{system.retry.max.us + system.retry.max.us / 5};
    longest = std::max({longest, retry, system.lease});
  }
  return longest;
}

// True where a time was moved.
bool mend(Delivery& delivery, Time now, Duration longest) {
  if (delivery.state != DeliveryState::leased) {
    if (delivery.due_at <= now + longest) return false;
    delivery.due_at = now;
    return true;
  }
  if (!delivery.lease_expires_at) return false;
  const Time end = *delivery.lease_expires_at;
  const Time given_at = delivery.handed_out_at.value_or(now);
  if (given_at > now + set_back_min && end >= given_at) {
    delivery.lease_expires_at = now + (end - given_at);
  } else if (end > now + longest) {
    delivery.lease_expires_at = now;
  }
  return end != *delivery.lease_expires_at;
}

void mend_all(Context& context, DeliveryState state) {
  const Duration longest = longest_wait(context.policy);
  DeliveryFilter filter;
  filter.state = state;
  filter.limit = page;
  while (true) {
    std::vector<Delivery> found = context.store.list_deliveries(filter);
    for (Delivery& delivery : found) {
      if (mend(delivery, context.now, longest)) context.store.put_delivery(delivery);
    }
    if (found.size() < page) return;
    filter.after = found.back().sequence;
  }
}

}  // namespace

void mend_times_ahead(Context& context) {
  const auto last = context.store.last_audit();
  if (!last || last->at <= context.now + set_back_min) return;
  const std::string mended = std::to_string(last->at.us);
  if (context.store.find_meta(mended_name) == mended) return;
  for (const auto state :
       {DeliveryState::leased, DeliveryState::waiting, DeliveryState::verifying}) {
    mend_all(context, state);
  }
  context.store.put_meta(mended_name, mended);
}

}  // namespace truce
