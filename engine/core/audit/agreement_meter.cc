#include "engine/core/audit/agreement_meter.h"

#include <algorithm>

namespace truce {
namespace {

std::int64_t place_of(Time time, Duration cell) { return time.us / cell.us; }

constexpr Duration longest_burn_window = burn_windows.back().longer;

bool is_true(const Json& node, std::string_view key) {
  const Json* member = find_member(node, key);
  return member && member->is_boolean() && member->get<bool>();
}

bool names_one(const AgreementObjective& objective, const Json* names) {
  if (!names || !names->is_array()) return false;
  return std::any_of(names->begin(), names->end(), [&](const Json& name) {
    return name.is_string() && objective.fields.contains(FieldName(name.get<std::string>()));
  });
}

// A field of the objective shows another value, or one that no question holds any more.
bool changes_one(const AgreementObjective& objective, const Json& body) {
  const Json* changes = find_member(body, "changes");
  if (!changes || !changes->is_array()) return false;
  return std::any_of(changes->begin(), changes->end(), [&](const Json& change) {
    return objective.fields.contains(FieldName(text_at(change, "field"))) &&
           !is_true(change, "contested");
  });
}

std::set<SystemName> lacking_in(const AgreementObjective& objective, const Json& to_write) {
  std::set<SystemName> systems;
  if (!to_write.is_object()) return systems;
  for (const auto& [system, fields] : to_write.items()) {
    if (names_one(objective, &fields)) systems.emplace(system);
  }
  return systems;
}

// Whose word a reconciliation found that no event had told of.
std::set<SystemName> unheard_in(const AgreementObjective& objective, const Json& body) {
  std::set<SystemName> systems;
  const Json* unheard = find_member(body, "unheard");
  if (!unheard || !unheard->is_array()) return systems;
  for (const Json& one : *unheard) {
    if (!objective.fields.contains(FieldName(text_at(one, "field")))) continue;
    systems.emplace(text_at(one, "system"));
  }
  return systems;
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double AgreementReport::share() const { return 1 - ratio(misses, changes); }

double AgreementReport::budget_allowed() const {
  return (1 - objective.target) * static_cast<double>(changes);
}

double AgreementReport::budget_remaining() const {
  return changes == 0 ? 1 : 1 - static_cast<double>(misses) / budget_allowed();
}

AgreementMeter::AgreementMeter(std::vector<AgreementObjective> objectives)
    : objectives_(std::move(objectives)), meters_(objectives_.size()) {
  for (const AgreementObjective& objective : objectives_) entities_.insert(objective.entity);
}

Time AgreementMeter::measured_from(Time now) const {
  Duration longest;
  for (const AgreementObjective& objective : objectives_) {
    longest = std::max(longest, objective.window + objective.within + window_cell);
  }
  return now - longest;
}

void AgreementMeter::add(const AuditEntry& entry) {
  if (entry.golden.empty() || !entities_.contains(entry.entity)) return;
  const Json body = parse_json(entry.body, JsonLimits::of_store()).value_or(Json::object());
  for (std::size_t i = 0; i < objectives_.size(); ++i) {
    if (objectives_[i].entity == entry.entity) add_to(i, entry, body);
  }
}

void AgreementMeter::add_to(std::size_t index, const AuditEntry& entry, const Json& body) {
  const AgreementObjective& objective = objectives_[index];
  Meter& meter = meters_[index];
  judge(meter, objective, entry.at);
  if (const std::string into = text_at(body, "joined_into"); !into.empty()) {
    return move(meter, objective, entry.golden, GoldenId(into));
  }
  // Entries of before this was measured have no such member.
  const Json* to_write = find_member(body, "to_write");
  if (!to_write) return;
  const std::set<SystemName> unheard = unheard_in(objective, body);
  const bool was_known = meter.open.contains(entry.golden);
  if (!unheard.empty() && !was_known) count_missed(meter, entry.at, unheard);
  // A person is asked: until there is an answer nothing is owed.
  if (names_one(objective, find_member(body, "held"))) return forget(meter, entry.golden);
  if (changes_one(objective, body)) {
    add_change(meter, objective, entry.golden, entry.at, unheard.empty() || was_known);
  }
  settle(meter, entry.golden, lacking_in(objective, *to_write),
         text_at(body, "state") == to_string(DeliveryState::discarded), entry.at);
}

void AgreementMeter::add_change(Meter& meter, const AgreementObjective& objective,
                                const GoldenId& golden, Time at, bool counted) {
  const auto [place, is_new] = meter.open.try_emplace(golden);
  Open& open = place->second;
  if (is_new) {
    open.since = at;
    meter.oldest.emplace(at, golden);
  }
  if (!counted) return;
  open.waiting.push_back(at);
  meter.deadlines.emplace(at + objective.within, golden);
}

void AgreementMeter::settle(Meter& meter, const GoldenId& golden,
                            const std::set<SystemName>& lacking, bool thrown_away, Time at) {
  const auto place = meter.open.find(golden);
  if (place == meter.open.end()) return;
  Open& open = place->second;
  if (thrown_away) {
    std::set_difference(open.lacking.begin(), open.lacking.end(), lacking.begin(), lacking.end(),
                        std::inserter(open.thrown_away, open.thrown_away.end()));
  }
  open.lacking = lacking;
  if (!lacking.empty()) return;
  if (open.thrown_away.empty()) {
    count(meter, at, open.waiting.size());
  } else {
    for (std::size_t i = 0; i < open.waiting.size(); ++i) {
      count_missed(meter, at, open.thrown_away);
    }
  }
  forget(meter, golden);
}

// The changes of a record that became a part of another one go on there.
void AgreementMeter::move(Meter& meter, const AgreementObjective& objective, const GoldenId& from,
                          const GoldenId& into) {
  const auto place = meter.open.find(from);
  if (place == meter.open.end()) return;
  const Open moved = place->second;
  forget(meter, from);
  const auto [target, is_new] = meter.open.try_emplace(into);
  Open& open = target->second;
  if (!is_new) meter.oldest.erase({open.since, into});
  open.since = is_new ? moved.since : std::min(open.since, moved.since);
  meter.oldest.emplace(open.since, into);
  open.lacking.insert(moved.lacking.begin(), moved.lacking.end());
  open.waiting.insert(open.waiting.end(), moved.waiting.begin(), moved.waiting.end());
  std::sort(open.waiting.begin(), open.waiting.end());
  for (const Time& waiting : moved.waiting) {
    meter.deadlines.emplace(waiting + objective.within, into);
  }
}

void AgreementMeter::forget(Meter& meter, const GoldenId& golden) {
  const auto place = meter.open.find(golden);
  if (place == meter.open.end()) return;
  meter.oldest.erase({place->second.since, golden});
  meter.open.erase(place);
}

void AgreementMeter::count(Meter& meter, Time at, std::uint64_t changes) {
  meter.minutes[place_of(at, burn_cell)].changes += changes;
  meter.hours[place_of(at, window_cell)].changes += changes;
}

void AgreementMeter::count_missed(Meter& meter, Time at, const std::set<SystemName>& systems) {
  count(meter, at, 1);
  ++meter.minutes[place_of(at, burn_cell)].misses;
  Cell& hour = meter.hours[place_of(at, window_cell)];
  ++hour.misses;
  for (const SystemName& system : systems) ++hour.misses_of[system];
}

AgreementMeter::Cell AgreementMeter::sum_from(const std::map<std::int64_t, Cell>& cells,
                                              Duration cell, Time from) {
  Cell sum;
  for (auto one = cells.lower_bound(place_of(from, cell)); one != cells.end(); ++one) {
    sum.changes += one->second.changes;
    sum.misses += one->second.misses;
    for (const auto& [system, misses] : one->second.misses_of) sum.misses_of[system] += misses;
  }
  return sum;
}

void AgreementMeter::judge_until(Time now) {
  for (std::size_t i = 0; i < meters_.size(); ++i) judge(meters_[i], objectives_[i], now);
}

void AgreementMeter::judge(Meter& meter, const AgreementObjective& objective, Time now) {
  while (!meter.deadlines.empty() && meter.deadlines.begin()->first < now) {
    const auto [deadline, golden] = *meter.deadlines.begin();
    meter.deadlines.erase(meter.deadlines.begin());
    const auto place = meter.open.find(golden);
    if (place == meter.open.end()) continue;
    std::vector<Time>& waiting = place->second.waiting;
    // As many changes as were accepted at that very time.
    while (!waiting.empty() && waiting.front() + objective.within <= deadline) {
      waiting.erase(waiting.begin());
      count_missed(meter, deadline, place->second.lacking);
    }
  }
  const Time first = now - objective.window;
  meter.hours.erase(meter.hours.begin(), meter.hours.lower_bound(place_of(first, window_cell)));
  meter.minutes.erase(meter.minutes.begin(),
                      meter.minutes.lower_bound(place_of(now - longest_burn_window, burn_cell)));
  while (!meter.oldest.empty() && meter.oldest.begin()->first < first - objective.within) {
    forget(meter, GoldenId(meter.oldest.begin()->second));
  }
}

std::vector<AgreementReport> AgreementMeter::report(Time now) const {
  std::vector<AgreementReport> reports;
  for (std::size_t i = 0; i < objectives_.size(); ++i) reports.push_back(report_of(i, now));
  return reports;
}

AgreementReport AgreementMeter::report_of(std::size_t index, Time now) const {
  const Meter& meter = meters_[index];
  AgreementReport report;
  report.objective = objectives_[index];
  const auto burnt = [&](Duration window) {
    return sum_from(meter.minutes, burn_cell, now - window);
  };
  const auto rate = [&](const Cell& cell) {
    return ratio(cell.misses, cell.changes) / (1 - report.objective.target);
  };
  const Cell all = sum_from(meter.hours, window_cell, now - report.objective.window);
  report.changes = all.changes;
  report.misses = all.misses;
  for (std::size_t i = 0; i < burn_windows.size(); ++i) {
    const Cell longer = burnt(burn_windows[i].longer);
    report.burn[i] = {longer.changes, longer.misses, rate(longer),
                      rate(burnt(burn_windows[i].shorter))};
  }
  for (const auto& [system, misses] : all.misses_of) report.worst.push_back({system, misses});
  std::stable_sort(
      report.worst.begin(), report.worst.end(),
      [](const SystemMisses& a, const SystemMisses& b) { return a.misses > b.misses; });
  if (report.worst.size() > worst_systems_max) report.worst.resize(worst_systems_max);
  report.open = meter.open.size();
  if (!meter.oldest.empty()) report.oldest_open = meter.oldest.begin()->first;
  return report;
}

Json to_json(const AgreementReport& report) {
  Json fields = Json::array(), burn = Json::array(), worst = Json::array();
  for (const FieldName& field : report.objective.fields) fields.push_back(field.text);
  for (std::size_t i = 0; i < burn_windows.size(); ++i) {
    const BurnRate& rate = report.burn[i];
    burn.push_back({{"window_ms", burn_windows[i].longer.ms()},
                    {"rate", rate.longer},
                    {"short_window_ms", burn_windows[i].shorter.ms()},
                    {"short_rate", rate.shorter},
                    {"alert_at", burn_windows[i].rate},
                    {"severity", std::string(burn_windows[i].severity)},
                    {"changes", rate.changes},
                    {"missed", rate.misses}});
  }
  for (const SystemMisses& system : report.worst) {
    worst.push_back({{"system", system.system.text}, {"missed", system.misses}});
  }
  return {
      {"name", report.objective.name},
      {"entity", report.objective.entity.text},
      {"fields", std::move(fields)},
      {"target", report.objective.target},
      {"within_ms", report.objective.within.ms()},
      {"window_ms", report.objective.window.ms()},
      {"changes", report.changes},
      {"agreed_in_time", report.changes - report.misses},
      {"share", report.share()},
      {"error_budget",
       {{"allowed", report.budget_allowed()},
        {"spent", report.misses},
        {"remaining", report.budget_remaining()}}},
      {"burn_rates", std::move(burn)},
      {"open", report.open},
      {"oldest_open", report.oldest_open ? Json(to_rfc3339(*report.oldest_open)) : Json(nullptr)},
      {"worst_systems", std::move(worst)}};
}

}  // namespace truce
