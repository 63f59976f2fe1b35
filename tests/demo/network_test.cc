// The webhooks' way, and the schedule that everything runs by.
#include "sidecar/demo/network.h"

#include <catch2/catch.hpp>

#include "sidecar/demo/script.h"

namespace truce::demo {
namespace {

const Time origin = Time::of_ms(1'780'000'000'000);

TEST_CASE("happenings run by time, equal times in the order they were put in") {
  Schedule schedule(Pace::simulated, origin);
  std::string order;
  schedule.at(Duration::of_ms(20), [&] { order += 'c'; });
  schedule.at(Duration::of_ms(10), [&] {
    order += 'a';
    schedule.after(Duration::of_ms(0), [&] { order += 'b'; });
  });
  schedule.at(Duration::of_ms(20), [&] { order += 'd'; });
  schedule.run_until(Duration::of_ms(15));
  CHECK(order == "ab");
  CHECK(schedule.now() == origin + Duration::of_ms(15));
  schedule.run_until(Duration::of_ms(30));
  CHECK(order == "abcd");
}

TEST_CASE("in real pace a late happening delays the later ones, so gaps never shrink") {
  Schedule schedule(Pace::real, origin);
  std::vector<Time> times;
  const auto note = [&] { times.push_back(schedule.now()); };
  schedule.at(Duration::of_ms(1), [&] {
    note();
    const auto busy_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
    while (std::chrono::steady_clock::now() < busy_until) continue;
  });
  schedule.at(Duration::of_ms(10), note);
  schedule.at(Duration::of_ms(15), note);
  schedule.run_until(Duration::of_ms(15));
  REQUIRE(times.size() == 3);
  CHECK(times[1] - times[0] >= Duration::of_ms(30));
  CHECK(times[2] - times[1] >= Duration::of_ms(5));
}

TEST_CASE("some webhooks are lost, some come twice, all others once and out of order") {
  Schedule schedule(Pace::simulated, origin);
  std::map<std::string, int> arrivals;
  std::vector<std::string> order;
  Network network(schedule, {}, Dice(4, "network"), [&](const Webhook& webhook) {
    ++arrivals[webhook.event_id];
    order.push_back(webhook.event_id);
  });
  constexpr int sent = 1'000;
  for (int i = 0; i < sent; ++i) {
    schedule.at(Duration::of_ms(i * 20), [&network, i] {
      Webhook webhook;
      webhook.event_id = std::to_string(10'000 + i);
      network.send(webhook);
    });
  }
  schedule.run_until(Duration::of_ms(sent * 20 + 3'000));
  const NetworkCounts& counts = network.counts();
  CHECK(counts.sent == sent);
  CHECK(counts.lost > 10);
  CHECK(counts.twice > 50);
  CHECK(arrivals.size() == static_cast<std::size_t>(sent - counts.lost));
  CHECK(order.size() == arrivals.size() + static_cast<std::size_t>(counts.twice));
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  CHECK(network.under_way() == 0);
}

TEST_CASE("no webhook is as fast as two colliding editors") {
  CHECK(NetworkRates{}.least_delay > blink);
}

}  // namespace
}  // namespace truce::demo
