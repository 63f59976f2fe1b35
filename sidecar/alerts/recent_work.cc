#include "sidecar/alerts/recent_work.h"

#include <algorithm>

#include "engine/app/stats.h"

namespace truce {

namespace {

constexpr std::size_t page = 1000;
constexpr Duration cell = Duration::of_ms(60'000);

std::int64_t minute_of(Time at) { return at.us / cell.us; }

std::uint64_t whole(const Json& number) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(to_int64(number).value_or(0), 0));
}

// Behind which entry nothing was noted.
std::uint64_t noted_through(const Json& noted, ReadView& store, Time now) {
  const std::optional<AuditEntry> last = store.last_audit();
  const std::uint64_t end = last ? last->sequence : 0;
  const Json* through = find_member(noted, "through");
  return std::max(through ? whole(*through) : sequence_before(store, now - failure_window),
                  end - std::min(end, recent_entries_max));
}

}  // namespace

void RecentWork::restore(const Json& noted, ReadView& store, Time now) {
  if (const Json* heard = find_member(noted, "heard")) {
    for (const auto& [system, at] : heard->items()) hear(system, Time{to_int64(at).value_or(0)});
  }
  if (const Json* settled = find_member(noted, "settled")) {
    for (const Json& one : *settled) {
      settle(text_at(one, "system"), {whole(one.at("all")), whole(one.at("failed"))},
             Time{to_int64(one.at("at")).value_or(0)});
    }
  }
  std::uint64_t after = noted_through(noted, store, now);
  for (bool is_more = true; is_more;) {
    const std::vector<AuditEntry> entries = store.list_audit({after, page, {}, {}});
    for (const AuditEntry& entry : entries) add(entry);
    is_more = entries.size() == page;
    if (is_more) after = entries.back().sequence;
  }
}

void RecentWork::add(const AuditEntry& entry) {
  if (entry.kind != "event" && entry.kind != "delivery") return;
  const Json body = parse_json(entry.body, JsonLimits::of_store()).value_or(Json::object());
  if (entry.kind == "event") return hear(text_at(body, "system"), entry.at);
  // Other entries of a delivery are of no result that was taken.
  const std::string status = text_at(body, "status");
  if (status.empty() || find_member(body, "refused") != nullptr) return;
  settle(text_at(body, "system"), {1, status == "failed" ? 1U : 0U}, entry.at);
}

Json RecentWork::stored(std::uint64_t last_entry) const {
  Json heard = Json::object(), settled = Json::array();
  for (const auto& [system, at] : last_heard_) heard[system] = at.us;
  for (const auto& [key, counts] : settled_) {
    settled.push_back({{"system", key.first},
                       {"at", key.second * cell.us},
                       {"all", counts.all},
                       {"failed", counts.failed}});
  }
  return {{"through", last_entry}, {"heard", std::move(heard)}, {"settled", std::move(settled)}};
}

void RecentWork::hear(const std::string& system, Time at) {
  const auto [place, is_new] = last_heard_.emplace(system, at);
  if (!is_new) place->second = std::max(place->second, at);
}

void RecentWork::settle(const std::string& system, const SettledCounts& counts, Time at) {
  if (counts.all == 0) return;
  SettledCounts& sum = settled_[{system, minute_of(at)}];
  sum.all += counts.all;
  sum.failed += counts.failed;
}

void RecentWork::keep(const Policy& policy, Time now) {
  std::erase_if(last_heard_,
                [&](const auto& one) { return policy.system(SystemName(one.first)) == nullptr; });
  for (const auto& [name, system] : policy.systems) last_heard_.emplace(name.text, now);
  for (auto& [system, at] : last_heard_) at = std::min(at, now);
  std::erase_if(settled_, [&](const auto& one) {
    const std::int64_t age = minute_of(now) - one.first.second;
    // A clock that was set back leaves minutes that have not come.
    return age < 0 || age >= failure_window.us / cell.us;
  });
}

std::map<std::string, SettledCounts> RecentWork::settled() const {
  std::map<std::string, SettledCounts> sums;
  for (const auto& [key, counts] : settled_) {
    sums[key.first].all += counts.all;
    sums[key.first].failed += counts.failed;
  }
  return sums;
}

}  // namespace truce
