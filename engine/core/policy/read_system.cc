#include "engine/core/policy/sections.h"

namespace truce::policy_file {
namespace {

constexpr std::int64_t lease_ms_min = 1'000;

constexpr std::array<Key<Retry>, 4> retry_keys = {{
    {"attempts",
     [](Reading& reading, const Node& node, Retry& retry) {
       if (const auto attempts = read_whole(reading, node, 1, 100)) {
         retry.attempts = static_cast<int>(*attempts);
       }
     }},
    {"first_ms", [](Reading& reading, const Node& node,
                    Retry& retry) { keep(retry.first, read_ms(reading, node, 1)); }},
    {"max_ms", [](Reading& reading, const Node& node,
                  Retry& retry) { keep(retry.max, read_ms(reading, node, 1)); }},
    {"per_minute",
     [](Reading& reading, const Node& node, Retry& retry) {
       if (const auto count = read_whole(reading, node, 1, 60'000)) {
         retry.per_minute = static_cast<int>(*count);
       }
     }},
}};

void read_retry(Reading& reading, const Node& node, System& system) {
  const std::size_t before = reading.findings.error_count();
  read_members(reading, node, retry_keys, "retry", system.retry);
  if (reading.findings.error_count() != before || system.retry.first <= system.retry.max) return;
  reading.findings.error(Code::policy_conflict, key_of(node),
                         "first_ms is more than max_ms, so there is no backoff between them",
                         "raise max_ms or lower first_ms");
}

constexpr std::array<Key<System>, 10> system_keys = {{
    {"precedence",
     [](Reading& reading, const Node& node, System& system) {
       if (const auto rank = read_whole(reading, node, 1, 999'999)) {
         system.precedence = static_cast<int>(*rank);
       }
     }},
    {"clock_skew_ms", [](Reading& reading, const Node& node,
                         System& system) { keep(system.clock_skew, read_ms(reading, node, 0)); }},
    {"max_future_skew_ms",
     [](Reading& reading, const Node& node, System& system) {
       keep(system.max_future_skew, read_ms(reading, node, 0));
     }},
    {"dedup_window",
     [](Reading& reading, const Node& node, System& system) {
       keep(system.dedup_window, read_duration(reading, node));
     }},
    {"time_zone", [](Reading& reading, const Node& node,
                     System& system) { keep(system.time_zone, read_time_zone(reading, node)); }},
    {"retry", read_retry},
    {"lease_ms", [](Reading& reading, const Node& node,
                    System& system) { keep(system.lease, read_ms(reading, node, lease_ms_min)); }},
    {"settle_window_ms",
     [](Reading& reading, const Node& node, System& system) {
       keep(system.settle_window, read_ms(reading, node, 0));
     }},
    {"history_wait_ms",
     [](Reading& reading, const Node& node, System& system) {
       keep(system.history_wait, read_ms(reading, node, 0));
     }},
    {"alerts", [](Reading& reading, const Node& node,
                  System& system) { system.alerts = read_system_alerts(reading, node); }},
}};

}  // namespace

void read_system_section(Reading& reading, const Node& node, System& system) {
  read_members(reading, node, system_keys, "a system", system);
}

}  // namespace truce::policy_file
