// An office whose systems are to agree about names, and the numbers of it counted a second time
// from the exported trail, in another way.
#pragma once

#include "engine/app/agreement.h"
#include "engine/core/audit/audit_export.h"
#include "tests/unit/app/office.h"

namespace truce::test {

inline constexpr std::int64_t minute_ms = 60'000;

// Names are everywhere within 15 minutes, of nine in ten changes.
inline Terms names_agree(const std::string& rule = "recency") {
  Terms terms{text_field("name", rule)};
  terms.systems += R"(}, "sla": {"agreement": [
      {"entity": "contact", "fields": ["name"], "within": "15m", "target": "90%", "window": "7d"}])";
  return terms;
}

inline AgreementReport measured_by(AgreementKeeper& keeper, World& world) {
  const auto view = world.store->read();
  // The measure is that of five seconds ago.
  Reader reader{*view, *world.policy, world.secrets, world.now + Duration::of_ms(5'000)};
  const AgreementState state = keeper.read(reader);
  REQUIRE(state.complete);
  REQUIRE(state.reports.size() == 1);
  return state.reports.front();
}

inline AgreementReport measured(World& world) {
  AgreementKeeper keeper;
  return measured_by(keeper, world);
}

// One objective over the lines of /v1/audit/export, each change for itself.
class Recount {
 public:
  Recount(const std::vector<Json>& lines, AgreementObjective objective, Time now)
      : lines_(lines), objective_(std::move(objective)), now_(now) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].at("body").contains("to_write")) look_at(i);
    }
  }

  struct Judged {
    Time at;
    bool in_time = false;
  };
  std::vector<Judged> judged;
  std::optional<Time> oldest_open;

  // A window begins with a whole cell.
  std::pair<std::uint64_t, std::uint64_t> changes_and_misses(Duration window, Duration cell) const {
    const Time from{(now_ - window).us / cell.us * cell.us};
    std::uint64_t changes = 0, misses = 0;
    for (const Judged& one : judged) {
      if (one.at < from) continue;
      ++changes;
      misses += !one.in_time;
    }
    return {changes, misses};
  }

 private:
  bool is_ours(const Json& field) const {
    return objective_.fields.contains(FieldName(field.get<std::string>()));
  }
  static Time time_of(const Json& line) {
    return parse_time(line.at("at").get<std::string>()).value();
  }
  bool is_held(std::size_t i) const {
    const Json held = lines_[i].at("body").value("held", Json::array());
    return std::any_of(held.begin(), held.end(), [&](const Json& field) { return is_ours(field); });
  }
  bool is_lacking(std::size_t i) const {
    const Json to_write = lines_[i].at("body").at("to_write");
    for (const Json& fields : to_write) {
      for (const Json& field : fields) {
        if (is_ours(field)) return true;
      }
    }
    return false;
  }
  bool is_unheard(std::size_t i) const {
    const Json unheard = lines_[i].at("body").value("unheard", Json::array());
    return std::any_of(unheard.begin(), unheard.end(),
                       [&](const Json& one) { return is_ours(one.at("field")); });
  }
  bool is_change(std::size_t i) const {
    const Json changes = lines_[i].at("body").value("changes", Json::array());
    return !is_held(i) && std::any_of(changes.begin(), changes.end(), [&](const Json& change) {
      return is_ours(change.at("field")) && !change.value("contested", false);
    });
  }

  // The entry with which what this entry began is over; nullopt: it is open.
  std::optional<std::size_t> end_of(std::size_t begin) const {
    for (std::size_t i = begin; i < lines_.size(); ++i) {
      const bool same_record = lines_[i].at("golden_id") == lines_[begin].at("golden_id");
      if (!same_record || !lines_[i].at("body").contains("to_write")) continue;
      if (!is_lacking(i) || is_held(i)) return i;
    }
    return std::nullopt;
  }

  void look_at(std::size_t i) {
    const Time begun = time_of(lines_[i]);
    const bool known = std::any_of(open_until_.begin(), open_until_.end(), [&](const auto& open) {
      return open.first == lines_[i].at("golden_id") && open.second >= i;
    });
    if (is_unheard(i) && !known) judged.push_back({begun, false});
    if (!is_change(i)) return;
    const auto end = end_of(i);
    open_until_.emplace_back(lines_[i].at("golden_id"), end ? *end : lines_.size());
    if (!end) oldest_open = std::min(oldest_open.value_or(begun), begun);
    if (is_unheard(i) && !known) return;
    const Time deadline = begun + objective_.within;
    if (end && time_of(lines_[*end]) <= deadline) {
      if (!is_held(*end)) judged.push_back({time_of(lines_[*end]), true});
    } else if (deadline < now_) {
      judged.push_back({deadline, false});
    }
  }

  const std::vector<Json>& lines_;
  AgreementObjective objective_;
  Time now_;
  std::vector<std::pair<Json, std::size_t>> open_until_;
};

inline std::vector<Json> exported_trail(World& world) {
  std::vector<Json> lines;
  AuditFilter filter;
  filter.limit = 1000;
  while (true) {
    const auto page = world.store->read()->list_audit(filter);
    for (const AuditEntry& entry : page) lines.push_back(Json::parse(to_ndjson(entry)));
    if (page.size() < filter.limit) return lines;
    filter.after = page.back().sequence;
  }
}

inline void check_against_the_trail(World& world, const AgreementReport& report) {
  const std::vector<Json> lines = exported_trail(world);
  const Recount recount(lines, report.objective, world.now);
  const auto whole =
      recount.changes_and_misses(report.objective.window, Duration::of_ms(60 * minute_ms));
  CHECK(report.changes == whole.first);
  CHECK(report.misses == whole.second);
  CHECK(report.oldest_open == recount.oldest_open);
  for (std::size_t i = 0; i < burn_windows.size(); ++i) {
    const auto longer =
        recount.changes_and_misses(burn_windows[i].longer, Duration::of_ms(minute_ms));
    CHECK(report.burn[i].changes == longer.first);
    CHECK(report.burn[i].misses == longer.second);
    const auto shorter =
        recount.changes_and_misses(burn_windows[i].shorter, Duration::of_ms(minute_ms));
    const double share = shorter.first == 0 ? 0
                                            : static_cast<double>(shorter.second) /
                                                  static_cast<double>(shorter.first);
    CHECK(report.burn[i].shorter == Approx(share / (1 - report.objective.target)));
  }
}

}  // namespace truce::test
