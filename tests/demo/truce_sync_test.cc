// The workflow around the sidecar, against a sidecar that says what the test tells it to.
#include "sidecar/demo/truce_sync.h"

#include <catch2/catch.hpp>
#include <deque>
#include <mutex>
#include <thread>

#include "sidecar/demo/crm_server.h"

namespace truce::demo {
namespace {

// Answers each path with its next answer, the last one again and again; keeps what it was sent.
class ScriptedSidecar {
 public:
  ScriptedSidecar() {
    const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      const Result<Json> body = parse_json(request.body);
      requests_[request.path].push_back(body ? *body : Json());
      std::deque<std::pair<int, Json>>& answers = answers_[request.path];
      response.status = answers.empty() ? 200 : answers.front().first;
      response.set_content(answers.empty() ? "{}" : to_wire(answers.front().second),
                           "application/json");
      if (answers.size() > 1) answers.pop_front();
    };
    server_.Get(".*", handle);
    server_.Post(".*", handle);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~ScriptedSidecar() {
    while (!server_.is_running()) std::this_thread::yield();
    server_.stop();
    thread_.join();
  }

  void answers(const std::string& path, int status, Json body) {
    const std::lock_guard lock(mutex_);
    answers_[path].emplace_back(status, std::move(body));
  }
  std::vector<Json> requests(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return requests_[path];
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  std::mutex mutex_;
  std::map<std::string, std::deque<std::pair<int, Json>>> answers_;
  std::map<std::string, std::vector<Json>> requests_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

struct Crm {
  Crm(Side side, FaultRates rates)
      : store(side, "9", [] { return Time::of_ms(1'780'000'000'000); }),
        server(store, rates, Dice(1, "test")),
        client(side, server.port()) {}
  CrmStore store;
  CrmServer server;
  CrmClient client;
};

struct Office {
  explicit Office(FaultRates rates = {0, 0, 0, 1'000'000})
      : hubspot(Side::hubspot, {0, 0, 0, 1'000'000}), salesforce(Side::salesforce, rates) {}

  // One event of a record that is golden record g1.
  void hear(Json deliveries) {
    const std::string id = hubspot.store.person_creates({{Field::email, "rose@example.com"}});
    sidecar.answers(
        "/v1/events", 200,
        {{"results",
          {{{"outcome", "applied"}, {"golden_id", "g1"}, {"deliveries", std::move(deliveries)}}}}});
    for (const Webhook& webhook : hubspot.store.take_webhooks()) sync.receive(webhook);
    sync.tick();
  }
  Json settled() {
    const std::vector<Json> requests = sidecar.requests("/v1/deliveries/settle");
    REQUIRE(requests.size() == 1);
    REQUIRE(requests[0].at("results").size() == 1);
    return requests[0].at("results")[0];
  }

  ScriptedSidecar sidecar;
  Crm hubspot;
  Crm salesforce;
  SidecarClient client{sidecar.url(), "token"};
  Ledger ledger;
  TruceSync sync{client, {&hubspot.client, &salesforce.client}, ledger};
};

Json delivery(const char* op, const Json& record_id) {
  return {{"id", "d1"},
          {"golden_id", "g1"},
          {"system", "salesforce"},
          {"entity", "contact"},
          {"op", op},
          {"record_id", record_id},
          {"attempt", 3},
          {"fields", {{"Email", "rose@example.com"}, {"LastName", "Okafor"}}}};
}

TEST_CASE("a webhook goes to the sidecar as a change event with what the source knows of it") {
  Office office;
  office.hear(Json::array());
  const std::vector<Json> requests = office.sidecar.requests("/v1/events");
  REQUIRE(requests.size() == 1);
  const Json& event = requests[0].at("events").at(0);
  CHECK(event.at("system") == "hubspot");
  CHECK(event.at("entity") == "contact");
  CHECK(event.at("changed") == Json::array({"email"}));
  CHECK(event.at("record").at("properties").at("email") == "rose@example.com");
  CHECK(event.at("occurred_at") == event.at("record").at("updatedAt"));
  CHECK(office.ledger.outcomes.at("applied") == 1);
}

TEST_CASE("a poll hands over the record, and then what was written over in it since") {
  Office office;
  const std::string id = office.hubspot.store.person_creates({{Field::tags, "a"}});
  office.hubspot.store.person_edits(id, Field::tags, "a;b");
  office.hubspot.store.person_edits(id, Field::tags, "a;c");
  office.sync.poll(Time{});
  const std::vector<Json> requests = office.sidecar.requests("/v1/events");
  REQUIRE(requests.size() == 1);
  const Json& events = requests[0].at("events");
  REQUIRE(events.size() == 3);
  CHECK(events[0].at("record").at("properties").at("tags") == "a;c");
  CHECK_FALSE(events[0].contains("partial"));
  CHECK(events[2].at("record") == Json{{"properties", {{"tags", "a;b"}}}});
  CHECK(events[2].at("partial") == true);
  CHECK(events[2].at("changed") == Json::array({"tags"}));
  CHECK(events[2].at("previous") == Json{{"tags", "a"}});
  CHECK(events[2].at("occurred_at") < events[0].at("occurred_at"));
}

TEST_CASE("a batch that was not taken is handed over again, the same") {
  Office office;
  office.sidecar.answers("/v1/events", 503, {{"code", "busy"}});
  office.hear(Json::array());
  CHECK(office.ledger.failure.empty());
  office.sync.tick();
  const std::vector<Json> requests = office.sidecar.requests("/v1/events");
  REQUIRE(requests.size() == 2);
  CHECK(requests[0] == requests[1]);
  office.sync.tick();
  CHECK(office.sidecar.requests("/v1/events").size() == 2);
}

TEST_CASE("a create is carried out and settled with the new id") {
  Office office;
  office.hear(Json::array({delivery("create", nullptr)}));
  const Json result = office.settled();
  CHECK(result.at("status") == "delivered");
  CHECK(scalar_text(result.at("attempt")) == "3");
  REQUIRE(office.salesforce.store.all().size() == 1);
  CHECK(result.at("record_id") == office.salesforce.store.all()[0].id);
  CHECK(office.salesforce.store.all()[0].content.at(Field::last_name) == "Okafor");
}

TEST_CASE("an update is settled with what the CRM did with it") {
  struct Case {
    FaultRates rates;
    bool known;
    const char* status;
  };
  const std::vector<Case> cases = {{{0, 0, 0, 1'000'000}, true, "delivered"},
                                   {{0, 0, 0, 1'000'000}, false, "gone"},
                                   {{1, 0, 0, 1'000'000}, true, "failed"},
                                   {{0, 1, 0, 1'000'000}, true, "failed"},
                                   {{0, 0, 1, 1'000'000}, true, "unknown"}};
  for (const Case& one : cases) {
    Office office(one.rates);
    const std::string id = office.salesforce.store.seed({{Field::last_name, "Old"}}, Time{});
    office.hear(Json::array({delivery("update", one.known ? id : "nobody")}));
    const Json result = office.settled();
    CHECK(result.at("status") == one.status);
    if (result.at("status") == "failed") CHECK(result.at("error").at("class") == "transient");
  }
}

TEST_CASE("a lookup says found with the record, or absent") {
  Office office;
  SECTION("found by its address") {
    const std::string id =
        office.salesforce.store.seed({{Field::email, "rose@example.com"}}, Time{});
    office.hear(Json::array({delivery("lookup", nullptr)}));
    CHECK(office.settled().at("status") == "found");
    CHECK(office.settled().at("record_id") == id);
    CHECK(office.settled().at("record").at("Email") == "rose@example.com");
  }
  SECTION("absent") {
    office.hear(Json::array({delivery("lookup", nullptr)}));
    CHECK(office.settled().at("status") == "absent");
  }
}

TEST_CASE("a claimed delivery of somebody else's record is not written and goes back") {
  Office office;
  Json foreign = delivery("create", nullptr);
  foreign["golden_id"] = "somebody else's";
  office.hear(Json::array({foreign}));
  CHECK(office.salesforce.store.all().empty());
  CHECK(office.settled().at("status") == "failed");
  CHECK(office.settled().at("error").at("class") == "transient");
}

TEST_CASE("a sidecar that refuses ends the work with its reason") {
  Office office;
  office.sidecar.answers("/v1/events", 401, {{"code", "unauthorized"}});
  office.hear(Json::array());
  CHECK(office.ledger.failure.find("401") != std::string::npos);
  CHECK(office.ledger.failure.find("unauthorized") != std::string::npos);
  CHECK(office.sync.idle());
}

TEST_CASE("only open conflicts about records it was told of are questions") {
  Office office;
  office.hear(Json::array());
  const auto item = [](const char* id, const char* golden, const char* category) {
    return Json{
        {"id", id},
        {"golden_id", golden},
        {"category", category},
        {"field", "amount"},
        {"candidates",
         {{{"system", "hubspot"}, {"value", "1"}}, {{"system", "salesforce"}, {"value", "2"}}}}};
  };
  office.sidecar.answers(
      "/v1/exceptions", 200,
      {{"exceptions",
        {item("e1", "g1", "conflict"), item("e2", "g2", "conflict"), item("e3", "g1", "drift")}},
       {"next", nullptr}});
  const std::vector<OpenQuestion> questions = office.sync.open_questions();
  REQUIRE(questions.size() == 1);
  CHECK(questions[0].exception_id == "e1");
  CHECK(questions[0].candidates.at(Side::salesforce) == "2");
  CHECK(office.sync.other_items() == std::map<std::string, int>{{"drift", 1}});
}

}  // namespace
}  // namespace truce::demo
