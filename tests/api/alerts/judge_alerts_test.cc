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
  inputs.last_heard["crm"] = Time::of_ms(9'999'000);
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

TEST_CASE("silence counts from the last event") {
  const Policy policy = policy_with({{"silence", "10m"}});
  AlertInputs inputs = quiet_inputs();
  CHECK_FALSE(find(judge_alerts(policy, inputs), "silence/crm").firing);
  inputs.last_heard["crm"] = inputs.now - Duration::of_ms(601'000);
  CHECK(find(judge_alerts(policy, inputs), "silence/crm").firing);
}

namespace {

// 100 changes an hour in all windows, and in each of them this share of misses.
AgreementReport burning(double target, std::uint64_t changes, std::uint64_t misses) {
  AgreementReport report;
  report.objective.name = "deal.amount";
  report.objective.target = target;
  const double rate = static_cast<double>(misses) / static_cast<double>(changes) / (1 - target);
  report.burn.fill({changes, misses, rate, rate});
  return report;
}

bool fires(const AgreementReport& report, const char* severity) {
  AlertInputs inputs = quiet_inputs();
  inputs.agreement = {report};
  const auto alerts = judge_alerts(policy_with(Json::object()), inputs);
  return find(alerts, "agreement/deal.amount/" + std::string(severity)).firing;
}

}  // namespace

TEST_CASE("an error budget that burns too fast pages, and one that burns a little is a ticket") {
  CHECK_FALSE(fires(burning(0.9, 1000, 99), "ticket"));
  CHECK(fires(burning(0.9, 1000, 100), "ticket"));
  CHECK_FALSE(fires(burning(0.9, 1000, 599), "page"));
  CHECK(fires(burning(0.9, 1000, 600), "page"));
}

TEST_CASE("a page needs both windows of one pair, at the pair's own rate") {
  AgreementReport report = burning(0.99, 1000, 1);
  report.burn[0] = {1000, 144, 14.4, 14.3};
  CHECK_FALSE(fires(report, "page"));  // it is over
  report.burn[0] = {1000, 144, 14.3, 14.4};
  CHECK_FALSE(fires(report, "page"));  // it has only begun
  report.burn[0] = {1000, 144, 14.4, 14.4};
  CHECK(fires(report, "page"));
  report.burn[0] = {};
  report.burn[1] = {1000, 60, 6, 6};
  CHECK(fires(report, "page"));
  CHECK_FALSE(fires(report, "ticket"));
}

TEST_CASE("few changes prove nothing, and a single miss pages nobody") {
  CHECK_FALSE(fires(burning(0.999, 3, 1), "page"));
  CHECK_FALSE(fires(burning(0.999, burning_changes_min - 1, 10), "page"));
  CHECK(fires(burning(0.999, burning_changes_min, 10), "page"));
  CHECK_FALSE(fires(burning(0.999, 50, 1), "page"));
  CHECK_FALSE(fires(burning(0.999, 50, 1), "ticket"));
}

TEST_CASE("an alert of agreement says of what, how urgent, and how much was missed") {
  AlertInputs inputs = quiet_inputs();
  inputs.agreement = {burning(0.9, 1000, 700)};
  const Json shown = to_json(
      find(judge_alerts(policy_with(Json::object()), inputs), "agreement/deal.amount/page"));
  CHECK(shown["objective"] == "deal.amount");
  CHECK(shown["severity"] == "page");
  CHECK(shown["state"] == "firing");
  CHECK(shown["threshold"] == 6);
  CHECK(shown["text"].get<std::string>().find("700 of 1000 changes of deal.amount") == 0);
}

TEST_CASE(
    "while it is not known how systems agree, an alert about it goes on and is not told again") {
  AlertState alert{"agreement", "", true, Time::of_ms(1000), 7, 6, "", "deal.amount", "page"};
  AlertBoard board;
  CHECK(board.update({alert}, alert.since).size() == 1);
  AlertBoard restarted;
  restarted.restore(parse_json(to_wire(board.stored())).value());
  CHECK(restarted.update({}, Time::of_ms(5000), "agreement").empty());
  alert.since = Time::of_ms(9000);
  CHECK(restarted.update({alert}, alert.since).empty());
  CHECK(restarted.alerts().at(0).since == Time::of_ms(1000));
}

TEST_CASE("an alert that the policy no longer asks for is over, and begins anew when it is back") {
  const std::vector<AlertState> of_all_kinds = {
      {"silence", "crm", true, Time::of_ms(1000), 7, 6, ""},
      {"failure_rate", "desk", true, Time::of_ms(1000), 7, 6, ""},
      {"agreement", "", true, Time::of_ms(1000), 7, 6, "", "deal.amount", "page"},
      {"channel", "", true, Time::of_ms(1000), 7, 6, "", "", "", "ops"}};
  for (const AlertState& alert : of_all_kinds) {
    INFO(key_of(alert));
    AlertBoard board;
    REQUIRE(board.update({alert}, alert.since).size() == 1);
    const auto over = board.update({}, Time::of_ms(2000));
    REQUIRE(over.size() == 1);
    CHECK(key_of(over[0]) == key_of(alert));
    Json shown = to_json(over[0]), fired = to_json(alert);
    CHECK(shown["state"] == "ok");
    CHECK(shown["since"] == to_rfc3339(Time::of_ms(2000)));
    for (const char* of : {"name", "system", "channel", "objective", "severity"}) {
      CHECK(shown[of] == fired[of]);
    }
    CHECK(board.update({}, Time::of_ms(3000)).empty());
    CHECK(board.stored().empty());
    CHECK(board.update({alert}, Time::of_ms(4000)).size() == 1);
  }
}

TEST_CASE("R28 the board tells a change once, keeps its time, and remembers over a restart") {
  AlertState alert{"dead_letters", "", true, Time::of_ms(1000), 1, 0, ""};
  AlertBoard board;
  CHECK(board.update({alert}, alert.since).size() == 1);
  alert.since = Time::of_ms(2000);
  CHECK(board.update({alert}, alert.since).empty());
  CHECK(board.alerts().at(0).since == Time::of_ms(1000));

  AlertBoard restarted;
  restarted.restore(parse_json(to_wire(board.stored())).value());
  alert.since = Time::of_ms(3000);
  CHECK(restarted.update({alert}, alert.since).empty());
  CHECK(restarted.alerts().at(0).since == Time::of_ms(1000));
  alert.firing = false;
  CHECK(restarted.update({alert}, alert.since).size() == 1);
  CHECK(restarted.update({alert}, alert.since).empty());
}

}  // namespace truce
