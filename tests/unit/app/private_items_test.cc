// What is told of a private field: who said something when, and not what.
#include "engine/app/render.h"
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

const std::string first = "078-05-1120", second = "219-09-9999";

std::string private_field(const std::string& more) {
  return one_field("ssn", R"("type": "text", "rule": "escalate", "private": true)" + more);
}

ExceptionItem contradict(Office& office, const Json& more = Json::object()) {
  Json crm{{"email", "ada@example.com"}, {"ssn", first}},
      desk{{"email", "ada@example.com"}, {"ssn", second}};
  crm.update(more);
  desk.update(more);
  office.says("crm", "c1", crm);
  const Json answer = office.says("desk", "d1", desk);
  CHECK(to_wire(answer["conflicts"]).find(second) == std::string::npos);
  return office.the_item(Category::conflict);
}

void expect_silence(Office& office, const ExceptionItem& item) {
  const Json shown = render(item, office.now, office.secrets);
  for (const std::string& text : {to_stored(item), to_wire(shown)}) {
    CHECK(text.find(first) == std::string::npos);
    CHECK(text.find(second) == std::string::npos);
  }
  REQUIRE(shown["candidates"].size() == 2);
  CHECK(shown["candidates"][0]["value"].is_null());
  CHECK(shown["candidates"][0]["changed_at"].is_string());
  CHECK(shown["detail"]["private"] == true);
  CHECK(shown["text"]["plain"].get<std::string>().find("crm: (private)") != std::string::npos);
  for (const AuditEntry& entry : office.audit()) {
    CHECK(entry.body.find(first) == std::string::npos);
    CHECK(entry.body.find(second) == std::string::npos);
  }
}

// Everything that is shown to people or kept of what happened.
std::vector<std::string> all_told(Office& office) {
  std::vector<std::string> told;
  const auto view = office.store->read();
  for (const Change& change : view->list_changes(0, 1000)) told.push_back(change.body);
  for (const AuditEntry& entry : office.audit()) told.push_back(entry.body);
  for (const Delivery& delivery : view->list_deliveries({{}, {}, 0, 1000})) {
    told.push_back(delivery.error);
  }
  for (const ExceptionItem& item : office.open_items()) {
    told.push_back(to_stored(item) + to_wire(render(item, office.now, office.secrets)));
  }
  return told;
}

}  // namespace

TEST_CASE("what a target says of a write with a private value is left out, but for its status") {
  Office office({private_field("") + ", " + text_field("name")});
  office.both_know({{"ssn", "078-05-1120"}, {"name", "Ada"}});
  office.says("crm", "c1", {{"ssn", "Q-219 09 9999"}, {"name", "Grace"}});
  const ExceptionItem item = office.the_item(Category::conflict);
  const auto decided = office.answer(item.id.text, {{"choose", "crm"}, {"version", item.version}});
  REQUIRE(decided);
  REQUIRE((*decided)["deliveries"].size() == 1);
  Json error{{"class", "permanent"},
             {"status", 422},
             {"message", "ssn 'Q-219 09 9999' (q219099999) of Grace is not valid"}};
  std::string state = "dead",
              kept = "422 (what the target said is left out: it may quote a private value)";
  SECTION("for good") {}
  SECTION("for good, of one field") { error["fields"] = {"ssn", "Q-219 09 9999"}; }
  SECTION("for now") {
    error["class"] = "transient";
    state = "waiting";
  }
  SECTION("as a status that is none") {
    error["status"] = "Q-219 09 9999";
    kept = kept.substr(4);
  }
  SECTION("without a word") {
    error.erase("message");
    kept = "422";
  }
  const Json& delivery = (*decided)["deliveries"][0];
  const Json settled = office.settle_as(delivery, "failed", {{"error", error}});
  CHECK(settled["state"] == state);
  CHECK(office.settle_as(delivery, "failed", {{"error", error}}) == settled);
  CHECK(office.store->read()->find_delivery(DeliveryId(settled["id"]))->error == kept);
  for (const std::string& text : all_told(office)) {
    INFO(text);
    CHECK(text.find("219 09") == std::string::npos);
    CHECK(text.find("219099") == std::string::npos);
  }
}

TEST_CASE("what a target says of a write without its record's private value is kept") {
  Office office({private_field("") + ", " + text_field("name")});
  office.both_know({{"ssn", "078-05-1120"}, {"name", "Ada"}});
  const Json update =
      office.says("crm", "c1", {{"name", "Grace"}}, Json::object(), true)["deliveries"][0];
  office.settle_as(update, "failed",
                   {{"error", {{"class", "permanent"}, {"message", "Grace is too long"}}}});
  CHECK(office.the_item(Category::dead_letter).detail["error"] == "Grace is too long");
}

TEST_CASE("a question about a private field names its systems and keeps its values to itself") {
  Office office({private_field("")});
  const ExceptionItem item = contradict(office);
  expect_silence(office, item);
  office.says("crm", "c1", {{"ssn", first}});
  CHECK(office.the_item(Category::conflict).version == item.version);
  const auto done = office.answer(item.id.text, {{"choose", "desk"}, {"version", item.version}});
  REQUIRE(done);
  CHECK(office.shown("ssn") == second);
  CHECK((*done)["deliveries"][0]["fields"] == Json({{"ssn", second}}));
  expect_silence(office, *office.store->read()->find_exception(item.id));
}

TEST_CASE("an answer to a private question whose values moved is refused") {
  Office office({private_field("")});
  const ExceptionItem item = contradict(office);
  office.says("crm", "c1", {{"ssn", "457-55-5462"}});
  CHECK(office.the_item(Category::conflict).version > item.version);
  CHECK_FALSE(office.answer(item.id.text, {{"choose", "crm"}, {"version", item.version}}));
}

TEST_CASE("a group with a private member is private as a whole, and answered as a whole") {
  Office office({private_field(R"(, "group": "person")") + ", " +
                 one_field("name", R"("type": "text", "rule": "escalate", "group": "person")")});
  const ExceptionItem item = contradict(office, {{"name", "Ada"}});
  expect_silence(office, item);
  REQUIRE(office.answer(item.id.text, {{"choose", "crm"}, {"version", item.version}}));
  CHECK(office.shown("ssn") == first);
  CHECK(office.shown("name") == "Ada");
}

}  // namespace truce::test
