// Both stores under the same random work must answer every question alike. A failing seed is
// printed by Catch with the step; it then becomes a test of its own beside the claim that it broke.
#include <random>

#include "tests/contract/rows.h"
#include "tests/contract/stores.h"

using namespace truce;
using namespace truce::contract;

namespace {

const EntityName contact("contact");

// Draws small ids and times, so that rows meet often.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  int below(int bound) { return static_cast<int>(engine_() % static_cast<std::uint32_t>(bound)); }
  std::string name(const std::string& prefix, int bound) {
    return prefix + std::to_string(below(bound));
  }
  std::string system() { return below(2) == 0 ? "crm" : "desk"; }
  Time time() { return at(below(40)); }
  Texts keys() {
    Texts texts;
    for (int i = below(3); i > 0; --i) texts.push_back(name("key", 6));
    return texts;
  }
  std::vector<GoldenId> goldens() {
    std::vector<GoldenId> found;
    for (int i = below(3); i > 0; --i) found.emplace_back(name("g", 6));
    return found;
  }

 private:
  std::mt19937 engine_;
};

void put_any_source(Dice& dice, Transaction& transaction) {
  const LinkState state = static_cast<LinkState>(dice.below(4));
  const std::string golden = dice.below(3) == 0 ? "" : dice.name("g", 6);
  transaction.put_source(source(dice.system(), dice.name("r", 8), golden, state));
}

void put_any_golden(Dice& dice, Transaction& transaction) {
  GoldenRecord record =
      golden(dice.name("g", 8), dice.below(4) == 0 ? "deal" : "contact", dice.name("policy", 3));
  if (dice.below(3) == 0) record.deleted_at = dice.time();
  if (dice.below(4) == 0) record.merged_into = GoldenId(dice.name("g", 6));
  transaction.put_golden(record);
}

void put_any_delivery(Dice& dice, Transaction& transaction) {
  Delivery row = delivery(dice.name("d", 30), dice.name("g", 4), dice.system(),
                          static_cast<DeliveryState>(dice.below(8)), dice.time());
  transaction.put_delivery(row);
  if (dice.below(10) == 0) {
    row.lease_expires_at.reset();  // breaks a rule where it is leased
    transaction.put_delivery(row);
  }
}

void put_any_exception(Dice& dice, Transaction& transaction) {
  ExceptionItem item =
      exception(dice.name("x", 20), dice.name("subject", 8), static_cast<Category>(dice.below(4)));
  item.golden = GoldenId(dice.below(4) == 0 ? "" : dice.name("g", 4));
  item.due_at = dice.time();
  item.opened_at = dice.time();
  if (dice.below(2) == 0) item = closed(item);
  transaction.put_exception(item);
}

void log_anything(Dice& dice, Transaction& transaction) {
  const std::string event = dice.name("e", 60);
  const std::uint64_t last = transaction.last_audit().value_or(AuditEntry{}).sequence;
  switch (dice.below(9)) {
    case 0:
      return transaction.put_receipt(receipt(event, dice.system(), dice.time()));
    case 1:
      return transaction.put_raw(raw_event(event, dice.time()));
    case 2:
      return transaction.park(parked(event, dice.name("cause", 3), dice.time()));
    case 3:
      return transaction.unpark(event_key(event));
    case 4:
      return transaction.note_guarded(SystemName(dice.system()), contact, "any",
                                      RecordId(dice.name("r", 9)), dice.time());
    case 5:
      return transaction.put_meta(dice.name("m", 3), dice.name("v", 9));
    case 6:
      transaction.append_change(change("due", dice.time()));
      return;
    default:
      // Now and then with a gap.
      return transaction.append_audit(audit(last + (dice.below(20) == 0 ? 2 : 1),
                                            dice.below(3) == 0 ? "" : dice.name("g", 4),
                                            dice.below(3) == 0 ? "" : event));
  }
}

void reconcile_anything(Dice& dice, Transaction& transaction, std::string& answers) {
  const RunId run(dice.name("run", 3));
  switch (dice.below(7)) {
    case 0:
    case 1: {
      Reconciliation row = reconciliation(run.text);
      row.state = static_cast<RunState>(dice.below(6));
      return transaction.put_run(row);
    }
    case 2:
    case 3: {
      const auto state = static_cast<StagedState>(dice.below(2));
      const std::string system = dice.system(), record = dice.name("r", 6);
      StagedRecord row = staged(system, record, dice.below(3) == 0 ? "" : dice.name("g", 4), state);
      const bool is_new = transaction.stage(run, row, dice.keys());
      answers += is_new && !transaction.failure() ? "new\n" : "known\n";
      if (dice.below(2) == 0) {
        transaction.index_staged(run, transaction.staged_keys_between(run, {}, "key3", 2));
      }
      if (dice.below(3) == 0) {
        transaction.settle_staged(run, row.number, GoldenId(dice.name("g", 4)));
      }
      return;
    }
    case 4: {
      Discrepancy row = discrepancy(static_cast<DiscrepancyKind>(dice.below(5)), dice.system());
      return transaction.append_discrepancy(run, row);
    }
    case 5:
      return transaction.put_mark({SystemName(dice.system()), contact, RecordId(dice.name("r", 6)),
                                   digest_of(dice.name("digest", 3)), GoldenId("g1"), 3,
                                   digest_of("policy")});
    default:
      // All of it: which rows a limit leaves is open.
      answers += std::to_string(transaction.forget_staged(run, 10'000));
      answers += std::to_string(transaction.forget_discrepancies(run, 10'000)) + "\n";
      if (dice.below(2) == 0) transaction.forget_run(run);
  }
}

void forget_anything(Dice& dice, Transaction& transaction, std::string& answers) {
  const Time before = dice.time();
  // Without a limit: which of several rows of one time go first is open.
  const std::size_t all = 10'000;
  std::size_t gone = 0;
  switch (dice.below(4)) {
    case 0:
      gone = transaction.forget_raw_before(before, all);
      break;
    case 1:
      gone = transaction.forget_answers_before(SystemName(dice.system()), before, all);
      break;
    case 2:
      gone = transaction.forget_changes_before(before, all);
      break;
    default:
      gone = transaction.forget_guarded_before(before, all);
  }
  answers += std::to_string(gone) + "\n";
}

template <class Row>
void tell(std::string& text, const std::vector<Row>& rows) {
  for (const Row& row : rows) text += shown(row) + "\n";
  text += "--\n";
}

template <class Row>
void tell(std::string& text, const std::optional<Row>& row) {
  text += row ? shown(*row) + "\n" : "none\n";
}

// What was asked for in a transaction must not change what comes of it.
void ask_anything(Dice& dice, Transaction& transaction, std::string& answers) {
  const std::string number = std::to_string(dice.below(8));
  switch (dice.below(6)) {
    case 0:
      return tell(answers, transaction.find_golden(GoldenId("g" + number)));
    case 1:
      return tell(answers, transaction.sources_of(GoldenId("g" + number)));
    case 2:
      return tell(answers, transaction.open_deliveries(GoldenId("g" + number)));
    case 3:
      return tell(answers, transaction.find_receipt(event_key("e" + number)));
    default:
      return tell(answers, transaction.find_source(SystemName(dice.system()), contact,
                                                   RecordId("r" + number)));
  }
}

void do_anything(Dice& dice, Transaction& transaction, std::string& answers) {
  switch (dice.below(19)) {
    case 16:
    case 17:
    case 18:
      return reconcile_anything(dice, transaction, answers);
    case 0:
      return put_any_source(dice, transaction);
    case 1:
      return put_any_golden(dice, transaction);
    case 2:
      return transaction.put_references(GoldenId(dice.name("g", 6)), dice.goldens());
    case 3: {
      // Drawn one after the other: the order of arguments is the compiler's.
      const SystemName system(dice.system());
      const RecordId record(dice.name("r", 8));
      const GoldenId golden(dice.below(3) == 0 ? "" : dice.name("g", 6));
      const Texts current = dice.keys();
      return transaction.put_keys(contact, system, record, golden, current, dice.keys());
    }
    case 4:
      return put_any_delivery(dice, transaction);
    case 5:
      return put_any_exception(dice, transaction);
    case 6:
      return transaction.announce_overdue(ExceptionId(dice.name("x", 20)));
    case 7:
      return forget_anything(dice, transaction, answers);
    case 8:
    case 9:
      return log_anything(dice, transaction);
    case 10:
    case 11:
      return put_any_source(dice, transaction);
    case 12:
      return put_any_golden(dice, transaction);
    default:
      return ask_anything(dice, transaction, answers);
  }
}

void tell_records(ReadView& view, std::string& text) {
  for (int i = 0; i < 8; ++i) {
    const std::string number = std::to_string(i);
    tell(text, view.find_source(SystemName("crm"), contact, RecordId("r" + number)));
    tell(text, view.sources_of(GoldenId("g" + number)));
    tell(text, view.find_golden(GoldenId("g" + number)));
    for (const GoldenId& child : view.children_of(GoldenId("g" + number))) text += child.text;
    for (const KeyHolder& holder : view.key_holders(contact, "key" + number, 100)) {
      text += holder.system.text + holder.record.text + holder.golden.text +
              (holder.current ? "+" : "-");
    }
  }
  for (const std::size_t limit : {std::size_t{2}, std::size_t{100}}) {
    for (const GoldenId& id : view.goldens_not_of_policy(digest_of("policy1"), limit)) {
      text += id.text;
    }
  }
  text += std::to_string(view.count_goldens(contact)) + "\n";
}

void tell_queues(ReadView& view, std::string& text) {
  for (const char* system : {"", "crm", "desk"}) {
    for (const std::int64_t now : {10, 20, 39}) {
      for (const std::size_t limit : {std::size_t{3}, std::size_t{100}}) {
        tell(text, view.due_deliveries(SystemName(system), at(now), limit));
      }
    }
    for (int state = 0; state < 9; ++state) {
      DeliveryFilter filter;
      if (state < 8) filter.state = static_cast<DeliveryState>(state);
      filter.system = SystemName(system);
      filter.after = 3;
      filter.limit = 5;
      tell(text, view.list_deliveries(filter));
    }
  }
  tell(text, view.expired_leases(at(25), 4));
  for (int i = 0; i < 4; ++i) {
    const std::string number = std::to_string(i);
    tell(text, view.open_deliveries(GoldenId("g" + number)));
    tell(text, view.unanswered_exceptions_of(GoldenId("g" + number)));
    tell(text, view.unanswered_exception("subject" + number));
    tell(text, view.unanswered_exceptions_under("subject" + number));
    ExceptionFilter filter;
    filter.category = static_cast<Category>(i);
    filter.unanswered = i % 2 == 0;
    tell(text, view.list_exceptions(filter));
    filter.state = static_cast<ExceptionState>(i);
    filter.category.reset();
    tell(text, view.list_exceptions(filter));
  }
  tell(text, view.overdue_exceptions(at(20), 5));
}

void tell_places(ReadView& view, std::string& text) {
  tell(text, view.sources_behind(contact, {}, 4));
  tell(text, view.sources_behind(contact, {SystemName("crm"), RecordId("r3")}, 100));
  tell(text, view.sources_behind(contact, {SystemName("desk"), {}}, 2));
}

void tell_log(ReadView& view, std::string& text) {
  for (int i = 0; i < 60; ++i) {
    const EventKey key = event_key("e" + std::to_string(i));
    tell(text, view.find_receipt(key));
    tell(text, view.find_raw(key));
  }
  tell(text, view.list_raw({at(10), {}, 7}));
  tell(text, view.list_raw({at(10), event_key("e7"), 100}));
  for (const KeyHolder& holder : view.key_holders(contact, "key1", 1)) text += holder.record.text;
  tell(text, view.list_audit({2, 50, {}, {}}));
  tell(text, view.list_audit({1, 3, GoldenId("g1"), {}}));
  tell(text, view.list_audit({0, 3, {}, event_key("e7")}));
  tell(text, view.list_audit({0, 3, GoldenId("g1"), event_key("e7")}));
  tell(text, view.last_audit());
  tell(text, view.list_changes(1, 10));
  for (const char* cause : {"cause0", "cause1"}) tell(text, view.parked_for(cause, 100));
  for (const ParkedCause& cause : view.parked_causes("cause0", 2)) {
    text +=
        cause.waits_for + std::to_string(cause.events) + std::to_string(cause.first_received_at.us);
  }
  for (const char* name : {"m0", "m1", "m2"}) text += view.find_meta(name).value_or("none");
  for (const std::int64_t since : {0, 20, 39}) {
    text += std::to_string(view.count_guarded(SystemName("crm"), contact, "any", at(since)));
  }
}

void tell_reconciliations(ReadView& view, std::string& text) {
  for (int i = 0; i < 3; ++i) {
    const RunId run("run" + std::to_string(i));
    tell(text, view.find_run(run));
    tell(text, view.waiting_staged(run, 0, 100));
    tell(text, view.staged_of(run, GoldenId("g1")));
    tell(text, view.staged_with_key(run, "key1", 2));
    const auto holders_max = static_cast<std::size_t>(1 + i);
    for (const StagedKey& key : view.staged_keys_between(run, "key1", "key4", holders_max)) {
      text += key.key + std::to_string(key.number);
    }
    const NotStaged absent = view.not_staged(run, SystemName("crm"), contact, RecordId("r0"), 3);
    tell(text, absent.records);
    text += absent.searched_to.text + (absent.is_last ? "last" : "more");
    text += std::to_string(view.count_same(run)) + "\n";
    tell(text, view.find_staged(run, SystemName("desk"), RecordId("r1")));
    tell(text, view.list_discrepancies(run, {}));
    DiscrepancyFilter filter;
    filter.kind = DiscrepancyKind::missing;
    filter.system = SystemName("crm");
    filter.after = 1;
    filter.limit = 2;
    tell(text, view.list_discrepancies(run, filter));
  }
  tell(text, view.list_runs({contact, {}, 0, 2}));
  tell(text, view.list_runs({{}, RunState::running, 0, 10}));
  tell(text, view.find_mark(SystemName("crm"), contact, RecordId("r1")));
  text += std::to_string(view.last_audit_of(GoldenId("g1"))) + "\n";
}

std::string tell_all(ReadView& view) {
  std::string text;
  tell_records(view, text);
  tell_queues(view, text);
  tell_places(view, text);
  tell_log(view, text);
  tell_reconciliations(view, text);
  const StoreCounts counts = view.count_all();
  for (const auto& [state, count] : counts.deliveries_by_state) {
    text += state + std::to_string(count);
  }
  for (const auto& [category, count] : counts.unanswered_exceptions_by_category) {
    text += category + std::to_string(count);
  }
  for (const std::uint64_t count :
       {counts.goldens, counts.sources, counts.receipts, counts.audit_entries, counts.parked}) {
    text += " " + std::to_string(count);
  }
  for (const auto& time : {counts.oldest_due_delivery, counts.oldest_unanswered_exception}) {
    text += time ? std::to_string(time->us) : "none";
  }
  return text + (view.failure() ? "failed" : "");
}

// One transaction of random work. Bad jobs are undone to their mark or take the transaction with
// them.
std::string run_transaction(Dice dice, Store& store) {
  std::string answers;
  const auto transaction = store.begin();
  for (int job = dice.below(6); job >= 0; --job) {
    if (dice.below(5) > 0) transaction->set_savepoint();
    for (int step = dice.below(12); step >= 0; --step) do_anything(dice, *transaction, answers);
    const bool failed = transaction->failure().has_value();
    answers += failed ? "failed\n" : "fine\n";
    if (failed || dice.below(6) == 0) transaction->rollback_to_savepoint();
    if (dice.below(3) == 0) transaction->drop_savepoint();
  }
  answers += tell_all(*transaction);
  if (dice.below(5) > 0) answers += transaction->commit() ? "committed\n" : "refused\n";
  return answers;
}

std::string first_difference(const std::string& a, const std::string& b) {
  std::size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
  const std::size_t from = at < 200 ? 0 : at - 200;
  return "memory: " + a.substr(from, 400) + "\nsqlite: " + b.substr(from, 400);
}

}  // namespace

TEST_CASE("the stores answer every question alike after the same work") {
  const int transactions = 30;
  int committed = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    Fixture memory("memory");
    Fixture sqlite("sqlite");
    Dice dice(seed);
    for (int step = 0; step < transactions; ++step) {
      const Dice same(static_cast<std::uint32_t>(dice.below(1 << 30)));
      const auto memory_view = memory->read();
      const auto sqlite_view = sqlite->read();
      const std::string before = step % 5 > 0 ? "" : tell_all(*memory_view);
      const std::string in_memory = run_transaction(same, *memory);
      const std::string in_sqlite = run_transaction(same, *sqlite);
      INFO("seed " << seed << " step " << step << "\n" << first_difference(in_memory, in_sqlite));
      REQUIRE((in_memory == in_sqlite));
      committed += in_memory.ends_with("committed\n");
      if (step % 5 > 0) continue;
      // A view stays as it was, a new one shows the present.
      REQUIRE((tell_all(*memory_view) == before));
      REQUIRE((tell_all(*sqlite_view) == before));
      REQUIRE((tell_all(*memory->read()) == tell_all(*sqlite->read())));
    }
    const std::string at_the_end = tell_all(*memory->read());
    sqlite.reopen();
    REQUIRE((tell_all(*sqlite->read()) == at_the_end));
  }
  // Work that only fails would agree as well.
  CHECK(committed > 2 * transactions);
}
