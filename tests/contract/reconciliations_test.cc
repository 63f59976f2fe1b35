// What the slow loop keeps.
#include "tests/contract/rows.h"
#include "tests/contract/stores.h"

using namespace truce;
using namespace truce::contract;

namespace {

const EntityName contact("contact");

std::vector<std::string> records_in(const std::vector<StagedRecord>& staged) {
  std::vector<std::string> found;
  for (const StagedRecord& record : staged) found.push_back(record.system.text + record.id.text);
  return found;
}

std::vector<std::string> keys_in(const std::vector<StagedKey>& keys) {
  std::vector<std::string> found;
  for (const StagedKey& key : keys) found.push_back(key.key + ' ' + std::to_string(key.number));
  return found;
}

void open_run(Store& store, const std::string& id) {
  commit(store, [&](Transaction& transaction) {
    Reconciliation run = reconciliation(id);
    transaction.put_run(run);
  });
}

}  // namespace

TEST_CASE("a run comes back as it was put, and keeps its sequence") {
  FOR_EVERY_STORE(store);
  Reconciliation first = reconciliation("r1"), second = reconciliation("r2");
  second.state = RunState::running;
  commit(*store, [&](Transaction& transaction) {
    transaction.put_run(first);
    transaction.put_run(second);
    first.counts.matched = 7;
    transaction.put_run(first);
  });
  CHECK(first.sequence == 1);
  CHECK(second.sequence == 2);
  const auto view = store->read();
  CHECK(shown(*view->find_run(RunId("r1"))) == shown(first));
  CHECK_FALSE(view->find_run(RunId("r3")));
  CHECK(ids(view->list_runs({contact, {}, 0, 10})) == Texts{"r1", "r2"});
  CHECK(ids(view->list_runs({contact, RunState::running, 0, 10})) == Texts{"r2"});
  CHECK(ids(view->list_runs({{}, {}, 1, 10})) == Texts{"r2"});
  CHECK(view->list_runs({EntityName("deal"), {}, 0, 10}).empty());
}

TEST_CASE("a record that is staged again is replaced, its keys too") {
  FOR_EVERY_STORE(store);
  open_run(*store, "r1");
  open_run(*store, "r2");
  const RunId run("r1");
  commit(*store, [&](Transaction& transaction) {
    StagedRecord one = staged("crm", "c1"), two = staged("desk", "d1");
    CHECK(transaction.stage(run, one, {"a"}));
    CHECK(transaction.stage(run, two, {"a", "b", "a"}));
    StagedRecord again = staged("crm", "c1", "g1");
    CHECK_FALSE(transaction.stage(run, again, {"c"}));
    CHECK(again.number == one.number);
  });
  const auto view = store->read();
  CHECK(records_in(view->waiting_staged(run, 0, 10)) == Texts{"crmc1", "deskd1"});
  CHECK(records_in(view->waiting_staged(run, 0, 1)) == Texts{"crmc1"});
  CHECK(keys_in(view->staged_keys_between(run, {}, {}, 9)) == Texts{"a 2", "b 2", "c 1"});
  CHECK(records_in(view->staged_of(run, GoldenId("g1"))) == Texts{"crmc1"});
  CHECK(shown(*view->find_staged(run, SystemName("crm"), RecordId("c1"))) ==
        shown(staged("crm", "c1", "g1")));
  CHECK(view->waiting_staged(RunId("r2"), 0, 10).empty());
}

TEST_CASE("staged records are found by the keys that they are indexed by") {
  FOR_EVERY_STORE(store);
  open_run(*store, "r1");
  open_run(*store, "r2");
  const RunId run("r1");
  commit(*store, [&](Transaction& transaction) {
    for (const char* id : {"c1", "c2", "c3"}) {
      StagedRecord record = staged("crm", id);
      transaction.stage(run, record, {"k1", std::string("k") + id});
    }
    StagedRecord other = staged("crm", "c1");
    transaction.stage(RunId("r2"), other, {"k1"});
  });
  CHECK(store->read()->staged_with_key(run, "k1", 10).empty());
  const auto keys = store->read()->staged_keys_between(run, "k1", "kc3", 9);
  CHECK(keys_in(keys) == Texts{"k1 1", "k1 2", "k1 3", "kc1 1", "kc2 2"});
  CHECK(keys_in(store->read()->staged_keys_between(run, "kc3", {}, 9)) == Texts{"kc3 3"});
  CHECK(keys_in(store->read()->staged_keys_between(run, {}, {}, 2)) ==
        Texts{"k1 1", "k1 2", "kc1 1", "kc2 2", "kc3 3"});
  commit(*store, [&](Transaction& transaction) {
    transaction.index_staged(run, keys);
    transaction.index_staged(run, keys);  // as after a crash
    transaction.index_staged(RunId("r9"), keys);
  });
  const auto view = store->read();
  CHECK(records_in(view->staged_with_key(run, "k1", 10)) == Texts{"crmc1", "crmc2", "crmc3"});
  CHECK(records_in(view->staged_with_key(run, "k1", 2)) == Texts{"crmc1", "crmc2"});
  CHECK(records_in(view->staged_with_key(run, "kc2", 10)) == Texts{"crmc2"});
  CHECK(view->staged_with_key(run, "kc3", 10).empty());
  CHECK(view->staged_with_key(RunId("r2"), "k1", 10).empty());
  commit(*store, [&](Transaction& transaction) {
    StagedRecord again = staged("crm", "c1");
    transaction.stage(run, again, {"k2"});
  });
  CHECK(records_in(store->read()->staged_with_key(run, "k1", 10)) == Texts{"crmc2", "crmc3"});
}

TEST_CASE("a compared record waits no longer and lets go of its body") {
  FOR_EVERY_STORE(store);
  open_run(*store, "r1");
  const RunId run("r1");
  commit(*store, [&](Transaction& transaction) {
    StagedRecord one = staged("crm", "c1");
    transaction.stage(run, one, {"a"});
    transaction.index_staged(run, {{"a", one.number}});
    transaction.settle_staged(run, one.number, GoldenId("g1"));
    transaction.settle_staged(run, 999, GoldenId("g1"));
  });
  const auto view = store->read();
  CHECK(view->waiting_staged(run, 0, 10).empty());
  CHECK(view->staged_with_key(run, "a", 10).empty());
  const auto record = view->find_staged(run, SystemName("crm"), RecordId("c1"));
  REQUIRE(record);
  CHECK(record->state == StagedState::done);
  CHECK(record->golden == GoldenId("g1"));
  CHECK(record->body.empty());
}

TEST_CASE("a golden record counts as the same when all that was staged of it is") {
  FOR_EVERY_STORE(store);
  open_run(*store, "r1");
  const RunId run("r1");
  commit(*store, [&](Transaction& transaction) {
    for (const auto& [system, id, golden, state] :
         std::vector<std::tuple<std::string, std::string, std::string, StagedState>>{
             {"crm", "c1", "g1", StagedState::same},
             {"desk", "d1", "g1", StagedState::same},
             {"crm", "c2", "g2", StagedState::same},
             {"desk", "d2", "g2", StagedState::waiting},
             {"crm", "c3", "", StagedState::waiting}}) {
      StagedRecord record = staged(system, id, golden, state);
      transaction.stage(run, record, {});
    }
  });
  CHECK(store->read()->count_same(run) == 1);
}

TEST_CASE("absent are linked records of which nothing was staged") {
  FOR_EVERY_STORE(store);
  open_run(*store, "r1");
  const RunId run("r1");
  commit(*store, [&](Transaction& transaction) {
    for (const char* id : {"g1", "g2", "g3", "g4"}) transaction.put_golden(golden(id));
    transaction.put_source(source("crm", "c1", "g1"));
    transaction.put_source(source("crm", "c2", "g2"));
    transaction.put_source(source("crm", "c3", "g3", LinkState::unlinked));
    transaction.put_source(source("crm", "c4", ""));
    transaction.put_source(source("crm", "c5", "g4"));
    transaction.put_source(source("desk", "d1", "g1"));
    StagedRecord record = staged("crm", "c2");
    transaction.stage(run, record, {});
    CHECK(ids(transaction.not_staged(run, SystemName("crm"), contact, {}, 10).records) ==
          Texts{"c1", "c5"});
  });
  const auto view = store->read();
  const NotStaged all = view->not_staged(run, SystemName("crm"), contact, {}, 10);
  CHECK(ids(all.records) == Texts{"c1", "c5"});
  CHECK(all.is_last);
  // The limit is of those that are looked at.
  const NotStaged some = view->not_staged(run, SystemName("crm"), contact, RecordId("c1"), 2);
  CHECK(some.records.empty());
  CHECK(some.searched_to == RecordId("c3"));
  CHECK_FALSE(some.is_last);
  const NotStaged rest = view->not_staged(run, SystemName("crm"), contact, RecordId("c3"), 10);
  CHECK(ids(rest.records) == Texts{"c5"});
  CHECK(rest.searched_to == RecordId("c5"));
}

TEST_CASE("a mark is replaced, and the last audit entry of a golden record is found") {
  FOR_EVERY_STORE(store);
  SnapshotMark mark{SystemName("crm"), contact, RecordId("c1"),     digest_of("old"),
                    GoldenId("g1"),    3,       digest_of("policy")};
  commit(*store, [&](Transaction& transaction) {
    transaction.put_mark(mark);
    mark.digest = digest_of("new");
    mark.audit_sequence = 4;
    transaction.put_mark(mark);
    transaction.append_audit(audit(1, "g1", ""));
    transaction.append_audit(audit(2, "", ""));
    transaction.append_audit(audit(3, "g1", ""));
    CHECK(transaction.last_audit_of(GoldenId("g1")) == 3);
  });
  const auto view = store->read();
  CHECK(shown(*view->find_mark(mark.system, contact, mark.id)) == shown(mark));
  CHECK_FALSE(view->find_mark(SystemName("desk"), contact, mark.id));
  CHECK(view->last_audit_of(GoldenId("g1")) == 3);
  CHECK(view->last_audit_of(GoldenId("g2")) == 0);
}

TEST_CASE("discrepancies are numbered within their run and filtered") {
  FOR_EVERY_STORE(store);
  open_run(*store, "r1");
  open_run(*store, "r2");
  commit(*store, [&](Transaction& transaction) {
    Discrepancy one = discrepancy(DiscrepancyKind::different, "crm");
    Discrepancy two = discrepancy(DiscrepancyKind::missing, "desk");
    Discrepancy other = discrepancy(DiscrepancyKind::only, "crm");
    transaction.append_discrepancy(RunId("r1"), one);
    transaction.append_discrepancy(RunId("r2"), other);
    transaction.append_discrepancy(RunId("r1"), two);
    CHECK(one.number == 1);
    CHECK(other.number == 1);
    CHECK(two.number == 2);
  });
  const auto view = store->read();
  const auto all = view->list_discrepancies(RunId("r1"), {});
  REQUIRE(all.size() == 2);
  CHECK(shown(all[0]) == shown([] {
          Discrepancy row = discrepancy(DiscrepancyKind::different, "crm");
          row.number = 1;
          return row;
        }()));
  DiscrepancyFilter filter;
  filter.kind = DiscrepancyKind::missing;
  CHECK(view->list_discrepancies(RunId("r1"), filter).size() == 1);
  filter.system = SystemName("crm");
  CHECK(view->list_discrepancies(RunId("r1"), filter).empty());
  filter = {};
  filter.after = 1;
  CHECK(view->list_discrepancies(RunId("r1"), filter).front().number == 2);
}

TEST_CASE("an ended run lets go of all that it kept") {
  FOR_EVERY_STORE(store);
  open_run(*store, "r1");
  const RunId run("r1");
  commit(*store, [&](Transaction& transaction) {
    for (const char* id : {"c1", "c2", "c3"}) {
      StagedRecord record = staged("crm", id);
      transaction.stage(run, record, {"a"});
      transaction.index_staged(run, {{"a", record.number}});
      Discrepancy row = discrepancy(DiscrepancyKind::different, "crm");
      transaction.append_discrepancy(run, row);
    }
    CHECK(transaction.forget_staged(run, 2) == 2);
    CHECK(transaction.forget_staged(run, 2) == 1);
    CHECK(transaction.forget_discrepancies(run, 10) == 3);
    transaction.forget_run(run);
  });
  const auto view = store->read();
  CHECK_FALSE(view->find_run(run));
  CHECK(view->staged_with_key(run, "a", 10).empty());
  CHECK(view->staged_keys_between(run, {}, {}, 9).empty());
}

TEST_CASE("nothing is staged of a run that is not there") {
  FOR_EVERY_STORE(store);
  const auto transaction = store->begin();
  StagedRecord record = staged("crm", "c1");
  transaction->stage(RunId("r1"), record, {});
  REQUIRE(transaction->failure());
  CHECK(transaction->failure()->code == Code::internal);
}
