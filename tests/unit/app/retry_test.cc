// R12: when a failed delivery is tried again.
#include "engine/app/retry.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

constexpr int jobs = 10'000;
constexpr std::int64_t hour_ms = 3'600'000;

// Of the policy that says nothing: 8 attempts, 1 s doubling to 1 h.
const Retry by_default;

double chance_of(std::mt19937_64& dice) {
  return std::uniform_real_distribution<double>(0, 1)(dice);
}

Json edit_in_flight(Office& office) {
  office.both_know({{"name", "Ada"}});
  const Json answer = office.says("crm", "c1", {{"name", "Grace"}}, Json::object(), true);
  REQUIRE(answer["deliveries"].size() == 1);
  return answer["deliveries"][0];
}

// How long a delivery waits whose target said this.
std::int64_t wait_after(const Json& retry_after_s) {
  Office office({text_field("name")});
  const Json delivery = edit_in_flight(office);
  const Json error{{"class", "transient"}, {"status", 429}, {"retry_after_s", retry_after_s}};
  CHECK(office.settle_as(delivery, "failed", {{"error", error}})["state"] == "waiting");
  return (office.deliveries_in(DeliveryState::waiting).front().due_at - office.now).ms();
}

}  // namespace

TEST_CASE("R12 of 10,000 jobs each waits its step of the table, give or take a fifth") {
  std::mt19937_64 dice(12);
  CHECK(by_default.attempts == 8);
  for (int job = 0; job < jobs; ++job) {
    std::int64_t step_ms = 1000;
    for (int attempt = 1; attempt < by_default.attempts; ++attempt, step_ms *= 2) {
      const auto delay = retry_delay(by_default, attempt, chance_of(dice), std::nullopt);
      REQUIRE(delay);
      REQUIRE(delay->ms() >= step_ms * 8 / 10);
      REQUIRE(delay->ms() <= step_ms * 12 / 10);
    }
    REQUIRE_FALSE(retry_delay(by_default, by_default.attempts, chance_of(dice), std::nullopt));
  }
}

TEST_CASE("R12 no step is longer than the longest, however many attempts there are") {
  Retry endless = by_default;
  endless.attempts = 1'000'000;
  for (int attempt = 1; attempt < 2'000; ++attempt) {
    const auto delay = retry_delay(endless, attempt, 0.999999, std::nullopt);
    REQUIRE(delay);
    REQUIRE(delay->ms() > 0);
    REQUIRE(delay->ms() <= hour_ms * 12 / 10);
  }
}

TEST_CASE("R12 what failed in one second does not come back in one second") {
  std::mt19937_64 dice(21);
  const int attempt = 7;  // 64 s, so that the jitter is some 25 s wide
  std::map<std::int64_t, int> due_in_second;
  for (int job = 0; job < jobs; ++job) {
    const auto delay = retry_delay(by_default, attempt, chance_of(dice), std::nullopt);
    REQUIRE(delay);
    ++due_in_second[delay->ms() / 1000];
  }
  const int mean = jobs / static_cast<int>(due_in_second.size());
  CHECK(due_in_second.size() >= 25);
  for (const auto& [second, count] : due_in_second) CHECK(count < 3 * mean);
}

TEST_CASE("R12 a target's Retry-After is kept to, within a day, and never shortens the wait") {
  CHECK(wait_after(3600) == hour_ms);
  CHECK(wait_after("3600") == hour_ms);
  CHECK(wait_after(86'400) == 24 * hour_ms);
  for (const char* huge : {"99999999999", "1e300", "1e9999", "18446744073709551616"}) {
    INFO(huge);
    CHECK(wait_after(make_number(huge)) == 24 * hour_ms);
  }
  CHECK(wait_after("99999999999999999999999999") == 24 * hour_ms);
  CHECK(wait_after(make_number("0.5")) == 1000);
}

TEST_CASE("R12 a Retry-After that is no time to wait leaves the table's own step") {
  const Json odd = Json::array_t{0,
                                 -1,
                                 make_number("-99999999999"),
                                 nullptr,
                                 true,
                                 "",
                                 "-5",
                                 "soon",
                                 "1e3",
                                 "inf",
                                 "nan",
                                 "0x7",
                                 "Fri, 31 Dec 2027 23:59:59 GMT",
                                 Json::array({5}),
                                 Json{{"s", 5}}};
  for (const Json& retry_after : odd) {
    INFO(to_wire(retry_after));
    CHECK(wait_after(retry_after) == 1000);
  }
}

TEST_CASE("R12 a permanent failure is a dead letter at once, whatever its Retry-After says") {
  Office office({text_field("name")});
  const Json error{{"class", "permanent"}, {"status", 410}, {"retry_after_s", 10}};
  CHECK(office.settle_as(edit_in_flight(office), "failed", {{"error", error}})["state"] == "dead");
  office.advance(48 * hour_ms);
  CHECK(office.claim_all().empty());
}

TEST_CASE("R12 hundreds of jobs on a fake clock all come back in their time and end as letters") {
  Terms terms{text_field("name")};
  terms.systems = R"("crm": {"precedence": 1}, "desk": {"precedence": 2,
      "retry": {"attempts": 4, "first_ms": 1000, "max_ms": 3000, "per_minute": 6000}})";
  Office office(terms);
  constexpr std::size_t count = 300;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    const Json record{{"email", "p" + n + "@example.com"}, {"name", "old"}};
    office.says("crm", "c" + n, record);
    office.says("desk", "d" + n, record);
    office.says("crm", "c" + n, {{"name", "new"}});
  }
  const Json transient{{"error", {{"class", "transient"}, {"status", 503}}}};
  std::vector<std::size_t> handed_out;
  std::vector<std::int64_t> pauses_ms;
  Time last = office.now;
  for (Json due = office.claim_all(); !due.empty(); due = office.claim_all()) {
    handed_out.push_back(due.size());
    pauses_ms.push_back((office.now - last).ms());
    last = office.now;
    for (const Json& delivery : due) office.settle_as(delivery, "failed", transient);
    const auto waiting = office.deliveries_in(DeliveryState::waiting);
    if (waiting.empty()) break;
    office.now = waiting.front().due_at;
  }
  CHECK(handed_out == std::vector<std::size_t>(4, count));
  CHECK(pauses_ms == std::vector<std::int64_t>{0, 1000, 2000, 3000});
  CHECK(office.items_of(Category::dead_letter).size() == count);
  CHECK(office.deliveries_in(DeliveryState::dead).size() == count);
}

}  // namespace truce::test
