// R28: alerts are there for whoever asks; they never hold up an event.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/api/support/crowd.h"
#include "tests/api/support/nightly.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A chat service that takes connections and never answers.
class HangingSink {
 public:
  HangingSink() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(socket_, 8) == 0);
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~HangingSink() { close(socket_); }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  bool was_called() const {
    pollfd waiting{socket_, POLLIN, 0};
    return poll(&waiting, 1, 20'000) > 0;
  }

 private:
  int socket_;
  int port_ = 0;
};

// Asks for the feed and never reads what it gets.
class DeafReader {
 public:
  DeafReader(const TruceProcess& truce, const std::string& target)
      : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int small = 4096;
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    const sockaddr_in address = loopback(truce.port());
    REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const std::string request = "GET " + target +
                                " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                                truce.token() + "\r\n\r\n";
    REQUIRE(send(socket_, request.data(), request.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request.size()));
  }
  ~DeafReader() { close(socket_); }
  DeafReader(const DeafReader&) = delete;
  DeafReader& operator=(const DeafReader&) = delete;

 private:
  int socket_;
};

std::string policy_with_channel() {
  std::string policy = contact_policy();
  policy.insert(policy.find("\"entities\""),
                R"("alerts": {"channels": {"ops": {"type": "slack", "url": "env:TRUCE_TEST_HOOK"}},
                "thresholds": {"queue_depth": 10}},)");
  return policy;
}

milliseconds p99_of_ingest(const TruceProcess& truce, const std::string& prefix) {
  std::vector<std::vector<steady_clock::duration>> latencies(4);
  std::atomic<int> refused = 0;
  run_crowd(truce, 4, [&](Client& client, int number) {
    for (int turn = 0; turn < 100; ++turn) {
      const std::string id = prefix + std::to_string(number) + "-" + std::to_string(turn);
      const auto begin = steady_clock::now();
      const Reply reply = client.send(
          "POST", "/v1/events", to_wire(contact("crm", id, 1, {{"email", id + "@edge.example"}})));
      latencies[static_cast<std::size_t>(number)].push_back(steady_clock::now() - begin);
      refused += reply.status != 200;
    }
  });
  CHECK(refused == 0);
  std::vector<steady_clock::duration> all;
  for (const auto& some : latencies) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  return std::chrono::duration_cast<milliseconds>(all[all.size() * 99 / 100]);
}

std::vector<Json> told_of(const TruceProcess& truce, const std::string& alert) {
  std::vector<Json> told;
  const Reply reply = truce.get("/v1/changes?kinds=alert&limit=1000");
  for (const Json& change : reply.body.at("changes")) {
    if (to_wire(change).find('"' + alert + '"') != std::string::npos) told.push_back(change);
  }
  return told;
}

// Sends what cannot be understood, so that the operator's queue grows.
void ask_questions(const TruceProcess& truce, int count) {
  Json events = Json::array();
  for (int number = 0; number < count; ++number) {
    events.push_back(
        {{"system", "crm"},
         {"entity", "contact"},
         {"record", {{"email", "secret" + std::to_string(number) + "@edge.example"}}}});
  }
  CHECK(truce.post("/v1/events", {{"events", std::move(events)}}).status == 200);
}

// Every deaf reader's answer is made, and waits for its reader.
bool are_answered(const TruceProcess& truce, std::size_t count) {
  const auto end = steady_clock::now() + seconds(20);
  while (steady_clock::now() < end) {
    const std::string metrics = truce.get("/metrics").text;
    const std::string line = "truce_http_request_seconds_count{route=\"GET /v1/exceptions\"} ";
    const std::size_t at = metrics.find(line);
    if (at != std::string::npos && std::stoul(metrics.substr(at + line.size())) >= count)
      return true;
  }
  return false;
}

bool is_told(const TruceProcess& truce, const std::string& alert) {
  const auto end = steady_clock::now() + seconds(20);
  while (told_of(truce, alert).empty()) {
    if (steady_clock::now() > end) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("R28 a chat that hangs and readers that read nothing do not hold up an event") {
  const Folder folder;
  folder.write("policy.json", policy_with_channel());
  const HangingSink sink;
  const TruceProcess truce(
      folder, {"--alert-origin", sink.origin()}, [&](std::vector<std::string> command) {
        std::vector<std::string> wrapped = {"env", "TRUCE_TEST_HOOK=" + sink.origin() + "/hook"};
        wrapped.insert(wrapped.end(), command.begin(), command.end());
        return wrapped;
      });
  REQUIRE(truce.listens());
  const milliseconds alone = p99_of_ingest(truce, "a");
  ask_questions(truce, 1000);
  REQUIRE(is_told(truce, "queue_depth"));
  CHECK(sink.was_called());
  std::vector<std::unique_ptr<DeafReader>> deaf;
  for (int i = 0; i < 50; ++i) {
    deaf.push_back(std::make_unique<DeafReader>(truce, "/v1/changes?limit=1000"));
    deaf.push_back(std::make_unique<DeafReader>(truce, "/v1/exceptions?limit=1000"));
  }
  REQUIRE(are_answered(truce, deaf.size() / 2));
  const milliseconds beside = p99_of_ingest(truce, "b");
  WARN("p99 alone " << alone.count() << " ms, beside " << beside.count() << " ms");
  // Whoever waits for one of them waits for seconds.
  CHECK(beside < std::max(milliseconds(500), 3 * alone));
  // A flood of questions is one alert, without anything of the records.
  const std::vector<Json> told = told_of(truce, "queue_depth");
  CHECK(told.size() == 1);
  CHECK(to_wire(Json(told)).find("secret") == std::string::npos);
  CHECK(truce.get("/v1/alerts").text.find("secret") == std::string::npos);
}

TEST_CASE("systems that agree too late spend the error budget, and a page says so") {
  const Folder folder;
  std::string policy = contact_policy();
  constexpr auto too_late = std::chrono::milliseconds(2);
  policy.insert(policy.find("\"entities\""), R"("sla": {"agreement": [
      {"entity": "contact", "fields": ["name"], "within": "1ms", "target": "99.9%"},
      {"name": "slow", "entity": "contact", "fields": ["name"], "within": "1d", "target": "99.9%"}]},)");
  folder.write("policy.json", policy);
  {
    TruceProcess truce(folder);
    for (int number = 0; number < 30; ++number) {
      const std::string id = std::to_string(number);
      const Json told = truce.ingest(
          contact("crm", id, 0, {{"email", "p" + id + "@edge.example"}, {"name", "Ada"}}));
      REQUIRE(told.at("deliveries").size() == 1);
      const Json delivery = told.at("deliveries").at(0);
      std::this_thread::sleep_for(too_late);
      REQUIRE(truce
                  .post("/v1/deliveries/settle", {{"results",
                                                   {{{"id", delivery.at("id")},
                                                     {"attempt", 1},
                                                     {"status", "delivered"},
                                                     {"record_id", "d" + id}}}}})
                  .status == 200);
    }
    REQUIRE(is_told(truce, "agreement/contact.name/page"));
    REQUIRE(is_told(truce, "agreement/contact.name/ticket"));
    CHECK(told_of(truce, "agreement/slow/page").empty());
    const Json sla = truce.get("/v1/stats").body.at("sla");
    REQUIRE(sla.size() == 2);
    CHECK(sla.at(0).at("changes") == 30);
    CHECK(sla.at(0).at("agreed_in_time") == 0);
    CHECK(sla.at(0).at("error_budget").at("spent") == 30);
    CHECK(sla.at(0).at("worst_systems").at(0).at("system") == "desk");
    CHECK(sla.at(0).at("open") == 0);
    CHECK(sla.at(1).at("share") == 1);
    CHECK(truce.get("/v1/stats?entity=company").code() == "unknown-entity");
    const std::string metrics = truce.get("/metrics").text;
    for (const char* line : {"truce_agreement_changes{objective=\"contact.name\"} 30\n",
                             "truce_agreement_missed{objective=\"contact.name\"} 30\n",
                             "truce_agreement_missed{objective=\"slow\"} 0\n",
                             "objective=\"contact.name\",severity=\"page\"} 1\n"}) {
      INFO(line);
      CHECK(metrics.find(line) != std::string::npos);
    }
    truce.signal(SIGTERM);
    CHECK(truce.wait() == 0);
  }
  // The measure is made again of the trail, and the page is not told again.
  const TruceProcess truce(folder);
  const auto end = steady_clock::now() + seconds(20);
  while (truce.get("/v1/alerts").text.find("agreement/slow") == std::string::npos &&
         steady_clock::now() < end) {
  }
  CHECK(truce.get("/v1/alerts").text.find("firing") != std::string::npos);
  CHECK(told_of(truce, "agreement/contact.name/page").size() == 1);
  CHECK(truce.get("/v1/stats").body.at("sla").at(0).at("changes") == 30);
}

TEST_CASE("R28 an alert that goes on is not told again by a restart") {
  const Folder folder;
  folder.write("policy.json", policy_with_channel());
  {
    TruceProcess truce(folder);
    ask_questions(truce, 20);
    REQUIRE(is_told(truce, "queue_depth"));
    truce.signal(SIGTERM);
    CHECK(truce.wait() == 0);
  }
  const TruceProcess truce(folder);
  const auto end = steady_clock::now() + seconds(20);
  while (truce.get("/v1/alerts").body.at("alerts").empty() && steady_clock::now() < end) {
  }
  CHECK(truce.get("/v1/alerts").text.find("firing") != std::string::npos);
  CHECK(told_of(truce, "queue_depth").size() == 1);
}

TEST_CASE("a restart ends no silence and no run of failures") {
  const Folder folder;
  std::string policy = contact_policy();
  policy.insert(policy.find("\"entities\""), R"("alerts": {"thresholds": {"silence": "1s"}},)");
  folder.write("policy.json", policy);
  const auto is_over = [](const Json& change) { return change.at("body").at("state") == "ok"; };
  {
    TruceProcess truce(folder);
    Json results = Json::array();
    for (int number = 0; number < 25; ++number) {
      const std::string id = std::to_string(number);
      const Json told = truce.ingest(contact("crm", id, 0, {{"email", id + "@edge.example"}}));
      results.push_back({{"id", told.at("deliveries").at(0).at("id")},
                         {"attempt", 1},
                         {"status", "failed"},
                         {"error", {{"class", "transient"}, {"retry_after_s", 3600}}}});
    }
    REQUIRE(truce.post("/v1/deliveries/settle", {{"results", std::move(results)}}).status == 200);
    REQUIRE(is_told(truce, "failure_rate/desk"));
    REQUIRE(is_told(truce, "silence/crm"));
    REQUIRE(is_told(truce, "silence/desk"));  // which was never heard
    truce.signal(SIGKILL);
    truce.wait();
  }
  const TruceProcess truce(folder);
  const auto end = steady_clock::now() + seconds(20);
  while (truce.get("/v1/alerts").body.at("alerts").empty() && steady_clock::now() < end) {
  }
  CHECK(truce.get("/v1/alerts").text.find("25 of 25 deliveries failed") != std::string::npos);
  for (const char* alert : {"failure_rate/desk", "silence/crm", "silence/desk"}) {
    INFO(alert);
    const std::vector<Json> told = told_of(truce, alert);
    CHECK(std::none_of(told.begin(), told.end(), is_over));
    CHECK(told.size() == 1);
  }
}

}  // namespace truce::test
