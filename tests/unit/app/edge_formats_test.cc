// Edge cases E8 to E24 from end to end: what the types compare as equal is never written back, and
// what a system rewrites is no edit. How each form is read stands in tests/unit/normalize.
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

std::string field_as(const std::string& body, const std::string& crm, const std::string& desk) {
  return R"("f": {)" + body + R"(, "map": {"crm": )" + crm + R"(, "desk": )" + desk + "}}";
}

// crm and desk say the same in two forms: nothing is written, also beside another change.
void never_written_back(const std::string& field, const Json& crm, const Json& desk) {
  Office office({field + ", " + text_field("name")});
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"f", crm}, {"name", "Ada"}});
  office.says("desk", "d1", {{"email", "ada@example.com"}, {"f", desk}, {"name", "Ada"}});
  INFO(to_wire(crm) << " and " << to_wire(desk));
  CHECK(office.waiting().empty());
  office.says("crm", "c1", {{"f", crm}, {"name", "Ada L."}});
  CHECK(office.waiting() == Json({{"desk", {{"name", "Ada L."}}}}));
  CHECK(office.open_items().empty());
}

// One bad field is refused by itself; the rest of the record flows.
ExceptionItem refused_alone(Office& office, const Json& bad) {
  office.both_know({{"name", "Ada"}});
  const Json answer = office.says("crm", "c1", {{"f", bad}, {"name", "Grace"}});
  CHECK(answer["outcome"] == "applied");
  REQUIRE(answer["errors"].size() == 1);
  CHECK(answer["errors"][0]["field"] == "f");
  CHECK(office.waiting() == Json({{"desk", {{"name", "Grace"}}}}));
  CHECK(office.shown("f").is_null());
  return office.open_items().front();
}

}  // namespace

TEST_CASE("E8 a date goes out as midnight UTC and comes back as the same day") {
  Office office({field_as(R"("type": "date", "rule": "recency")", R"("f")",
                          R"({"path": "f", "format": "epoch_ms"})")});
  office.both_know({});
  office.says("crm", "c1", {{"f", "2026-03-29"}});
  REQUIRE(office.waiting() == Json({{"desk", {{"f", 1774742400000}}}}));
  office.deliver_all();
  CHECK(office.says("desk", "d1", {{"f", 1774742400000}})["outcome"] == "echo");
  CHECK(office.shown("f") == "2026-03-29");
}

TEST_CASE("E9 a local time without an offset stops its field alone") {
  Office office({field_as(R"("type": "instant", "rule": "recency")", R"("f")", R"("f")") + ", " +
                 text_field("name")});
  const ExceptionItem item = refused_alone(office, "2026-05-12T10:00:00");
  CHECK(item.category == Category::rejected);
  CHECK(item.field.text == "f");
}

TEST_CASE("E9 a local time is read in the zone that its system declares") {
  Terms terms{field_as(R"("type": "instant", "rule": "recency")", R"("f")", R"("f")")};
  terms.systems =
      R"("crm": {"precedence": 1, "time_zone": "Europe/Berlin"}, "desk": {"precedence": 2})";
  Office office(terms);
  office.both_know({});
  office.says("crm", "c1", {{"f", "2026-05-12T10:00:00"}});
  CHECK(office.shown("f") == "2026-05-12T08:00:00.000Z");
  CHECK(office.waiting() == Json({{"desk", {{"f", "2026-05-12T08:00:00.000Z"}}}}));
  office.deliver_all();
  // On no pass does it move on by the offset.
  CHECK(office.says("desk", "d1", {{"f", "2026-05-12T08:00:00Z"}})["outcome"] == "echo");
  CHECK(office.says("crm", "c1", {{"f", "2026-05-12T10:00:00"}})["outcome"] == "unchanged");
  CHECK(office.waiting().empty());
}

TEST_CASE("E10 the year 7473 goes to a person and not to the other system") {
  Office office({field_as(R"("type": "instant", "rule": "recency")", R"("f")", R"("f")") + ", " +
                 text_field("name")});
  CHECK(refused_alone(office, 173664000000000000).category == Category::rejected);
}

TEST_CASE("E11 the same moment under two offsets is never written back") {
  never_written_back(field_as(R"("type": "instant", "rule": "recency")", R"("f")", R"("f")"),
                     "2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z");
}

TEST_CASE("E12 an amount is compared at the scale of the system that keeps fewer places") {
  const std::string money = R"("type": "money", "currency": "EUR", "rule": "recency")";
  never_written_back(field_as(money, R"("f")", R"("f")"), "10.5", "10.50");
  Office office({field_as(R"("type": "decimal", "rule": "recency")", R"("f")",
                          R"({"path": "f", "lossy": ["round:2"]})")});
  office.both_know({});
  office.says("crm", "c1", {{"f", "10.123456"}});
  office.deliver_all();
  CHECK(office.says("desk", "d1", {{"f", "10.12"}})["outcome"] == "echo");
  CHECK(office.shown("f") == "10.123456");
  CHECK(office.waiting().empty());
}

TEST_CASE("E13 amount and currency changed by different systems win together") {
  Office office({one_field("amount", R"("type": "decimal", "rule": "recency", "group": "price")") +
                 ", " +
                 one_field("currency", R"("type": "text", "rule": "recency", "group": "price")")});
  office.both_know({{"amount", "100"}, {"currency", "USD"}});
  office.says("crm", "c1", {{"amount", "120"}}, {{"changed", {"amount"}}});
  office.says("desk", "d1", {{"currency", "EUR"}}, {{"changed", {"currency"}}});
  // 120 EUR is nobody's word.
  CHECK(office.shown("amount") == "100");
  CHECK(office.shown("currency") == "EUR");
  CHECK(office.waiting() == Json({{"crm", {{"amount", 100}, {"currency", "EUR"}}}}));
}

TEST_CASE("E14 an unknown option is schema drift: asked about, never written") {
  Office office({field_as(R"("type": "enum", "rule": "recency")",
                          R"({"path": "f", "values": {"Hot": "hot"}})",
                          R"({"path": "f", "values": {"h": "hot"}})") +
                 ", " + text_field("name")});
  const ExceptionItem item = refused_alone(office, "Scorching");
  CHECK(item.category == Category::drift);
  CHECK(item.field.text == "f");
  // What else happens to the record leaves the question open; a value that is known answers it.
  office.deliver_all();
  office.says("desk", "d1", {{"name", "Hedy"}});
  CHECK(office.the_item(Category::drift).id == item.id);
  office.says("crm", "c1", {{"f", "Hot"}},
              {{"occurred_at", to_rfc3339(office.now - Duration::of_ms(60'000))}});
  CHECK(office.the_item(Category::drift).id == item.id);  // of before the unknown one
  office.says("crm", "c1", {{"f", "Hot"}});
  CHECK(office.waiting()["desk"]["f"] == "h");
  CHECK(office.open_items().empty());
}

TEST_CASE("E15 a set in another order or encoding is never written back") {
  never_written_back(
      field_as(R"("type": "set", "rule": "recency")", R"({"path": "f", "split": ";"})", R"("f")"),
      "b;a", Json::array({"a", "b"}));
}

TEST_CASE("E16 phone formatting is never written back") {
  const std::string phone = R"("type": "phone", "region": "US", "rule": "recency")";
  never_written_back(field_as(phone, R"("f")", R"("f")"), "+1 415 555 2671", "(415) 555-2671");
  never_written_back(field_as(phone, R"("f")", R"("f")"), "(415) 555-2671 ext. 7",
                     "+14155552671;ext=7");
}

TEST_CASE("E17 an address in other letters links, and its spelling is never written back") {
  never_written_back(field_as(R"("type": "email", "rule": "recency")", R"("f")", R"("f")"),
                     " Ada@Example.COM", "ada@example.com");
  Office office({text_field("name")});
  office.says("crm", "c1", {{"email", "Ada@Example.com "}});
  office.says("desk", "d1", {{"email", "ada@example.com"}});
  CHECK(office.golden_count() == 1);
  CHECK(office.waiting().empty());
  office.says("desk", "d2", {{"email", "ada+news@example.com"}});
  CHECK(office.golden_count() == 2);
}

TEST_CASE("E18 composed and decomposed letters are never written back") {
  never_written_back(field_as(R"("type": "text", "rule": "recency")", R"("f")", R"("f")"),
                     "Zo\xC3\xAB", "Zoe\xCC\x88\xC2\xA0");
}

TEST_CASE("E19 notes as HTML and as text are written back only where the text differs") {
  const std::string notes = field_as(R"("type": "html", "rule": "recency")", R"("f")", R"("f")");
  never_written_back(notes, "<p>Call <b>Ada</b></p>", "Call Ada");
  Office office({notes});
  office.both_know({{"f", "Call Ada"}});
  office.says("crm", "c1", {{"f", "<p>Call Grace</p>"}});
  CHECK(office.waiting().contains("desk"));
}

TEST_CASE("E20 a target that keeps ten characters gets ten, and its echo is no edit") {
  Office office({field_as(R"("type": "text", "rule": "recency")", R"("f")",
                          R"({"path": "f", "max_length": 10})")});
  office.both_know({{"f", "short"}});
  office.says("crm", "c1", {{"f", "a long description"}});
  REQUIRE(office.waiting() == Json({{"desk", {{"f", "a long des"}}}}));
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["lossy"] == Json::array({"f"}));
  CHECK(office.says("desk", "d1", {{"f", "a long des"}})["outcome"] == "echo");
  CHECK(office.shown("f") == "a long description");
  CHECK(office.waiting().empty());
  // An edit of the cut text is an edit.
  CHECK(office.says("desk", "d1", {{"f", "brief"}})["outcome"] == "applied");
  CHECK(office.shown("f") == "brief");
}

TEST_CASE("E21 a target that lower-cases is no second opinion, however often it echoes") {
  Office office({field_as(R"("type": "text", "rule": "recency")", R"("f")",
                          R"({"path": "f", "lossy": ["lower"]})")});
  office.both_know({});
  office.says("crm", "c1", {{"f", "VIP"}});
  CHECK(office.deliver_all().size() == 1);
  for (int i = 0; i < 3; ++i) {
    CHECK(office.says("desk", "d1", {{"f", "vip"}})["outcome"] == "echo");
    CHECK(office.shown("f") == "VIP");
    CHECK(office.deliver_all().empty());
  }
  const Json before = office.explained(office.golden, "f");
  CHECK(before["winner"]["system"] == "crm");
}

TEST_CASE("E22 a read-only field is read and never written") {
  Office office({field_as(R"("type": "decimal", "rule": "recency")", R"("f")",
                          R"({"path": "f", "read_only": true})")});
  office.both_know({{"f", "1"}});
  office.says("crm", "c1", {{"f", "2"}});
  CHECK(office.shown("f") == "2");
  CHECK(office.waiting().empty());
  office.says("desk", "d1", {{"f", "3"}});
  CHECK(office.waiting() == Json({{"crm", {{"f", 3}}}}));
}

TEST_CASE("E23 yes in two spellings is never written back, and perhaps goes to a person") {
  const std::string boolean =
      field_as(R"("type": "boolean", "rule": "recency")", R"("f")", R"("f")");
  never_written_back(boolean, "Yes", true);
  Office office({boolean + ", " + text_field("name")});
  CHECK(refused_alone(office, "perhaps").category == Category::drift);
}

TEST_CASE("E24 a country's code and name are never written back; an unmapped one is asked about") {
  const std::string country = field_as(R"("type": "enum", "rule": "recency")",
                                       R"({"path": "f", "values": {"DE": "germany"}})",
                                       R"({"path": "f", "values": {"Germany": "germany"}})");
  never_written_back(country, "DE", "Germany");
  Office office({country + ", " + text_field("name")});
  CHECK(refused_alone(office, "XX").category == Category::drift);
}

TEST_CASE("E76 a field that became a multi-select is paused and asked about; the others flow") {
  Office office({field_as(R"("type": "enum", "rule": "recency")",
                          R"({"path": "f", "values": {"Hot": "hot", "New": "new"}})",
                          R"({"path": "f", "values": {"h": "hot", "n": "new"}})") +
                 ", " + text_field("name")});
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c1", {{"f", "Hot"}});
  office.deliver_all();
  const Json several = GENERATE(Json::array({"Hot", "New"}), Json("Hot;New"));
  const Json answer = office.says("crm", "c1", {{"f", several}, {"name", "Grace"}});
  CHECK(answer["errors"][0]["field"] == "f");
  const ExceptionItem item = office.the_item(Category::drift);
  CHECK(item.field.text == "f");
  CHECK(office.shown("f") == "hot");
  CHECK(office.waiting() == Json({{"desk", {{"name", "Grace"}}}}));
  // However many such records come, each is one question.
  office.says("crm", "c1", {{"f", several}});
  CHECK(office.the_item(Category::drift).id == item.id);
}

TEST_CASE("E77 a field that the target no longer has is not written any more, and asked about") {
  Office office({text_field("f") + ", " + text_field("name")});
  office.both_know({{"f", "old"}, {"name", "Ada"}});
  const Json answer =
      office.says("crm", "c1", {{"f", "new"}, {"name", "Grace"}}, Json::object(), true);
  office.advance(1000);
  office.settle_as(answer["deliveries"][0], "failed",
                   {{"error",
                     {{"class", "permanent"},
                      {"status", 400},
                      {"message", "PROPERTY_DOESNT_EXIST"},
                      {"fields", {"f"}}}}});
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["fields"] == Json({{"name", "Grace"}}));
  CHECK(office.the_item(Category::dead_letter).field.text == "f");
  CHECK(office.shown("f") == "new");
}

TEST_CASE("E77 a field that a system no longer sends is not cleared") {
  Office office({one_field("f", R"("type": "text", "rule": "recency", "blank": "clear")")});
  office.both_know({{"f", "kept"}});
  for (int i = 0; i < 3; ++i) office.says("crm", "c1", {{"email", "ada@example.com"}});
  CHECK(office.shown("f") == "kept");
  CHECK(office.waiting().empty());
}

TEST_CASE("E78 an integer that comes as text is read where nothing is lost, else asked about") {
  const std::string integer =
      field_as(R"("type": "integer", "rule": "recency")", R"("f")", R"("f")");
  never_written_back(integer, 12, "12");
  Office office({integer + ", " + text_field("name")});
  CHECK(refused_alone(office, "A-12").category == Category::rejected);
}

TEST_CASE("E79 what an older mapping refused is read from the raw event under the present one") {
  const Terms old{field_as(R"("type": "enum", "rule": "recency")",
                           R"({"path": "f", "values": {"Hot": "hot"}})",
                           R"({"path": "f", "values": {"h": "hot"}})")};
  Terms mended = old;
  mended.fields = field_as(R"("type": "enum", "rule": "recency")",
                           R"({"path": "f", "values": {"Hot": "hot", "Cold": "cold"}})",
                           R"({"path": "f", "values": {"h": "hot", "c": "cold"}})");
  Office office(old);
  office.both_know({{"f", nullptr}});
  office.says("crm", "c1", {{"f", "Cold"}});
  const ExceptionItem item = office.the_item(Category::drift);
  const auto too_early =
      office.answer(item.id.text, {{"action", "replay"}, {"version", item.version}});
  CHECK_FALSE(too_early);
  office.policy = policy_of(Office::policy_text(mended));
  office.sweep_all();
  office.act(office.the_item(Category::drift), "replay");
  CHECK(office.shown("f") == "cold");
  CHECK(office.open_items().empty());
  const auto leased = office.deliveries_in(DeliveryState::leased);
  REQUIRE(leased.size() == 1);
  CHECK(*leased.front().body == Json({{"f", "c"}}));
}

}  // namespace truce::test
