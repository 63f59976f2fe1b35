#include "sidecar/alerts/alert_board.h"

#include <set>

namespace truce {

namespace {

// The policy has its threshold, system, channel or objective no more.
AlertState taken_away(const std::string& key, Time now) {
  AlertState alert = alert_of_key(key);
  alert.since = now;
  alert.text = "the policy no longer asks for this alert";
  return alert;
}

}  // namespace

void AlertBoard::restore(const Json& stored) {
  const std::lock_guard lock(mutex_);
  if (!stored.is_object()) return;
  for (const auto& [key, since] : stored.items()) {
    firing_since_[key] = Time{to_int64(since).value_or(0)};
  }
}

std::vector<AlertState> AlertBoard::update(std::vector<AlertState> alerts, Time now,
                                           std::string_view unknown) {
  const std::lock_guard lock(mutex_);
  std::map<std::string, Time> quiet_since;
  for (const AlertState& alert : alerts_) {
    if (!alert.firing) quiet_since[key_of(alert)] = alert.since;
  }
  std::vector<AlertState> moved;
  std::set<std::string> judged;
  std::map<std::string, Time> firing_since;
  for (AlertState& alert : alerts) {
    const std::string key = key_of(alert);
    judged.insert(key);
    const auto fired = firing_since_.find(key);
    if (alert.firing != (fired != firing_since_.end())) {
      moved.push_back(alert);
    } else if (alert.firing) {
      alert.since = fired->second;
    } else if (const auto quiet = quiet_since.find(key); quiet != quiet_since.end()) {
      alert.since = quiet->second;
    }
    if (alert.firing) firing_since[key] = alert.since;
  }
  for (const auto& [key, since] : firing_since_) {
    if (judged.contains(key)) continue;
    if (!unknown.empty() && key.starts_with(std::string(unknown) + '/')) {
      firing_since.emplace(key, since);
    } else {
      moved.push_back(taken_away(key, now));
    }
  }
  firing_since_ = std::move(firing_since);
  alerts_ = std::move(alerts);
  return moved;
}

std::vector<AlertState> AlertBoard::alerts() const {
  const std::lock_guard lock(mutex_);
  return alerts_;
}

Json AlertBoard::stored() const {
  const std::lock_guard lock(mutex_);
  Json stored = Json::object();
  for (const auto& [key, since] : firing_since_) stored[key] = since.us;
  return stored;
}

Json to_json(const AlertState& alert) {
  Json node = {{"alert", key_of(alert)},
               {"name", alert.name},
               {"state", alert.firing ? "firing" : "ok"},
               {"since", to_rfc3339(alert.since)},
               {"value", alert.value},
               {"threshold", alert.threshold},
               {"text", alert.text}};
  if (!alert.system.empty()) node["system"] = alert.system;
  if (!alert.channel.empty()) node["channel"] = alert.channel;
  if (!alert.objective.empty()) {
    node["objective"] = alert.objective;
    node["severity"] = alert.severity;
  }
  return node;
}

}  // namespace truce
