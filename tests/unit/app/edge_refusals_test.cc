// Edge cases E70 to E73: targets that refuse for good, field by field or as a whole, and retries.
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

// A target's "no", naming the fields at fault if any.
Json refusal(const std::string& message, const std::vector<std::string>& fields = {}) {
  Json error{{"class", "permanent"}, {"status", 422}, {"message", message}};
  if (!fields.empty()) error["fields"] = fields;
  return {{"error", std::move(error)}};
}

// The name and the owner have changed in crm; the write of both is leased to desk.
Json owner_in_flight(Office& office) {
  office.both_know({{"name", "Ada"}, {"owner", "u1"}});
  const Json answer =
      office.says("crm", "c1", {{"name", "Ada L."}, {"owner", "u2"}}, Json::object(), true);
  REQUIRE(answer["deliveries"].size() == 1);
  office.advance(1000);
  return answer["deliveries"][0];
}

const std::string priced =
    one_field("sum", R"("type": "decimal", "rule": "recency", "group": "price")") + ", " +
    one_field("coin", R"("type": "text", "rule": "recency", "group": "price")") + ", " +
    text_field("name");
const std::string owner_and_name = text_field("owner") + ", " + text_field("name");

// Nothing is sent, now or after a day, whatever else is derived meanwhile.
void stays_quiet(Office& office) {
  CHECK(office.deliver_all().empty());
  office.says("crm", "c1", {{"email", "ada@example.com"}});
  office.advance(86'400'000);
  office.sweep_all();
  CHECK(office.deliver_all().empty());
}

}  // namespace

TEST_CASE("E70 a target's validation is told with its words, and never tried again blindly") {
  Office office({text_field("name")});
  const Json delivery = office.name_in_flight();
  CHECK(office.settle_as(delivery, "failed", refusal("name: FIELD_CUSTOM_VALIDATION"))["state"] ==
        "dead");
  const ExceptionItem item = office.the_item(Category::dead_letter);
  CHECK(item.detail["error"] == "422 name: FIELD_CUSTOM_VALIDATION");
  CHECK(item.field.text == "name");
  stays_quiet(office);
  office.says("crm", "c1", {{"name", "Grace"}});
  CHECK(office.claim_all().empty());
  // Another value is another write; what arrives makes the dead letter moot.
  office.says("crm", "c1", {{"name", "Ada"}});
  office.says("crm", "c1", {{"name", "Hedy"}});
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["fields"] == Json({{"name", "Hedy"}}));
  CHECK(office.open_items().empty());
}

TEST_CASE("E71 an owner whom the target does not know is asked about, and the others go out") {
  Office office({R"("owner": {"type": "enum", "rule": "recency", "map": {
      "crm": {"path": "owner", "values": {"u1": "ada", "u2": "grace"}},
      "desk": {"path": "owner", "values": {"a7": "ada"}}}})" +
                 (", " + text_field("name"))});
  office.both_know({{"name", "Ada"}, {"owner", nullptr}});
  office.says("crm", "c1", {{"owner", "u2"}, {"name", "Ada L."}});
  CHECK(office.waiting() == Json({{"desk", {{"name", "Ada L."}}}}));
  const ExceptionItem item = office.the_item(Category::drift);
  CHECK(item.field.text == "owner");
  CHECK(item.system.text == "desk");
  // The item goes when the owner can be written again.
  office.says("crm", "c1", {{"owner", "u1"}});
  CHECK(office.open_items().empty());
  CHECK(office.waiting()["desk"]["owner"] == "a7");
}

TEST_CASE("E71 where the policy names a fallback, it owns what nobody there can, and is no edit") {
  Office office({R"("owner": {"type": "enum", "rule": "recency", "map": {
      "crm": {"path": "owner", "values": {"u1": "ada", "u2": "grace", "u0": "nobody"}},
      "desk": {"path": "owner", "values": {"a7": "ada", "a0": "nobody"}, "fallback": "a0"}}})"});
  office.both_know({});
  office.says("crm", "c1", {{"owner", "u2"}});
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["fields"] == Json({{"owner", "a0"}}));
  CHECK(written[0]["lossy"] == Json::array({"owner"}));
  CHECK(office.says("desk", "d1", {{"owner", "a0"}})["outcome"] == "echo");
  CHECK(office.shown("owner") == "grace");
  CHECK(office.open_items().empty());
  stays_quiet(office);
  office.says("desk", "d1", {{"owner", "a7"}});
  CHECK(office.shown("owner") == "ada");
}

TEST_CASE("E71 an owner that the target refuses stays behind alone, and is not sent again") {
  Office office({owner_and_name});
  const Json delivery = owner_in_flight(office);
  CHECK(office.settle_as(delivery, "failed", refusal("INACTIVE_OWNER", {"owner"}))["state"] ==
        "dead");
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["fields"] == Json({{"name", "Ada L."}}));
  const ExceptionItem item = office.the_item(Category::dead_letter);
  CHECK(item.field.text == "owner");
  CHECK(item.detail["error"] == "422 INACTIVE_OWNER");
  stays_quiet(office);
  CHECK(office.items_of(Category::dead_letter).size() == 1);

  SECTION("the others go on to flow") {
    office.says("crm", "c1", {{"name", "Grace"}});
    const auto more = office.deliver_all();
    REQUIRE(more.size() == 1);
    CHECK(more[0]["fields"] == Json({{"name", "Grace"}}));
    CHECK(office.items_of(Category::dead_letter).size() == 1);
  }
  SECTION("another owner is another write, and ends the matter") {
    office.says("crm", "c1", {{"owner", "u3"}});
    const auto more = office.deliver_all();
    REQUIRE(more.size() == 1);
    CHECK(more[0]["fields"] == Json({{"owner", "u3"}}));
    CHECK(office.open_items().empty());
  }
  SECTION("the owner that the target has ends the matter") {
    office.says("crm", "c1", {{"owner", "u1"}});
    CHECK(office.deliver_all().empty());
    CHECK(office.open_items().empty());
  }
  SECTION("a person may have it tried again") {
    const auto done =
        office.answer(item.id.text, {{"action", "replay"}, {"version", item.version}});
    REQUIRE(done);
    REQUIRE((*done)["deliveries"].size() == 1);
    CHECK((*done)["deliveries"][0]["fields"] == Json({{"owner", "u2"}}));
    office.advance(1000);
    office.delivered((*done)["deliveries"][0]);
    CHECK(office.open_items().empty());
  }
  SECTION("a person may let it be") {
    office.act(item, "discard");
    stays_quiet(office);
    office.says("crm", "c1", {{"name", "Grace"}});
    const auto more = office.deliver_all();
    REQUIRE(more.size() == 1);
    CHECK(more[0]["fields"] == Json({{"name", "Grace"}}));
    CHECK(office.open_items().empty());
  }
  SECTION("what is refused as a whole after it is given up as one with it") {
    const Json answer = office.says("crm", "c1", {{"name", "Grace"}}, Json::object(), true);
    office.advance(1000);
    office.settle_as(answer["deliveries"][0], "failed", refusal("LOCKED"));
    stays_quiet(office);
    CHECK(office.the_item(Category::dead_letter).detail["fields"] ==
          Json::array({"name", "owner"}));
    office.says("crm", "c1", {{"name", "Hedy"}});
    const auto more = office.deliver_all();
    REQUIRE(more.size() == 1);
    CHECK(more[0]["fields"] == Json({{"name", "Hedy"}}));
    CHECK(office.the_item(Category::dead_letter).detail["error"] == "422 LOCKED");
    stays_quiet(office);
  }
  SECTION("workers that die over the rest do not bring it back") {
    office.says("crm", "c1", {{"name", "Grace"}}, Json::object(), true);
    for (int attempt = 0; attempt < 20; ++attempt) {
      office.advance(3'600'000);
      office.sweep_all();
      for (const Json& again : office.claim_all()) CHECK_FALSE(again["fields"].contains("owner"));
    }
    CHECK(office.claim_all().empty());
    CHECK(office.items_of(Category::dead_letter).size() == 1);
  }
}

TEST_CASE("the group of a refused field stays behind with it") {
  const bool is_new = GENERATE(false, true);
  Office office({priced, is_new ? R"("create_in": ["desk"])" : R"("create_in": [])"});
  if (!is_new) office.both_know({{"sum", "100"}, {"coin", "EUR"}, {"name", "Ada"}});
  const Json full{{"email", "ada@example.com"}, {"sum", "9000"}, {"coin", "JPY"}, {"name", "Eve"}};
  const Json answer = office.says("crm", "c1", full, Json::object(), true);
  const auto refuse = [&](const Json& delivery) {
    office.advance(1000);
    CHECK(office.settle_as(delivery, "failed", refusal("BAD_COIN", {"coin"}))["state"] == "dead");
  };
  refuse(answer["deliveries"][0]);
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["op"] == (is_new ? "create" : "update"));
  CHECK(written[0]["fields"]["name"] == "Eve");
  CHECK_FALSE(written[0]["fields"].contains("sum"));
  CHECK(office.the_item(Category::dead_letter).detail["fields"] == Json::array({"coin", "sum"}));
  stays_quiet(office);
  const auto only_write = [&] {
    const auto more = office.deliver_all();
    REQUIRE(more.size() == 1);
    return Office::plain(more[0]["fields"]);
  };
  SECTION("another field flows on") {
    office.says("crm", "c1", {{"name", "Grace"}});
    CHECK(only_write() == Json({{"name", "Grace"}}));
    CHECK(office.items_of(Category::dead_letter).size() == 1);
  }
  SECTION("another tuple is another write") {
    SECTION("by the refused field") {
      office.says("crm", "c1", {{"coin", "CHF"}});
      CHECK(only_write() == Json({{"coin", "CHF"}, {"sum", 9000}}));
    }
    SECTION("by the other one") {
      office.says("crm", "c1", {{"sum", "90"}});
      CHECK(only_write() == Json({{"coin", "JPY"}, {"sum", 90}}));
    }
    CHECK(office.open_items().empty());
  }
  SECTION("refused again, it is one question about what is refused now") {
    const Json again = office.says("crm", "c1", {{"sum", "100"}}, Json::object(), true);
    REQUIRE(again["deliveries"].size() == 1);
    refuse(again["deliveries"][0]);
    stays_quiet(office);
    CHECK(office.items_of(Category::dead_letter).size() == 1);
  }
  SECTION("a person has it tried again, whole") {
    office.act(office.the_item(Category::dead_letter), "replay");
    const auto leased = office.deliveries_in(DeliveryState::leased);
    REQUIRE(leased.size() == 1);
    CHECK(Office::plain(*leased.front().body) == Json({{"coin", "JPY"}, {"sum", 9000}}));
  }
}

TEST_CASE("E71 a new record is made without the owner that the target refuses") {
  Office office({owner_and_name, R"("create_in": ["desk"])"});
  const Json answer =
      office.says("crm", "c1", {{"email", "ada@example.com"}, {"name", "Ada"}, {"owner", "u2"}},
                  Json::object(), true);
  office.advance(1000);
  office.settle_as(answer["deliveries"][0], "failed", refusal("INACTIVE_OWNER", {"owner"}));
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["op"] == "create");
  CHECK(written[0]["fields"] == Json({{"email", "ada@example.com"}, {"name", "Ada"}}));
  CHECK(office.linked().size() == 2);
  stays_quiet(office);
  CHECK(office.the_item(Category::dead_letter).field.text == "owner");
  office.says("crm", "c1", {{"owner", "u1"}});
  const auto mended = office.deliver_all();
  REQUIRE(mended.size() == 1);
  CHECK(mended[0]["op"] == "update");
  CHECK(mended[0]["fields"] == Json({{"owner", "u1"}}));
  CHECK(office.open_items().empty());
}

TEST_CASE("E71 a new record is not made without a field that it cannot do without") {
  Office office({one_field("owner", R"("type": "text", "rule": "recency", "required": true)") +
                     ", " + text_field("name"),
                 R"("create_in": ["desk"])"});
  const Json answer =
      office.says("crm", "c1", {{"email", "ada@example.com"}, {"name", "Ada"}, {"owner", "u2"}},
                  Json::object(), true);
  office.advance(1000);
  office.settle_as(answer["deliveries"][0], "failed", refusal("INACTIVE_OWNER", {"owner"}));
  stays_quiet(office);
  CHECK(office.the_item(Category::dead_letter).detail["fields"].size() == 3);
}

TEST_CASE("E72 an association that cannot be made yet holds back none of the other fields") {
  Office office(with_companies(R"("create_in": [])", ", " + text_field("name")));
  office.both_know({{"name", "Ada"}});
  office.company_comes();
  office.says("crm", "c1", {{"name", "Ada L."}, {"company_id", "k1"}});
  CHECK(office.waiting() == Json({{"desk", {{"name", "Ada L."}}}}));
}

TEST_CASE("E72 one association too many is a matter of its own, and the other fields go out") {
  Office office(with_companies(R"("create_in": [])", ", " + text_field("name")));
  office.both_know({{"name", "Ada"}});
  office.company_comes();
  Json company = office.event("desk", "o1", {{"name", "Analytical Engines"}});
  company["entity"] = "company";
  office.send(company, false);
  const Json answer =
      office.says("crm", "c1", {{"name", "Ada L."}, {"company_id", "k1"}}, Json::object(), true);
  REQUIRE(answer["deliveries"].size() == 1);
  CHECK(answer["deliveries"][0]["fields"] == Json({{"name", "Ada L."}, {"org", "o1"}}));
  office.advance(1000);
  office.settle_as(answer["deliveries"][0], "failed", refusal("LIMIT_EXCEEDED", {"org"}));
  const auto written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["fields"] == Json({{"name", "Ada L."}}));
  CHECK(office.items_of(Category::dead_letter).empty());
  const ExceptionItem item = office.the_item(Category::association);
  CHECK(item.field.text == "company");
  stays_quiet(office);
  SECTION("there is room again: a person has it tried") {
    office.act(item, "replay");
    const auto leased = office.deliveries_in(DeliveryState::leased);
    REQUIRE(leased.size() == 1);
    CHECK(*leased.front().body == Json({{"org", "o1"}}));
  }
  SECTION("the company is taken away again") {
    office.says("desk", "d1", {{"org", "o1"}});
    CHECK(office.open_items().empty());
  }
}

TEST_CASE("R12 E73 retries are bounded and each waits about twice as long as the one before") {
  Terms terms{text_field("name")};
  terms.systems = R"("crm": {"precedence": 1}, "desk": {"precedence": 2,
      "retry": {"attempts": 4, "first_ms": 1000, "max_ms": 60000}})";
  Office office(terms);
  Json delivery = office.name_in_flight();
  std::vector<std::int64_t> waits;
  while (office.settle_as(delivery, "failed", slow_down)["state"] == "waiting") {
    const Time due = office.deliveries_in(DeliveryState::waiting).front().due_at;
    waits.push_back((due - office.now).ms());
    office.now = due;
    const Json again = office.claim_all();
    REQUIRE(again.size() == 1);
    delivery = again[0];
  }
  CHECK(waits == std::vector<std::int64_t>{1000, 2000, 4000});
  CHECK(office.items_of(Category::dead_letter).size() == 1);
  office.advance(86'400'000);
  CHECK(office.claim_all().empty());
}

TEST_CASE(
    "E73 a storm of retries stays within the system's retries a minute; first sendings pass") {
  Terms terms{text_field("name")};
  terms.systems = R"("crm": {"precedence": 1}, "desk": {"precedence": 2,
      "retry": {"attempts": 3, "first_ms": 1000, "max_ms": 60000, "per_minute": 10}})";
  Office office(terms);
  constexpr int people = 60;
  office.many_know_and_change(people);
  const Json first = office.claim_all();
  CHECK(first.size() == people);  // none of them is a retry
  for (const Json& delivery : first) office.settle_as(delivery, "failed", slow_down);
  std::map<std::int64_t, int> sent_in;
  int settled = 0;
  for (int second = 0; second < 20 * 60; ++second) {
    office.advance(1000);
    for (const Json& delivery : office.claim_all()) {
      ++sent_in[office.now.us / 60'000'000];
      office.settle_as(delivery, "failed", slow_down);
      ++settled;
    }
  }
  CHECK(settled == 2 * people);
  for (const auto& [minute, sent] : sent_in) CHECK(sent <= 10);
  CHECK(sent_in.size() <= 2 * people / 10 + 2);  // and the room that there is, is used
  CHECK(office.items_of(Category::dead_letter).size() == people);
}

TEST_CASE("whether a refused value is asked about does not depend on when it is heard of") {
  Office office(
      {one_field("stage", R"("type": "enum", "options": ["lead", "won"], "rule": "recency")")});
  const Time start = office.now;
  office.advance(60'000);
  const auto shows = [&](const char* stage, std::int64_t second) {
    office.says("crm", "c1", {{"email", "ada@example.com"}, {"stage", stage}},
                {{"occurred_at", to_rfc3339(start + Duration::of_ms(second * 1000))}});
  };
  shows("lead", 0);
  SECTION("a later good value that came before it answers it") {
    shows("won", 9);
    shows("bogus", 5);
    CHECK(office.open_items().empty());
  }
  SECTION("an earlier one does not, also when another was refused in between") {
    shows("bogus", 7);
    shows("phony", 3);
    shows("won", 5);
    CHECK(office.the_item(Category::drift).detail["message"].get<std::string>().find("bogus") !=
          std::string::npos);
    shows("won", 8);
    CHECK(office.open_items().empty());
  }
}

TEST_CASE("what stands in a system and cannot be read is not written over with an older word") {
  Office office({one_field("born", R"("type": "date", "rule": "recency")")});
  office.both_know({{"born", "2000-01-01"}});
  const Json older = office.event("desk", "d1", {{"born", "2002-02-02"}});
  const bool is_heard_later = GENERATE(true, false);
  if (!is_heard_later) office.send(older, false);
  Json unreadable{{"born", "sometime"}};
  if (GENERATE(true, false)) unreadable["email"] = "ada@example.com";
  office.says("crm", "c1", unreadable);
  if (is_heard_later) office.send(older, false);
  CHECK(office.claim_all().empty());
  const ExceptionItem item = office.the_item(Category::rejected);
  SECTION("a later word is") {
    office.says("desk", "d1", {{"born", "2003-03-03"}});
    CHECK(office.waiting() == Json({{"crm", {{"born", "2003-03-03"}}}}));
  }
  SECTION("a later one that can be read wins") {
    office.says("crm", "c1", {{"born", "2001-01-01"}});
    CHECK(office.waiting() == Json({{"desk", {{"born", "2001-01-01"}}}}));
    CHECK(office.open_items().empty());
  }
  SECTION("a person may let it be written over") {
    office.act(item, "dismiss");
    CHECK(office.waiting() == Json({{"crm", {{"born", "2002-02-02"}}}}));
  }
}

TEST_CASE("where another system's word counts, what cannot be read is written over") {
  Office office(
      {one_field("born", R"("type": "date", "rule": "source_of_truth", "source": "desk")")});
  office.both_know({{"born", "2000-01-01"}});
  const Json older = office.event("desk", "d1", {{"born", "2002-02-02"}});
  office.says("crm", "c1", {{"born", "sometime"}});
  office.send(older, false);
  CHECK(office.waiting() == Json({{"crm", {{"born", "2002-02-02"}}}}));
}

TEST_CASE("of a group nothing is written over a member that cannot be read") {
  Office office({priced});
  office.both_know({{"sum", "1"}, {"coin", "EUR"}});
  const Json older = office.event("desk", "d1", {{"sum", "2"}, {"coin", "USD"}});
  office.says("crm", "c1", {{"sum", "a lot"}});
  office.send(older, false);
  CHECK(office.claim_all().empty());
  SECTION("a later word of the others is, and goes out whole") {
    office.says("desk", "d1", {{"sum", "3"}});
    CHECK(office.waiting() == Json({{"crm", {{"coin", "USD"}, {"sum", 3}}}}));
  }
}

}  // namespace truce::test
