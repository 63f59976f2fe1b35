#include <fstream>

#include "tests/contract/rows.h"
#include "tests/contract/stores.h"

using namespace truce;
using namespace truce::contract;

namespace {

void put_one_of_each(Transaction& transaction, const std::string& suffix) {
  Delivery row = delivery("d" + suffix, "g" + suffix, "crm", DeliveryState::pending, at(1));
  ExceptionItem item = exception("x" + suffix, "subject " + suffix);
  const AuditEntry last = transaction.last_audit().value_or(AuditEntry{});
  transaction.put_golden(golden("g" + suffix));
  transaction.put_source(source("crm", suffix, "g" + suffix));
  transaction.put_references(GoldenId("g" + suffix), {GoldenId("parent")});
  transaction.put_keys(EntityName("contact"), SystemName("crm"), RecordId(suffix),
                       GoldenId("g" + suffix), {"key"}, {});
  transaction.put_delivery(row);
  transaction.put_exception(item);
  transaction.put_receipt(receipt(suffix, "crm", at(1)));
  transaction.put_raw(raw_event(suffix, at(1)));
  transaction.append_audit(audit(last.sequence + 1, "g" + suffix, suffix));
  transaction.append_change(change("due", at(1)));
  transaction.park(parked(suffix, "cause", at(1)));
  transaction.note_guarded(SystemName("crm"), EntityName("contact"), "any", RecordId(suffix),
                           at(1));
  transaction.put_meta("name", suffix);
}

std::size_t events_of(const std::vector<ParkedCause>& causes) {
  std::size_t events = 0;
  for (const ParkedCause& cause : causes) events += cause.events;
  return events;
}

// What a reader can tell about the rows of put_one_of_each.
std::string summary(ReadView& view) {
  std::string text = view.find_meta("name").value_or("none");
  const StoreCounts counts = view.count_all();
  for (const std::uint64_t count :
       {counts.goldens, counts.sources, counts.receipts, counts.audit_entries, counts.parked}) {
    text += " " + std::to_string(count);
  }
  for (const std::size_t count :
       {view.children_of(GoldenId("parent")).size(),
        view.key_holders(EntityName("contact"), "key", 100).size(), view.list_deliveries({}).size(),
        view.due_deliveries({}, at(9), 9).size(), view.list_exceptions({}).size(),
        view.list_audit({}).size(), view.list_changes(0, 9).size(),
        view.parked_for("cause", 9).size(), events_of(view.parked_causes("", 9)),
        view.goldens_not_of_policy("another", 9).size(),
        view.count_guarded(SystemName("crm"), EntityName("contact"), "any", at(0))}) {
    text += " " + std::to_string(count);
  }
  return text;
}

std::string ones(const std::string& name, const std::string& count) {
  std::string text = name;
  for (int i = 0; i < 16; ++i) text += " " + count;
  return text;
}

}  // namespace

TEST_CASE("a transaction sees its own writes; others see them after the commit") {
  FOR_EVERY_STORE(store);
  const auto transaction = store->begin();
  put_one_of_each(*transaction, "1");
  CHECK(summary(*transaction) == ones("1", "1"));
  CHECK(summary(*store->read()) == ones("none", "0"));
  REQUIRE(transaction->commit());
  CHECK(summary(*store->read()) == ones("1", "1"));
}

TEST_CASE("a transaction that goes without a commit leaves nothing") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) { put_one_of_each(transaction, "1"); });
  {
    const auto transaction = store->begin();
    put_one_of_each(*transaction, "2");
    transaction->put_source(source("crm", "1", "", LinkState::ambiguous));
    transaction->forget_raw_before(at(100), 10);
  }
  CHECK(summary(*store->read()) == ones("1", "1"));
  CHECK(store->read()->find_raw(event_key("1")));
  const auto transaction = store->begin();
  CHECK(summary(*transaction) == ones("1", "1"));
}

TEST_CASE("a return to the mark undoes what came after it and nothing else") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    put_one_of_each(transaction, "1");
    transaction.set_savepoint();
    put_one_of_each(transaction, "2");
    transaction.rollback_to_savepoint();
    CHECK(summary(transaction) == ones("1", "1"));
    put_one_of_each(transaction, "3");
    transaction.rollback_to_savepoint();  // the mark is still there
    CHECK(summary(transaction) == ones("1", "1"));
    transaction.set_savepoint();
    put_one_of_each(transaction, "4");
    transaction.set_savepoint();  // a new mark in the old one's place
    put_one_of_each(transaction, "5");
    transaction.rollback_to_savepoint();
    CHECK(summary(transaction) == ones("4", "2"));
  });
  CHECK(summary(*store->read()) == ones("4", "2"));
}

TEST_CASE("what came after a mark stays when the mark is given up") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    transaction.drop_savepoint();  // there is none
    put_one_of_each(transaction, "1");
    transaction.set_savepoint();
    put_one_of_each(transaction, "2");
    transaction.drop_savepoint();
    put_one_of_each(transaction, "3");
    transaction.set_savepoint();
    put_one_of_each(transaction, "4");
    transaction.rollback_to_savepoint();
    transaction.drop_savepoint();
  });
  CHECK(summary(*store->read()) == ones("3", "3"));
}

TEST_CASE("a broken rule fails all that follows, and the commit says why") {
  FOR_EVERY_STORE(store);
  const auto transaction = store->begin();
  put_one_of_each(*transaction, "1");
  transaction->put_receipt(receipt("1", "crm", at(1)));
  REQUIRE(transaction->failure());
  CHECK(transaction->failure()->code == Code::internal);
  CHECK(summary(*transaction) == ones("none", "0"));
  CHECK(transaction->append_change(change("due", at(1))) == 0);
  CHECK(transaction->forget_raw_before(at(100), 10) == 0);
  const Result<void> result = transaction->commit();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::internal);
  CHECK(summary(*store->read()) == ones("none", "0"));
  commit(*store, [](Transaction& next) { put_one_of_each(next, "2"); });
  CHECK(summary(*store->read()) == ones("2", "1"));
}

TEST_CASE("a return to the mark forgives a broken rule, so that the neighbours are kept") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    put_one_of_each(transaction, "1");
    transaction.set_savepoint();
    transaction.put_meta("name", "lost");
    transaction.put_receipt(receipt("1", "crm", at(1)));
    REQUIRE(transaction.failure());
    transaction.rollback_to_savepoint();
    CHECK_FALSE(transaction.failure());
    transaction.set_savepoint();
    put_one_of_each(transaction, "2");
  });
  CHECK(summary(*store->read()) == ones("2", "2"));
}

TEST_CASE("a return without a mark is a failure") {
  FOR_EVERY_STORE(store);
  const auto transaction = store->begin();
  transaction->rollback_to_savepoint();
  REQUIRE(transaction->failure());
  CHECK(transaction->failure()->code == Code::internal);
  CHECK_FALSE(transaction->commit());
}

TEST_CASE("a mark that was given up cannot be returned to") {
  FOR_EVERY_STORE(store);
  const auto transaction = store->begin();
  transaction->set_savepoint();
  put_one_of_each(*transaction, "1");
  transaction->drop_savepoint();
  transaction->rollback_to_savepoint();
  REQUIRE(transaction->failure());
  CHECK(transaction->failure()->code == Code::internal);
  CHECK_FALSE(transaction->commit());
}

TEST_CASE("there is one transaction at a time, and none after its commit") {
  FOR_EVERY_STORE(store);
  auto first = store->begin();
  first->put_meta("name", "first");
  {
    const auto second = store->begin();
    REQUIRE(second->failure());
    CHECK(second->failure()->code == Code::internal);
    second->put_meta("name", "second");
    CHECK_FALSE(second->commit());
  }
  REQUIRE(first->commit());
  CHECK(first->failure());
  first->put_meta("name", "late");
  first->rollback_to_savepoint();
  first->set_savepoint();
  const Result<void> again = first->commit();
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::internal);
  first.reset();
  CHECK(store->read()->find_meta("name") == "first");
  commit(*store, [](Transaction& next) { next.put_meta("name", "next"); });
}

TEST_CASE("a view shows what was committed when it was given") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) { put_one_of_each(transaction, "1"); });
  const auto before = store->read();
  commit(*store, [](Transaction& transaction) { put_one_of_each(transaction, "2"); });
  const auto between = store->read();
  commit(*store, [](Transaction& transaction) { put_one_of_each(transaction, "3"); });
  CHECK(summary(*before) == ones("1", "1"));
  CHECK(summary(*between) == ones("2", "2"));
  CHECK(summary(*store->read()) == ones("3", "3"));
}

TEST_CASE("what is committed is there after the store was closed") {
  FOR_EVERY_STORE(store);
  if (!store.is_durable()) return;
  commit(*store, [](Transaction& transaction) { put_one_of_each(transaction, "1"); });
  store.reopen();
  CHECK(summary(*store->read()) == ones("1", "1"));
  CHECK(store->size_bytes() > 0);
}

TEST_CASE("a backup refuses a destination that exists") {
  FOR_EVERY_STORE(store);
  const std::string destination = (store.directory() / "copy.db").string();
  std::ofstream(destination) << "mine";
  CHECK_FALSE(store->backup(destination));
  std::string content;
  std::ifstream(destination) >> content;
  CHECK(content == "mine");
}
