// The sidecar's own messages to Slack and Telegram: what is sent when, and what a messenger that
// misbehaves can do. The messengers are real HTTP servers on this machine.
#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <thread>

#include "tests/api/support/world.h"

namespace truce::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// Keeps what it is sent; answers as it is told.
class FakeMessenger {
 public:
  FakeMessenger() {
    server_.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      if (answer_) answer_(request, response);
      if (response.status == -1) response.status = 200;
      const Json body = parse_json(request.body).value_or(Json());
      (response.status == 200 ? taken_ : refused_).push_back({request.path, body});
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~FakeMessenger() {
    server_.stop();
    thread_.join();
  }

  struct Message {
    std::string path;
    Json body;
  };
  using Answer = std::function<void(const httplib::Request&, httplib::Response&)>;

  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void answers(Answer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  std::vector<Message> taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }
  std::vector<Message> refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  mutable std::mutex mutex_;
  Answer answer_;
  std::vector<Message> taken_, refused_;
};

bool comes_true(const std::function<bool()>& condition) {
  const auto end = steady_clock::now() + seconds(30);
  while (!condition()) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

const char* const policy_head =
    R"({"version": 1, "systems": {"crm": {"precedence": 1}, "desk": {"precedence": 2}}, "alerts": )";
const char* const policy_tail = R"(, "entities": {"contact": {
    "id": {"crm": "id", "desk": "id"}, "modified": {"crm": "at", "desk": "at"}, "match": [["email"]],
    "fields": {
      "email": {"type": "email", "rule": "precedence", "required": true,
                "map": {"crm": "email", "desk": "email"}},
      "name": {"type": "text", "rule": "escalate", "map": {"crm": "name", "desk": "name"}},
      "ssn": {"type": "text", "rule": "escalate", "private": true,
              "map": {"crm": "ssn", "desk": "ssn"}}}}}})";

constexpr const char* both_channels = R"({"channels": {
    "ops": {"type": "slack", "url": "env:TRUCE_TEST_SLACK"},
    "night": {"type": "telegram", "url": "env:TRUCE_TEST_TELEGRAM", "chat_id": -7}},
    "thresholds": {"queue_depth": 2}})";

class TellingOffice {
 public:
  explicit TellingOffice(const std::string& alerts = both_channels) {
    folder_.write("policy.json", policy_head + alerts + policy_tail);
  }

  void start() {
    truce_ = std::make_unique<TruceProcess>(
        folder_,
        std::vector<std::string>{"--alert-origin", slack.origin(), "--alert-origin",
                                 telegram.origin(), "--alert-pause-ms", "100"},
        [this](std::vector<std::string> command) {
          std::vector<std::string> wrapped = {
              "env", "TRUCE_TEST_SLACK=" + slack.origin() + "/services/T0/secret-hook",
              "TRUCE_TEST_TELEGRAM=" + telegram.origin() + "/bot1:secret-token/sendMessage"};
          wrapped.insert(wrapped.end(), command.begin(), command.end());
          return wrapped;
        });
    REQUIRE(truce_->listens());
    // Until the channels have begun: what came before them is not news.
    REQUIRE(comes_true([this] { return truce().log().find("listening") != std::string::npos; }));
    std::this_thread::sleep_for(milliseconds(500));
  }
  void restart() {
    truce_->signal(SIGTERM);
    CHECK(truce_->wait() == 0);
    truce_.reset();
    start();
  }
  TruceProcess& truce() { return *truce_; }

  void says(const std::string& system, const std::string& person, const std::string& name,
            const std::string& ssn) {
    const Reply reply = truce().post("/v1/events", {{"system", system},
                                                    {"entity", "contact"},
                                                    {"record",
                                                     {{"id", system + person},
                                                      {"at", "2026-05-01T00:00:00Z"},
                                                      {"email", person + "@edge.example"},
                                                      {"name", name},
                                                      {"ssn", ssn}}}});
    REQUIRE(reply.status == 200);
  }
  // Opens a conflict of the name, and with `ssn` one of that.
  void disagree(const std::string& person, const std::string& name = "Ada",
                const std::string& ssn = "1") {
    says("crm", person, name, "1");
    says("desk", person, "Bo", ssn);
  }

  void answer_all() {
    const Json items = truce().get("/v1/exceptions").body.at("exceptions");
    for (const Json& item : items) {
      const Reply reply =
          truce().post("/v1/exceptions/" + item.at("id").get<std::string>() + "/resolve",
                       {{"choose", "crm"}, {"version", item.at("version")}});
      CHECK(reply.status == 200);
    }
  }

  FakeMessenger slack, telegram;

 private:
  Folder folder_;
  std::unique_ptr<TruceProcess> truce_;
};

std::string words_of(const FakeMessenger::Message& message) {
  return message.body.at("text").get<std::string>();
}

std::size_t count_of(const FakeMessenger& messenger, const std::string& words) {
  const auto taken = messenger.taken();
  return static_cast<std::size_t>(std::count_if(
      taken.begin(), taken.end(),
      [&](const auto& message) { return words_of(message).find(words) != std::string::npos; }));
}

}  // namespace

TEST_CASE("a question is one Slack and one Telegram message, escaped, without private values") {
  TellingOffice office;
  office.start();
  office.disagree("a", "<!channel> & Ada", "078-05-1120");
  REQUIRE(comes_true(
      [&] { return office.slack.taken().size() >= 2 && office.telegram.taken().size() >= 2; }));
  std::this_thread::sleep_for(milliseconds(500));
  CHECK(office.slack.taken().size() == 2);
  CHECK(office.telegram.taken().size() == 2);
  std::string all;
  for (const auto* messenger : {&office.slack, &office.telegram}) {
    for (const auto& message : messenger->taken()) all += to_wire(message.body);
  }
  CHECK(all.find("&lt;!channel&gt; &amp; Ada") != std::string::npos);
  CHECK(all.find("<!channel>") == std::string::npos);
  CHECK(all.find("(private)") != std::string::npos);
  CHECK(all.find("078-05") == std::string::npos);
  CHECK(office.slack.taken()[0].body.at("blocks").at(1).at("type") == "actions");
  CHECK(to_wire(office.telegram.taken()[0].body.at("chat_id")) == "-7");
  CHECK(office.telegram.taken()[0].path == "/bot1:secret-token/sendMessage");
  // Nothing is told again by a restart, nor when it is answered.
  office.restart();
  office.answer_all();
  std::this_thread::sleep_for(seconds(1));
  CHECK(office.slack.taken().size() == 2);
  CHECK(office.truce().log().find("secret") == std::string::npos);
}

TEST_CASE("an alert is one message when it begins and one when it is over") {
  TellingOffice office;
  office.start();
  for (const char* person : {"a", "b", "c"}) office.disagree(person);
  REQUIRE(comes_true([&] { return count_of(office.slack, "Truce alert queue_depth") >= 1; }));
  office.answer_all();
  REQUIRE(comes_true([&] { return count_of(office.slack, "Truce recovered: queue_depth") >= 1; }));
  REQUIRE(
      comes_true([&] { return count_of(office.telegram, "Truce recovered: queue_depth") >= 1; }));
  CHECK(count_of(office.slack, "queue_depth") == 2);
}

TEST_CASE("what a messenger did not take is told later, and a flood in one message") {
  TellingOffice office;
  office.start();
  office.slack.answers(
      [](const httplib::Request&, httplib::Response& response) { response.status = 503; });
  for (const char* person : {"a", "b", "c", "d", "e", "f"}) office.disagree(person);
  REQUIRE(comes_true([&] { return !office.slack.refused().empty(); }));
  // The other channel does not wait for it.
  REQUIRE(comes_true([&] { return !office.telegram.taken().empty(); }));
  office.restart();
  office.slack.answers(nullptr);
  REQUIRE(comes_true([&] { return count_of(office.slack, "messages of Truce") >= 1; }));
  std::string all;
  for (const auto& message : office.slack.taken()) all += words_of(message) + '\n';
  std::size_t told = 0;
  for (std::size_t at = all.find("conflict: name"); at != std::string::npos;
       at = all.find("conflict: name", at + 1)) {
    ++told;
  }
  CHECK(told == 6);
}

TEST_CASE("that a channel cannot be told is known over a restart") {
  TellingOffice office;
  office.start();
  office.slack.answers(
      [](const httplib::Request&, httplib::Response& response) { response.status = 503; });
  office.disagree("a");
  REQUIRE(comes_true([&] { return !office.slack.refused().empty(); }));
  office.truce().signal(SIGTERM);
  CHECK(office.truce().wait() == 0);
  office.slack.answers(nullptr);
  office.start();
  CHECK(comes_true(
      [&] { return office.truce().log().find("alert-channel-works") != std::string::npos; }));
}

TEST_CASE("a webhook that refuses the buttons gets the words") {
  TellingOffice office;
  office.start();
  office.slack.answers([](const httplib::Request& request, httplib::Response& response) {
    if (request.body.find("\"blocks\"") != std::string::npos) response.status = 400;
  });
  office.disagree("a");
  REQUIRE(comes_true([&] { return office.slack.taken().size() == 1; }));
  CHECK(words_of(office.slack.taken()[0]).starts_with("conflict: name of contact"));
}

TEST_CASE("R28 a messenger that redirects, asks for patience or never ends does not get its way") {
  TellingOffice office;
  office.start();
  std::atomic<int> calls = 0;
  SECTION("a redirect is not followed") {
    office.slack.answers([&](const httplib::Request& request, httplib::Response& response) {
      ++calls;
      CHECK(request.path == "/services/T0/secret-hook");
      response.status = 301;
      response.set_header("Location", "/elsewhere");
    });
    office.disagree("a");
    REQUIRE(comes_true([&] { return calls >= 2; }));
    REQUIRE(comes_true(
        [&] { return office.truce().log().find("no redirect is followed") != std::string::npos; }));
  }
  SECTION("Retry-After is kept") {
    office.slack.answers([&](const httplib::Request&, httplib::Response& response) {
      ++calls;
      response.status = 429;
      response.set_header("Retry-After", "3600");
    });
    office.disagree("a");
    REQUIRE(comes_true([&] { return calls >= 1; }));
    std::this_thread::sleep_for(seconds(2));
    CHECK(calls == 1);
  }
  SECTION("an answer without end was still an answer") {
    office.slack.answers([&](const httplib::Request&, httplib::Response& response) {
      ++calls;
      response.set_content(std::string(std::size_t{4} << 20U, 'x'), "text/plain");
    });
    office.disagree("a");
    REQUIRE(comes_true([&] { return calls >= 1; }));
    std::this_thread::sleep_for(seconds(1));
    CHECK(calls == 1);
  }
  CHECK(office.truce().log().find("secret") == std::string::npos);
  // And it ends at once, whatever is on its way.
  const auto begin = steady_clock::now();
  office.truce().signal(SIGTERM);
  CHECK(office.truce().wait() == 0);
  CHECK(steady_clock::now() - begin < seconds(8));
}

TEST_CASE("in quiet hours nothing is told") {
  const auto hour = [](int from_now) {
    const std::time_t now = std::time(nullptr) + from_now * 3600;
    std::array<char, 6> text{};
    std::strftime(text.data(), text.size(), "%H:00", std::gmtime(&now));
    return std::string(text.data());
  };
  TellingOffice office(R"({"channels": {"ops": {"type": "slack", "url": "env:TRUCE_TEST_SLACK"}},
      "quiet_hours": {"from": ")" +
                       hour(-1) + R"(", "to": ")" + hour(2) + R"(", "time_zone": "UTC"}})");
  office.start();
  office.disagree("a");
  std::this_thread::sleep_for(seconds(2));
  CHECK(office.slack.taken().empty());
}

TEST_CASE("a channel whose URL is not there or not allowed says so in the log, and calls nobody") {
  TellingOffice office(R"({"channels": {
      "lost": {"type": "slack", "url": "env:TRUCE_TEST_NOT_SET"},
      "ops": {"type": "slack", "url": "env:TRUCE_TEST_SLACK", "kinds": ["alert"]}}})");
  office.start();
  REQUIRE(comes_true([&] {
    return office.truce().log().find("TRUCE_TEST_NOT_SET is not set") != std::string::npos;
  }));
  office.disagree("a");
  std::this_thread::sleep_for(seconds(2));
  CHECK(office.slack.taken().empty());  // a question is no alert
  const Json alerts = office.truce().get("/v1/alerts").body.at("alerts");
  const auto is_there = [&](const std::string& key) {
    return std::any_of(alerts.begin(), alerts.end(),
                       [&](const Json& alert) { return alert.at("alert") == key; });
  };
  CHECK(is_there("channel/lost"));
  CHECK(is_there("channel/ops"));
}

TEST_CASE("a messenger's certificate is checked") {
  const Folder folder;
  const std::string certificate = folder.path("certificate.pem");
  const std::string key = folder.path("key.pem");
  REQUIRE(std::system(("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
                       " -addext subjectAltName=DNS:localhost -keyout " +
                       key + " -out " + certificate + " 2>/dev/null")
                          .c_str()) == 0);
  httplib::SSLServer server(certificate.c_str(), key.c_str());
  std::atomic<int> calls = 0;
  server.Post(".*", [&](const httplib::Request&, httplib::Response&) { ++calls; });
  const std::string origin =
      "https://localhost:" + std::to_string(server.bind_to_any_port("127.0.0.1"));
  std::thread serving([&] { server.listen_after_bind(); });
  folder.write("policy.json", policy_head + std::string(R"({"channels": {"ops": {"type": "slack",
                   "url": "env:TRUCE_TEST_SLACK", "kinds": ["alert"]}}, "thresholds": {"queue_depth": 1}})") +
                                  policy_tail);
  const bool is_trusted = GENERATE(false, true);
  {
    const TruceProcess truce(
        folder, {"--alert-origin", origin, "--alert-pause-ms", "100"},
        [&](std::vector<std::string> command) {
          std::vector<std::string> wrapped = {"env", "TRUCE_TEST_SLACK=" + origin + "/hook"};
          if (is_trusted) wrapped.push_back("SSL_CERT_FILE=" + certificate);
          wrapped.insert(wrapped.end(), command.begin(), command.end());
          return wrapped;
        });
    REQUIRE(truce.listens());
    std::this_thread::sleep_for(milliseconds(500));
    for (const char* id : {"1", "2", "3"}) {
      truce.post("/v1/events",
                 {{"system", "crm"}, {"entity", "contact"}, {"id", id}, {"record", {{"id", id}}}});
    }
    if (is_trusted) {
      CHECK(comes_true([&] { return calls == 1; }));
    } else {
      CHECK(comes_true(
          [&] { return truce.log().find("SSLServerVerification") != std::string::npos; }));
      CHECK(calls == 0);
    }
  }
  server.stop();
  serving.join();
}

}  // namespace truce::test
