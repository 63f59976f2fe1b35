// What the slow loop finds is no agreement in time, whatever is done about it then.
#include "tests/unit/app/agreeing.h"
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

Snapshots snapshots_of(const std::string& in_crm, const std::string& in_desk) {
  return {{"crm", {{{"id", "c1"}, {"email", "ada@example.com"}, {"name", in_crm}}}},
          {"desk", {{{"id", "d1"}, {"email", "ada@example.com"}, {"name", in_desk}}}}};
}

class Reconciled : public Office {
 public:
  Reconciled() : Office(names_agree()) {
    both_know({{"name", "Ada"}});
    deliver_all();
    advance(3'600'000);
    before_ = measured(*this).changes;
  }
  // Changes and misses since.
  std::pair<std::uint64_t, std::uint64_t> counted() {
    const AgreementReport report = measured(*this);
    check_against_the_trail(*this, report);
    return {report.changes - before_, report.misses};
  }

 private:
  std::uint64_t before_ = 0;
};
using Pair = std::pair<std::uint64_t, std::uint64_t>;

}  // namespace

TEST_CASE(
    "an edit that no event told of is one change that missed, and its repair is not another") {
  Reconciled office;
  REQUIRE(reconcile(office, snapshots_of("Grace", "Ada"))["causes"]["lost_event"] == 1);
  CHECK(office.counted() == Pair{1, 1});
  CHECK(measured(office).open == 1);
  CHECK(measured(office).worst.at(0).system == SystemName("crm"));
  office.deliver_all();
  CHECK(office.counted() == Pair{1, 1});
  CHECK(measured(office).open == 0);
}

TEST_CASE("snapshots that agree, and a plan, are nothing for the measure") {
  Reconciled office;
  reconcile(office, snapshots_of("Ada", "Ada"));
  reconcile(office, snapshots_of("Grace", "Ada"), {.mode = "plan"});
  CHECK(office.counted() == Pair{0, 0});
}

TEST_CASE("a difference that was known, for its write is open, is not counted a second time") {
  Reconciled office;
  office.says("crm", "c1", {{"name", "Grace"}});
  office.advance(60'000);
  reconcile(office, snapshots_of("Grace", "Ada"));
  CHECK(office.counted() == Pair{0, 0});
  office.advance(20 * minute_ms);
  CHECK(office.counted() == Pair{1, 1});
}

TEST_CASE("an unheard edit of a record that had an open change is a change like any other") {
  Reconciled office;
  office.says("crm", "c1", {{"name", "Grace"}});
  office.advance(60'000);
  REQUIRE(reconcile(office, snapshots_of("Hedy", "Ada"))["causes"]["lost_event"] == 1);
  CHECK(office.counted() == Pair{0, 0});
  office.deliver_all();
  CHECK(office.counted() == Pair{2, 0});
}

TEST_CASE("the first sight of two records that differ is no miss") {
  Office office(names_agree());
  reconcile(office, snapshots_of("Grace", "Ada"));
  const AgreementReport report = measured(office);
  check_against_the_trail(office, report);
  CHECK(report.misses == 0);
}

TEST_CASE("a first value that no event told of is one change that missed") {
  Office office(names_agree());
  office.both_know(Json::object());
  const auto read = [&](const Json& in_crm) {
    Json crm{{"id", "c1"}, {"email", "ada@example.com"}};
    crm.update(in_crm);
    return reconcile(office,
                     {{"crm", {crm}}, {"desk", {{{"id", "d1"}, {"email", "ada@example.com"}}}}});
  };
  office.advance(3'600'000);
  REQUIRE(read(Json::object())["matched"] == 1);
  const std::uint64_t before = measured(office).changes;
  office.advance(3'600'000);
  REQUIRE(read({{"name", "Grace"}})["causes"]["lost_event"] == 1);
  const AgreementReport report = measured(office);
  check_against_the_trail(office, report);
  CHECK(Pair{report.changes - before, report.misses} == Pair{1, 1});
}

}  // namespace truce::test
