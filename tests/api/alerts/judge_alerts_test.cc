#include "sidecar/alerts/judge_alerts.h"

#include <catch2/catch.hpp>

#include "sidecar/alerts/alert_board.h"

namespace truce {

namespace {

Policy policy_with(const Json& thresholds) {
  Policy policy;
  policy.alerts = {{"thresholds", thresholds}};
  policy.systems[SystemName("crm")].name = SystemName("crm");
  return policy;
}

AlertInputs quiet_inputs() {
  AlertInputs inputs;
  inputs.now = Time::of_ms(10'000'000);
  inputs.started_at = Time::of_ms(9'000'000);
  return inputs;
}

AlertState find(const std::vector<AlertState>& alerts, const std::string& key) {
  for (const AlertState& alert : alerts) {
    if (key_of(alert) == key) return alert;
  }
  FAIL("no alert " << key);
  return {};
}

}  // namespace

TEST_CASE("nothing fires where nothing is wrong") {
  for (const AlertState& alert : judge_alerts(policy_with(Json::object()), quiet_inputs())) {
    INFO(key_of(alert));
    CHECK_FALSE(alert.firing);
  }
}

TEST_CASE("the queue's depth fires beyond the policy's threshold, not at it") {
  const Policy policy = policy_with({{"queue_depth", 2}});
  AlertInputs inputs = quiet_inputs();
  inputs.counts.unanswered_exceptions_by_category = {{"conflict", 1}, {"rejected", 1}};
  CHECK_FALSE(find(judge_alerts(policy, inputs), "queue_depth").firing);
  inputs.counts.unanswered_exceptions_by_category["rejected"] = 2;
  CHECK(find(judge_alerts(policy, inputs), "queue_depth").firing);
}

TEST_CASE("the oldest question fires by its age") {
  const Policy policy = policy_with({{"oldest_exception", "5m"}});
  AlertInputs inputs = quiet_inputs();
  inputs.counts.oldest_unanswered_exception = inputs.now - Duration::of_ms(299'000);
  CHECK_FALSE(find(judge_alerts(policy, inputs), "oldest_exception").firing);
  inputs.counts.oldest_unanswered_exception = inputs.now - Duration::of_ms(301'000);
  CHECK(find(judge_alerts(policy, inputs), "oldest_exception").firing);
}

TEST_CASE("a dead letter and a store in trouble fire without any threshold") {
  AlertInputs inputs = quiet_inputs();
  inputs.counts.deliveries_by_state["dead"] = 1;
  inputs.trouble = Problem{Code::store_full, "full", {}};
  const auto alerts = judge_alerts(policy_with(Json::object()), inputs);
  CHECK(find(alerts, "dead_letters").firing);
  CHECK(find(alerts, "store").firing);
  CHECK(find(alerts, "store").value == "store-full");
}

TEST_CASE("a failure rate needs enough results, and a system's own threshold goes before") {
  Policy policy = policy_with({{"failure_rate", make_number("0.5")}});
  AlertInputs inputs = quiet_inputs();
  inputs.settled["crm"] = {failure_rate_results_min - 1, failure_rate_results_min - 1};
  CHECK_FALSE(find(judge_alerts(policy, inputs), "failure_rate/crm").firing);
  inputs.settled["crm"] = {100, 40};
  CHECK_FALSE(find(judge_alerts(policy, inputs), "failure_rate/crm").firing);
  policy.systems[SystemName("crm")].alerts = {{"failure_rate", make_number("0.3")}};
  CHECK(find(judge_alerts(policy, inputs), "failure_rate/crm").firing);
}

TEST_CASE("silence counts from the last event, or from the start of the process") {
  const Policy policy = policy_with({{"silence", "10m"}});
  AlertInputs inputs = quiet_inputs();  // started 1000 s ago
  CHECK(find(judge_alerts(policy, inputs), "silence/crm").firing);
  inputs.last_events["crm"] = inputs.now - Duration::of_ms(1000);
  CHECK_FALSE(find(judge_alerts(policy, inputs), "silence/crm").firing);
}

TEST_CASE("R28 the board tells a change once, keeps its time, and remembers over a restart") {
  AlertState alert{"dead_letters", "", true, Time::of_ms(1000), 1, 0, ""};
  AlertBoard board;
  CHECK(board.update({alert}).size() == 1);
  alert.since = Time::of_ms(2000);
  CHECK(board.update({alert}).empty());
  CHECK(board.alerts().at(0).since == Time::of_ms(1000));

  AlertBoard restarted;
  restarted.restore(parse_json(to_wire(board.stored())).value());
  alert.since = Time::of_ms(3000);
  CHECK(restarted.update({alert}).empty());
  CHECK(restarted.alerts().at(0).since == Time::of_ms(1000));
  alert.firing = false;
  CHECK(restarted.update({alert}).size() == 1);
  CHECK(restarted.update({alert}).empty());
}

}  // namespace truce
