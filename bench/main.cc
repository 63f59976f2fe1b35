// truce_bench: how fast the real sidecar is beside what the disk, SQLite and HTTP alone can do.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "bench/bare_sqlite.h"
#include "bench/echo_server.h"
#include "bench/event_stream.h"
#include "bench/load.h"
#include "bench/sidecar_process.h"
#include "bench/stored_counts.h"
#include "bench/table.h"

namespace truce::bench {
namespace {

constexpr int exit_met = 0;
constexpr int exit_missed = 1;
constexpr int exit_could_not = 3;

constexpr double batch_goal = 1.0 / 3;
constexpr std::size_t rounds_of_goal = 5;
constexpr double single_goal = 0.5;
constexpr double slot_goal = 1.0;  // of the commits of one event's rows that the disk takes
constexpr double rss_goal_mib = 100;
constexpr std::size_t goldens_of_million = 1'000'000;

struct Options {
  std::string truce;
  std::string policy;
  std::string folder = "/tmp";
  double limit_s = 10;
  std::size_t events = 20'000;  // of a batch run
  std::string only;             // one row of the table
  bool million = false;
  std::size_t goldens = goldens_of_million;
};

struct Shape {
  std::string name;
  std::size_t clients = 1;
  std::size_t batch = 1;
  std::size_t requests = 1;  // of each client
};

struct Run {
  LoadResult load;
  double peak_rss_mib = 0;
  double cpu_us_per_event = 0;  // of the sidecar, start and end included
  double bytes_per_event = 0;
  StoredCounts stored;
};

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::vector<std::vector<EventRequest>> requests_of(const Shape& shape) {
  std::vector<std::vector<EventRequest>> clients(shape.clients);
  const std::int64_t now = now_ms();
  for (std::size_t i = 0; i < shape.clients; ++i) {
    EventStream stream(i, now);
    for (std::size_t j = 0; j < shape.requests; ++j) {
      clients[i].push_back(next_request(stream, shape.batch));
    }
  }
  return clients;
}

// The policy as it is, but that its guard does not hold so many edits from one system.
bool write_policy(const std::string& from, const std::string& to) {
  std::ostringstream text;
  text << std::ifstream(from).rdbuf();
  Json policy = Json::parse(text.str(), nullptr, false, true);
  if (policy.is_discarded()) return false;
  for (Json& entity : policy["entities"]) {
    if (entity.contains("guard")) entity["guard"]["count"] = 100'000'000;
  }
  std::ofstream(to) << policy.dump(2);
  return true;
}

// What was acknowledged is there, once.
std::string lost_or_doubled(const LoadResult& load, const StoredCounts& stored) {
  const std::size_t expected = load.events - load.repeats;
  if (stored.receipts == expected && stored.audited == expected) return {};
  return std::to_string(expected) + " different events were acknowledged, " +
         std::to_string(stored.receipts) + " receipts and " + std::to_string(stored.audited) +
         " audit entries are there";
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options), folder_(options.folder) {}

  int run() {
    if (!folder_.exists() || !write_policy(options_.policy, folder_.file("policy.json"))) {
      std::cerr << "truce_bench: cannot read " << options_.policy << " or write in "
                << options_.folder << "\n";
      return exit_could_not;
    }
    return options_.million ? run_million() : run_table();
  }

 private:
  int run_table() {
    const std::size_t hundreds = std::max<std::size_t>(options_.events / 100, 1);
    const std::size_t thousands = std::max<std::size_t>(options_.events / 1000, 1);
    const std::vector<Shape> shapes = {{"1 client", 1, 1, 4'000},
                                       {"8 clients", 8, 1, 1'500},
                                       {"64 clients", 64, 1, 300},
                                       {"batches of 100", 1, 100, hundreds},
                                       {"batches of 1,000", 1, 1'000, thousands}};
    std::vector<Run> runs;
    for (const Shape& shape : shapes) {
      if (!options_.only.empty() && shape.name != options_.only) continue;
      std::cerr << "measuring " << shape.name << " ...\n";
      const auto run = measure(shape);
      if (!run) return exit_could_not;
      runs.push_back(*run);
    }
    if (!options_.only.empty()) return tell_one(runs);
    std::cerr << "measuring bare SQLite, the disk and a bare echo server ...\n";
    return report(shapes, runs);
  }

  // For a profiler to look at: nothing else runs beside it.
  int tell_one(const std::vector<Run>& runs) const {
    if (runs.empty()) return failed("no such row: " + options_.only), exit_could_not;
    std::cout << options_.only << ": " << shown_number(runs[0].load.events_per_s(), 0)
              << " events/s, " << shown_number(runs[0].cpu_us_per_event, 0)
              << " us CPU an event, peak RSS " << shown_number(runs[0].peak_rss_mib, 1) << " MiB\n";
    return exit_met;
  }

  std::optional<Run> measure(const Shape& shape) {
    const auto requests = requests_of(shape);
    database_ = folder_.file("run" + std::to_string(++runs_) + ".db");
    SidecarProcess sidecar(options_.truce, folder_.file("policy.json"), database_);
    if (!sidecar.listens()) return failed("the sidecar did not start: " + options_.truce);
    Run run;
    run.load =
        run_load({sidecar.port(), sidecar.token(), "/v1/events"}, requests, options_.limit_s);
    run.peak_rss_mib = sidecar.peak_rss_mib();
    if (!run.load.problem.empty()) return failed(run.load.problem);
    if (!sidecar.stop()) return failed("the sidecar did not end well");
    run.cpu_us_per_event = sidecar.cpu_s() * 1e6 / static_cast<double>(run.load.events);
    run.bytes_per_event =
        static_cast<double>(database_bytes(database_)) / static_cast<double>(run.load.events);
    run.stored = read_counts(database_);
    const std::string fault = lost_or_doubled(run.load, run.stored);
    if (!fault.empty()) return failed(fault);
    return run;
  }

  std::nullopt_t failed(const std::string& why) const {
    std::cerr << "truce_bench: " << why << "\n";
    return std::nullopt;
  }

  // One measurement and the bare loop's, as close together as can be.
  struct Pair {
    Run run;
    double bare_per_s = 0;
    double ratio() const { return run.load.events_per_s() / bare_per_s; }
  };

  std::optional<Pair> beside_bare(const Run& run, const BareRows& rows,
                                  std::size_t events_a_commit) {
    const BareResult bare = write_rows(folder_.file("bare" + std::to_string(++runs_) + ".db"), rows,
                                       events_a_commit, options_.limit_s);
    if (!bare.problem.empty()) return failed(bare.problem);
    return Pair{run, bare.events_per_s()};
  }

  // The one with the middle ratio, for a busy machine does not slow both sides alike.
  std::optional<Pair> middle_of_rounds(const Shape& shape, const BareRows& rows,
                                       std::size_t events_a_commit) {
    std::vector<Pair> rounds;
    while (rounds.size() < rounds_of_goal) {
      const auto run = measure(shape);
      const auto pair = run ? beside_bare(*run, rows, events_a_commit) : std::nullopt;
      if (!pair) return std::nullopt;
      rounds.push_back(*pair);
    }
    std::sort(rounds.begin(), rounds.end(),
              [](const Pair& a, const Pair& b) { return a.ratio() < b.ratio(); });
    return rounds[rounds.size() / 2];
  }

  int report(const std::vector<Shape>& shapes, const std::vector<Run>& runs) {
    const BareRows rows = read_rows(database_, options_.events);
    if (rows.events.empty()) return failed(rows.problem), exit_could_not;
    Table table({"", "events/s", "p50 ms", "p99 ms", "CPU us/event", "peak RSS MiB", "bytes/event",
                 "bare SQLite/s", "ratio", "goal"});
    double batch_ratio = 0;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      // What waits together is committed together, so clients count as a batch.
      const std::size_t events_a_commit = shapes[i].clients * shapes[i].batch;
      const bool has_goal = i + 1 == shapes.size();
      const auto pair = has_goal ? middle_of_rounds(shapes[i], rows, events_a_commit)
                                 : beside_bare(runs[i], rows, events_a_commit);
      if (!pair) return exit_could_not;
      batch_ratio = pair->ratio();
      add_row(table, shapes[i], *pair, has_goal);
    }
    std::cout << table.text() << "\n";
    const auto singles = middle_of_rounds(shapes[2], rows, 1);
    if (!singles) return exit_could_not;
    return tell_goals(*singles, batch_ratio, shapes[2], rows);
  }

  static void add_row(Table& table, const Shape& shape, const Pair& pair, bool has_goal) {
    const Run& run = pair.run;
    table.add({shape.name, shown_number(run.load.events_per_s(), 0),
               shown_number(run.load.p50_ms, 2), shown_number(run.load.p99_ms, 2),
               shown_number(run.cpu_us_per_event, 0), shown_number(run.peak_rss_mib, 1),
               shown_number(run.bytes_per_event, 0), shown_number(pair.bare_per_s, 0),
               shown_number(pair.ratio(), 2), has_goal ? ">= 0.33" : ""});
  }

  // `singles`: beside a bare loop that commits each event by itself.
  int tell_goals(const Pair& singles, double batch_ratio, const Shape& shape,
                 const BareRows& rows) {
    const double syncs = syncs_per_s(folder_.file("syncs"), 2);
    const EchoServer server(shape.clients);
    const LoadResult echo =
        run_load({server.port(), {}, "/echo"}, requests_of(shape), options_.limit_s);
    if (!echo.problem.empty()) return failed("echo server: " + echo.problem), exit_could_not;
    const double per_s = singles.run.load.events_per_s();
    const double echo_ratio = per_s / echo.events_per_s();
    const bool batches_met = batch_ratio >= batch_goal;
    const bool singles_met = echo_ratio >= single_goal || singles.ratio() >= slot_goal;
    Table goals({"64 single-event clients, " + shown_number(per_s, 0) + "/s, beside", "/s", "ratio",
                 "goal"});
    goals.add({"a bare cpp-httplib echo server, 64 clients", shown_number(echo.events_per_s(), 0),
               shown_number(echo_ratio, 2), ">= 0.50, or"});
    goals.add({"one event a commit, bare SQLite", shown_number(singles.bare_per_s, 0),
               shown_number(singles.ratio(), 2), ">= 1.00"});
    goals.add(
        {"one page appended and synced", shown_number(syncs, 0), shown_number(per_s / syncs, 2), ""});
    std::cout << goals.text() << "\n"
              << "batches of 1,000: " << (batches_met ? "met" : "MISSED")
              << "; 64 clients: " << (singles_met ? "met" : "MISSED") << "\n";
    std::size_t row_count = 0;
    for (const auto& event : rows.events) row_count += event.size();
    std::cout << "The bare loop writes "
              << shown_number(
                     static_cast<double>(row_count) / static_cast<double>(rows.events.size()), 1)
              << " rows an event. Outcomes of 64 clients:";
    for (const auto& [kind, count] : singles.run.stored.outcomes) {
      std::cout << " " << kind << " " << count;
    }
    std::cout << ", repeats " << singles.run.load.repeats << "\n";
    return batches_met && singles_met ? exit_met : exit_missed;
  }

  int run_million() {
    constexpr std::size_t batch = 1'000;
    const std::string path = folder_.file("million.db");
    SidecarProcess sidecar(options_.truce, folder_.file("policy.json"), path);
    if (!sidecar.listens()) return failed("the sidecar did not start"), exit_could_not;
    EventStream stream(0, now_ms());
    LoadResult sum;
    for (std::size_t made = 0; made < options_.goldens; made += batch) {
      Json events = Json::array();
      for (std::size_t i = 0; i < batch; ++i) events.push_back(stream.new_contact());
      const Json body = {{"events", std::move(events)}, {"hand_out", false}};
      const LoadResult load = run_load({sidecar.port(), sidecar.token(), "/v1/events"},
                                       {{{to_wire(body), batch, 0}}}, options_.limit_s);
      if (!load.problem.empty()) return failed(load.problem), exit_could_not;
      sum.events += load.events;
      sum.duration_s += load.duration_s;
      if ((made / batch) % 10 == 9) tell_progress(sum, sidecar);
    }
    const double rss_mib = sidecar.rss_mib();
    const double peak_mib = sidecar.peak_rss_mib();
    if (!sidecar.stop()) return failed("the sidecar did not end well"), exit_could_not;
    const StoredCounts stored = read_counts(path);
    const bool met = peak_mib < rss_goal_mib && stored.goldens == sum.events;
    std::cout << shown_number(static_cast<double>(stored.goldens), 0) << " golden records, "
              << shown_number(sum.events_per_s(), 0) << " events/s, RSS "
              << shown_number(rss_mib, 1) << " MiB, peak " << shown_number(peak_mib, 1)
              << " MiB (goal < 100), database "
              << shown_number(static_cast<double>(database_bytes(path)) / (1 << 20), 0)
              << " MiB: " << (met ? "met" : "MISSED") << "\n";
    return met ? exit_met : exit_missed;
  }

  static void tell_progress(const LoadResult& sum, const SidecarProcess& sidecar) {
    std::cerr << shown_number(static_cast<double>(sum.events), 0) << " records, "
              << shown_number(sum.events_per_s(), 0) << " events/s, RSS "
              << shown_number(sidecar.rss_mib(), 1) << " MiB, peak "
              << shown_number(sidecar.peak_rss_mib(), 1) << "\n";
  }

  Options options_;
  ScratchFolder folder_;
  std::string database_;
  std::size_t runs_ = 0;
};

std::string beside_me(const char* name) {
  std::error_code unknown;
  return (std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path() / name).string();
}

}  // namespace
}  // namespace truce::bench

int main(int argc, char** argv) {
  truce::bench::Options options;
  options.truce = truce::bench::beside_me("truce");
  options.policy = "workflows/policies/demo.json";
  CLI::App app("Measures the sidecar beside bare SQLite and a bare HTTP server");
  app.add_option("--truce", options.truce, "The program (default: beside this one)");
  app.add_option("--policy", options.policy, "The contact policy")->capture_default_str();
  app.add_option("--folder", options.folder,
                 "Where the databases stand while it runs: its disk is measured")
      ->capture_default_str();
  app.add_option("--limit-s", options.limit_s, "How long one measurement may take")
      ->capture_default_str();
  app.add_option("--events", options.events, "Events of a batch measurement")
      ->capture_default_str();
  app.add_option("--only", options.only, "Just this row of the table, and no comparison");
  app.add_flag("--million", options.million,
               "Fill a database with golden records and tell the RSS");
  app.add_option("--goldens", options.goldens, "How many with --million")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  return truce::bench::Bench(options).run();
}
