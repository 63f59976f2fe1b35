// An undo of what was done before a migration.
#include "tests/unit/migrate/moving.h"
#include "tests/whatif/undoing.h"

namespace truce::test {
namespace {

const Terms as_name{text_field("name") + ", " + text_field("zone")};
const Terms as_title{
    R"("title": {"type": "text", "rule": "recency", "map": {"crm": "name", "desk": "name"}}, )" +
    text_field("zone")};

Terms with_stages(const std::string& lead) {
  return {R"("stage": {"type": "enum", "rule": "recency", "map": {
      "crm": {"path": "stage", "values": {"C": "customer", "X": "lost", "L": ")" +
          lead +
          R"("}}, "desk": {"path": "stage", "values": {"1": "customer", "3": "lost", "2": ")" +
          lead + R"("}}}})"};
}

Json undone_of(MovingOffice& office, const Json& wrong) {
  return undo(office, {{"event_key", key_of(wrong)}}, "u1");
}

}  // namespace

TEST_CASE("a change of a field that is called otherwise since is undone under its new name") {
  MovingOffice office(as_name);
  office.both_know({{"name", "Ada"}, {"zone", "1"}});
  const Json wrong = office.says("crm", "c1", {{"name", "Grace"}, {"zone", "2"}});
  office.deliver_all();
  office.migrate(as_title);
  const Json answer = undone_of(office, wrong);
  CHECK(answer["conflicts"].empty());
  CHECK(answer["undone"].size() == 2);
  CHECK(office.shown("title") == "Ada");
  CHECK(office.shown("zone") == "1");
  CHECK(office.waiting()["desk"] == Json({{"name", "Ada"}, {"zone", "1"}}));
}

TEST_CASE("a migration that was undone is in nobody's way") {
  MovingOffice office(as_name);
  office.both_know({{"name", "Ada"}, {"zone", "1"}});
  const Json wrong = office.says("crm", "c1", {{"name", "Grace"}});
  office.deliver_all();
  office.migrate(as_title);
  office.undo_all();
  const Json answer = undone_of(office, wrong);
  CHECK(answer["conflicts"].empty());
  CHECK(office.shown("name") == "Ada");
}

TEST_CASE("what was said under the new name stands behind what is undone") {
  MovingOffice office(as_name);
  office.both_know({{"name", "Ada"}, {"zone", "1"}});
  const Json wrong = office.says("crm", "c1", {{"name", "Grace"}});
  office.deliver_all();
  office.migrate(as_title);
  office.says("desk", "d1", {{"name", "Hedy"}});
  const bool is_back = GENERATE(false, true);
  if (is_back) office.undo_all();
  const Json conflict = only(undone_of(office, wrong)["conflicts"]);
  CHECK(conflict["field"] == (is_back ? "name" : "title"));
  CHECK(conflict["by"] == "desk");
  CHECK(conflict["made"] == "Grace");
  CHECK(conflict["now"] == "Hedy");
}

TEST_CASE("a value that a migration read anew, and as the same, is undone") {
  MovingOffice office(with_stages("lead"));
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"stage", "X"}});
  const Json wrong = office.says("crm", "c1", {{"stage", "C"}});
  office.migrate(with_stages("prospect"));
  CHECK(undone_of(office, wrong)["conflicts"].empty());
  CHECK(office.shown("stage") == "lost");
}

TEST_CASE("a value that a migration made another of is not undone, until the migration is") {
  MovingOffice office(with_stages("lead"));
  office.both_know({{"stage", "C"}});
  const Json wrong = office.says("crm", "c1", {{"stage", "L"}});
  office.deliver_all();
  office.migrate(with_stages("prospect"));
  const Json conflict = only(undone_of(office, wrong)["conflicts"]);
  CHECK(conflict["why"] == "a migration has made another value of it since");
  CHECK(conflict["now"] == "prospect");
  office.undo_all();
  CHECK(undone_of(office, wrong)["conflicts"].empty());
  CHECK(office.shown("stage") == "customer");
}

}  // namespace truce::test
