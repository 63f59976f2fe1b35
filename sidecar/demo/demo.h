// `truce demo`: the same scripted edits through three ways of keeping two systems the same.
//
// Two fake CRMs a way, real HTTP servers on loopback; people who edit on both sides; automations
// that rewrite values; a network that loses, repeats, delays and reorders webhooks; CRMs that
// answer 429 and 500 or take a write and never answer. The third way is the running sidecar.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace truce::demo {

struct DemoOptions {
  std::string url = "http://127.0.0.1:8377";  // of the running sidecar
  std::string token;                          // scopes ingest, operate and read
  std::uint64_t seed = 7;
  int people = 40;     // 4 to 200
  int edits = 240;     // 10 to 2,000; the ones that fit nowhere are left out and not counted
  bool plain = false;  // no live progress; set it when the output is no terminal
  bool json = false;   // one JSON document instead of tables; implies plain
};

// Runs the demo, about 20 seconds, and writes its report to `out`. Returns an exit code of the
// program: 0 done, 1 Truce itself left a wrong field, a lost edit or a duplicate, 2 options out of
// range, 3 the sidecar could not be reached or its policy is not the demo's (the reason is written to
// `out`). The sidecar keeps the demo's records; a second run uses other people and ids.
int run_demo(const DemoOptions& options, std::ostream& out);

}  // namespace truce::demo
