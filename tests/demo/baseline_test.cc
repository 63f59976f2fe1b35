// The two strategies that the demo holds Truce against, run in simulated time.
#include <catch2/catch.hpp>

#include "sidecar/demo/last_write_wins.h"
#include "sidecar/demo/naive_copy.h"
#include "sidecar/demo/oracle.h"
#include "sidecar/demo/world.h"

namespace truce::demo {
namespace {

const Time origin = Time::of_ms(1'780'000'000'000);

struct RunOptions {
  ScriptOptions script;
  FaultRates faults;
  NetworkRates network;
  bool poll = true;
};

Score run(const World::MakeStrategy& make, const RunOptions& options) {
  const Script script = make_script(options.script);
  Schedule schedule(Pace::simulated, origin);
  WorldOptions world_options;
  world_options.seed = options.script.seed;
  world_options.faults = options.faults;
  world_options.network = options.network;
  World world(schedule, script, world_options, make);
  REQUIRE(world.ready());
  world.schedule_edits();
  schedule.run_until(script.length + Duration::of_ms(3'000));
  if (options.poll) world.poll(origin - Duration::of_ms(10'000));
  schedule.run_until(script.length + Duration::of_ms(6'000));
  return judge(world, script, truth_of(script), {});
}

RunOptions small() {
  RunOptions options;
  options.script.people = 12;
  options.script.edits = 60;
  return options;
}

RunOptions faultless() {
  RunOptions options = small();
  options.faults = {0, 0, 0};
  options.network.lost = 0;
  options.network.twice = 0;
  options.network.slow = 0;
  return options;
}

void report(const char* name, const Score& score) {
  UNSCOPED_INFO(name << ": wrong " << score.wrong_fields << "/" << score.fields << ", lost "
                     << score.lost_edits << ", duplicates " << score.duplicates << ", loops "
                     << score.loop_writes << ", writes " << score.writes << ", edits "
                     << score.edits);
  for (const std::string& finding : score.findings) UNSCOPED_INFO(finding);
}

TEST_CASE("a naive webhook copy leaves wrong fields and loops even without a fault") {
  const Score score = run(naive_copy, faultless());
  report("naive", score);
  CHECK(score.wrong_fields > 0);
  CHECK(score.loop_writes > score.edits);
  CHECK(score.duplicates > 0);
}

TEST_CASE("last write wins loses edits that another field's later edit overwrote") {
  RunOptions options = small();
  options.script.edits = 240;
  const Score score = run(last_write_wins, options);
  report("last write wins", score);
  CHECK(score.wrong_fields > 0);
  CHECK(score.lost_edits > 0);
}

TEST_CASE("a run is the same for the same seed and another for another seed") {
  const Score first = run(last_write_wins, small());
  const Score again = run(last_write_wins, small());
  CHECK(first.findings == again.findings);
  CHECK(first.writes == again.writes);
  RunOptions other_seed = small();
  other_seed.script.seed = 8;
  CHECK(run(last_write_wins, other_seed).findings != first.findings);
}

}  // namespace
}  // namespace truce::demo
