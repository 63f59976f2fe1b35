// R7: memory of our own code runs out on an event's way through the sidecar.
#include <httplib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>

#include "engine/core/model/json.h"
#include "engine/core/policy/parse_policy.h"
#include "sidecar/cli/sidecar.h"
#include "tests/fault/bad_alloc/failing_new.h"
#include "tests/fault/support/child.h"
#include "tests/fault/support/ledger.h"

using namespace truce;
using namespace truce::fault;

namespace {

constexpr char policy_text[] = R"({
  "version": 1,
  "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}},
  "entities": {"contact": {
    "id": {"crm": "id", "desk": "id"}, "match": [["email"]], "create_in": ["crm", "desk"],
    "fields": {
      "email": {"type": "email", "rule": "source_of_truth", "source": "crm",
                "map": {"crm": "email", "desk": "mail"}},
      "name": {"type": "text", "rule": "recency", "map": {"crm": "name", "desk": "full_name"}},
      "plan": {"type": "text", "rule": "escalate", "map": {"crm": "plan", "desk": "plan"}}}}}})";

struct Answer {
  int status = 0;  // 0: the connection ended without one
  Json body;
  bool came_in_time = true;
};

// The sidecar in a child of this program, so that its memory can be made to fail.
class SidecarChild {
 public:
  explicit SidecarChild(const ScratchDirectory& directory)
      : child_([path = directory.database()](const Child::Say& say) { return serve(path, say); }) {
    port_ = static_cast<int>(child_.hear().value_or(0));
    REQUIRE(port_ != 0);
    std::ifstream(directory.database() + ".token") >> token_;
  }

  Answer send(const std::string& method, const std::string& target, const Json& body = nullptr) {
    httplib::Client client("127.0.0.1", port_);
    client.set_read_timeout(20);
    httplib::Request request;
    request.method = method;
    request.path = target;
    request.headers = {{"Authorization", "Bearer " + token_}};
    if (!body.is_null()) {
      request.body = to_wire(body);
      request.headers.emplace("Content-Type", "application/json");
    }
    const auto begin = std::chrono::steady_clock::now();
    const httplib::Result result = client.send(request);
    Answer answer;
    answer.came_in_time = std::chrono::steady_clock::now() - begin < std::chrono::seconds(15);
    if (!result) return answer;
    answer.status = result->status;
    answer.body = Json::parse(result->body, nullptr, false);
    return answer;
  }

  bool has_ended() { return send("GET", "/healthz").status != 200; }
  // Of one that has ended; -1: by a signal.
  int exit_status() { return child_.status(); }

 private:
  static int serve(const std::string& path, const Child::Say& say) {
    std::signal(SIGABRT, SIG_DFL);  // Catch2's would tell of it
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    if (!std::freopen("/dev/null", "w", stdout) || !std::freopen("/dev/null", "w", stderr))
      return 1;
    cli::ServeOptions options;
    options.db = path;
    options.listen = {"127.0.0.1:0"};
    const PolicyReading reading = parse_policy(policy_text);
    if (!reading.policy) return 2;
    const auto sidecar =
        cli::Sidecar::start(options, {reading.policy, policy_text}, [] { _exit(3); });
    if (!sidecar) return 4;
    count_allocations();
    say((*sidecar)->endpoints().front().port);
    while (true) pause();
  }

  Child child_;
  int port_ = 0;
  std::string token_;
};

// A new contact, an edit of it from the other side, a question, and an event that is none.
Json batch_of(std::int64_t nth) {
  const std::string id = std::to_string(nth);
  const std::string email = id + "@edge.example";
  const auto event = [&](const char* system, const std::string& time, const Json& record) {
    return Json{{"system", system},
                {"entity", "contact"},
                {"id", system + id},
                {"occurred_at", time},
                {"record", record}};
  };
  return {{"events",
           {event("crm", "2026-05-01T00:00:01Z",
                  {{"email", email}, {"name", "A name that is long enough for the heap"}}),
            event("desk", "2026-05-01T00:00:02Z", {{"mail", email}, {"full_name", "Another one"}}),
            event("crm", "2026-05-01T00:00:03Z", {{"email", email}, {"plan", "gold"}}),
            event("desk", "2026-05-01T00:00:04Z", {{"mail", email}, {"plan", "silver"}}),
            {{"system", "nobody"}, {"entity", "contact"}, {"id", id}}}}};
}

bool is_clean(const Answer& answer) {
  return (answer.status == 503 || answer.status == 500) && answer.body.is_object() &&
         answer.body.contains("code");
}

std::map<std::string, int> entries_by_event(SidecarChild& sidecar) {
  std::map<std::string, int> entries;
  for (std::string after = "0"; !after.empty();) {
    const Answer page = sidecar.send("GET", "/v1/audit?limit=1000&after=" + after);
    REQUIRE(page.status == 200);
    for (const Json& entry : page.body.at("entries")) {
      if (entry.at("kind") == "event") ++entries[entry.at("event_key").get<std::string>()];
    }
    const Json& next = page.body.at("next");
    after = next.is_null() ? "" : next.get<std::string>();
  }
  return entries;
}

// What came of the batches.
struct Tally {
  int answered = 0;
  int refused = 0;  // with a problem document
  int closed = 0;   // without an answer, and the process lives
  int ended = 0;    // the process has ended: JSON trees need memory to be freed
};

}  // namespace

TEST_CASE("R7: whatever allocation fails on an event's way, nothing answered is lost or doubled") {
  const ScratchDirectory directory;
  auto sidecar = std::make_unique<SidecarChild>(directory);
  const std::int64_t stride = is_nightly() ? 1 : 11;
  Tally tally;
  std::set<std::string> keys;
  std::size_t batches = 0;
  int past_the_end = 0;
  for (std::int64_t nth = 1; past_the_end < 3 && nth < 100'000; nth += stride) {
    INFO("allocation " << nth);
    const Json batch = batch_of(nth);
    fail_allocation(nth);
    const Answer answer = sidecar->send("POST", "/v1/events", batch);
    past_the_end += disarm_allocations() ? 0 : 1;
    REQUIRE(answer.came_in_time);
    const bool ended = answer.status == 0 && sidecar->has_ended();
    if (ended) {
      CHECK(sidecar->exit_status() == -1);
      sidecar = std::make_unique<SidecarChild>(directory);
    }
    tally.ended += ended;
    tally.closed += answer.status == 0 && !ended;
    tally.answered += answer.status == 200;
    if (answer.status != 0 && answer.status != 200) {
      ++tally.refused;
      REQUIRE(is_clean(answer));
    }
    // Sent again it is there once, whatever was answered before.
    const Answer again = sidecar->send("POST", "/v1/events", batch);
    REQUIRE(again.status == 200);
    ++batches;
    for (std::size_t i = 0; i < 4; ++i) {
      const Json& outcome = again.body.at("results").at(i);
      if (answer.status == 200) CHECK(outcome.at("outcome") == "duplicate");
      keys.insert(outcome.at("event_key").get<std::string>());
    }
  }
  WARN(batches << " batches: " << tally.answered << " answered, " << tally.refused << " refused, "
               << tally.closed << " closed, " << tally.ended << " ends of the process");
  CHECK(past_the_end == 3);
  CHECK(tally.refused > 0);
  CHECK(tally.ended < static_cast<int>(batches) / 8);
  CHECK(keys.size() == 4 * batches);
  const std::map<std::string, int> entries = entries_by_event(*sidecar);
  for (const std::string& key : keys) CHECK(entries.at(key) == 1);
  const Answer verified = sidecar->send("GET", "/v1/audit/verify");
  CHECK(verified.status == 200);
  CHECK(verified.body.at("ok") == true);
  CHECK(sidecar->send("GET", "/readyz").status == 200);
}
