// Which golden record an unlinked record belongs to: never a guess.
#include "tests/unit/identity/keyed.h"

namespace truce::test {
namespace {

using Kind = LinkDecision::Kind;
const std::map<std::string, std::string> ada{
    {"email", "ada@example.com"}, {"phone", "+1"}, {"name", "Ada"}};

}  // namespace

TEST_CASE("without a match a record of its own is made") {
  const LinkDecision decision = Register().decide(ada, {});
  CHECK(decision.kind == Kind::create);
  CHECK(decision.golden.empty());
  CHECK(decision.matches.empty());
}

TEST_CASE("one free match links") {
  Register known;
  known.add("g1", ada);
  const LinkDecision decision = known.decide(ada, {match_of("g1", 0), match_of("g1", 1)});
  CHECK(decision.kind == Kind::link);
  CHECK(decision.golden == GoldenId("g1"));
  CHECK(decision.why == "matched by key 1");
}

TEST_CASE("the first key that matches anybody decides, and later ones are not asked") {
  Register known;
  known.add("g1", {{"email", "ada@example.com"}});
  known.add("g2", {{"phone", "+1"}, {"name", "Ada"}});
  CHECK(known.decide(ada, {match_of("g1", 0), match_of("g2", 1)}).golden == GoldenId("g1"));
}

TEST_CASE("a later key counts where the earlier one is blank on either side") {
  Register known;
  known.add("g1", ada);
  const LinkDecision decision =
      known.decide({{"phone", "+1"}, {"name", "Ada"}}, {match_of("g1", 1)});
  CHECK(decision.kind == Kind::link);
  CHECK(decision.why == "matched by key 2");
  Register blank;
  blank.add("g1", {{"phone", "+1"}, {"name", "Ada"}});
  CHECK(blank.decide(ada, {match_of("g1", 1)}).kind == Kind::link);
}

TEST_CASE("a later key counts only if no earlier one disagrees") {
  Register known;
  known.add("g1", {{"email", "eve@example.com"}, {"phone", "+1"}, {"name", "Ada"}});
  CHECK(known.decide(ada, {match_of("g1", 1)}).kind == Kind::create);
  SECTION("who agrees is left as the only one") {
    known.add("g2", {{"phone", "+1"}, {"name", "Ada"}});
    const LinkDecision decision = known.decide(ada, {match_of("g1", 1), match_of("g2", 1)});
    CHECK(decision.kind == Kind::link);
    CHECK(decision.golden == GoldenId("g2"));
  }
}

TEST_CASE("several matches are a question that names them all") {
  Register known;
  known.add("g1", ada);
  known.add("g2", ada);
  const LinkDecision decision = known.decide(ada, {match_of("g1", 0), match_of("g2", 0)});
  CHECK(decision.kind == Kind::ambiguous);
  CHECK(decision.golden.empty());
  REQUIRE(decision.matches.size() == 2);
  CHECK(decision.matches[0].golden == GoldenId("g1"));
  CHECK(decision.matches[1].golden == GoldenId("g2"));
  CHECK(decision.why == "several records have this key");
}

TEST_CASE("one golden record that two of its sources point to is one match") {
  Register known;
  known.add("g1", ada);
  CHECK(known.decide(ada, {match_of("g1", 0), match_of("g1", 0)}).kind == Kind::link);
}

TEST_CASE("a match whose slot for this system is taken is a question") {
  Register known;
  known.add("g1", ada);
  Match taken = match_of("g1", 0);
  taken.slot_taken = true;
  const LinkDecision decision = known.decide(ada, {taken});
  CHECK(decision.kind == Kind::ambiguous);
  CHECK(decision.why == "the record is linked to another one of this system already");
  SECTION("also where a later key would match another one") {
    known.add("g2", {{"phone", "+1"}, {"name", "Ada"}});
    CHECK(known.decide(ada, {taken, match_of("g2", 1)}).kind == Kind::ambiguous);
  }
}

TEST_CASE("a match on a key that the record held only earlier is a question") {
  Register known;
  known.add("g1", {{"email", "new@example.com"}});
  Match earlier = match_of("g1", 0);
  earlier.current = false;
  const LinkDecision decision = known.decide(ada, {earlier});
  CHECK(decision.kind == Kind::ambiguous);
  CHECK(decision.why == "the record had this key only earlier");
}

TEST_CASE("a record that is itself waiting for an answer makes the next one wait with it") {
  Match waiting{GoldenId(), 0, "", false, false};
  const LinkDecision decision = Register().decide(ada, {waiting});
  CHECK(decision.kind == Kind::ambiguous);
  CHECK(decision.golden.empty());
}

}  // namespace truce::test
