// The slow loop on top of a world of the fast one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/app/reconcile/pages.h"
#include "engine/app/reconcile/pieces.h"
#include "tests/unit/app/office.h"

namespace truce::test {

struct SlowRun {
  std::string mode = "apply";
  std::string entity = "contact";
  // Systems whose pages are all there is; by default all of the snapshots.
  std::optional<std::vector<std::string>> complete = {};
  std::optional<int> max_creates = {};
  std::size_t page_size = 100;
  std::optional<Time> observed_at = {};  // by default now
};

using Snapshots = std::map<std::string, std::vector<Json>>;

inline Json open_in(World& world, const Snapshots& snapshots, const SlowRun& terms = {}) {
  Json body{{"entity", terms.entity}, {"mode", terms.mode}, {"systems", Json::array()}};
  for (const auto& [system, records] : snapshots) body["systems"].push_back(system);
  if (terms.max_creates) body["max_creates"] = *terms.max_creates;
  const auto opened = world.run([&](Context& context) { return open_run(context, body); });
  if (!opened) FAIL(opened.error().message << " at " << opened.error().pointer);
  return *opened;
}

inline Json send_page(World& world, const RunId& run, const std::string& system,
                      const std::vector<Json>& records, Time observed_at) {
  const EventReader reader{*world.policy, nullptr, world.secrets};
  const auto page =
      read_page(*world.store->read(), reader, run, SystemName(system), observed_at, records);
  if (!page) FAIL(page.error().message);
  const auto staged = world.run([&](Context& context) { return stage_page(context, run, *page); });
  if (!staged) FAIL(staged.error().message);
  return *staged;
}

// nullopt: nothing is running any more.
inline std::optional<Piece> read_piece(World& world, const Piece* in_work = nullptr) {
  const auto view = world.store->read();
  const auto run = next_run(*view);
  if (!run) return std::nullopt;
  return next_piece(*view, {*world.policy, nullptr, world.secrets}, *run, in_work);
}

// All of it, broken off wherever it can be: behind each of its components.
inline void take_in_breaks(World& world, const Piece& piece) {
  std::size_t taken = 0;
  PieceResult result = PieceResult::interrupted;
  while (result == PieceResult::interrupted) {
    const std::size_t before = taken;
    result = world.run([&](Context& context) {
      return take_piece(context, piece, taken, [](std::size_t) { return true; });
    });
    const bool is_one_more = piece.keys.empty() ? taken == before + 1 : taken > before;
    REQUIRE((result == PieceResult::taken || is_one_more));
  }
  REQUIRE(result == PieceResult::taken);
}

// Takes pieces until nothing is running any more, each read while the one before is in work.
inline void take_all_pieces(World& world) {
  std::optional<Piece> piece = read_piece(world);
  for (int pieces = 0; piece; ++pieces) {
    REQUIRE(pieces < 10'000);
    std::optional<Piece> next;
    if (!piece->components.empty()) next = read_piece(world, &*piece);
    take_in_breaks(world, *piece);
    piece = next ? std::move(next) : read_piece(world);
  }
}

// False: nothing is running any more.
inline bool do_one_piece(World& world) {
  const auto piece = read_piece(world);
  if (!piece) return false;
  world.run([&](Context& context) { return take_piece(context, *piece); });
  return true;
}

inline Json report_of(World& world, const RunId& run) {
  return *read_run(*world.store->read(), run);
}

inline std::vector<Json> found_by(World& world, const Json& report) {
  DiscrepancyFilter filter;
  filter.limit = 10'000;
  const auto list = list_discrepancies(*world.store->read(), RunId(report["id"]), filter);
  return (*list)["discrepancies"].get<std::vector<Json>>();
}

// Opens, sends all pages, completes and compares. Gives the report.
inline Json reconcile(World& world, const Snapshots& snapshots, const SlowRun& terms = {}) {
  const RunId run(open_in(world, snapshots, terms)["id"]);
  const Time observed_at = terms.observed_at.value_or(world.now);
  for (const auto& [system, records] : snapshots) {
    for (std::size_t from = 0; from == 0 || from < records.size(); from += terms.page_size) {
      const std::size_t to = std::min(records.size(), from + terms.page_size);
      send_page(world, run, system,
                {records.begin() + static_cast<std::ptrdiff_t>(from),
                 records.begin() + static_cast<std::ptrdiff_t>(to)},
                observed_at);
    }
  }
  Json complete = Json::array();
  if (terms.complete) {
    for (const std::string& system : *terms.complete) complete.push_back(system);
  } else {
    for (const auto& [system, records] : snapshots) complete.push_back(system);
  }
  const auto completed = world.run([&](Context& context) {
    return complete_run(context, run, {{"complete", complete}});
  });
  if (!completed) FAIL(completed.error().message);
  take_all_pieces(world);
  const Json report = report_of(world, run);
  INFO(to_wire(report));
  REQUIRE(report["state"] == "done");
  return report;
}

// What one run says it would do and another one says it did.
inline void check_told_alike(const Json& plan, const Json& done) {
  for (const char* count : {"matched", "different", "missing", "only", "excluded", "ambiguous",
                            "auto_resolved", "escalated", "held", "causes", "deliveries", "creates",
                            "creates_withheld", "discrepancies"}) {
    INFO(count);
    CHECK(plan[count] == done[count]);
  }
}

}  // namespace truce::test
