#include "tests/contract/rows.h"
#include "tests/contract/stores.h"

using namespace truce;
using namespace truce::contract;

namespace {

void put(Store& store, ExceptionItem item) {
  commit(store, [&](Transaction& transaction) { transaction.put_exception(item); });
}

ExceptionItem due(ExceptionItem item, Time due_at) {
  item.due_at = due_at;
  return item;
}

ExceptionItem claimed(ExceptionItem item) {
  item.state = ExceptionState::claimed;
  item.claimed_by = "bob";
  return item;
}

}  // namespace

TEST_CASE("an exception comes back with every member, and its sequence is given once") {
  FOR_EVERY_STORE(store);
  ExceptionItem item = exception("x1", "conflict/g1/amount");
  ExceptionItem other = exception("x0", "conflict/g2/amount");
  commit(*store, [&](Transaction& transaction) {
    transaction.put_exception(item);
    transaction.put_exception(other);
  });
  CHECK(item.sequence == 1);
  CHECK(other.sequence == 2);
  CHECK(shown(store->read()->find_exception(ExceptionId("x1")).value()) == shown(item));
  ExceptionItem answered = closed(item);
  answered.sequence = 0;
  commit(*store, [&](Transaction& transaction) { transaction.put_exception(answered); });
  CHECK(answered.sequence == 1);
  CHECK(shown(store->read()->find_exception(ExceptionId("x1")).value()) == shown(answered));
  CHECK_FALSE(store->read()->find_exception(ExceptionId("x2")));
}

TEST_CASE("a subject has at most one unanswered exception") {
  FOR_EVERY_STORE(store);
  put(*store, claimed(exception("x1", "s")));
  CHECK(store->read()->unanswered_exception("s")->id == ExceptionId("x1"));
  {
    const auto transaction = store->begin();
    ExceptionItem second = exception("x2", "s");
    transaction->put_exception(second);
    REQUIRE(transaction->failure());
    CHECK(transaction->failure()->code == Code::internal);
  }
  put(*store, closed(exception("x1", "s")));
  CHECK_FALSE(store->read()->unanswered_exception("s"));
  put(*store, exception("x2", "s"));
  CHECK(store->read()->unanswered_exception("s")->id == ExceptionId("x2"));
  put(*store, closed(exception("x2", "s")));
  put(*store, closed(exception("x3", "s")));
  CHECK_FALSE(store->read()->unanswered_exception("s"));
}

TEST_CASE("an exception has a time of closing exactly when it is closed") {
  FOR_EVERY_STORE(store);
  ExceptionItem item = exception("x1", "s");
  SECTION("closed without a time") { item.state = ExceptionState::dismissed; }
  SECTION("open with a time") { item.closed_at = at(1); }
  const auto transaction = store->begin();
  transaction->put_exception(item);
  REQUIRE(transaction->failure());
  CHECK(transaction->failure()->code == Code::internal);
}

TEST_CASE("the unanswered exceptions of a golden record stand in order of opening") {
  FOR_EVERY_STORE(store);
  ExceptionItem elsewhere = exception("x4", "4");
  elsewhere.golden = GoldenId("g2");
  ExceptionItem nowhere = exception("x5", "5");
  nowhere.golden = GoldenId();
  put(*store, exception("x3", "1"));
  put(*store, closed(exception("x2", "2")));
  put(*store, claimed(exception("x1", "3")));
  put(*store, elsewhere);
  put(*store, nowhere);
  CHECK(ids(store->read()->unanswered_exceptions_of(GoldenId("g1"))) == Texts{"x3", "x1"});
  CHECK(ids(store->read()->unanswered_exceptions_of(GoldenId("g2"))) == Texts{"x4"});
  CHECK(store->read()->unanswered_exceptions_of(GoldenId()).empty());
}

TEST_CASE("unanswered exceptions are found by how their subject begins, in its order") {
  FOR_EVERY_STORE(store);
  put(*store, exception("x1", "a/b/2"));
  put(*store, claimed(exception("x2", "a/b/\xC3\xA9")));
  put(*store, exception("x3", "a/b/1/2"));
  put(*store, closed(exception("x4", "a/b/3")));
  put(*store, exception("x5", "a/b"));
  put(*store, exception("x6", "a/b0"));
  put(*store, exception("x7", "a/ab/1"));
  CHECK(ids(store->read()->unanswered_exceptions_under("a/b/")) == Texts{"x3", "x1", "x2"});
  CHECK(ids(store->read()->unanswered_exceptions_under("a/b/1/")) == Texts{"x3"});
  CHECK(store->read()->unanswered_exceptions_under("b/").empty());
}

TEST_CASE("exceptions are listed by state and category, in pages") {
  FOR_EVERY_STORE(store);
  put(*store, exception("x1", "1", Category::conflict));
  put(*store, claimed(exception("x2", "2", Category::drift)));
  put(*store, closed(exception("x3", "3", Category::conflict)));
  put(*store, exception("x4", "4", Category::erase));
  put(*store, claimed(exception("x5", "5", Category::conflict)));
  const auto listed = [&](const ExceptionFilter& filter) {
    return ids(store->read()->list_exceptions(filter));
  };
  ExceptionFilter filter;
  CHECK(listed(filter) == Texts{"x1", "x2", "x3", "x4", "x5"});
  filter.unanswered = true;
  CHECK(listed(filter) == Texts{"x1", "x2", "x4", "x5"});
  filter.category = Category::conflict;
  CHECK(listed(filter) == Texts{"x1", "x5"});
  filter.unanswered = false;
  CHECK(listed(filter) == Texts{"x1", "x3", "x5"});
  filter.state = ExceptionState::resolved;
  CHECK(listed(filter) == Texts{"x3"});
  filter.unanswered = true;
  CHECK(listed(filter).empty());
  ExceptionFilter page;
  page.state = ExceptionState::open;
  page.limit = 1;
  CHECK(listed(page) == Texts{"x1"});
  page.after = 1;
  CHECK(listed(page) == Texts{"x4"});
}

TEST_CASE("an overdue exception is found until it is announced, and never again") {
  FOR_EVERY_STORE(store);
  ExceptionItem never = exception("x4", "4");
  never.due_at.reset();
  put(*store, due(exception("x1", "1"), at(30)));
  put(*store, due(claimed(exception("x2", "2")), at(20)));
  put(*store, due(closed(exception("x3", "3")), at(10)));
  put(*store, never);
  put(*store, due(exception("x5", "5"), at(31)));
  const auto overdue = [&](std::int64_t now, std::size_t limit) {
    return ids(store->read()->overdue_exceptions(at(now), limit));
  };
  CHECK(overdue(30, 10) == Texts{"x2", "x1"});
  CHECK(overdue(30, 1) == Texts{"x2"});
  CHECK(overdue(19, 10).empty());
  commit(*store, [](Transaction& transaction) {
    transaction.announce_overdue(ExceptionId("x2"));
    transaction.announce_overdue(ExceptionId("unknown"));
  });
  CHECK(overdue(30, 10) == Texts{"x1"});
  put(*store, due(claimed(exception("x2", "2")), at(5)));
  CHECK(overdue(30, 10) == Texts{"x1"});
}
