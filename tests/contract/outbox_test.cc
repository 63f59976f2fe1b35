#include "tests/contract/rows.h"
#include "tests/contract/stores.h"

using namespace truce;
using namespace truce::contract;

namespace {

const SystemName every_system;

std::uint64_t put(Store& store, Delivery row) {
  commit(store, [&](Transaction& transaction) { transaction.put_delivery(row); });
  return row.sequence;
}

Texts due(Store& store, const std::string& system, std::int64_t now, std::size_t limit = 100) {
  return ids(store.read()->due_deliveries(SystemName(system), at(now), limit));
}

}  // namespace

TEST_CASE("a delivery comes back with every member, and its sequence is given once") {
  FOR_EVERY_STORE(store);
  Delivery first = delivery("d_z", "g1", "crm", DeliveryState::leased, at(20));
  Delivery second = delivery("d_a", "g1", "desk", DeliveryState::pending, at(20));
  commit(*store, [&](Transaction& transaction) {
    transaction.put_delivery(first);
    transaction.put_delivery(second);
    CHECK(first.sequence == 1);
    CHECK(second.sequence == 2);
  });
  CHECK(shown(store->read()->find_delivery(DeliveryId("d_z")).value()) == shown(first));
  Delivery again = delivery("d_z", "g1", "crm", DeliveryState::delivered, at(20));
  CHECK(put(*store, again) == 1);
  again.sequence = 1;
  CHECK(shown(store->read()->find_delivery(DeliveryId("d_z")).value()) == shown(again));
  CHECK_FALSE(store->read()->find_delivery(DeliveryId("d_b")));
  CHECK(put(*store, delivery("d_b", "g1", "crm", DeliveryState::dead, at(1))) == 3);
}

TEST_CASE("the open deliveries of a golden record are all but delivered and withdrawn ones") {
  FOR_EVERY_STORE(store);
  for (const DeliveryState state :
       {DeliveryState::verifying, DeliveryState::delivered, DeliveryState::dead,
        DeliveryState::withdrawn, DeliveryState::waiting, DeliveryState::discarded,
        DeliveryState::leased, DeliveryState::pending}) {
    put(*store, delivery(std::string(to_string(state)), "g1", "crm", state, at(5)));
  }
  put(*store, delivery("other", "g2", "crm", DeliveryState::pending, at(5)));
  CHECK(ids(store->read()->open_deliveries(GoldenId("g1"))) ==
        Texts{"verifying", "dead", "waiting", "discarded", "leased", "pending"});
}

TEST_CASE("a leased delivery has an end and was handed out; a delivered one was settled") {
  FOR_EVERY_STORE(store);
  Delivery row = delivery("d1", "g1", "crm", DeliveryState::leased, at(5));
  SECTION("no end") { row.lease_expires_at.reset(); }
  SECTION("not handed out") { row.handed_out_at.reset(); }
  SECTION("not settled") { row.state = DeliveryState::delivered; }
  const auto transaction = store->begin();
  transaction->put_delivery(row);
  REQUIRE(transaction->failure());
  CHECK(transaction->failure()->code == Code::internal);
}

TEST_CASE("an old lease's end may stay on a delivery that is leased no longer") {
  FOR_EVERY_STORE(store);
  Delivery row = delivery("d1", "g1", "crm", DeliveryState::leased, at(5));
  put(*store, row);
  row.state = DeliveryState::waiting;
  put(*store, row);
  CHECK(store->read()->expired_leases(at(100), 10).empty());
  CHECK(store->read()->find_delivery(row.id)->lease_expires_at == at(5));
}

TEST_CASE("due deliveries come oldest due first, of one system or of all") {
  FOR_EVERY_STORE(store);
  put(*store, delivery("d1", "g1", "crm", DeliveryState::pending, at(30)));
  put(*store, delivery("d2", "g2", "crm", DeliveryState::waiting, at(10)));
  put(*store, delivery("d3", "g3", "desk", DeliveryState::verifying, at(20)));
  put(*store, delivery("d4", "g4", "desk", DeliveryState::pending, at(41)));
  put(*store, delivery("d5", "g5", "bill", DeliveryState::pending, at(10)));
  for (const DeliveryState state : {DeliveryState::leased, DeliveryState::delivered,
                                    DeliveryState::dead, DeliveryState::withdrawn}) {
    put(*store, delivery(std::string(to_string(state)), "g9", "crm", state, at(1)));
  }
  CHECK(due(*store, "", 40) == Texts{"d2", "d5", "d3", "d1"});
  CHECK(due(*store, "crm", 40) == Texts{"d2", "d1"});
  CHECK(due(*store, "desk", 41) == Texts{"d3", "d4"});
  CHECK(due(*store, "", 40, 2) == Texts{"d2", "d5"});
  CHECK(due(*store, "crm", 9).empty());
  CHECK(due(*store, "crm", 10) == Texts{"d2"});
  CHECK(due(*store, "crm", 40, 0).empty());
  CHECK(due(*store, "none", 40).empty());
}

TEST_CASE("an older delivery of the same record and system that is out holds the younger back") {
  FOR_EVERY_STORE(store);
  const DeliveryState older =
      GENERATE(DeliveryState::leased, DeliveryState::verifying, DeliveryState::dead,
               DeliveryState::withdrawn, DeliveryState::delivered, DeliveryState::waiting);
  CAPTURE(to_string(older));
  put(*store, delivery("older", "g1", "crm", older, at(90)));
  put(*store, delivery("younger", "g1", "crm", DeliveryState::pending, at(10)));
  put(*store, delivery("other system", "g1", "desk", DeliveryState::pending, at(11)));
  put(*store, delivery("other record", "g2", "crm", DeliveryState::pending, at(12)));
  const bool blocks = older == DeliveryState::leased || older == DeliveryState::verifying;
  const Texts expected = blocks ? Texts{"other system", "other record"}
                                : Texts{"younger", "other system", "other record"};
  CHECK(due(*store, "", 50) == expected);
}

TEST_CASE("a younger delivery that is out holds nobody back") {
  FOR_EVERY_STORE(store);
  put(*store, delivery("older", "g1", "crm", DeliveryState::waiting, at(10)));
  put(*store, delivery("younger", "g1", "crm", DeliveryState::leased, at(10)));
  CHECK(due(*store, "crm", 50) == Texts{"older"});
}

TEST_CASE("of two due deliveries of one record and system the older comes, and only it") {
  FOR_EVERY_STORE(store);
  put(*store, delivery("older", "g1", "crm", DeliveryState::waiting, at(20)));
  put(*store, delivery("younger", "g1", "crm", DeliveryState::pending, at(10)));
  CHECK(due(*store, "crm", 50) == Texts{"older"});
  CHECK(due(*store, "crm", 15) == Texts{"younger"});
}

TEST_CASE("leases that have run out are found, first ended first") {
  FOR_EVERY_STORE(store);
  put(*store, delivery("d1", "g1", "crm", DeliveryState::leased, at(30)));
  put(*store, delivery("d2", "g2", "crm", DeliveryState::leased, at(20)));
  put(*store, delivery("d3", "g3", "desk", DeliveryState::leased, at(31)));
  put(*store, delivery("d4", "g4", "desk", DeliveryState::pending, at(1)));
  CHECK(ids(store->read()->expired_leases(at(30), 10)) == Texts{"d2", "d1"});
  CHECK(ids(store->read()->expired_leases(at(30), 1)) == Texts{"d2"});
  CHECK(store->read()->expired_leases(at(19), 10).empty());
}

TEST_CASE("deliveries are listed by sequence, state and system, in pages") {
  FOR_EVERY_STORE(store);
  const DeliveryState state = GENERATE(DeliveryState::pending, DeliveryState::leased,
                                       DeliveryState::delivered, DeliveryState::dead);
  CAPTURE(to_string(state));
  for (int i = 1; i <= 6; ++i) {
    const std::string id = "d" + std::to_string(i);
    // Later ends first, so that an index by time is in another order.
    put(*store, delivery(id, id, i % 2 == 0 ? "crm" : "desk", state, at(100 - i)));
  }
  put(*store, delivery("x", "x", "crm", DeliveryState::withdrawn, at(1)));
  DeliveryFilter filter;
  CHECK(ids(store->read()->list_deliveries(filter)).size() == 7);
  filter.state = state;
  filter.limit = 4;
  CHECK(ids(store->read()->list_deliveries(filter)) == Texts{"d1", "d2", "d3", "d4"});
  filter.after = 4;
  CHECK(ids(store->read()->list_deliveries(filter)) == Texts{"d5", "d6"});
  filter.after = 1;
  filter.system = SystemName("crm");
  CHECK(ids(store->read()->list_deliveries(filter)) == Texts{"d2", "d4", "d6"});
  filter.state.reset();
  CHECK(ids(store->read()->list_deliveries(filter)) == Texts{"d2", "d4", "d6", "x"});
  filter.limit = 0;
  CHECK(store->read()->list_deliveries(filter).empty());
}
