// What a system is last known to hold.
#include "tests/unit/history/history_of.h"

namespace truce::test {
namespace {

// desk holds A; we wrote D there between 110 and 115.
Desk written() {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(115);
  return desk;
}

}  // namespace

TEST_CASE("a settled write is what the system holds, with the author of the value") {
  Desk desk = written();
  CHECK(desk.base() == "D of crm");
  CHECK(desk.read().base.provenance.changed_at == at(90));
  desk.shows("D", 120);
  CHECK(desk.base() == "D of crm");
}

TEST_CASE("a write that is still on its way does not move the base") {
  Desk desk;
  desk.hand_out("D", 110);
  CHECK(desk.base() == "never");
  desk.shows("A", 101, {.received = 111});
  CHECK(desk.base() == "A of desk");
}

TEST_CASE(
    "an observation after the settle is what the system holds, within the skew it may not be") {
  Desk desk = written();
  desk.shows("B", 116);
  CHECK(desk.base() == "B of desk");
  desk.system.clock_skew = Duration::of_ms(2000);
  CHECK(desk.base() == "unknown");
}

TEST_CASE("an edit between hand-out and settle leaves the base unknown") {
  Desk desk = written();
  desk.shows("B", 112);
  CHECK(desk.base() == "unknown");
  SECTION("until a later observation") {
    desk.shows("B", 120);
    CHECK(desk.base() == "B of desk");
  }
  SECTION("until our value is seen behind it, by the system's own clock") {
    desk.shows("D", 114);
    CHECK(desk.base() == "D of crm");
  }
  SECTION("and not only before it") {
    desk.shows("D", 111);
    CHECK(desk.base() == "unknown");
  }
  SECTION("or a later write") {
    desk.hand_out("E", 130);
    desk.settle(131);
    CHECK(desk.base() == "E of crm");
  }
}

TEST_CASE("a late edit from before our hand-out was overwritten by our write") {
  Desk desk = written();
  desk.shows("B", 105, {.received = 120});
  CHECK(desk.told() == "A assertion, D write, B assertion");
  CHECK(desk.base() == "D of crm");
}

TEST_CASE("what was heard of before the hand-out cannot have crossed it") {
  Desk desk(5);
  desk.shows("A", 101);
  desk.shows("B", 108, {.received = 109});
  desk.hand_out("D", 110);
  desk.settle(115);
  CHECK(desk.base() == "D of crm");
  SECTION("heard of later it may have") {
    Desk other(5);
    other.shows("A", 101);
    other.hand_out("D", 110);
    other.shows("B", 108, {.received = 111});
    other.settle(115);
    CHECK(other.base() == "unknown");
  }
}

TEST_CASE("the replaced value, seen between hand-out and settle, leaves the base unknown") {
  // A picture from before, or a person who set it back: nobody knows, so D is written again.
  Desk desk = written();
  desk.shows("A", 112);
  CHECK(desk.told() == "A assertion, D write, A stale");
  CHECK(desk.base() == "unknown");
}

TEST_CASE("an answer that shows the replaced value says that this is what stands there") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.shows("A", 112);
  desk.settle(115, word("A"));
  CHECK(desk.base() == "A of desk");
}

TEST_CASE("an answer that shows our value makes the base known, whatever crossed") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.shows("B", 112);
  desk.settle(115, word("D"));
  CHECK(desk.base() == "D of crm");
  SECTION("but not an edit after the answer") {
    desk.system.clock_skew = Duration::of_ms(5000);
    desk.shows("B", 116);
    CHECK(desk.base() == "B of desk");
  }
}

TEST_CASE("an answer that dates from before the hand-out says nothing of what we wrote") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  Write write = desk.history.writes.front();
  write.state = Write::State::acknowledged;
  write.settled_at = at(115);
  write.stored = desk.shows("B", 105, {.received = 115});
  join(desk.history, write);
  CHECK(desk.base() == "D of crm");
}

TEST_CASE("the last to be settled is what the system holds, not the last to be handed out") {
  Desk desk;
  desk.hand_out("D", 110);
  Write slow = desk.history.writes.front();
  desk.hand_out("E", 111);
  desk.settle(112);
  slow.state = Write::State::acknowledged;
  slow.settled_at = at(120);
  join(desk.history, slow);
  CHECK(desk.base() == "D of crm");
}

TEST_CASE("while nobody knows whether a write arrived the base is unknown") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.give_up(115);
  CHECK(desk.base() == "unknown");
  SECTION("its echo shows that it did") {
    desk.shows("D", 112);
    CHECK(desk.base() == "D of crm");
  }
  SECTION("another value between hand-out and giving up tells nothing") {
    desk.shows("B", 112);
    CHECK(desk.base() == "unknown");
  }
  SECTION("an observation after it was given up tells what stands there") {
    desk.shows("B", 120);
    CHECK(desk.base() == "B of desk");
  }
  SECTION("the same within the skew does not") {
    desk.system.clock_skew = Duration::of_ms(5000);
    desk.shows("B", 120);
    CHECK(desk.base() == "unknown");
  }
  SECTION("a write that was handed out later stands there instead") {
    desk.hand_out("E", 130);
    desk.settle(132);
    CHECK(desk.base() == "E of crm");
  }
  SECTION("an echo of before its hand-out is none") {
    desk.shows("D", 105, {.received = 120});
    CHECK(desk.base() == "unknown");
  }
}

TEST_CASE("a lookup that shows another value leaves the write in doubt, and the base is known") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.give_up(115, word("A"));
  CHECK(desk.base() == "A of desk");
  SECTION("a late echo is still an echo") {
    desk.shows("D", 112, {.received = 120});
    CHECK(desk.told() == "A assertion, D echo, A assertion");
    CHECK(desk.base() == "A of desk");
  }
  SECTION("our value of a time after the lookup is the system's own") {
    desk.shows("D", 116);
    CHECK(desk.told() == "A assertion, A repeat, D assertion");
    CHECK(desk.base() == "D of desk");
  }
}

TEST_CASE("the base is in the system's form, its word is what we wrote") {
  Desk desk = Desk::lower();
  desk.shows("a", 101);
  desk.hand_out("C", 110);
  desk.settle(112);
  CHECK(desk.base() == "c for C of crm");
  desk.shows("c", 120);
  CHECK(desk.base() == "c for C of crm");
  desk.shows("b", 130);
  CHECK(desk.base() == "b of desk");
}

TEST_CASE("a late record in another form of ours shows what the system made of it") {
  Desk desk = Desk::lower();
  desk.hand_out("Dee", 110);
  desk.shows("Dee", 111);
  desk.settle(112);
  CHECK(desk.base() == "Dee of crm");
}

TEST_CASE("a run that a blank ended is not what stands there") {
  Desk desk;
  desk.shows("A", 101);
  desk.shows(Value::null(), 102);
  desk.shows(Value::null(), 104);
  CHECK(desk.base() == "null of desk");
  CHECK(desk.read().base.provenance.changed_at == at(102));
}

}  // namespace truce::test
