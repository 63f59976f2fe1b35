// Stripe's own objects and events.
#include <catch2/catch.hpp>

#include "tests/payloads/materials.h"

namespace truce::payloads_test {

TEST_CASE("a Stripe customer") {
  if (!payloads_are_there("a Stripe customer")) return;
  const auto contact = policy("contact.json");
  const Json raw = payload("stripe/customer_cus_6lsBvm5rJ0zyHc.json");
  const auto events = events_of(*contact, "stripe", "stripe.record", raw);
  REQUIRE(events.size() == 1);
  check_event(events[0],
              {{"system", "stripe"}, {"entity", "contact"}, {"op", "upsert"}, {"id", raw["id"]}});
  check_fields(canonical(*contact, events[0]), {{"email", raw["email"]},
                                                {"full_name", nullptr},
                                                {"phone", nullptr},
                                                {"stripe_balance", "0"},
                                                {"first_seen", "2019-05-16T08:26:06.000Z"}});
}

TEST_CASE("a Stripe customer whose address changed") {
  if (!payloads_are_there("a Stripe customer whose address changed")) return;
  const auto contact = policy("contact.json");
  const Json sent = payload("stripe/event_customer_updated.json");
  const auto events = events_of(*contact, "stripe", "stripe.event", sent);
  REQUIRE(events.size() == 1);
  const Json& raw = sent["data"]["object"];
  check_event(events[0], {{"system", "stripe"},
                          {"entity", "contact"},
                          {"op", "upsert"},
                          {"id", raw["id"]},
                          {"event_id", sent["id"]},
                          {"actor", "request:" + sent["request"]["id"].get<std::string>()},
                          {"occurred_at", "2021-04-29T12:58:31.000Z"},
                          {"changed", {"email"}},
                          {"previous", sent["data"]["previous_attributes"]}});
  check_fields(canonical(*contact, events[0]), {{"email", raw["email"]},
                                                {"full_name", raw["name"]},
                                                {"phone", raw["phone"]},
                                                {"stripe_balance", "0"},
                                                {"first_seen", "2021-01-04T12:25:41.000Z"}});
}

TEST_CASE("Stripe's events about other things keep their own names") {
  if (!payloads_are_there("Stripe's events about other things")) return;
  const auto contact = policy("contact.json");
  const auto invoice =
      events_of(*contact, "stripe", "stripe.event", payload("stripe/event_invoice_paid.json"));
  REQUIRE(invoice.size() == 1);
  CHECK(invoice[0]["entity"] == "invoice");
  CHECK(invoice[0]["actor"] == "stripe");
  // A cancelled subscription is still there.
  const auto subscription = events_of(*contact, "stripe", "stripe.event",
                                      payload("stripe/event_subscription_deleted.json"));
  REQUIRE(subscription.size() == 1);
  CHECK(subscription[0]["entity"] == "subscription");
  CHECK(subscription[0]["op"] == "upsert");
  CHECK(subscription[0]["record"]["status"] == "canceled");
}

}  // namespace truce::payloads_test
