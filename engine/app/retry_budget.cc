#include "engine/app/retry_budget.h"

#include <map>

namespace truce {
namespace {

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t minutes_ahead_max = 24 * 60;

using Booked = std::map<std::int64_t, std::int64_t>;  // retries by minute since 1970

std::string meta_name(const System& system) { return "retries/" + system.name.text; }

// Without the minutes that are over.
Booked read_booked(Context& context, const System& system) {
  Booked booked;
  const auto text = context.store.find_meta(meta_name(system));
  const auto node = text ? parse_json(*text, JsonLimits::of_store()) : tl::unexpected(Problem{});
  if (!node || !node->is_object()) return booked;
  for (const auto& [minute, count] : node->items()) {
    const std::int64_t number = std::strtoll(minute.c_str(), nullptr, 10);
    if (number >= context.now.us / minute_us) booked[number] = to_int64(count).value_or(0);
  }
  return booked;
}

void store_booked(Context& context, const System& system, const Booked& booked) {
  Json node = Json::object();
  for (const auto& [minute, count] : booked) node[std::to_string(minute)] = count;
  context.store.put_meta(meta_name(system), to_wire(node));
}

}  // namespace

Time book_retry(Context& context, const System& system, Time due) {
  Booked booked = read_booked(context, system);
  const std::int64_t wanted = due.us / minute_us;
  const std::int64_t last = std::max(wanted, context.now.us / minute_us + minutes_ahead_max);
  std::int64_t minute = wanted;
  while (minute < last && booked[minute] >= system.retry.per_minute) ++minute;
  const std::int64_t before = booked[minute]++;
  store_booked(context, system, booked);
  if (minute == wanted) return due;
  // Evenly over the minute.
  const std::int64_t place = std::min<std::int64_t>(before, system.retry.per_minute - 1);
  return Time{minute * minute_us + place * (minute_us / system.retry.per_minute)};
}

}  // namespace truce
