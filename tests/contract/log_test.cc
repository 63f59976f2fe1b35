#include <set>

#include "tests/contract/rows.h"
#include "tests/contract/stores.h"

using namespace truce;
using namespace truce::contract;

namespace {

std::vector<std::uint64_t> sequences(const std::vector<AuditEntry>& entries) {
  std::vector<std::uint64_t> found;
  for (const AuditEntry& entry : entries) found.push_back(entry.sequence);
  return found;
}
using Numbers = std::vector<std::uint64_t>;

const SystemName crm("crm");
const EntityName contact("contact");

}  // namespace

TEST_CASE("a receipt is kept for ever and put once") {
  FOR_EVERY_STORE(store);
  const Receipt first = receipt("e1", "crm", at(5));
  Receipt bare = receipt("e2", "crm", at(6));
  bare.golden = GoldenId();
  bare.kind = OutcomeKind::rejected;
  commit(*store, [&](Transaction& transaction) {
    transaction.put_receipt(first);
    transaction.put_receipt(bare);
  });
  CHECK(shown(store->read()->find_receipt(event_key("e1")).value()) == shown(first));
  CHECK(shown(store->read()->find_receipt(event_key("e2")).value()) == shown(bare));
  CHECK_FALSE(store->read()->find_receipt(event_key("e3")));
  const auto transaction = store->begin();
  transaction->put_receipt(receipt("e1", "desk", at(9)));
  REQUIRE(transaction->failure());
  CHECK(transaction->failure()->code == Code::internal);
  CHECK_FALSE(transaction->commit());
  CHECK(store->read()->find_receipt(event_key("e1"))->system == crm);
}

TEST_CASE("an event key that is no digest works too") {
  FOR_EVERY_STORE(store);
  Receipt odd = receipt("e1", "crm", at(5));
  odd.event_key = EventKey("ABC");
  AuditEntry entry = audit(1, "g1", "e1");
  entry.event_key = odd.event_key;
  entry.previous_hash = "";
  entry.hash = "not a digest";
  commit(*store, [&](Transaction& transaction) {
    transaction.put_receipt(odd);
    transaction.append_audit(entry);
  });
  CHECK(shown(store->read()->find_receipt(EventKey("ABC")).value()) == shown(odd));
  CHECK_FALSE(store->read()->find_receipt(EventKey("abc")));
  CHECK(shown(store->read()->last_audit().value()) == shown(entry));
}

TEST_CASE("raw events are kept until they are forgotten, oldest first") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    for (int i = 5; i >= 1; --i) {
      transaction.put_raw(raw_event("e" + std::to_string(i), at(i)));
    }
    RawEvent again = raw_event("e5", at(50));
    again.body = "longer body than before";
    transaction.put_raw(again);
  });
  CHECK(shown(store->read()->find_raw(event_key("e1")).value()) == shown(raw_event("e1", at(1))));
  CHECK(store->read()->find_raw(event_key("e5"))->body == "longer body than before");
  commit(*store, [](Transaction& transaction) {
    CHECK(transaction.forget_raw_before(at(4), 2) == 2);
    CHECK(transaction.forget_raw_before(at(4), 2) == 1);
    CHECK(transaction.forget_raw_before(at(4), 2) == 0);
  });
  CHECK_FALSE(store->read()->find_raw(event_key("e3")));
  CHECK(store->read()->find_raw(event_key("e4")));
}

TEST_CASE("raw events are listed as they came, page by page") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    for (int i = 6; i >= 1; --i) {
      transaction.put_raw(raw_event("e" + std::to_string(i), at((i + 1) / 2)));
    }
  });
  const auto view = store->read();
  std::vector<std::string> listed;
  RawFilter filter;
  filter.limit = 2;
  for (auto page = view->list_raw(filter); !page.empty(); page = view->list_raw(filter)) {
    for (const RawEvent& raw : page) listed.push_back(raw.event_key.text());
    filter.received_at = page.back().received_at;
    filter.event_key = page.back().event_key;
  }
  REQUIRE(listed.size() == 6);
  CHECK(std::set<std::string>(listed.begin(), listed.end()).size() == 6);
  CHECK(std::set<std::string>{listed[0], listed[1]} ==
        std::set<std::string>{event_key("e1").text(), event_key("e2").text()});
  filter = {at(3), {}, 100};
  CHECK(view->list_raw(filter).size() == 2);
}

TEST_CASE("a forgotten answer leaves its receipt") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    transaction.put_receipt(receipt("e1", "crm", at(1)));
    transaction.put_receipt(receipt("e2", "crm", at(2)));
    transaction.put_receipt(receipt("e3", "desk", at(1)));
    transaction.put_receipt(receipt("e4", "crm", at(3)));
  });
  commit(*store, [](Transaction& transaction) {
    CHECK(transaction.forget_answers_before(crm, at(3), 1) == 1);
    CHECK(transaction.forget_answers_before(crm, at(3), 9) == 1);
    CHECK(transaction.forget_answers_before(crm, at(3), 9) == 0);
  });
  Receipt expected = receipt("e1", "crm", at(1));
  expected.answer.clear();
  CHECK(shown(store->read()->find_receipt(event_key("e1")).value()) == shown(expected));
  CHECK_FALSE(store->read()->find_receipt(event_key("e3"))->answer.empty());
  CHECK_FALSE(store->read()->find_receipt(event_key("e4"))->answer.empty());
  CHECK(store->read()->count_all().receipts == 4);
}

TEST_CASE("the audit trail has the sequences 1, 2, 3 and takes nothing else") {
  FOR_EVERY_STORE(store);
  CHECK_FALSE(store->read()->last_audit());
  const AuditEntry first = audit(1, "g1", "e1");
  commit(*store, [&](Transaction& transaction) {
    transaction.append_audit(first);
    transaction.append_audit(audit(2, "", ""));
    CHECK(transaction.last_audit()->sequence == 2);
  });
  CHECK(shown(store->read()->list_audit({}).front()) == shown(first));
  CHECK(shown(store->read()->last_audit().value()) == shown(audit(2, "", "")));
  const std::uint64_t wrong = GENERATE(as<std::uint64_t>{}, 0, 1, 2, 4);
  CAPTURE(wrong);
  const auto transaction = store->begin();
  transaction->append_audit(audit(wrong, "g1", "e9"));
  REQUIRE(transaction->failure());
  CHECK(transaction->failure()->code == Code::internal);
}

TEST_CASE("a sequence that was rolled back is given again") {
  FOR_EVERY_STORE(store);
  {
    const auto transaction = store->begin();
    transaction->append_audit(audit(1, "g1", "e1"));
  }
  commit(*store, [](Transaction& transaction) {
    transaction.append_audit(audit(1, "g2", "e2"));
    transaction.set_savepoint();
    transaction.append_audit(audit(2, "g2", "e2"));
    transaction.rollback_to_savepoint();
    transaction.append_audit(audit(2, "g3", "e3"));
  });
  AuditFilter filter;
  filter.golden = GoldenId("g2");
  CHECK(sequences(store->read()->list_audit(filter)) == Numbers{1});
}

TEST_CASE("audit entries are listed by sequence, golden record and event, in pages") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    transaction.append_audit(audit(1, "g1", "e1"));
    transaction.append_audit(audit(2, "g2", "e1"));
    transaction.append_audit(audit(3, "g1", "e2"));
    transaction.append_audit(audit(4, "", "e1"));
    transaction.append_audit(audit(5, "g1", ""));
    transaction.append_audit(audit(6, "g1", "e1"));
  });
  const auto listed = [&](std::uint64_t after, std::size_t limit, const std::string& golden,
                          const std::string& event) {
    return sequences(store->read()->list_audit(
        {after, limit, GoldenId(golden), event.empty() ? EventKey() : event_key(event)}));
  };
  CHECK(listed(0, 100, "", "") == Numbers{1, 2, 3, 4, 5, 6});
  CHECK(listed(2, 3, "", "") == Numbers{3, 4, 5});
  CHECK(listed(6, 3, "", "").empty());
  CHECK(listed(99, 3, "", "").empty());
  CHECK(listed(0, 0, "", "").empty());
  CHECK(listed(0, 100, "g1", "") == Numbers{1, 3, 5, 6});
  CHECK(listed(1, 2, "g1", "") == Numbers{3, 5});
  CHECK(listed(0, 100, "", "e1") == Numbers{1, 2, 4, 6});
  CHECK(listed(2, 1, "", "e1") == Numbers{4});
  CHECK(listed(0, 100, "g1", "e1") == Numbers{1, 6});
  CHECK(listed(0, 1, "g1", "e1") == Numbers{1});
  CHECK(listed(0, 100, "", "unknown").empty());
}

TEST_CASE("changes are given growing sequences, also after all were forgotten") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    CHECK(transaction.append_change(change("due", at(1))) == 1);
    CHECK(transaction.append_change(change("exception", at(2))) == 2);
    CHECK(transaction.append_change(change("alert", at(3))) == 3);
  });
  const std::vector<Change> listed = store->read()->list_changes(1, 1);
  REQUIRE(listed.size() == 1);
  Change expected = change("exception", at(2));
  expected.sequence = 2;
  CHECK(shown(listed[0]) == shown(expected));
  commit(*store, [](Transaction& transaction) {
    CHECK(transaction.forget_changes_before(at(3), 1) == 1);
    CHECK(transaction.forget_changes_before(at(9), 9) == 2);
    CHECK(transaction.forget_changes_before(at(9), 9) == 0);
  });
  CHECK(store->read()->list_changes(0, 9).empty());
  if (store.is_durable()) store.reopen();
  commit(*store, [](Transaction& transaction) {
    CHECK(transaction.append_change(change("due", at(4))) == 4);
  });
}

TEST_CASE("parked events are found by what they wait for, received first first") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    transaction.park(parked("e1", "reference/crm/deal/1", at(3)));
    transaction.park(parked("e2", "reference/crm/deal/1", at(2)));
    transaction.park(parked("e3", "exception/x1", at(1)));
  });
  const auto waiting = [&](const std::string& cause, std::size_t limit) {
    Texts texts;
    for (const ParkedEvent& event : store->read()->parked_for(cause, limit)) {
      texts.push_back(shown(event));
    }
    return texts;
  };
  CHECK(waiting("reference/crm/deal/1", 9) ==
        Texts{shown(parked("e2", "reference/crm/deal/1", at(2))),
              shown(parked("e1", "reference/crm/deal/1", at(3)))});
  CHECK(waiting("reference/crm/deal/1", 1).size() == 1);
  CHECK(waiting("exception/x2", 9).empty());
  CHECK(store->read()->count_all().parked == 3);
  commit(*store, [](Transaction& transaction) {
    transaction.park(parked("e1", "exception/x1", at(3)));  // waits for something else now
    transaction.unpark(event_key("e3"));
    transaction.unpark(event_key("unknown"));
  });
  CHECK(waiting("reference/crm/deal/1", 9).size() == 1);
  CHECK(waiting("exception/x1", 9) == Texts{shown(parked("e1", "exception/x1", at(3)))});
  CHECK(store->read()->count_all().parked == 2);
}

TEST_CASE("what parked events wait for is listed in its order, with how many and since when") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    transaction.park(parked("e1", "reference/crm/deal/2", at(3)));
    transaction.park(parked("e2", "reference/crm/deal/2", at(2)));
    transaction.park(parked("e3", "reference/crm/deal/1", at(9)));
    transaction.park(parked("e4", "exception/x1", at(1)));
    transaction.park(parked("e5", "gone", at(1)));
    transaction.unpark(event_key("e5"));
  });
  const auto causes = [&](const std::string& after, std::size_t limit) {
    Texts texts;
    for (const ParkedCause& cause : store->read()->parked_causes(after, limit)) {
      texts.push_back(cause.waits_for + ' ' + std::to_string(cause.events) + ' ' +
                      std::to_string(cause.first_received_at.us));
    }
    return texts;
  };
  const auto line = [](const std::string& cause, int events, std::int64_t time) {
    return cause + ' ' + std::to_string(events) + ' ' + std::to_string(at(time).us);
  };
  const Texts references{line("reference/crm/deal/1", 1, 9), line("reference/crm/deal/2", 2, 2)};
  CHECK(causes("reference/", 9) == references);
  CHECK(causes("reference/crm/deal/1", 9) == Texts{references[1]});
  CHECK(causes("", 1) == Texts{line("exception/x1", 1, 1)});
  CHECK(causes("", 9).size() == 3);
  CHECK(causes("", 0).empty());
}

TEST_CASE("the guard counts distinct records by their latest change, in its window") {
  FOR_EVERY_STORE(store);
  const auto note = [](Transaction& transaction, const std::string& id, std::int64_t time) {
    transaction.note_guarded(crm, contact, "delete", RecordId(id), at(time));
  };
  const auto count = [](ReadView& view, std::int64_t since) {
    return view.count_guarded(crm, contact, "delete", at(since));
  };
  commit(*store, [&](Transaction& transaction) {
    CHECK(count(transaction, 0) == 0);
    note(transaction, "1", 10);
    note(transaction, "2", 20);
    note(transaction, "1", 30);
    note(transaction, "2", 15);  // older than what is known
    transaction.note_guarded(crm, contact, "clear", RecordId("3"), at(30));
    transaction.note_guarded(SystemName("desk"), contact, "delete", RecordId("3"), at(30));
    CHECK(count(transaction, 10) == 2);
    CHECK(count(transaction, 20) == 2);
    CHECK(count(transaction, 21) == 1);
    CHECK(count(transaction, 31) == 0);
    transaction.set_savepoint();
    note(transaction, "4", 40);
    CHECK(count(transaction, 20) == 3);
    transaction.rollback_to_savepoint();
    CHECK(count(transaction, 20) == 2);
  });
  CHECK(count(*store->read(), 20) == 2);
  {
    const auto transaction = store->begin();
    note(*transaction, "5", 50);
    CHECK(count(*transaction, 20) == 3);
  }
  commit(*store, [&](Transaction& transaction) {
    CHECK(count(transaction, 20) == 2);
    CHECK(transaction.forget_guarded_before(at(30), 9) == 1);
    CHECK(count(transaction, 0) == 1);
    CHECK(transaction.forget_guarded_before(at(31), 2) == 2);
    CHECK(transaction.forget_guarded_before(at(31), 2) == 1);
  });
  CHECK(count(*store->read(), 0) == 0);
}

TEST_CASE("named values are put and found") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    transaction.put_meta("cursor", "1");
    transaction.put_meta("empty", "");
    transaction.put_meta("cursor", "2");
  });
  CHECK(store->read()->find_meta("cursor") == "2");
  CHECK(store->read()->find_meta("empty") == "");
  CHECK_FALSE(store->read()->find_meta("none"));
}

TEST_CASE("everything is counted, in a view and in a transaction") {
  FOR_EVERY_STORE(store);
  const StoreCounts nothing = store->read()->count_all();
  CHECK(nothing.goldens == 0);
  CHECK(nothing.deliveries_by_state.empty());
  CHECK_FALSE(nothing.oldest_due_delivery);
  const auto check = [](const StoreCounts& counts) {
    CHECK(counts.goldens == 1);
    CHECK(counts.sources == 2);
    CHECK(counts.receipts == 1);
    CHECK(counts.audit_entries == 1);
    CHECK(counts.parked == 1);
    CHECK(counts.deliveries_by_state ==
          std::map<std::string, std::uint64_t>{{"pending", 1}, {"delivered", 2}, {"waiting", 1}});
    CHECK(counts.unanswered_exceptions_by_category ==
          std::map<std::string, std::uint64_t>{{"conflict", 1}, {"delete", 1}});
    CHECK(counts.oldest_unanswered_exception == at(70));
    CHECK(counts.oldest_due_delivery == at(30));
  };
  ExceptionItem oldest = exception("x2", "2", Category::erase);
  oldest.opened_at = at(70);
  ExceptionItem answered = closed(exception("x3", "3"));
  answered.opened_at = at(60);
  ExceptionItem open = exception("x1", "1");
  commit(*store, [&](Transaction& transaction) {
    transaction.put_golden(golden("g1"));
    transaction.put_source(source("crm", "1", "g1"));
    transaction.put_source(source("desk", "1", "g1"));
    transaction.put_source(source("desk", "1", "", LinkState::ambiguous));
    transaction.put_receipt(receipt("e1", "crm", at(1)));
    transaction.append_audit(audit(1, "g1", "e1"));
    transaction.park(parked("e2", "exception/x1", at(1)));
    Delivery moving = delivery("d1", "g1", "crm", DeliveryState::leased, at(1));
    Delivery waits = delivery("d2", "g1", "desk", DeliveryState::waiting, at(30));
    Delivery pends = delivery("d3", "g1", "crm", DeliveryState::pending, at(31));
    Delivery done = delivery("d4", "g1", "crm", DeliveryState::delivered, at(1));
    for (Delivery* row : {&moving, &waits, &pends, &done}) transaction.put_delivery(*row);
    moving = delivery("d1", "g1", "crm", DeliveryState::delivered, at(1));
    transaction.put_delivery(moving);
    for (ExceptionItem* item : {&open, &oldest, &answered}) transaction.put_exception(*item);
    check(transaction.count_all());
  });
  check(store->read()->count_all());
  if (store.is_durable()) {
    store.reopen();
    check(store->read()->count_all());
  }
}
