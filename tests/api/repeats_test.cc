// Rows 65 to 71 of the table of bad input (tests/bad_input.md): what is sent twice. An event's own
// content is its key, so that no client can forget to send one.
#include <future>

#include "tests/api/support/bad_input.h"

namespace truce::test {

TEST_CASE("rows 65 and 66: no key is asked for, and one that is no text is refused") {
  const World world;
  CHECK(send_text(world, event_with(R"({"email": "a@edge.example"})")).status == 200);
  httplib::Client client("127.0.0.1", world.truce.port());
  const auto status_with = [&](const std::string& key) {
    const httplib::Headers headers{{"Authorization", "Bearer " + world.truce.token()},
                                   {"Idempotency-Key", key}};
    const auto reply = client.Post("/v1/events", headers, event_with("{}"), "application/json");
    return reply ? reply->status : 0;
  };
  CHECK(status_with("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"") == 200);
  CHECK(status_with("a%0db") == 400);
  CHECK(status_with("\xC3\xA4") == 400);
}

TEST_CASE("row 67: the same event in another order of keys and white space is a duplicate") {
  const World world;
  const Reply first = send_text(
      world,
      R"({"system":"crm","entity":"contact","id":"c1","occurred_at":"2026-05-01T00:00:01Z","record":{"email":"a@edge.example","amount":1.50}})");
  const Reply again = send_text(world, R"({
    "record": {"amount": 1.5, "email": "a@edge.example"}, "occurred_at": "2026-05-01T02:00:01+02:00",
    "id": "c1", "entity": "contact", "system": "crm"})");
  const Json& outcome = again.body.at("results").at(0);
  CHECK(outcome.at("outcome") == "duplicate");
  CHECK(outcome.at("deliveries").empty());
  CHECK(outcome.at("first").at("audit_seq") == first.body.at("results").at(0).at("audit_seq"));
  CHECK(outcome.at("first").at("outcome") == "applied");
}

TEST_CASE("rows 68 and 69: an id that was used before swallows no other event") {
  const World world;
  Json event = contact("crm", "c1", 1, {{"email", "a@edge.example"}, {"name", "Ann"}});
  event["event_id"] = "7";
  CHECK(world.truce.ingest(event).at("outcome") == "applied");
  event["record"]["name"] = "Ann L.";
  event["occurred_at"] = contact("crm", "c1", 2, {})["occurred_at"];
  CHECK(world.truce.ingest(event).at("outcome") == "applied");
  event["system"] = "desk";
  event["id"] = "d1";
  event["record"] = {{"mail", "a@edge.example"}, {"full_name", "Ann L."}};
  CHECK(world.truce.ingest(event).at("outcome") == "applied");
  CHECK(world.truce.ingest(event).at("outcome") == "duplicate");
}

TEST_CASE("row 70: of two that come at once one is the first and the other a duplicate") {
  const World world;
  for (int round = 0; round < 20; ++round) {
    const Json event = contact("crm", "c" + std::to_string(round), 1,
                               {{"email", "p" + std::to_string(round) + "@edge.example"}});
    std::vector<std::future<std::string>> answers;
    for (int i = 0; i < 4; ++i) {
      answers.push_back(std::async(std::launch::async, [&world, event] {
        Client client(world.truce.port(), world.truce.token());
        return client.send("POST", "/v1/events", to_wire(event))
            .body.at("results")
            .at(0)
            .at("outcome")
            .get<std::string>();
      }));
    }
    std::multiset<std::string> outcomes;
    for (auto& answer : answers) outcomes.insert(answer.get());
    CHECK(outcomes == std::multiset<std::string>{"applied", "duplicate", "duplicate", "duplicate"});
  }
}

TEST_CASE("row 71: a body that was refused leaves nothing behind, and may come again mended") {
  const World world;
  const std::size_t at_start = audit_entries(world);
  const std::string good = event_with(R"({"email": "a@edge.example"})");
  CHECK(send_text(world, good.substr(0, good.size() - 1)).status == 400);
  CHECK(audit_entries(world) == at_start);
  CHECK(send_text(world, good).body.at("results").at(0).at("outcome") == "applied");
}

TEST_CASE("row 71: an event that was rejected alone is kept, and said again it is a duplicate") {
  const World world;
  Json event = contact("crm", "c1", 1, {{"email", "a@edge.example"}});
  event["entity"] = "spaceship";
  CHECK(world.truce.ingest(event).at("outcome") == "rejected");
  const Json again = world.truce.ingest(event);
  CHECK(again.at("outcome") == "duplicate");
  CHECK(again.at("first").at("outcome") == "rejected");
  event["entity"] = "contact";
  CHECK(world.truce.ingest(event).at("outcome") == "applied");
}

}  // namespace truce::test
