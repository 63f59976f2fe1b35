#include "tests/unit/presets/expand.h"

namespace truce::presets_test {

TEST_CASE("a Stripe event carries its object, what changed and what it was") {
  const auto event =
      expand_one("stripe.event", R"({"id":"evt_1","object":"event","created":1619701111,
      "type":"customer.updated","request":{"id":"req_1","idempotency_key":null},
      "data":{"object":{"id":"cus_1","object":"customer","email":"new@x.example",
                        "metadata":{"plan":"gold","seat":"4"},"address":{"city":"Bonn"}},
              "previous_attributes":{"email":"old@x.example","metadata":{"plan":null},
                                     "address":null}}})");
  CHECK(event["entity"] == "contact");
  CHECK(event["id"] == "cus_1");
  CHECK(event["event_id"] == "evt_1");
  CHECK(event["occurred_at"] == "2021-04-29T12:58:31.000Z");
  CHECK(event["actor"] == "request:req_1");
  check_equal(event["changed"], R"(["address.city","email","metadata.plan"])");
  check_equal(event["previous"],
              R"({"address.city":null,"email":"old@x.example","metadata.plan":null})");
  CHECK(event["record"]["email"] == "new@x.example");
}

TEST_CASE("what Stripe does by itself has Stripe as its author") {
  const auto event = expand_one("stripe.event", R"({"id":"evt_1","created":1619701111,
      "type":"customer.created","request":{"id":null},"data":{"object":{"id":"c","object":"customer"}}})");
  CHECK(event["actor"] == "stripe");
  CHECK_FALSE(event.contains("changed"));
}

TEST_CASE("a Stripe customer without an address has cleared every part of it") {
  const auto event = expand_one("stripe.record", R"({"id":"cus_1","object":"customer",
      "address":null,"shipping":null})");
  CHECK(event["record"]["address"]["city"].is_null());
  CHECK(event["record"]["shipping"]["address"]["postal_code"].is_null());
  CHECK_FALSE(
      expand_one("stripe.record", R"({"id":"cus_1","object":"customer"})")["record"].contains(
          "address"));
}

TEST_CASE("a deleted Stripe customer is gone, a cancelled subscription stays") {
  const auto customer = expand_one("stripe.event", R"({"id":"evt_1","created":1619701111,
      "type":"customer.deleted","data":{"object":{"id":"cus_1","object":"customer"}}})");
  CHECK(customer["op"] == "delete");
  CHECK_FALSE(customer.contains("record"));
  const auto subscription = expand_one("stripe.event", R"({"id":"evt_2","created":1619701111,
      "type":"customer.subscription.deleted",
      "data":{"object":{"id":"sub_1","object":"subscription","status":"canceled"}}})");
  CHECK(subscription["op"] == "upsert");
  CHECK(subscription["entity"] == "subscription");
}

TEST_CASE("a thin Stripe event names the object to be fetched") {
  const auto event = expand_one("stripe.event", R"({"id":"evt_1","object":"v2.core.event",
      "type":"v1.billing.meter.error","created":"2025-01-08T10:12:07.000Z",
      "related_object":{"id":"cus_1","type":"customer","url":"/x"}})");
  CHECK(event["id"] == "cus_1");
  CHECK_FALSE(event.contains("record"));
}

TEST_CASE("Stripe objects, lists, and what is left of a deleted one") {
  const auto events = expand("stripe.record", R"({"object":"list","has_more":false,"data":[
      {"id":"cus_1","object":"customer","email":"a@x.example"},
      {"id":"cus_2","object":"customer","deleted":true}]})");
  REQUIRE(events.size() == 2);
  CHECK(events[0]["record"]["email"] == "a@x.example");
  CHECK(events[1]["op"] == "delete");
  CHECK_FALSE(events[1].contains("occurred_at"));
}

}  // namespace truce::presets_test
