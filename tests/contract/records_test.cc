#include "tests/contract/rows.h"
#include "tests/contract/stores.h"

using namespace truce;
using namespace truce::contract;

namespace {

const EntityName contact("contact");

std::optional<SourceRecord> find(Store& store, const std::string& system, const std::string& id) {
  return store.read()->find_source(SystemName(system), contact, RecordId(id));
}

std::vector<std::string> holders(Store& store, const std::string& key) {
  std::vector<std::string> found;
  for (const KeyHolder& holder : store.read()->key_holders(contact, key, 100)) {
    found.push_back(holder.system.text + "/" + holder.record.text + "/" + holder.golden.text +
                    (holder.current ? "/current" : "/earlier"));
  }
  return found;
}

}  // namespace

TEST_CASE("a source record comes back with every member, linked or not") {
  FOR_EVERY_STORE(store);
  const std::vector<SourceRecord> records = {
      source("crm", "1", "g1"), source("crm", "2", "g1", LinkState::unlinked),
      source("crm", "3", "", LinkState::ambiguous), source("crm", "4", "g1", LinkState::merged)};
  commit(*store, [&](Transaction& transaction) {
    for (const SourceRecord& record : records) transaction.put_source(record);
  });
  for (const SourceRecord& record : records) {
    const std::optional<SourceRecord> found = find(*store, "crm", record.id.text);
    REQUIRE(found);
    CHECK(shown(*found) == shown(record));
  }
  CHECK_FALSE(find(*store, "crm", "5"));
  CHECK_FALSE(store->read()->find_source(SystemName("crm"), EntityName("deal"), RecordId("1")));
}

TEST_CASE("the source records of a golden record stand in the order of system and id") {
  FOR_EVERY_STORE(store);
  commit(*store, [&](Transaction& transaction) {
    transaction.put_source(source("desk", "1", "g1"));
    transaction.put_source(source("crm", "20", "g1", LinkState::unlinked));
    transaction.put_source(source("crm", "3", "g1"));
    transaction.put_source(source("bill", "9", "g2"));
  });
  CHECK(ids(store->read()->sources_of(GoldenId("g1"))) == Texts{"20", "3", "1"});
  commit(*store, [&](Transaction& transaction) {
    transaction.put_source(source("crm", "3", "g2"));
    transaction.put_source(source("desk", "1", "", LinkState::ambiguous));
  });
  CHECK(ids(store->read()->sources_of(GoldenId("g1"))) == Texts{"20"});
  CHECK(ids(store->read()->sources_of(GoldenId("g2"))) == Texts{"9", "3"});
  CHECK(store->read()->sources_of(GoldenId("g3")).empty());
}

TEST_CASE("an entity's source records are walked in the order of system and id") {
  FOR_EVERY_STORE(store);
  SourceRecord deal = source("crm", "15", "g9");
  deal.entity = EntityName("deal");
  commit(*store, [&](Transaction& transaction) {
    transaction.put_source(source("desk", "1", "g1"));
    transaction.put_source(source("crm", "20", "g1", LinkState::unlinked));
    transaction.put_source(source("crm", "3", "", LinkState::ambiguous));
    transaction.put_source(deal);
    transaction.put_source(source("bill", "9", "g2"));
    // Also what this transaction alone knows.
    CHECK(ids(transaction.sources_behind(contact, {}, 10)) == Texts{"9", "20", "3", "1"});
  });
  const auto view = store->read();
  CHECK(ids(view->sources_behind(contact, {}, 10)) == Texts{"9", "20", "3", "1"});
  CHECK(ids(view->sources_behind(contact, {}, 2)) == Texts{"9", "20"});
  CHECK(ids(view->sources_behind(contact, {SystemName("crm"), RecordId("20")}, 2)) ==
        Texts{"3", "1"});
  CHECK(ids(view->sources_behind(contact, {SystemName("crm"), {}}, 10)) == Texts{"20", "3", "1"});
  CHECK(view->sources_behind(contact, {SystemName("desk"), RecordId("1")}, 10).empty());
  CHECK(view->sources_behind(contact, {}, 0).empty());
  CHECK(ids(view->sources_behind(EntityName("deal"), {}, 10)) == Texts{"15"});
}

TEST_CASE("a golden record has at most one active link for each entity and system") {
  FOR_EVERY_STORE(store);
  commit(*store,
         [](Transaction& transaction) { transaction.put_source(source("crm", "1", "g1")); });
  {
    const auto transaction = store->begin();
    transaction->put_source(source("crm", "2", "g1"));
    REQUIRE(transaction->failure());
    CHECK(transaction->failure()->code == Code::internal);
  }
  CHECK_FALSE(find(*store, "crm", "2"));
  // Other entities and systems have slots of their own, and so have unlinked records.
  SourceRecord deal = source("crm", "2", "g1");
  deal.entity = EntityName("deal");
  commit(*store, [&](Transaction& transaction) {
    transaction.put_source(deal);
    transaction.put_source(source("desk", "2", "g1"));
    transaction.put_source(source("crm", "5", "g1", LinkState::unlinked));
    transaction.put_source(source("crm", "6", "g1", LinkState::unlinked));
  });
  // A link moves when its old holder goes first.
  commit(*store, [](Transaction& transaction) {
    transaction.put_source(source("crm", "1", "", LinkState::merged));
    transaction.put_source(source("crm", "7", "g1"));
  });
  CHECK(find(*store, "crm", "7")->golden == GoldenId("g1"));
}

TEST_CASE("an ambiguous record has no golden record") {
  FOR_EVERY_STORE(store);
  const auto transaction = store->begin();
  transaction->put_source(source("crm", "1", "g1", LinkState::ambiguous));
  REQUIRE(transaction->failure());
  CHECK(transaction->failure()->code == Code::internal);
  CHECK_FALSE(transaction->commit());
}

TEST_CASE("a golden record comes back with every member") {
  FOR_EVERY_STORE(store);
  GoldenRecord record = golden("g1");
  record.deleted_at = at(99);
  record.merged_into = GoldenId("g2");
  commit(*store, [&](Transaction& transaction) { transaction.put_golden(record); });
  CHECK(shown(store->read()->find_golden(GoldenId("g1")).value()) == shown(record));
  CHECK_FALSE(store->read()->find_golden(GoldenId("g2")));
  record.version = 10;
  commit(*store, [&](Transaction& transaction) { transaction.put_golden(record); });
  CHECK(shown(store->read()->find_golden(GoldenId("g1")).value()) == shown(record));
}

TEST_CASE("golden records are counted without merged and deleted ones, also before the commit") {
  FOR_EVERY_STORE(store);
  GoldenRecord merged = golden("g2");
  merged.merged_into = GoldenId("g1");
  GoldenRecord deleted = golden("g3");
  deleted.deleted_at = at(1);
  commit(*store, [&](Transaction& transaction) {
    transaction.put_golden(golden("g1"));
    transaction.put_golden(merged);
    transaction.put_golden(deleted);
    transaction.put_golden(golden("g4", "deal"));
    CHECK(transaction.count_goldens(contact) == 1);
  });
  CHECK(store->read()->count_goldens(contact) == 1);
  CHECK(store->read()->count_goldens(EntityName("ticket")) == 0);
  {
    const auto transaction = store->begin();
    transaction->put_golden(golden("g3"));  // restored
    transaction->put_golden(golden("g4"));  // of another entity now
    transaction->put_golden(golden("g1"));  // unchanged
    CHECK(transaction->count_goldens(contact) == 3);
    CHECK(transaction->count_goldens(EntityName("deal")) == 0);
    CHECK(store->read()->count_goldens(contact) == 1);
  }
  CHECK(store->read()->count_goldens(contact) == 1);
  CHECK(store->read()->count_all().goldens == 2);
}

TEST_CASE("golden records of other policies are found least id first") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    transaction.put_golden(golden("g5", "contact", "one"));
    transaction.put_golden(golden("g1", "deal", "two"));
    transaction.put_golden(golden("g3", "contact", "three"));
    transaction.put_golden(golden("g4", "contact", "one"));
    GoldenRecord never = golden("g2");
    never.policy_sha256.clear();
    transaction.put_golden(never);
  });
  const auto found = [&](const std::string& policy, std::size_t limit) {
    Texts texts;
    for (const GoldenId& id : store->read()->goldens_not_of_policy(digest_of(policy), limit)) {
      texts.push_back(id.text);
    }
    return texts;
  };
  CHECK(found("one", 10) == Texts{"g1", "g2", "g3"});
  CHECK(found("one", 2) == Texts{"g1", "g2"});
  CHECK(found("new", 10) == Texts{"g1", "g2", "g3", "g4", "g5"});
  CHECK(found("new", 0).empty());
  commit(*store,
         [](Transaction& transaction) { transaction.put_golden(golden("g1", "deal", "one")); });
  CHECK(found("one", 10) == Texts{"g2", "g3"});
}

TEST_CASE("references are replaced as a whole and found from the parent") {
  FOR_EVERY_STORE(store);
  const auto children = [&](const std::string& parent) {
    Texts texts;
    for (const GoldenId& id : store->read()->children_of(GoldenId(parent))) {
      texts.push_back(id.text);
    }
    return texts;
  };
  commit(*store, [](Transaction& transaction) {
    transaction.put_references(GoldenId("c2"), {GoldenId("p1"), GoldenId("p2")});
    transaction.put_references(GoldenId("c1"), {GoldenId("p1"), GoldenId("p1")});
  });
  CHECK(children("p1") == Texts{"c1", "c2"});
  CHECK(children("p2") == Texts{"c2"});
  commit(*store, [](Transaction& transaction) {
    transaction.put_references(GoldenId("c2"), {GoldenId("p3"), GoldenId("p2")});
    transaction.put_references(GoldenId("c1"), {});
  });
  CHECK(children("p1").empty());
  CHECK(children("p2") == Texts{"c2"});
  CHECK(children("p3") == Texts{"c2"});
}

TEST_CASE("match keys stay when they are no longer shown, and move with their record") {
  FOR_EVERY_STORE(store);
  const auto put = [&](const std::string& system, const std::string& id, const std::string& golden,
                       const Texts& current, const Texts& earlier) {
    commit(*store, [&](Transaction& transaction) {
      transaction.put_keys(contact, SystemName(system), RecordId(id), GoldenId(golden), current,
                           earlier);
    });
  };
  put("crm", "1", "g1", {"a", "phone"}, {});
  put("crm", "1", "g1", {"b", "phone"}, {});
  CHECK(holders(*store, "a") == Texts{"crm/1/g1/earlier"});
  CHECK(holders(*store, "b") == Texts{"crm/1/g1/current"});
  CHECK(holders(*store, "phone") == Texts{"crm/1/g1/current"});
  // An earlier key that was never shown before, and one that is also current.
  put("desk", "7", "", {"a", "c"}, {"c", "d"});
  CHECK(holders(*store, "c") == Texts{"desk/7//current"});
  CHECK(holders(*store, "d") == Texts{"desk/7//earlier"});
  // Current ones first, then by system and record.
  put("bill", "3", "g3", {}, {"a"});
  put("desk", "10", "g4", {"a"}, {});
  CHECK(holders(*store, "a") ==
        Texts{"desk/10/g4/current", "desk/7//current", "bill/3/g3/earlier", "crm/1/g1/earlier"});
  // All of a record's keys go to its new golden record, and an earlier one can be shown again.
  put("crm", "1", "g9", {"a"}, {});
  CHECK(holders(*store, "a").front() == "crm/1/g9/current");
  CHECK(holders(*store, "b") == Texts{"crm/1/g9/earlier"});
  put("crm", "1", "", {}, {});
  CHECK(holders(*store, "b") == Texts{"crm/1//earlier"});
  CHECK(store->read()->key_holders(EntityName("deal"), "a", 100).empty());
}

TEST_CASE("who holds a key is told as it stands at each moment of a transaction") {
  FOR_EVERY_STORE(store);
  commit(*store, [](Transaction& transaction) {
    const auto records = [&](const char* entity, const std::string& key, std::size_t limit) {
      std::string found;
      for (const KeyHolder& holder : transaction.key_holders(EntityName(entity), key, limit)) {
        found += holder.record.text + ' ';
      }
      return found;
    };
    const auto put = [&](const char* id) {
      transaction.put_keys(contact, SystemName("crm"), RecordId(id), GoldenId("g1"), {"a"}, {});
    };
    CHECK(records("contact", "a", 100).empty());
    put("1");
    CHECK(records("contact", "a", 100) == "1 ");
    CHECK(records("contact", "b", 100).empty());
    transaction.set_savepoint();
    put("2");
    CHECK(records("contact", "a", 100) == "1 2 ");
    CHECK(records("contact", "a", 1) == "1 ");
    CHECK(records("contact", "a", 100) == "1 2 ");
    CHECK(records("deal", "a", 100).empty());
    transaction.rollback_to_savepoint();
    CHECK(records("contact", "a", 100) == "1 ");
  });
  CHECK(holders(*store, "a") == Texts{"crm/1/g1/current"});
}

TEST_CASE("texts with quotes, zero bytes and any script are found again") {
  FOR_EVERY_STORE(store);
  const std::string odd = std::string("o'Neil \0 \"x\" ", 14) + "\u5c71\u7530";
  commit(*store, [&](Transaction& transaction) {
    transaction.put_keys(contact, SystemName("crm"), RecordId(odd), GoldenId("g1"), {odd}, {});
    transaction.put_meta(odd, odd);
  });
  const std::vector<KeyHolder> found = store->read()->key_holders(contact, odd, 100);
  REQUIRE(found.size() == 1);
  CHECK(found[0].record.text == odd);
  CHECK(store->read()->find_meta(odd) == odd);
  CHECK(store->read()->key_holders(contact, odd.substr(0, 7), 100).empty());
}
