// What a snapshot does not show, and when that means anything (E41, E58 to E66).
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

std::string nth(const std::string& prefix, int i) { return prefix + std::to_string(i); }

Json shows(const std::string& id, int i) {
  return {{"id", id}, {"email", nth("p", i) + "@example.com"}, {"name", nth("P", i)}};
}

class Offices : public Office {
 public:
  Offices(const std::string& on_delete, int count, const std::string& more = {})
      : Office({text_field("name"),
                R"("create_in": ["crm", "desk"], "delete": ")" + on_delete + '"' + more}) {
    for (int i = 0; i < count; ++i) {
      says("crm", nth("c", i), shows(nth("c", i), i));
      says("desk", nth("d", i), shows(nth("d", i), i));
    }
    deliver_all();
    advance(3'600'000);
  }

  static std::vector<Json> all(const std::string& prefix, int from, int to) {
    std::vector<Json> records;
    for (int i = from; i < to; ++i) records.push_back(shows(nth(prefix, i), i));
    return records;
  }
  std::vector<Json> erasures() {
    std::vector<Json> found;
    for (const Json& delivery : deliver_all()) {
      if (delivery["op"] == "delete") found.push_back(delivery);
    }
    return found;
  }
};

}  // namespace

TEST_CASE("an absence in a complete snapshot goes through the delete policy") {
  Offices propagate("propagate", 10);
  const Json report =
      reconcile(propagate, {{"crm", Offices::all("c", 1, 10)}, {"desk", Offices::all("d", 0, 10)}});
  CHECK(report["missing"] == 1);
  CHECK(report["auto_resolved"] == Json{{"propagate", 1}});
  const auto erased = propagate.erasures();
  REQUIRE(erased.size() == 1);
  CHECK(erased[0]["system"] == "desk");
  CHECK(erased[0]["record_id"] == "d0");

  Offices escalate("escalate", 10);
  const Json asked =
      reconcile(escalate, {{"crm", Offices::all("c", 1, 10)}, {"desk", Offices::all("d", 0, 10)}});
  CHECK(asked["escalated"] == Json{{"delete", 1}});
  CHECK(escalate.items_of(Category::erase).size() == 1);
  CHECK(escalate.erasures().empty());
}

TEST_CASE("a plan takes an absence together with what else the run shows of the record") {
  const auto run_in = [](const std::string& mode, const Snapshots& now) {
    Offices office("propagate", 6);
    return reconcile(office, now, {.mode = mode});
  };
  SECTION("edited elsewhere, the delete is a question") {
    std::vector<Json> desk = Offices::all("d", 0, 6);
    desk[0]["name"] = "edited";
    const Snapshots now{{"crm", Offices::all("c", 1, 6)}, {"desk", desk}};
    const Json plan = run_in("plan", now);
    CHECK(plan["escalated"] == Json{{"delete", 1}});
    CHECK(plan["auto_resolved"].value("propagate", 0) == 0);
    check_told_alike(plan, run_in("apply", now));
  }
  SECTION("absent in both, it is one delete") {
    const Snapshots now{{"crm", Offices::all("c", 1, 6)}, {"desk", Offices::all("d", 1, 6)}};
    check_told_alike(run_in("plan", now), run_in("apply", now));
  }
}

TEST_CASE("a plan foresees which absences the guard will hold") {
  const auto absent_in = [](const std::string& mode) {
    Offices office("propagate", 10, R"(, "guard": {"count": 2, "share": 0.2})");
    office.happens("delete", "crm", "c9");
    office.deliver_all();
    return reconcile(office, {{"crm", Offices::all("c", 2, 9)}, {"desk", Offices::all("d", 0, 9)}},
                     {.mode = mode});
  };
  const Json plan = absent_in("plan");
  CHECK(plan["held"] == 1);
  check_told_alike(plan, absent_in("apply"));
}

TEST_CASE("a delete that a run found which writes nothing is carried out by the next that may") {
  const std::string on_delete = GENERATE(as<std::string>{}, "propagate", "restore");
  Offices office(on_delete, 10);
  const Snapshots now{{"crm", Offices::all("c", 1, 10)}, {"desk", Offices::all("d", 0, 10)}};
  const Json linked = reconcile(office, now, {.mode = "link"});
  CHECK(linked["missing"] == 1);
  CHECK(linked["deliveries"] == 0);
  office.advance(3'600'000);
  const Json report = reconcile(office, now);
  CHECK(report["missing"] == 1);
  CHECK(report["matched"] == 9);
  CHECK(report["deliveries"] == 1);
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["op"] == (on_delete == "propagate" ? "delete" : "create"));
  CHECK(written[0]["system"] == (on_delete == "propagate" ? "desk" : "crm"));
}

TEST_CASE("a record whose delete waits to be carried out elsewhere is no match") {
  Offices office("propagate", 10, R"(, "delete_grace_ms": 86400000)");
  const Snapshots now{{"crm", Offices::all("c", 1, 10)}, {"desk", Offices::all("d", 0, 10)}};
  CHECK(reconcile(office, now)["missing"] == 1);
  office.advance(3'600'000);
  const Json again = reconcile(office, now);
  CHECK(again["matched"] == 9);
  CHECK(again["excluded"] == 1);
  CHECK(again["deliveries"] == 0);
  CHECK(again["auto_resolved"] == Json::object());
  office.advance(86'400'000);
  CHECK(office.erasures().size() == 1);
}

TEST_CASE("a record that waits to be made again where it was deleted is no match") {
  Offices office("restore", 10);
  const Snapshots now{{"crm", Offices::all("c", 1, 10)}, {"desk", Offices::all("d", 0, 10)}};
  CHECK(reconcile(office, now)["creates"] == 1);
  office.claim_all();
  office.advance(1000);
  const Json again = reconcile(office, now);
  CHECK(again["matched"] == 9);
  CHECK(again["excluded"] == 1);
  CHECK(again["deliveries"] == 0);
}

TEST_CASE("a record that a complete snapshot lacks is missing, and no match") {
  Offices office("propagate", 10);
  const Json report =
      reconcile(office, {{"crm", Offices::all("c", 1, 10)}, {"desk", Offices::all("d", 0, 10)}});
  CHECK(report["missing"] == 1);
  CHECK(report["matched"] == 9);

  Offices looked_at("escalate", 10);
  reconcile(looked_at, {{"crm", Offices::all("c", 0, 10)}, {"desk", Offices::all("d", 0, 10)}});
  looked_at.advance(3'600'000);
  const Json again =
      reconcile(looked_at, {{"crm", Offices::all("c", 1, 10)}, {"desk", Offices::all("d", 0, 10)}});
  CHECK(again["missing"] == 1);
  CHECK(again["matched"] == 9);
}

TEST_CASE("making again what is absent counts as a write, and the limit bounds it") {
  const Snapshots now{{"crm", Offices::all("c", 2, 10)}, {"desk", Offices::all("d", 0, 10)}};
  for (const char* mode : {"plan", "apply"}) {
    INFO(mode);
    Offices office("restore", 10);
    const Json bounded = reconcile(office, now, {.mode = mode, .max_creates = 1});
    CHECK(bounded["creates"] == 1);
    CHECK(bounded["deliveries"] == 1);
    CHECK(bounded["creates_withheld"] == 1);
    const bool is_plan = std::string(mode) == "plan";
    CHECK(office.deliveries_in(DeliveryState::verifying).size() == (is_plan ? 0U : 1U));
  }
}

TEST_CASE("a record that shows up again after it was deleted everywhere is told with its making") {
  for (const char* mode : {"plan", "apply"}) {
    INFO(mode);
    Offices office("propagate", 10);
    office.happens("delete", "crm", "c0");
    REQUIRE(office.erasures().size() == 1);
    office.advance(3'600'000);
    const Json report =
        reconcile(office, {{"crm", Offices::all("c", 0, 10)}, {"desk", Offices::all("d", 1, 10)}},
                  {.mode = mode});
    CHECK(report["creates"] == 1);
    CHECK(report["deliveries"] == 1);
    CHECK(report["missing"] == 1);
    CHECK(report["matched"] == 9);
  }
}

TEST_CASE("E41: a snapshot that is not declared complete deletes nothing") {
  Offices office("propagate", 10);
  const Json report =
      reconcile(office, {{"crm", Offices::all("c", 5, 10)}, {"desk", Offices::all("d", 0, 10)}},
                {.complete = std::vector<std::string>{"desk"}});
  CHECK(report["missing"] == 0);
  CHECK(office.erasures().empty());
}

TEST_CASE("E58: an empty answer deletes nothing, a person may say that it is true (E60)") {
  Offices office("propagate", 3);
  const Json report = reconcile(office, {{"crm", {}}, {"desk", Offices::all("d", 0, 3)}});
  CHECK(report["held"] == 3);
  CHECK(office.erasures().empty());
  const ExceptionItem item = office.the_item(Category::held_change);
  CHECK(item.detail["records_changed"] == 3);
  office.act(item, "release");
  CHECK(office.erasures().size() == 3);
}

TEST_CASE(
    "E59: a narrowed filter deletes nothing, and the next full snapshot ends the question's "
    "cause") {
  Offices office("propagate", 20);
  const Json report =
      reconcile(office, {{"crm", Offices::all("c", 0, 10)}, {"desk", Offices::all("d", 0, 20)}});
  CHECK(report["held"] == 10);
  CHECK(office.erasures().empty());
  // Held again and again it is one question, and the same ten deletes.
  office.advance(1000);
  reconcile(office, {{"crm", Offices::all("c", 0, 10)}, {"desk", Offices::all("d", 0, 20)}});
  const ExceptionItem item = office.the_item(Category::held_change);
  CHECK(office.store->read()->parked_for("exception/" + item.id.text, 100).size() == 10);
  const Json done = office.act(item, "discard");
  CHECK(office.erasures().empty());
}

TEST_CASE("E59: another account's records delete nothing, however many they are") {
  const std::string mode = GENERATE(as<std::string>{}, "plan", "apply");
  const int others = GENERATE(1, 11, 40);
  INFO(mode << ", others: " << others);
  Offices office("propagate", 10);
  const Json report = reconcile(
      office, {{"crm", Offices::all("z", 100, 100 + others)}, {"desk", Offices::all("d", 0, 10)}},
      {.mode = mode});
  CHECK(report["held"] == 10);
  CHECK(report["auto_resolved"].value("propagate", 0) == 0);
  CHECK(office.erasures().empty());
}

TEST_CASE("E59: new records do not hide that many of the linked ones are missing") {
  Offices office("propagate", 10);
  std::vector<Json> shown = Offices::all("c", 0, 5);
  for (const Json& stranger : Offices::all("z", 100, 200)) shown.push_back(stranger);
  const Json report = reconcile(office, {{"crm", shown}, {"desk", Offices::all("d", 0, 10)}});
  CHECK(report["held"] == 5);
  CHECK(office.erasures().empty());
  const ExceptionItem item = office.the_item(Category::held_change);
  CHECK(item.detail["records_changed"] == 5);
  CHECK(item.detail["records"] == 10);
}

TEST_CASE("E59: half of a few linked records is as doubtful as half of many, one of them is not") {
  const auto [linked, shown, held] =
      GENERATE(table<int, int, int>({{5, 1, 4}, {4, 2, 2}, {2, 1, 0}, {1, 0, 1}}));
  INFO(shown << " of " << linked);
  Offices office("propagate", linked);
  std::vector<Json> in_crm = Offices::all("c", 0, shown);
  in_crm.push_back(shows("z1", 100));
  const Json report = reconcile(office, {{"crm", in_crm}, {"desk", Offices::all("d", 0, linked)}});
  CHECK(report["held"] == held);
  CHECK(office.erasures().size() == static_cast<std::size_t>(linked - shown - held));
}

TEST_CASE("a snapshot with records whose id cannot be read deletes nothing") {
  Offices office("propagate", 10);
  std::vector<Json> records = Offices::all("c", 1, 10);
  records.push_back({{"email", "p0@example.com"}});
  const Json report = reconcile(office, {{"crm", records}, {"desk", Offices::all("d", 0, 10)}});
  CHECK(report["systems"]["crm"]["unreadable"] == 1);
  CHECK(office.erasures().empty());
}

TEST_CASE("E62: a record that shows up again lifts its tombstone, though its own time is old") {
  Terms terms{text_field("name"),
              R"("modified": {"crm": "at", "desk": "at"}, "create_in": [], "delete": "escalate")"};
  Office office(terms);
  const Time old = office.now;
  office.both_know({{"name", "Ada"}});
  office.deliver_all();
  office.advance(60'000);
  office.happens("delete", "crm", "c1");
  REQUIRE(office.items_of(Category::erase).size() == 1);
  office.advance(3'600'000);
  reconcile(
      office,
      {{"crm",
        {{{"id", "c1"}, {"email", "ada@example.com"}, {"name", "Ada"}, {"at", to_rfc3339(old)}}}}});
  CHECK(office.items_of(Category::erase).empty());
  CHECK(office.linked()[0]["state"] == "active");
}

TEST_CASE("E64: a pending delete is withdrawn when the record shows up again") {
  Terms terms{text_field("name"),
              R"("create_in": [], "delete": "propagate", "delete_grace_ms": 86400000)"};
  Office office(terms);
  office.both_know({{"name", "Ada"}});
  const Json zoe{{"id", "c9"}, {"email", "z@example.com"}, {"name", "Zoe"}};
  office.says("crm", "c9", zoe);
  office.deliver_all();
  office.advance(60'000);
  const Json record{{"id", "c1"}, {"email", "ada@example.com"}, {"name", "Ada"}};
  reconcile(office, {{"crm", {zoe}},
                     {"desk", {{{"id", "d1"}, {"email", "ada@example.com"}, {"name", "Ada"}}}}});
  REQUIRE(office.deliveries_in(DeliveryState::pending).size() == 1);
  office.advance(60'000);
  reconcile(office, {{"crm", {record, zoe}}});
  CHECK(office.deliveries_in(DeliveryState::pending).empty());
  CHECK(office.deliveries_in(DeliveryState::withdrawn).size() == 1);
}

TEST_CASE("a record that we made while the snapshot was taken is not absent") {
  Office office({text_field("name"), R"("create_in": ["crm", "desk"], "delete": "propagate")"});
  const Time begun = office.now;
  office.advance(60'000);
  office.says("crm", "c1", shows("c1", 1));
  REQUIRE(office.deliver_all().size() == 1);
  const Json report = reconcile(office, {{"crm", {shows("c1", 1)}}, {"desk", {shows("d2", 2)}}},
                                {.observed_at = begun});
  CHECK(report["missing"] == 0);
  CHECK(report["excluded"] == 1);
}

}  // namespace truce::test
