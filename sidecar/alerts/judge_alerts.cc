#include "sidecar/alerts/judge_alerts.h"

#include <charconv>
#include <numeric>

namespace truce {

namespace {

const Json* threshold_of(const Policy& policy, const System* system, const char* name) {
  if (system != nullptr) {
    if (const Json* own = find_member(system->alerts, name)) return own;
  }
  const Json* thresholds = find_member(policy.alerts, "thresholds");
  return thresholds == nullptr ? nullptr : find_member(*thresholds, name);
}

std::optional<Duration> duration_of(const Json* threshold) {
  if (threshold == nullptr) return std::nullopt;
  if (const auto milliseconds = to_int64(*threshold)) return Duration::of_ms(*milliseconds);
  const Result<Duration> duration = parse_duration(scalar_text(*threshold).value_or(""));
  return duration ? std::optional(*duration) : std::nullopt;
}

double share_of(const Json* threshold) {
  if (threshold == nullptr) return failure_rate_default;
  const std::string text = number_text(*threshold);
  double share = failure_rate_default;
  std::from_chars(text.data(), text.data() + text.size(), share);
  return share;
}

std::string in_seconds(Duration duration) { return std::to_string(duration.ms() / 1000) + " s"; }

AlertState queue_depth(const Policy& policy, const AlertInputs& inputs) {
  std::int64_t depth = 0;
  for (const auto& [category, count] : inputs.counts.unanswered_exceptions_by_category) {
    depth += static_cast<std::int64_t>(count);
  }
  const Json* given = threshold_of(policy, nullptr, "queue_depth");
  const std::int64_t most =
      given == nullptr ? queue_depth_default : to_int64(*given).value_or(queue_depth_default);
  return {"queue_depth",
          "",
          depth > most,
          inputs.now,
          depth,
          most,
          std::to_string(depth) + " questions wait for a person"};
}

AlertState oldest_exception(const Policy& policy, const AlertInputs& inputs) {
  const Duration most = duration_of(threshold_of(policy, nullptr, "oldest_exception"))
                            .value_or(oldest_exception_default);
  const Duration age = inputs.counts.oldest_unanswered_exception
                           ? inputs.now - *inputs.counts.oldest_unanswered_exception
                           : Duration{0};
  return {"oldest_exception",
          "",
          age > most,
          inputs.now,
          age.ms() / 1000,
          most.ms() / 1000,
          "the oldest question waits since " + in_seconds(age)};
}

AlertState dead_letters(const AlertInputs& inputs) {
  const auto found = inputs.counts.deliveries_by_state.find("dead");
  const std::uint64_t dead = found == inputs.counts.deliveries_by_state.end() ? 0 : found->second;
  return {"dead_letters",
          "",
          dead > 0,
          inputs.now,
          dead,
          0,
          std::to_string(dead) + " deliveries are given up and wait for a person"};
}

AlertState store_trouble(const AlertInputs& inputs) {
  const bool firing = inputs.trouble.has_value();
  return {"store",
          "",
          firing,
          inputs.now,
          firing ? Json(std::string(to_string(inputs.trouble->code))) : Json(nullptr),
          nullptr,
          firing ? "nothing can be stored: " + inputs.trouble->message : "the store works"};
}

AlertState failure_rate(const Policy& policy, const System& system, const AlertInputs& inputs) {
  const double most = share_of(threshold_of(policy, &system, "failure_rate"));
  const auto found = inputs.settled.find(system.name.text);
  const SettledCounts counts = found == inputs.settled.end() ? SettledCounts() : found->second;
  const double share =
      counts.all == 0 ? 0 : static_cast<double>(counts.failed) / static_cast<double>(counts.all);
  const bool firing = counts.all >= failure_rate_results_min && share > most;
  return {"failure_rate",
          system.name.text,
          firing,
          inputs.now,
          share,
          most,
          std::to_string(counts.failed) + " of " + std::to_string(counts.all) +
              " deliveries failed lately"};
}

std::optional<AlertState> silence(const Policy& policy, const System& system,
                                  const AlertInputs& inputs) {
  const auto most = duration_of(threshold_of(policy, &system, "silence"));
  if (!most) return std::nullopt;
  const Duration quiet = inputs.now - inputs.last_heard.at(system.name.text);
  return AlertState{"silence",
                    system.name.text,
                    quiet > *most,
                    inputs.now,
                    quiet.ms() / 1000,
                    most->ms() / 1000,
                    "no event since " + in_seconds(quiet)};
}

AlertState channel(const std::string& name, const AlertInputs& inputs) {
  const auto found = inputs.channels.find(name);
  const Duration failing =
      found == inputs.channels.end() ? Duration{0} : inputs.now - found->second.since;
  const bool firing = failing > channel_failing_max;
  AlertState alert{"channel",
                   "",
                   firing,
                   inputs.now,
                   failing.ms() / 1000,
                   channel_failing_max.ms() / 1000,
                   firing ? "the channel " + name + " cannot be told: " + found->second.why
                          : "the channel " + name + " works"};
  alert.channel = name;
  return alert;
}

std::string in_decimals(double number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                 std::chars_format::fixed, 1);
  return {digits.data(), end.ptr};
}

bool burns(const BurnRate& burn, const BurnWindow& window) {
  return burn.changes >= burning_changes_min && burn.misses >= burning_misses_min &&
         burn.longer >= window.rate && burn.shorter >= window.rate;
}

// Of the windows of this severity the one that fires, else the first.
AlertState agreement(const AgreementReport& report, std::string_view severity, Time now) {
  std::optional<std::size_t> shown;
  bool firing = false;
  for (std::size_t i = 0; i < burn_windows.size() && !firing; ++i) {
    if (burn_windows[i].severity != severity) continue;
    firing = burns(report.burn[i], burn_windows[i]);
    if (firing || !shown) shown = i;
  }
  const BurnRate& burn = report.burn[*shown];
  const BurnWindow& window = burn_windows[*shown];
  return {"agreement",
          "",
          firing,
          now,
          burn.longer,
          window.rate,
          std::to_string(burn.misses) + " of " + std::to_string(burn.changes) + " changes of " +
              report.objective.name + " were not in every system in time within the last " +
              in_seconds(window.longer) + ": the error budget burns at " +
              in_decimals(burn.longer) + " times the rate that it is made for",
          report.objective.name,
          std::string(severity)};
}

}  // namespace

std::string key_of(const AlertState& alert) {
  if (!alert.objective.empty()) {
    return alert.name + "/" + alert.objective + "/" + alert.severity;
  }
  if (!alert.channel.empty()) return alert.name + "/" + alert.channel;
  return alert.system.empty() ? alert.name : alert.name + "/" + alert.system;
}

AlertState alert_of_key(const std::string& key) {
  AlertState alert;
  const std::size_t slash = key.find('/');
  alert.name = key.substr(0, slash);
  if (slash == std::string::npos) return alert;
  const std::string of = key.substr(slash + 1);
  if (alert.name == "agreement") {
    const std::size_t last = of.rfind('/');
    alert.objective = of.substr(0, last);
    if (last != std::string::npos) alert.severity = of.substr(last + 1);
  } else if (alert.name == "channel") {
    alert.channel = of;
  } else {
    alert.system = of;
  }
  return alert;
}

std::vector<AlertState> judge_alerts(const Policy& policy, const AlertInputs& inputs) {
  std::vector<AlertState> alerts = {queue_depth(policy, inputs), oldest_exception(policy, inputs),
                                    dead_letters(inputs), store_trouble(inputs)};
  for (const auto& [name, system] : policy.systems) {
    alerts.push_back(failure_rate(policy, system, inputs));
    if (auto alert = silence(policy, system, inputs)) alerts.push_back(*std::move(alert));
  }
  if (const Json* channels = find_member(policy.alerts, "channels")) {
    for (const auto& [name, given] : channels->items()) alerts.push_back(channel(name, inputs));
  }
  for (const AgreementReport& report : inputs.agreement) {
    for (const char* severity : {"page", "ticket"}) {
      alerts.push_back(agreement(report, severity, inputs.now));
    }
  }
  return alerts;
}

}  // namespace truce
