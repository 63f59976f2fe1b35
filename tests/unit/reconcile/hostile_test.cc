// Sequences that broke the slow loop once.
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

std::string nth(const std::string& prefix, int i) { return prefix + std::to_string(i); }

Json person(const std::string& id, const std::string& email, const std::string& name) {
  return {{"id", id}, {"email", email}, {"name", name}};
}
Json numbered(const std::string& id, int i) {
  return person(id, nth("p", i) + "@example.com", nth("P", i));
}
std::vector<Json> all(const std::string& prefix, int from, int to) {
  std::vector<Json> records;
  for (int i = from; i < to; ++i) records.push_back(numbered(nth(prefix, i), i));
  return records;
}

Terms names(const std::string& entity = R"("create_in": ["crm", "desk"])") {
  return {text_field("name"), entity};
}

// Ten people whom both know, whose deletes are carried on.
class Propagating : public Office {
 public:
  explicit Propagating(int count)
      : Office(names(R"("create_in": ["crm", "desk"], "delete": "propagate")")) {
    for (int i = 0; i < count; ++i) {
      says("crm", nth("c", i), numbered(nth("c", i), i));
      says("desk", nth("d", i), numbered(nth("d", i), i));
    }
    deliver_all();
    advance(3'600'000);
  }
  std::size_t erased() {
    std::size_t count = 0;
    for (const Json& delivery : deliver_all()) count += delivery["op"] == "delete";
    return count;
  }
};

}  // namespace

TEST_CASE("a create on its way while the snapshot was read is not absent") {
  Office office(names(R"("create_in": ["crm", "desk"], "delete": "propagate")"));
  office.says("crm", "c1", numbered("c1", 1));
  const Json leased = office.claim_all();
  REQUIRE(leased.size() == 1);
  office.advance(1000);
  const Time begun = office.now;
  office.advance(1000);
  office.delivered(leased[0], "d1");
  office.advance(60'000);
  const Json report =
      reconcile(office, {{"crm", {numbered("c1", 1)}}, {"desk", {numbered("d2", 2)}}},
                {.observed_at = begun});
  CHECK(report["missing"] == 0);
  for (const Json& delivery : office.deliver_all()) CHECK(delivery["op"] != "delete");
}

TEST_CASE("a record that comes back after its delete was carried out is made again, not erased") {
  Propagating office(10);
  reconcile(office, {{"crm", all("c", 1, 10)}, {"desk", all("d", 0, 10)}});
  REQUIRE(office.erased() == 1);
  office.advance(3'600'000);
  reconcile(office, {{"crm", all("c", 0, 10)}, {"desk", all("d", 1, 10)}});
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["op"] == "create");
  CHECK(written[0]["system"] == "desk");
}

TEST_CASE("E58: a full snapshot answers what an empty one asked") {
  Propagating office(3);
  reconcile(office, {{"crm", {}}, {"desk", all("d", 0, 3)}});
  REQUIRE(office.items_of(Category::held_change).size() == 1);
  office.advance(3'600'000);
  reconcile(office, {{"crm", all("c", 0, 3)}, {"desk", all("d", 0, 3)}});
  CHECK(office.items_of(Category::held_change).empty());
  CHECK(office.erased() == 0);
}

TEST_CASE("E58: a complete system that sent no page at all is an empty answer") {
  Propagating office(3);
  const Time opened = office.now;
  const RunId run(open_in(office, {{"crm", {}}, {"desk", {}}})["id"]);
  office.advance(1000);
  send_page(office, run, "desk", all("d", 0, 3), office.now);
  office.run([&](Context& context) {
    return complete_run(context, run, {{"complete", {"crm", "desk"}}});
  });
  while (do_one_piece(office)) {
  }
  CHECK(report_of(office, run)["held"] == 3);
  const auto parked = office.store->read()->parked_for(
      "exception/" + office.the_item(Category::held_change).id.text, 1);
  REQUIRE(parked.size() == 1);
  CHECK(text_at(json_of(parked.front().body), "occurred_at") == to_rfc3339(opened));
}

TEST_CASE("E59: whoever discards absences says that the snapshot was wrong, and nothing is made") {
  Propagating office(20);
  reconcile(office, {{"crm", all("c", 0, 10)}, {"desk", all("d", 0, 20)}});
  office.act(office.the_item(Category::held_change), "discard");
  CHECK(office.deliver_all().empty());
}

TEST_CASE("link writes nothing: not for absences, not for children that it releases") {
  Propagating office(10);
  reconcile(office, {{"crm", all("c", 1, 10)}, {"desk", all("d", 0, 10)}}, {.mode = "link"});
  CHECK(office.deliveries_in(DeliveryState::pending).empty());

  Office parents(with_companies(R"("create_in": ["desk"])"));
  parents.says("crm", "c1", {{"email", "a@example.com"}, {"company_id", "k1"}});
  reconcile(parents, {{"crm", {{{"id", "k1"}, {"name", "AE"}}}}},
            {.mode = "link", .entity = "company"});
  CHECK(parents.deliveries_in(DeliveryState::pending).empty());
}

TEST_CASE("records known by their company and name are taken together") {
  Terms terms = with_companies(R"("create_in": ["desk"])", ", " + text_field("name"));
  terms.match = R"([["company", "name"]])";
  Office office(terms);
  office.company_comes();
  REQUIRE(office.deliver_all().size() == 1);
  std::vector<Json> crm{{{"id", "c1"}, {"company_id", "k1"}, {"name", "Ada"}}};
  for (int i = 0; i < 70; ++i) {
    crm.push_back({{"id", nth("x", i)}, {"company_id", "k1"}, {"name", nth("P", i)}});
  }
  const Json report = reconcile(
      office, {{"crm", crm}, {"desk", {{{"id", "d1"}, {"org", "desk-new-1"}, {"name", "Ada"}}}}});
  CHECK(report["matched"] == 1);
  CHECK(report["creates"] == 70);
}

TEST_CASE("a strong key is served before a weak one") {
  Terms terms = names();
  terms.match = R"([["email"], ["name"]])";
  Office office(terms);
  reconcile(office,
            {{"crm", {person("c1", "a@example.com", "John")}},
             {"desk", {{{"id", "d1"}, {"name", "John"}}, person("d2", "a@example.com", "John")}}});
  CHECK(office.source_of("crm", "c1").golden == office.source_of("desk", "d2").golden);
  CHECK(office.source_of("desk", "d1").golden != office.source_of("crm", "c1").golden);
}

TEST_CASE("two people who share a weak key stay two where a strong one tells them apart") {
  Terms terms = names(R"("create_in": [])");
  terms.match = R"([["email"], ["name"]])";
  Office office(terms);
  reconcile(office, {{"crm", {person("c1", "a@example.com", "John")}},
                     {"desk", {person("d1", "b@example.com", "John")}}});
  CHECK(office.golden_count() == 2);
  CHECK(office.source_of("crm", "c1").golden != office.source_of("desk", "d1").golden);
}

TEST_CASE("the limit counts records that are made, and not people") {
  Office office(
      {text_field("name"), R"("create_in": ["desk", "bill"])",
       R"("crm": {"precedence": 1}, "desk": {"precedence": 2}, "bill": {"precedence": 3})"});
  const Json report = reconcile(
      office, {{"crm", {person("c1", "a@example.com", "Ada")}}, {"desk", {}}, {"bill", {}}},
      {.max_creates = 1});
  CHECK(report["creates"] == 1);
  CHECK(report["creates_withheld"] == 1);
}

TEST_CASE("what was not read the first time is looked at the second time") {
  Office office(names());
  const Snapshots snapshots{{"crm", {person("c1", "a@example.com", "Ada")}}, {"desk", {}}};
  reconcile(office, snapshots, {.complete = std::vector<std::string>{"crm"}});
  office.advance(1000);
  const Json report = reconcile(office, snapshots);
  CHECK(report["only"] == 1);
  CHECK(report["creates"] == 1);
}

TEST_CASE("a mark of a record that was joined to another says nothing") {
  Office office(names(R"("create_in": [])"));
  office.says("crm", "c1", person("c1", "a@example.com", "Ada"));
  office.says("crm", "c2", person("c2", "b@example.com", "Bea"));
  office.says("desk", "d2", person("d2", "b@example.com", "Bea"));
  office.advance(60'000);
  const Snapshots old{{"crm", {person("c2", "b@example.com", "Bea")}},
                      {"desk", {person("d2", "b@example.com", "Bea")}}};
  reconcile(office, old, {.complete = std::vector<std::string>{}});
  REQUIRE(reconcile(office, old, {.complete = std::vector<std::string>{}})["compared"] == 0);
  office.happens("merge", "crm", "c2", {{"merged_into", "c1"}});
  office.deliver_all();
  office.advance(3'600'000);
  const Json report =
      reconcile(office, {{"desk", old.at("desk")}}, {.complete = std::vector<std::string>{}});
  CHECK(report["compared"] == 1);
}

TEST_CASE("what stays as it is leaves no trail") {
  Office office(names(R"("create_in": [])"));
  const Snapshots snapshots{{"crm", {person("c1", "a@example.com", "Ada")}}, {"desk", {}}};
  reconcile(office, snapshots);
  const std::size_t before = office.audit().size();
  CHECK(reconcile(office, snapshots)["only"] == 1);
  CHECK(office.audit().size() == before + 3);  // open, complete, end
}

TEST_CASE("a question that a snapshot asked can be replayed, and a good snapshot answers it") {
  Terms terms = names(R"("create_in": [])");
  terms.fields +=
      R"(, "size": {"type": "integer", "rule": "recency", "map": {"crm": "size", "desk": "size"}})";
  Office office(terms);
  office.both_know({{"name", "Ada"}});
  office.deliver_all();
  office.advance(60'000);
  Json record = person("c1", "ada@example.com", "Ada");
  record["size"] = "about 3";
  reconcile(office, {{"crm", {record}}});
  REQUIRE(office.open_items().size() == 1);
  const ExceptionItem item = office.open_items().front();
  CHECK(office.store->read()->find_raw(EventKey(text_at(item.detail, "event_key"))));
  office.advance(60'000);
  record["size"] = 3;
  reconcile(office, {{"crm", {record}}});
  CHECK(office.open_items().empty());
}

TEST_CASE("many records behind one shared weak key cost no more each than few") {
  Terms terms = names(R"("create_in": [])");
  terms.match = R"([["email"], ["name"]])";
  Office office(terms);
  std::vector<Json> crm, desk;
  for (int i = 0; i < 400; ++i) {
    crm.push_back(person(nth("c", i), nth("p", i) + "@example.com", "Reception"));
    desk.push_back(person(nth("d", i), nth("p", i) + "@example.com", "Reception"));
  }
  const Json report = reconcile(office, {{"crm", crm}, {"desk", desk}});
  CHECK(report["matched"] == 400);
  CHECK(office.golden_count() == 400);
}

}  // namespace truce::test
