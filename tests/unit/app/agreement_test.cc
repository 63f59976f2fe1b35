// How soon systems agree, measured from the audit trail.
#include <random>

#include "engine/app/policy_admin.h"
#include "tests/unit/app/agreeing.h"

namespace truce::test {
namespace {

// Both know the name, and nothing is counted yet but that: the changes are those of after.
class Agreeing : public Office {
 public:
  explicit Agreeing(const Terms& terms = names_agree()) : Office(terms) {
    both_know({{"name", "Ada"}});
    deliver_all();
    advance(3'600'000);
    before_ = measured(*this).changes;
  }

  Json change(const std::string& name) { return says("crm", "c1", {{"name", name}}); }
  Json claimed() {
    const Json due = claim_all();
    REQUIRE(due.size() == 1);
    return due[0];
  }

  struct Counted {
    std::uint64_t changes = 0, misses = 0, open = 0;
    bool operator==(const Counted&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const Counted& counted) {
      return out << counted.changes << " changes, " << counted.misses << " missed, " << counted.open
                 << " open";
    }
  };
  Counted counted() {
    const AgreementReport report = measured(*this);
    check_against_the_trail(*this, report);
    return {report.changes - before_, report.misses, report.open};
  }

 private:
  std::uint64_t before_ = 0;
};
using Counted = Agreeing::Counted;

}  // namespace

TEST_CASE("a change is in time when every system holds it within its time, to the last moment") {
  for (const std::int64_t too_late_ms : {0, 1}) {
    Agreeing office;
    office.change("Grace");
    CHECK(office.counted() == Counted{0, 0, 1});
    const Json delivery = office.claimed();
    office.advance(15 * minute_ms + too_late_ms);
    office.delivered(delivery);
    CHECK(office.counted() == Counted{1, too_late_ms == 0 ? 0U : 1U, 0});
  }
}

TEST_CASE("a change that is still open is a miss as soon as its time is over, and counts once") {
  Agreeing office;
  office.change("Grace");
  const Time accepted_at = office.now;
  const Json delivery = office.claimed();
  office.advance(15 * minute_ms);
  CHECK(office.counted() == Counted{0, 0, 1});
  office.advance(1);
  CHECK(office.counted() == Counted{1, 1, 1});
  const AgreementReport report = measured(office);
  CHECK(report.oldest_open == accepted_at);
  REQUIRE(report.worst.size() == 1);
  CHECK(report.worst[0].system == SystemName("desk"));
  office.delivered(delivery);
  CHECK(office.counted() == Counted{1, 1, 0});
}

TEST_CASE("a change that has nothing to be written for agrees at once") {
  Agreeing office;
  office.says("crm", "c2", {{"email", "bea@example.com"}, {"name", "Bea"}});
  CHECK(office.counted() == Counted{1, 0, 0});
}

TEST_CASE("a change that another one replaces ends with that one") {
  Agreeing office;
  office.change("Grace");
  office.advance(10 * minute_ms);
  office.change("Hedy");
  office.advance(6 * minute_ms);
  office.deliver_all();
  // The first one's time was over, the second one's was not.
  CHECK(office.counted() == Counted{2, 1, 0});
}

TEST_CASE("the write of an older value that was on its way does not end the younger change") {
  Agreeing office;
  office.change("Grace");
  const Json older = office.claimed();
  office.change("Hedy");
  office.advance(minute_ms);
  office.delivered(older);
  CHECK(office.counted() == Counted{0, 0, 1});
  office.deliver_all();
  CHECK(office.counted() == Counted{2, 0, 0});
}

TEST_CASE("a target that makes the same edit itself agrees without our write") {
  Agreeing office;
  office.change("Grace");
  office.advance(minute_ms);
  office.says("desk", "d1", {{"name", "Grace"}});
  CHECK(office.counted() == Counted{1, 0, 0});
}

TEST_CASE("a contested change owes nothing until a person has answered, and then from then on") {
  Agreeing office(names_agree("escalate"));
  office.change("Grace");
  office.advance(60 * minute_ms);
  CHECK(office.counted() == Counted{0, 0, 0});
  const ExceptionItem item = office.the_item(Category::conflict);
  REQUIRE(office.answer(item.id.text, {{"choose", "crm"}, {"version", item.version}}));
  CHECK(office.counted() == Counted{0, 0, 1});
  office.advance(16 * minute_ms);
  CHECK(office.counted() == Counted{1, 1, 1});
}

TEST_CASE("a dead letter is a miss, and ends when it is replayed and delivered") {
  Agreeing office;
  office.change("Grace");
  const Json refused{{"error", {{"class", "permanent"}, {"message", "no"}}}};
  office.settle_as(office.claimed(), "failed", refused);
  CHECK(office.counted() == Counted{0, 0, 1});
  office.advance(16 * minute_ms);
  CHECK(office.counted() == Counted{1, 1, 1});
  office.act(office.the_item(Category::dead_letter), "replay");
  office.sweep_all();
  office.advance(minute_ms);
  office.sweep_all();
  office.deliver_all();
  CHECK(office.counted() == Counted{1, 1, 0});
}

TEST_CASE("a write that a person throws away is a miss, and nothing is open any more") {
  Agreeing office;
  office.change("Grace");
  const Json refused{{"error", {{"class", "permanent"}, {"message", "no"}}}};
  office.settle_as(office.claimed(), "failed", refused);
  office.act(office.the_item(Category::dead_letter), "discard");
  const AgreementReport report = measured(office);
  CHECK(report.misses == 1);
  CHECK(report.open == 0);
}

TEST_CASE("under a new policy what is no longer to be written agrees") {
  Agreeing office;
  office.change("Grace");
  Terms terms = names_agree();
  terms.fields =
      R"("name": {"type": "text", "rule": "recency", "map": {"crm": "name", "desk": "name"},
                    "direction": {"desk": "in"}})";
  office.policy = policy_of(Office::policy_text(terms));
  office.advance(minute_ms);
  office.sweep_all();
  CHECK(office.counted() == Counted{1, 0, 0});
}

TEST_CASE("what was counted goes on to be counted after a restart, and leaves with its window") {
  Agreeing office;
  AgreementKeeper keeper;
  measured_by(keeper, office);
  office.change("Grace");
  office.advance(20 * minute_ms);
  office.deliver_all();
  for (int days = 0; days < 9; ++days) {
    const AgreementReport kept = measured_by(keeper, office);
    const AgreementReport anew = measured(office);
    INFO(days);
    CHECK(kept.changes == anew.changes);
    CHECK(kept.misses == anew.misses);
    if (days != 7) CHECK(kept.misses == (days < 7 ? 1U : 0U));  // the window's first hour is whole
    CHECK(kept.oldest_open == anew.oldest_open);
    office.advance(86'400'000);
  }
}

TEST_CASE("other objectives are measured from the beginning of their window") {
  Agreeing office;
  AgreementKeeper keeper;
  office.change("Grace");
  office.advance(20 * minute_ms);
  office.deliver_all();
  CHECK(measured_by(keeper, office).misses == 1);
  Terms patient = names_agree();
  patient.systems.replace(patient.systems.find("15m"), 3, "25m");
  office.policy = policy_of(Office::policy_text(patient));
  const AgreementReport report = measured_by(keeper, office);
  CHECK(report.misses == 0);
  CHECK(report.changes > 0);
  Terms none = names_agree();
  none.systems = Terms().systems;
  office.policy = policy_of(Office::policy_text(none));
  const auto view = office.store->read();
  Reader reader{*view, *office.policy, office.secrets, office.now};
  CHECK(keeper.read(reader).reports.empty());
}

TEST_CASE("the error budget and its burn rates follow from the changes") {
  Agreeing office;
  const std::uint64_t before = measured(office).changes;
  for (int i = 0; i < 10; ++i) {
    office.change("name " + std::to_string(i));
    if (i % 5 == 0) office.advance(16 * minute_ms);
    office.deliver_all();
  }
  const AgreementReport report = measured(office);
  CHECK(report.changes == before + 10);
  CHECK(report.misses == 2);
  const double changes = static_cast<double>(report.changes);
  CHECK(report.share() == Approx(1 - 2 / changes));
  CHECK(report.budget_allowed() == Approx(0.1 * changes));
  CHECK(report.budget_remaining() == Approx(1 - 2 / (0.1 * changes)));
  CHECK(report.burn[0].longer == Approx(10 * 2.0 / static_cast<double>(report.burn[0].changes)));
  const Json shown = to_json(report);
  CHECK(shown["name"] == "contact.name");
  CHECK(shown["agreed_in_time"] == report.changes - 2);
  CHECK(shown["error_budget"]["spent"] == 2);
  CHECK(shown["burn_rates"].size() == burn_windows.size());
}

TEST_CASE("whatever happens, the numbers are those that the exported trail gives") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    std::mt19937 chance(seed);
    const auto below = [&](int bound) {
      return std::uniform_int_distribution<int>(0, bound - 1)(chance);
    };
    Office office(names_agree(seed % 3 == 0 ? "escalate" : "recency"));
    AgreementKeeper keeper;
    for (int turn = 0; turn < 120; ++turn) {
      office.advance(below(6) * minute_ms);
      const std::string person = std::to_string(below(4));
      switch (below(6)) {
        case 0:
        case 1:
          office.says(below(2) == 0 ? "crm" : "desk", person,
                      {{"email", "p" + person + "@example.com"},
                       {"name", "name " + std::to_string(below(3))}});
          break;
        case 2:
          for (const Json& delivery : office.claim_all()) {
            const int fate = below(5);
            const Json refused{
                {"error", {{"class", fate == 0 ? "permanent" : "transient"}, {"message", "no"}}}};
            if (fate < 2) {
              office.settle_as(delivery, "failed", refused);
            } else if (fate < 4) {
              office.delivered(delivery);
            }
          }
          break;
        case 3:
          for (const ExceptionItem& item : office.items_of(Category::conflict)) {
            office.answer(item.id.text, {{"choose", "crm"}, {"version", item.version}});
          }
          break;
        case 4:
          for (const ExceptionItem& item : office.items_of(Category::dead_letter)) {
            office.answer(item.id.text, {{"action", "replay"}, {"version", item.version}});
          }
          break;
        default:
          office.sweep_all();
          break;
      }
      measured_by(keeper, office);
    }
    const AgreementReport report = measured_by(keeper, office);
    REQUIRE(report.changes > 0);
    check_against_the_trail(office, report);
  }
}

}  // namespace truce::test
