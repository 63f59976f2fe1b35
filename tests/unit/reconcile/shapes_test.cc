// E76 and E77 in the slow loop: a changed shape in a snapshot is the same one question as in
// events.
#include "engine/app/pauses.h"
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

const Json several = Json::array({"lead", "won"});
constexpr int records = static_cast<int>(records_of_a_rule);

std::vector<Json> shown(int count, const Json& more) {
  std::vector<Json> all;
  for (int i = 0; i < count; ++i) {
    Json record{{"id", "c" + std::to_string(i)},
                {"email", "p" + std::to_string(i) + "@example.com"},
                {"name", "n"}};
    record.update(more);
    all.push_back(std::move(record));
  }
  return all;
}

Terms stages() { return {text_field("stage") + ", " + text_field("name")}; }

std::size_t told_of(const std::vector<Json>& found, const std::string& id) {
  return static_cast<std::size_t>(std::count_if(found.begin(), found.end(), [&](const Json& row) {
    return row["kind"] == "excluded" && row["cause"] == "schema_drift" &&
           row.value("exception_id", "") == id;
  }));
}

}  // namespace

TEST_CASE("E76 a snapshot of records of another shape asks once, and once for all runs") {
  Office office(stages());
  for (int run = 0; run < 2; ++run) {
    const Json report = reconcile(office, {{"crm", shown(30, {{"stage", several}})}});
    CHECK(report["causes"]["schema_drift"] == 30);
    const ExceptionItem item = office.the_item(Category::drift);
    CHECK(office.open_items().size() == 1);
    CHECK(told_of(found_by(office, report), item.id.text) == 30);
    office.advance(1'000);
    office.sweep_all();
    CHECK(office.the_item(Category::drift).detail["records"] == 30);
  }
}

TEST_CASE("E76 what a snapshot showed is read again when the policy reads it") {
  Office office(stages());
  reconcile(office, {{"crm", shown(3, {{"stage", several}})}});
  office.policy = policy_of(Office::policy_text(
      {one_field("stage", R"("type": "set", "rule": "recency")") + ", " + text_field("name")}));
  office.sweep_all();
  CHECK(office.open_items().empty());
  CHECK(office.record(office.source_of("crm", "c1").golden.text)["record"]["stage"] == several);
}

TEST_CASE("E76 of a paused field nothing is compared, and nothing is written by a run") {
  Office office(stages());
  reconcile(office, {{"crm", shown(1, {{"stage", "lead"}})}});
  office.advance(1'000);
  office.says("crm", "c9", {{"email", "x@example.com"}, {"stage", several}});
  Json desk = shown(1, {{"stage", "won"}}).front();
  desk["id"] = "d0";
  office.advance(1'000);
  const Json report = reconcile(office, {{"crm", shown(1, {{"stage", "lead"}})}, {"desk", {desk}}});
  CHECK_FALSE(office.waiting()["crm"].contains("stage"));
  CHECK(told_of(found_by(office, report), office.the_item(Category::drift).id.text) == 1);
}

TEST_CASE("E76 nor is anything of the paused field's group") {
  const std::string body = R"("type": "text", "rule": "recency", "group": "sale")";
  Office office({one_field("stage", body) + ", " + one_field("sum", body)});
  const Json before{{"stage", "lead"}, {"sum", "1"}};
  reconcile(office, {{"crm", shown(1, before)}});
  office.advance(1'000);
  office.says("crm", "c9", {{"email", "x@example.com"}, {"stage", several}});
  Json desk = shown(1, {{"stage", "won"}, {"sum", "2"}}).front();
  desk["id"] = "d0";
  office.advance(1'000);
  const Json report = reconcile(office, {{"crm", shown(1, before)}, {"desk", {desk}}});
  CHECK_FALSE(office.waiting().contains("crm"));
  CHECK(told_of(found_by(office, report), office.the_item(Category::drift).id.text) == 2);
}

TEST_CASE("E77 a field that no record of a snapshot has any more is asked about") {
  Office office(stages());
  reconcile(office, {{"crm", shown(records, {{"stage", "lead"}})}});
  office.advance(1'000);
  reconcile(office, {{"crm", shown(records, {{"name", "m"}})}});
  CHECK(office.open_items().empty());
  office.advance(missing_min.ms());
  reconcile(office, {{"crm", shown(1, {{"name", "o"}})}});
  CHECK(office.the_item(Category::drift).detail["change"] == "missing");
  CHECK(office.record(office.source_of("crm", "c1").golden.text)["record"]["stage"] == "lead");
}

TEST_CASE("a dismissed question about an unreadable value does not come back with the next run") {
  Office office(
      {one_field("size", R"("type": "integer", "rule": "recency")") + ", " + text_field("name")});
  const bool linked = GENERATE(true, false);
  if (linked) office.says("crm", "c0", {{"email", "p0@example.com"}, {"name", "n"}});
  reconcile(office, {{"crm", shown(1, {{"size", "A-12"}})}});
  office.act(office.the_item(Category::rejected), "dismiss");
  for (int run = 0; run < 2; ++run) {
    office.advance(1'000);
    const Json report = reconcile(office, {{"crm", shown(1, {{"size", "A-12"}})}});
    CHECK(report["causes"]["schema_drift"] == 1);
    CHECK(office.open_items().empty());
  }
  reconcile(office, {{"crm", shown(1, {{"size", "A-13"}})}});
  CHECK(office.items_of(Category::rejected).size() == 1);
}

}  // namespace truce::test
