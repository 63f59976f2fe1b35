// A row whose body alone changes, often within one transaction: a store may write it once, and
// every later view shows the last.
#include "tests/contract/rows.h"
#include "tests/contract/stores.h"

using namespace truce;
using namespace truce::contract;

namespace {

const EntityName contact("contact");

SourceRecord seen_at(SourceRecord record, std::int64_t seconds) {
  record.present_at = at(seconds);
  return record;
}
GoldenRecord of_version(GoldenRecord record, std::uint64_t version) {
  record.version = version;
  return record;
}

// What a new view shows of the golden record and its source, as "version/seconds".
std::string shown_in(Store& store, const std::string& number) {
  const auto view = store.read();
  const auto golden = view->find_golden(GoldenId("g" + number));
  const auto source = view->find_source(SystemName("crm"), contact, RecordId(number));
  if (!golden || !source) return "none";
  const auto of_golden = view->sources_of(GoldenId("g" + number));
  if (of_golden.size() != 1 || shown(of_golden.front()) != shown(*source)) return "differs";
  return std::to_string(golden->version) + "/" + std::to_string(source->present_at->us / 1'000'000);
}

void put(Transaction& transaction, const std::string& number, int state) {
  transaction.put_golden(of_version(golden("g" + number), static_cast<std::uint64_t>(state)));
  transaction.put_source(seen_at(source("crm", number, "g" + number), state));
}

// The same with many fields, and with a delivery that is due in the same state.
void put_wide(Transaction& transaction, const std::string& number, int state) {
  const GoldenId id("g" + number);
  GoldenRecord wide = of_version(golden(id.text), static_cast<std::uint64_t>(state));
  SourceRecord record = seen_at(source("crm", number, id.text), state);
  for (int i = 0; i < 40; ++i) {
    const FieldName field("field_" + std::to_string(i));
    wide.fields.put(field, wide.fields.begin().shared());
    record.fields.put(field, record.fields.begin().shared());
  }
  transaction.put_golden(wide);
  transaction.find_source(record.system, record.entity, record.id);
  transaction.put_source(record);
  transaction.open_deliveries(id);
  Delivery due = delivery("d" + number, id.text, "crm", DeliveryState::pending, at(state));
  transaction.put_delivery(due);
}

}  // namespace

TEST_CASE("of many changes in one transaction the last is there after it") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    for (const int state : {1, 2, 3}) put(transaction, "1", state);
  });
  CHECK(shown_in(*store, "1") == "3/3");
  commit(*store, [](Transaction& transaction) { put(transaction, "1", 4); });
  CHECK(shown_in(*store, "1") == "4/4");
  commit(*store, [](Transaction& transaction) {
    transaction.put_source(seen_at(transaction.sources_of(GoldenId("g1")).at(0), 5));
  });
  CHECK(shown_in(*store, "1") == "4/5");
}

TEST_CASE("a change that was undone leaves the one before it") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) { put(transaction, "1", 1); });
  {
    const auto transaction = store->begin();
    put(*transaction, "1", 2);
  }
  CHECK(shown_in(*store, "1") == "1/1");
  commit(*store, [](Transaction& transaction) {
    put(transaction, "1", 3);
    transaction.set_savepoint();
    put(transaction, "1", 4);
    transaction.rollback_to_savepoint();
    CHECK(transaction.find_golden(GoldenId("g1"))->version == 3);
  });
  CHECK(shown_in(*store, "1") == "3/3");
}

TEST_CASE("however many records change in one transaction, none keeps an earlier body") {
  FOR_EVERY_STORE(store);
  // Three times what the SQLite store remembers of records.
  const int many = 900;
  commit(*store, [&](Transaction& transaction) {
    for (const int state : {1, 2, 3}) {
      for (int i = 0; i < many; ++i) put_wide(transaction, std::to_string(i), state);
    }
  });
  const auto view = store->read();
  for (int i = 0; i < many; ++i) {
    const std::string number = std::to_string(i);
    CHECK(shown_in(*store, number) == "3/3");
    const std::vector<Delivery> open = view->open_deliveries(GoldenId("g" + number));
    REQUIRE(open.size() == 1);
    CHECK(open.front().due_at == at(3));
  }
}

TEST_CASE("a record that moves takes its last body with it") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    put(transaction, "1", 1);
    put(transaction, "2", 1);
  });
  commit(*store, [](Transaction& transaction) {
    put(transaction, "1", 2);
    transaction.put_source(seen_at(source("crm", "1", "g3"), 3));
    transaction.put_golden(golden("g3"));
  });
  const auto view = store->read();
  CHECK(view->sources_of(GoldenId("g1")).empty());
  REQUIRE(view->sources_of(GoldenId("g3")).size() == 1);
  CHECK(view->sources_of(GoldenId("g3")).front().present_at == at(3));
}

TEST_CASE("a rule is broken when the row is put, whatever the store has not written yet") {
  FOR_EVERY_STORE(store);
  const SystemName crm("crm");
  SECTION("two active links, the first of a record that was looked for in vain") {
    const auto transaction = store->begin();
    transaction->put_golden(golden("g1"));
    CHECK_FALSE(transaction->find_source(crm, contact, RecordId("1")));
    transaction->put_source(source("crm", "1", "g1"));
    CHECK_FALSE(transaction->failure());
    transaction->put_source(source("crm", "2", "g1"));
    REQUIRE(transaction->failure());
    CHECK(transaction->failure()->code == Code::internal);
  }
  SECTION("two active links, both of records that were looked for in vain") {
    const auto transaction = store->begin();
    transaction->put_golden(golden("g1"));
    for (const char* id : {"1", "2"}) {
      CHECK_FALSE(transaction->find_source(crm, contact, RecordId(id)));
    }
    transaction->put_source(source("crm", "1", "g1"));
    CHECK_FALSE(transaction->failure());
    transaction->put_source(source("crm", "2", "g1"));
    CHECK(transaction->failure());
  }
  SECTION("a lease without an end, of a record whose deliveries are known") {
    const auto transaction = store->begin();
    transaction->put_golden(golden("g1"));
    CHECK(transaction->open_deliveries(GoldenId("g1")).empty());
    Delivery leased = delivery("d1", "g1", "crm", DeliveryState::leased, at(1));
    leased.lease_expires_at.reset();
    transaction->put_delivery(leased);
    CHECK(transaction->failure());
  }
}
