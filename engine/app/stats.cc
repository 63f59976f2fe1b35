#include "engine/app/stats.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/app/known_names.h"

namespace truce {

namespace {

constexpr std::size_t page = 1000;
constexpr std::array<std::int64_t, 8> resolution_bounds_s = {60,     300,    900,     3'600,
                                                             14'400, 86'400, 259'200, 604'800};

using Counts = std::map<std::string, std::uint64_t>;

std::string text_at(const Json& node, std::string_view key) {
  const Json* member = find_member(node, key);
  return member == nullptr ? "" : scalar_text(*member).value_or("");
}

class Tally {
 public:
  Tally(Reader& reader, const StatsWindow& window) : store_(reader.store), window_(window) {}

  bool add_trail() {
    std::uint64_t after = sequence_before(store_, window_.from);
    for (std::size_t looked_at = 0; looked_at < stats_rows_max; looked_at += page) {
      const std::vector<AuditEntry> entries = store_.list_audit({after, page, {}, {}});
      for (const AuditEntry& entry : entries) add(entry);
      if (entries.size() < page || entries.back().at >= window_.to) return true;
      after = entries.back().sequence;
    }
    return false;
  }

  bool add_queue() {
    ExceptionFilter filter;
    filter.limit = page;
    for (std::size_t looked_at = 0; looked_at < stats_rows_max; looked_at += page) {
      const std::vector<ExceptionItem> items = store_.list_exceptions(filter);
      for (const ExceptionItem& item : items) add(item);
      if (items.size() < page) return true;
      filter.after = items.back().sequence;
    }
    return false;
  }

  Json report(Time now) {
    return {{"fast_loop",
             {{"events", events_},
              {"deliveries", std::move(deliveries_)},
              {"ahead_ms", ahead_ms_},
              {"delivered", directions()}}},
            {"slow_loop", slow_loop()},
            {"auto_resolved", auto_resolved_},
            {"escalated", escalated_},
            {"time_to_resolution", resolution()},
            {"queue", {{"depth", depth_}, {"oldest_age_s", oldest_age_s(now)}}}};
  }

 private:
  bool in_window(Time time) const { return time >= window_.from && time < window_.to; }
  bool of_entity(const EntityName& entity) const {
    return window_.entity.empty() || entity == window_.entity;
  }
  bool of_system(const std::string& system) const {
    return window_.system.empty() || system == window_.system.text;
  }

  void add(const AuditEntry& entry) {
    if (!in_window(entry.at) || !of_entity(entry.entity)) return;
    if (entry.kind == "event") {
      const Json body = json_of(entry.body);
      add_event(body);
      measure_clock(body, entry.at);
    } else if (entry.kind == "release") {
      add_released(json_of(entry.body));
    } else if (entry.kind == "delivery") {
      add_delivery(json_of(entry.body));
    } else if (entry.kind == "reconciliation") {
      const Json body = json_of(entry.body);
      if (window_.system.empty()) add_changes(body);
      const Json* report = find_member(body, "report");
      if (report && text_at(*report, "state") == "done") add_run(*report);
    }
  }

  // What a run found of one system, by cause; without a system all that it found.
  Counts causes_of(const Json& report, const std::string& system) const {
    const Json* causes = find_member(report, system.empty() ? "causes" : "causes_by_system");
    if (causes && !system.empty()) causes = find_member(*causes, system);
    Counts counts;
    if (!causes) return counts;
    for (const auto& [cause, count] : causes->items()) {
      counts[cause] = static_cast<std::uint64_t>(to_int64(count).value_or(0));
    }
    return counts;
  }

  // A plan changes nothing, and what it foretells is found again by the run that follows.
  void add_run(const Json& report) {
    const Json* systems = find_member(report, "systems");
    if (!window_.system.empty() && (!systems || !systems->contains(window_.system.text))) return;
    if (text_at(report, "mode") == "plan") {
      ++plans_;
      return;
    }
    ++runs_;
    for (const auto& [cause, count] : causes_of(report, window_.system.text)) {
      causes_[cause] += count;
      discrepancies_ += count;
    }
    if (!systems) return;
    for (const auto& [system, snapshot] : systems->items()) {
      if (!of_system(system)) continue;
      const Counts causes = causes_of(report, system);
      const auto lost = causes.find("lost_event");
      missed_[system] += lost == causes.end() ? 0 : lost->second;
    }
  }

  // Of the changes of a system, how many no event told of. Known of systems that were read.
  Json missed_events() const {
    Json missed = Json::object();
    for (const auto& [system, count] : missed_) {
      std::uint64_t events = 0;
      if (const Json* outcomes = find_member(events_, system)) {
        for (const auto& [outcome, heard] : outcomes->items()) {
          events += static_cast<std::uint64_t>(to_int64(heard).value_or(0));
        }
      }
      const std::uint64_t all = events + count;
      const double rate = all == 0 ? 0 : static_cast<double>(count) / static_cast<double>(all);
      missed[system] = {{"missed", count}, {"events", events}, {"rate", rate}};
    }
    return missed;
  }

  Json slow_loop() const {
    return {{"runs", runs_},
            {"plans", plans_},
            {"discrepancies", discrepancies_},
            {"causes", causes_},
            {"missed_events", missed_events()}};
  }

  static void count(Json& table, const std::string& row, const std::string& column) {
    Json& cell = table[row][column];
    cell = cell.is_null() ? 1 : cell.get<std::uint64_t>() + 1;
  }

  void add_event(const Json& body) {
    const std::string system = text_at(body, "system");
    if (!of_system(system)) return;
    count(events_, system, text_at(body, "outcome"));
    add_changes(body);
  }

  // What a reconciliation had found and the guard held, now that it is let through.
  void add_released(const Json& body) {
    const std::string system = text_at(body, "system"), outcome = text_at(body, "outcome");
    if (!of_system(system) || !body.contains("snapshot")) return;
    missed_[system] += outcome == "applied" || outcome == "conflict";
  }

  void add_changes(const Json& body) {
    const Json* changes = find_member(body, "changes");
    if (changes == nullptr || !changes->is_array()) return;
    for (const Json& change : *changes) {
      const std::string rule = text_at(change, "rule");
      if (!rule.empty() && rule != "decision" && !change.contains("contested")) {
        ++auto_resolved_[rule];
      }
    }
  }

  // A system whose times lie ahead of our receipt has a fast clock, and wins more than it should.
  void measure_clock(const Json& body, Time received_at) {
    const std::string system = text_at(body, "system");
    const auto at = parse_time(text_at(body, "at"));
    if (!at || *at <= received_at || !of_system(system)) return;
    std::int64_t& most = ahead_ms_[system];
    most = std::max(most, (*at - received_at).ms());
  }

  void add_delivery(const Json& body) {
    const std::string system = text_at(body, "system");
    const std::string state = text_at(body, "state");
    if (system.empty() || !of_system(system)) return;
    count(deliveries_, system, state);
    if (state == "delivered") add_directions(system, DeliveryId(text_at(body, "delivery")));
  }

  // One write may carry words of several systems.
  void add_directions(const std::string& to, const DeliveryId& id) {
    const std::optional<Delivery> delivery = store_.find_delivery(id);
    if (!delivery) return;
    std::set<std::string> from;
    for (const auto& [name, field] : delivery->fields) from.insert(field.provenance.system.text);
    for (const std::string& system : from) ++directions_[{system, to}];
  }

  void add(const ExceptionItem& item) {
    if (!of_entity(item.entity) || !of_item(item)) return;
    if (was_answered_at_once(item)) return;
    if (in_window(item.opened_at)) ++escalated_[std::string(to_string(item.category))];
    if (!item.closed_at) {
      ++depth_;
      oldest_ = std::min(oldest_.value_or(item.opened_at), item.opened_at);
    } else if (item.state == ExceptionState::resolved && in_window(*item.closed_at)) {
      resolution_s_.push_back((*item.closed_at - item.opened_at).ms() / 1000);
    }
  }

  // What the same transaction asked and answered never stood in anybody's queue.
  static bool was_answered_at_once(const ExceptionItem& item) {
    return item.closed_at == item.opened_at && item.closed_by == "truce";
  }

  bool of_item(const ExceptionItem& item) const {
    if (window_.system.empty() || item.system == window_.system) return true;
    return std::any_of(
        item.candidates.begin(), item.candidates.end(),
        [&](const Candidate& candidate) { return candidate.system == window_.system; });
  }

  Json directions() const {
    Json list = Json::array();
    for (const auto& [direction, count] : directions_) {
      const Json from = direction.first.empty() ? Json("decision") : Json(direction.first);
      list.push_back({{"from", from}, {"to", direction.second}, {"count", count}});
    }
    return list;
  }

  Json percentile(std::size_t percent) const {
    if (resolution_s_.empty()) return nullptr;
    // Nearest rank: the least value that at least so many percent do not exceed.
    const std::size_t rank = (resolution_s_.size() * percent + 99) / 100;
    return resolution_s_[std::max<std::size_t>(rank, 1) - 1];
  }

  Json resolution() {
    std::sort(resolution_s_.begin(), resolution_s_.end());
    Json histogram = Json::array();
    auto begin = resolution_s_.begin();
    for (const std::int64_t bound : resolution_bounds_s) {
      const auto end = std::upper_bound(begin, resolution_s_.end(), bound);
      histogram.push_back({{"up_to_s", bound}, {"count", end - begin}});
      begin = end;
    }
    histogram.push_back({{"up_to_s", nullptr}, {"count", resolution_s_.end() - begin}});
    return {{"count", resolution_s_.size()},
            {"p50_s", percentile(50)},
            {"p90_s", percentile(90)},
            {"p99_s", percentile(99)},
            {"histogram", std::move(histogram)}};
  }

  Json oldest_age_s(Time now) const {
    return oldest_ ? Json((now - *oldest_).ms() / 1000) : Json(nullptr);
  }

  ReadView& store_;
  const StatsWindow& window_;
  Json events_ = Json::object();
  Json deliveries_ = Json::object();
  std::map<std::pair<std::string, std::string>, std::uint64_t> directions_;
  std::map<std::string, std::int64_t> ahead_ms_;  // by system
  std::uint64_t runs_ = 0, plans_ = 0, discrepancies_ = 0;
  Counts causes_;
  Counts missed_;  // by system
  Counts auto_resolved_;
  Counts escalated_;
  std::vector<std::int64_t> resolution_s_;
  std::uint64_t depth_ = 0;
  std::optional<Time> oldest_;
};

Json time_or_null(Time time, Time unbounded) {
  return time == unbounded ? Json(nullptr) : Json(to_rfc3339(time));
}

}  // namespace

std::uint64_t sequence_before(ReadView& store, Time time) {
  const std::optional<AuditEntry> last = store.last_audit();
  std::uint64_t low = 0;
  std::uint64_t high = last ? last->sequence : 0;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const std::vector<AuditEntry> found = store.list_audit({middle, 1, {}, {}});
    if (!found.empty() && found.front().at < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<Json> count_stats(Reader& reader, const StatsWindow& window) {
  const auto asked = check_asked(reader.store, reader.policy, window.system, window.entity);
  if (!asked) return tl::unexpected(asked.error());
  Tally tally(reader, window);
  const bool all_entries = tally.add_trail();
  const bool all_items = tally.add_queue();
  Json report = tally.report(reader.now);
  report["from"] = time_or_null(window.from, Time::beginning());
  report["to"] = time_or_null(window.to, Time::end());
  report["complete"] = all_entries && all_items;
  return report;
}

}  // namespace truce
