// Edge case E26, the links: what refers to a golden record that was joined into another.
#include <algorithm>

#include "tests/unit/app/companies.h"

namespace truce::test {

namespace {

const Json desk_gets_the_survivor{{"d1", {{"org", "o1"}}}};

}  // namespace

TEST_CASE("E26 a reference to a joined record follows it, whichever came first") {
  std::vector<int> order{0, 1, 2};
  do {
    INFO(order[0] << order[1] << order[2]);
    Companies office;
    for (const int what : order) {
      if (what == 0) office.crm_knows("k2");
      if (what == 1) office.desk_knows("o2");
      if (what == 2) office.are_merged("k2", "k1");
    }
    office.sweep_all();
    CHECK(office.shown("company") == office.company_of("crm", "k1"));
    // crm's own merge has moved its contacts along.
    CHECK(office.written_now() == desk_gets_the_survivor);
    CHECK(office.open_items().empty());
    office.sweep_all();
    CHECK(office.deliver_all().empty());
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("E26 the sweep alone moves references along, and the trail says why") {
  Companies office;
  office.crm_knows("k2");
  office.desk_knows("o2");
  REQUIRE(office.deliver_all().empty());
  const std::string loser = office.company_of("crm", "k2");
  office.are_merged("k2", "k1");
  office.sweep_all();
  CHECK(office.waiting() == Json({{"desk", {{"org", "o1"}}}}));
  const Json told = json_of(office.audit().back().body);
  CHECK(told["why"] == "a record that it refers to was joined with another");
  // The facts stay as they were told.
  for (const Json& entry : office.history_of(office.golden)) {
    if (entry["field"] == "company") CHECK(entry["value"] == loser);
  }
  const Json why = office.explained(office.golden, "company");
  CHECK(why["value"] == office.company_of("crm", "k1"));
  CHECK(why["winner"]["system"] == "desk");
}

TEST_CASE("E26 what was queued for the joined record names the survivor") {
  Companies office;
  office.crm_knows("k3");
  office.desk_knows("o3");
  office.crm_knows("k2");
  REQUIRE(office.waiting() == Json({{"desk", {{"org", "o2"}}}}));
  const bool is_in_flight = GENERATE(true, false);
  const Json flying = is_in_flight ? office.claim_all() : Json::array();
  office.are_merged("k2", "k1");
  office.sweep_all();
  CHECK(office.waiting() == Json({{"desk", {{"org", "o1"}}}}));
  for (const Json& delivery : flying) office.delivered(delivery);
  CHECK(office.written_now() == desk_gets_the_survivor);
}

TEST_CASE("E26 a contact that moves along with its company is no edit of it") {
  Companies office;
  office.crm_knows("k2");
  office.desk_knows("o2");
  office.are_merged("k2", "k1");
  office.sweep_all();
  office.written_now();
  SECTION("an edit elsewhere stands against crm's new picture of an old word") {
    office.desk_knows("o3");
    office.crm_knows("k1");
    CHECK(office.shown("company") == office.company_of("crm", "k3"));
    CHECK(office.waiting() == Json({{"crm", {{"company_id", "k3"}}}}));
  }
  SECTION("crm shows what it has made of it") {
    CHECK(office.crm_knows("k1")["outcome"] == "unchanged");
    CHECK(office.deliver_all().empty());
  }
  SECTION("a system that did not show our write yet says nothing new") {
    office.desk_knows("o2", {{"occurred_at", "2026-01-01T10:00:00Z"}});
    CHECK(office.deliver_all().empty());
  }
  SECTION("a person who sets the record that was left alone means the survivor") {
    office.desk_knows("o3");
    CHECK(office.written_now() == Json({{"c1", {{"company_id", "k3"}}}}));
    office.desk_knows("o2");
    CHECK(office.shown("company") == office.company_of("crm", "k1"));
    CHECK(office.written_now() == Json({{"c1", {{"company_id", "k1"}}}, {"d1", {{"org", "o1"}}}}));
  }
}

TEST_CASE("E26 companies that a person joins are one for the contacts of every system") {
  Companies office;
  office.crm_knows("k2");
  office.desk_knows("o2");
  office.company_says("crm", "k2", "Company 1");
  office.deliver_all();
  const ExceptionItem item = office.the_item(Category::duplicate);
  REQUIRE(item.golden.text == office.company_of("crm", "k1"));
  office.act(item, "join");
  office.sweep_all();
  CHECK(office.shown("company") == office.company_of("crm", "k1"));
  // Each of the two has a record that was left alone there.
  CHECK(office.written_now() == Json({{"c1", {{"company_id", "k1"}}}, {"d1", {{"org", "o1"}}}}));
}

TEST_CASE("E26 a record that moved to the survivor with its links needs no write") {
  Office office(with_companies(made_nowhere));
  const auto company_says = [&](const std::string& system, const std::string& id,
                                const std::string& name) {
    Json told = office.event(system, id, {{"name", name}});
    told["entity"] = "company";
    return office.send(told, false)["golden_id"].get<std::string>();
  };
  const std::string survivor = company_says("crm", "k1", "Company 1");
  company_says("crm", "k2", "Company 2");
  company_says("desk", "o2", "Company 2");
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"company_id", "k2"}});
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"org", "o2"}});
  // Of the survivor desk has nothing yet, so that this one waits for it.
  office.says("crm", "c2", {{"email", "eve@example.com"}, {"company_id", "k1"}});
  office.says("desk", "d2", {{"email", "eve@example.com"}});
  office.happens("merge", "crm", "k2", {{"entity", "company"}, {"merged_into", "k1"}});
  office.sweep_all();
  std::vector<Json> written = office.deliver_all();
  std::erase_if(written, [](const Json& one) { return one["entity"] == "company"; });
  REQUIRE(written.size() == 1);
  CHECK(written[0]["record_id"] == "d2");
  CHECK(written[0]["fields"] == Json({{"org", "o2"}}));
  CHECK(office.record(office.source_of("crm", "c1").golden.text)["record"]["company"] == survivor);
}

TEST_CASE("E26 a question between two companies ends when they are joined") {
  Terms terms = with_companies(made_nowhere);
  const std::string recency = R"("rule": "recency")";
  terms.fields.replace(terms.fields.find(recency), recency.size(), R"("rule": "escalate")");
  Companies office(terms);
  office.crm_knows("k1");
  office.desk_knows("o2");
  office.the_item(Category::conflict);
  SECTION("by itself") {
    office.are_merged("k2", "k1");
    office.sweep_all();
    CHECK(office.open_items().empty());
    CHECK(office.written_now() == desk_gets_the_survivor);
  }
  SECTION("also where a person had chosen the one that was joined") {
    const ExceptionItem item = office.the_item(Category::conflict);
    const auto answered =
        office.answer(item.id.text, {{"choose", "desk"}, {"version", item.version}});
    REQUIRE(answered);
    for (const Json& delivery : (*answered)["deliveries"]) office.delivered(delivery);
    CHECK(office.shown("company") == office.company_of("desk", "o2"));
    office.are_merged("k2", "k1");
    office.sweep_all();
    CHECK(office.shown("company") == office.company_of("crm", "k1"));
    CHECK(office.open_items().empty());
    CHECK(office.written_now() == desk_gets_the_survivor);
  }
}

TEST_CASE("E26 a record that was joined twice over is followed to the end") {
  Companies office;
  office.crm_knows("k3");
  office.desk_knows("o3");
  office.are_merged("k3", "k2");
  const bool is_followed_between = GENERATE(true, false);
  if (is_followed_between) {
    office.sweep_all();
    CHECK(office.written_now() == Json({{"d1", {{"org", "o2"}}}}));
  }
  office.are_merged("k2", "k1");
  office.sweep_all();
  CHECK(office.shown("company") == office.company_of("crm", "k1"));
  CHECK(office.written_now() == desk_gets_the_survivor);
}

TEST_CASE("E26 many that refer to a joined record are followed piece by piece") {
  Companies office;
  constexpr int count = 250;
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    const std::string email = "p" + n + "@example.com";
    office.says("crm", "c" + n, {{"email", email}, {"company_id", "k2"}});
    office.says("desk", "d" + n, {{"email", email}, {"org", "o2"}});
  }
  office.are_merged("k2", "k1");
  // Each sweep is a transaction of its own, so the next one goes on wherever a crash leaves it.
  std::size_t before = 0;
  for (int pieces = 0; before < count; ++pieces) {
    REQUIRE(pieces < 10);
    office.run([](Context& context) { return sweep(context); });
    const std::size_t waiting = office.deliveries_in(DeliveryState::pending).size();
    CHECK(waiting > before);
    CHECK(waiting <= before + 100);
    before = waiting;
  }
  CHECK(office.deliver_all().size() == count);
  office.sweep_all();
  CHECK(office.deliver_all().empty());
}

TEST_CASE("E26 contacts that a merge in crm moves along are no mass change") {
  Companies office(
      with_companies(R"("create_in": [], "guard": {"count": 1, "share": 0.1, "window": "1h"})"));
  for (const char* n : {"1", "2", "3", "4"}) {
    const std::string email = std::string("p") + n + "@example.com";
    office.says("crm", std::string("c") + n, {{"email", email}, {"company_id", "k2"}});
    office.says("desk", std::string("d") + n, {{"email", email}, {"org", "o2"}});
  }
  office.are_merged("k2", "k1");
  office.sweep_all();
  for (const char* n : {"1", "2", "3", "4"}) {
    office.says("crm", std::string("c") + n, {{"company_id", "k1"}});
  }
  CHECK(office.open_items().empty());
  CHECK(office.deliver_all().size() == 4);
}

TEST_CASE("E26 a key that a reference is part of moves along as well") {
  Terms terms = with_companies(made_nowhere, ", " + text_field("name"));
  terms.match = R"([["name", "company"]])";
  Companies office(terms);
  office.says("crm", "c1", {{"name", "Ada"}, {"company_id", "k2"}});
  const bool is_known_before = GENERATE(true, false);
  if (is_known_before) office.are_merged("k2", "k1");
  office.sweep_all();
  office.says("crm", "c2", {{"name", "Eve"}, {"company_id", "k2"}});
  if (!is_known_before) office.are_merged("k2", "k1");
  office.sweep_all();
  office.says("desk", "d1", {{"name", "Ada"}, {"org", "o1"}});
  office.says("desk", "d2", {{"name", "Eve"}, {"org", "o2"}});
  CHECK(office.source_of("desk", "d1").golden == office.source_of("crm", "c1").golden);
  CHECK(office.source_of("desk", "d2").golden == office.source_of("crm", "c2").golden);
  CHECK(office.golden_count() == 2);
  CHECK(office.open_items().empty());
}

}  // namespace truce::test
