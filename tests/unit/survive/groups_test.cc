// Fields that are decided together: amount and currency.
#include "tests/unit/survive/company_of.h"

namespace truce::test {
namespace {

class Prices : public Company {
 public:
  explicit Prices(Rule rule) : Company(rule) {
    entity.fields.clear();
    for (const char* name : {"amount", "currency"}) add_field(name, rule).group = "price";
  }
  void price(const std::string& system, const std::string& amount, const std::string& currency,
             std::int64_t seconds) {
    says(system, amount, seconds, {}, "amount");
    says(system, currency, seconds, {}, "currency");
  }
  std::string both() const { return told("amount") + ", " + told("currency"); }
};

}  // namespace

TEST_CASE("a group comes from one system, at the latest time of its members") {
  Prices prices(Rule::recency);
  prices.price("crm", "100", "USD", 101);
  prices.price("desk", "90", "EUR", 102);
  CHECK(prices.both() == "90 of desk, EUR of desk");
  prices.says("crm", "110", 105, {}, "amount");
  CHECK(prices.both() == "110 of crm, USD of crm");
  CHECK(prices.lost("amount") == "desk 90: changed earlier, or perhaps earlier");
}

TEST_CASE("a system with an unknown member has no tuple") {
  Prices prices(Rule::recency);
  prices.price("crm", "100", "USD", 101);
  prices.says("desk", "90", 105, {}, "amount");
  CHECK(prices.both() == "100 of crm, USD of crm");
  CHECK(prices.lost("amount") == "desk 90: what desk holds of currency is not known");
  CHECK(prices.lost("currency").empty());
  prices.says("desk", "EUR", 100, {}, "currency");
  CHECK(prices.both() == "90 of desk, EUR of desk");
  CHECK(prices.lost("amount") == "crm 100: changed earlier, or perhaps earlier");
  SECTION("nor one whose member may have been overwritten just then") {
    prices.writes("desk", "100", 110, 115, "crm", "amount");
    prices.says("desk", "95", 112, {}, "amount");
    prices.says("desk", "GBP", 114, {}, "currency");
    CHECK(prices.both() == "100 of crm, USD of crm");
    CHECK(prices.lost("amount") == "desk 95: what desk holds of amount is not known");
    CHECK(prices.lost("currency") == "desk GBP: what desk holds of amount is not known");
    prices.says("desk", "95", 114, {}, "amount");
    CHECK(prices.both() == "95 of desk, GBP of desk");
  }
  SECTION("but one that was said whole, whatever became of it since") {
    prices.writes("desk", "100", 110, 115, "crm", "amount");
    prices.writes("desk", "USD", 110, 115, "crm", "currency");
    prices.price("desk", "95", "GBP", 112);
    CHECK(prices.both() == "95 of desk, GBP of desk");
  }
}

TEST_CASE("a member that the system holds from our write keeps its author and our form") {
  Prices prices(Rule::recency);
  prices.field("currency").map[SystemName("desk")].lossy = {{Lossy::Kind::lower, 0}};
  prices.price("crm", "100", "USD", 90);
  prices.says("desk", "100", 91, {}, "amount");
  prices.writes("desk", "USD", 100, 101, "crm", "currency");
  prices.says("desk", "usd", 102, {}, "currency");
  prices.says("desk", "95", 110, {}, "amount");
  CHECK(prices.both() == "95 of desk, USD of crm");
}

TEST_CASE("a group that is all blank is no word, unless blanks count") {
  Prices prices(Rule::recency);
  prices.price("crm", "100", "USD", 101);
  for (const char* name : {"amount", "currency"}) {
    prices.says("desk", Value::null(), 105, {}, name);
  }
  CHECK(prices.both() == "100 of crm, USD of crm");
  for (const char* name : {"amount", "currency"}) prices.field(name).blank = Blank::clear;
  CHECK(prices.both() == "null of desk, null of desk");
}

TEST_CASE("a group's question shows whole tuples and names the member that differs") {
  Prices prices(Rule::escalate);
  prices.price("crm", "100", "USD", 101);
  prices.price("desk", "100", "EUR", 102);
  const auto survivors = prices.outcomes();
  const auto& asked = survivors.at(FieldName("amount")).question;
  REQUIRE(asked);
  CHECK_FALSE(survivors.at(FieldName("currency")).question);
  CHECK(asked->differs_in == FieldName("currency"));
  CHECK(asked->members == std::vector<FieldName>{FieldName("amount"), FieldName("currency")});
  REQUIRE(asked->candidates.size() == 2);
  CHECK(asked->candidates[0].value.text() == R"({"amount":"100","currency":"USD"})");
  CHECK(prices.both() == "100 of crm?, USD of crm?");
  prices.decides(word("120"), 110, "amount");
  CHECK(prices.both() == "100 of crm?, USD of crm?");
  prices.decides(word("GBP"), 110, "currency");
  CHECK(prices.both() == "120 by decision, GBP by decision");
}

TEST_CASE("concurrent: a group's edit knew of the tuple that stood there before it") {
  Prices prices(Rule::escalate);
  for (const char* name : {"amount", "currency"}) {
    prices.field(name).when = EscalateWhen::concurrent;
  }
  prices.price("crm", "100", "USD", 90);
  prices.says("desk", "100", 91, {}, "amount");
  prices.says("desk", "USD", 91, {}, "currency");
  prices.says("desk", "120", 110, {}, "amount");
  CHECK(prices.both() == "120 of desk, USD of desk");
  prices.says("bill", "100", 111, {}, "amount");
  prices.says("bill", "EUR", 111, {}, "currency");
  CHECK(prices.told("amount") == "100 of crm?");
}

TEST_CASE("a member that is shown blank later, while our write of it is on its way, is unknown") {
  Prices prices(Rule::recency);
  prices.price("crm", "100", "USD", 80);
  prices.writes("desk", "100", 90, 92, "crm", "amount");
  Write& write = prices.record("desk").fields[FieldName("amount")].writes.back();
  write.state = Write::State::leased;
  write.settled_at.reset();
  prices.says("desk", "EUR", 91, {.received = 95}, "currency");
  prices.says("desk", Value::null(), 99, {.received = 100}, "amount");
  CHECK(prices.both() == "100 of crm, USD of crm");
}

TEST_CASE("concurrent: a group that is edited twice knowingly is no conflict") {
  Prices prices(Rule::escalate);
  for (const char* name : {"amount", "currency"}) {
    prices.field(name).when = EscalateWhen::concurrent;
  }
  prices.price("crm", "100", "USD", 90);
  prices.price("desk", "100", "USD", 91);
  prices.says("desk", "120", 110, {}, "amount");
  prices.says("desk", "EUR", 111, {}, "currency");
  CHECK(prices.both() == "120 of desk, EUR of desk");
}

TEST_CASE("the authority of a group gives both members, held from us or not") {
  Prices prices(Rule::source_of_truth);
  for (const char* name : {"amount", "currency"}) prices.field(name).source = SystemName("bill");
  prices.price("crm", "100", "USD", 90);
  CHECK(prices.both() == "100 of crm, USD of crm");
  prices.writes("bill", "100", 100, 101, "crm", "amount");
  prices.writes("bill", "USD", 100, 101, "crm", "currency");
  prices.price("crm", "110", "EUR", 110);
  CHECK(prices.both() == "100 of crm, USD of crm");
  prices.says("bill", "95", 120, {}, "amount");
  CHECK(prices.both() == "95 of bill, USD of crm");
}

TEST_CASE("a tuple that our write covered before it was heard of is not lost") {
  Prices prices(Rule::recency);
  prices.price("desk", "90", "EUR", 100);
  prices.price("crm", "100", "USD", 105);
  for (const char* member : {"amount", "currency"}) {
    prices.writes("desk", member == std::string("amount") ? "100" : "USD", 106, 108, "crm", member);
  }
  CHECK(prices.both() == "100 of crm, USD of crm");
  prices.says("desk", "95", 107, {.received = 300}, "amount");
  prices.says("desk", "GBP", 107, {.received = 300}, "currency");
  for (const int second : {108, 120}) {
    prices.says("desk", "100", second, {}, "amount");
    prices.says("desk", "USD", second, {}, "currency");
  }
  CHECK(prices.both() == "95 of desk, GBP of desk");
}

TEST_CASE("a tuple that was said after a write of unknown fate went out is known all the same") {
  Prices prices(Rule::recency);
  prices.price("crm", "100", "USD", 105);
  prices.price("desk", "90", "EUR", 100);
  prices.price("desk", "95", "GBP", 110);
  for (const char* name : {"amount", "currency"}) {
    FieldHistory& history = prices.record("desk").fields[FieldName(name)];
    Write write;
    write.delivery = DeliveryId("d9/1");
    write.state = Write::State::unknown;
    write.value = word(name == std::string("amount") ? "100" : "USD");
    write.planned_after = history.observations.front().order;
    write.handed_out_at = at(108);
    write.settled_at = at(200);
    join(history, write);
  }
  CHECK(prices.both() == "95 of desk, GBP of desk");
}

TEST_CASE("what a tuple held of its other member is what stood there when it was said") {
  Prices prices(Rule::recency);
  prices.price("desk", "90", "EUR", 100);
  prices.price("crm", "100", "USD", 103);
  prices.writes("desk", "100", 104, 110, "crm", "amount");
  prices.writes("desk", "USD", 104, 110, "crm", "currency");
  prices.says("desk", "95", 106, {.received = 300}, "amount");
  SECTION("our write, as far as anybody knows") {
    CHECK(prices.both() == "95 of desk, USD of crm");
  }
  SECTION("not our write that arrived later, as the system says itself") {
    prices.says("desk", "100", 108, {.certain = true, .previous = word("95")}, "amount");
    prices.says("desk", "USD", 108, {.certain = true, .previous = word("EUR")}, "currency");
    CHECK(prices.both() == "95 of desk, EUR of desk");
  }
  SECTION("not our write, where the system showed the whole of it just then") {
    prices.says("desk", "EUR", 106, {.received = 300}, "currency");
    CHECK(prices.both() == "95 of desk, EUR of desk");
  }
}

TEST_CASE(
    "a member that was emptied before the tuple is filled again, one emptied with it is not") {
  Prices prices(Rule::recency);
  prices.price("desk", "90", "EUR", 100);
  prices.says("desk", Value::null(), 110, {}, "currency");
  prices.says("desk", "95", 120, {}, "amount");
  CHECK(prices.both() == "95 of desk, EUR of desk");
  prices.says("desk", "GBP", 125, {}, "currency");
  prices.says("desk", Value::null(), 130, {}, "currency");
  prices.says("desk", "96", 130, {}, "amount");
  CHECK(prices.both() == "96 of desk, null of desk");
  prices.says("crm", Value::null(), 135, {}, "currency");
  prices.says("crm", "97", 140, {}, "amount");
  CHECK(prices.both() == "97 of crm, null of crm");
}

// Found by the simulation (bad-day, seed 913243): the tuple went while its fate was unknown, and
// came back.
TEST_CASE("a write of unknown fate takes no tuple away") {
  Prices prices(Rule::recency);
  prices.price("desk", "90", "EUR", 100);
  prices.price("crm", "100", "USD", 105);
  Write write;
  write.delivery = DeliveryId("d9/1");
  write.state = Write::State::unknown;
  write.value = word("USD");
  write.handed_out_at = at(106);
  write.settled_at = at(116);
  join(prices.record("desk").fields[FieldName("currency")], write);
  prices.says("desk", "95", 110, {}, "amount");
  CHECK(prices.both() == "95 of desk, EUR of desk");
}

// Found by the simulation (bad-day, seed 950811): the member went to what had stood there before,
// everywhere, and back.
TEST_CASE("while our write of a member is on its way, what was said beside it is no tuple") {
  Prices prices(Rule::recency);
  prices.system("desk").clock_skew = Duration::of_ms(2'000);
  prices.price("desk", "90", "EUR", 100);
  prices.price("crm", "100", "USD", 102);
  FieldHistory& history = prices.record("desk").fields[FieldName("currency")];
  Write write;
  write.delivery = DeliveryId("d9/1");
  write.state = Write::State::leased;
  write.value = word("USD");
  write.planned_after = history.observations.back().order;
  write.handed_out_at = at(108);
  write.provenance = {SystemName("crm"), at(102), Evidence::certain, EventKey("crm@102")};
  join(history, write);
  SECTION("heard of before it went out") {
    prices.says("desk", "95", 107, {}, "amount");
    CHECK(prices.both() == "95 of desk, EUR of desk");
    return;
  }
  prices.says("desk", "95", 112, {}, "amount");
  CHECK(prices.both() == "100 of crm, USD of crm");
  CHECK(prices.lost("amount") == "desk 95: what desk holds of currency is not known");
  SECTION("it was there before, as the system says itself") {
    prices.says("desk", "USD", 109, {.certain = true, .previous = word("EUR")}, "currency");
    CHECK(prices.both() == "95 of desk, USD of crm");
  }
  SECTION("it came behind it, as the system says itself") {
    prices.says("desk", "USD", 115, {.certain = true, .previous = word("EUR")}, "currency");
    CHECK(prices.both() == "95 of desk, EUR of desk");
  }
  SECTION("it is there now, and nobody says since when") {
    prices.says("desk", "USD", 115, {}, "currency");
    CHECK(prices.both() == "100 of crm, USD of crm");
  }
  SECTION("the system shows the whole of it") {
    prices.says("desk", "EUR", 112, {}, "currency");
    CHECK(prices.both() == "95 of desk, EUR of desk");
  }
  SECTION("it would have put there what stands there anyway") {
    prices.record("desk").fields[FieldName("currency")].writes.front().value = word("EUR");
    CHECK(prices.both() == "95 of desk, EUR of desk");
  }
  SECTION("it was not sent") {
    forget_write(prices.record("desk").fields[FieldName("currency")], write.delivery);
    CHECK(prices.both() == "95 of desk, EUR of desk");
  }
}

TEST_CASE("a tuple that was not whole when it was said is none, whatever we wrote there since") {
  Prices prices(Rule::recency);
  prices.price("crm", "10", "EUR", 100);
  prices.says("desk", "USD", 105, {}, "currency");
  SECTION("as long as nothing else is said") {
    prices.writes("desk", "10", 110, 111, "crm", "amount");
    prices.writes("desk", "EUR", 110, 111, "crm", "currency");
    CHECK(prices.both() == "10 of crm, EUR of crm");
    CHECK(prices.lost("currency") == "desk USD: what desk holds of amount is not known");
    prices.says("desk", "10", 120, {}, "amount");
    prices.says("desk", "EUR", 120, {}, "currency");
    CHECK(prices.both() == "10 of crm, EUR of crm");
    prices.says("desk", "GBP", 130, {}, "currency");
    CHECK(prices.both() == "10 of crm, GBP of desk");
  }
  SECTION("but what the system shows to be empty is known") {
    prices.says("desk", Value::null(), 106, {}, "amount");
    CHECK(prices.both() == "null of desk, USD of desk");
  }
  SECTION("nor does a blank tell that came behind our write") {
    prices.writes("desk", "10", 110, 111, "crm", "amount");
    prices.says("desk", Value::null(), 120, {}, "amount");
    CHECK(prices.both() == "10 of crm, EUR of crm");
  }
}

}  // namespace truce::test
