// Our own writes coming back, and pictures from before them: whose word an observation is.
#include "tests/unit/history/history_of.h"

namespace truce::test {

TEST_CASE("a value that may have been sent is an echo from its hand-out on, before any answer") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.shows("D", 112);
  CHECK(desk.told() == "A assertion, D echo");
  SECTION("settled as not sent, its echo is an assertion again") {
    desk.refuse();
    CHECK(desk.told() == "A assertion, D assertion");
    CHECK(desk.base() == "D of desk");
  }
}

TEST_CASE("a write that was never handed out has no echo") {
  Desk desk;
  desk.shows("A", 101);
  desk.shows("D", 105);
  CHECK(desk.told() == "A assertion, D assertion");
}

TEST_CASE("a value from before the hand-out is no echo, but within the clock's skew it is") {
  Desk desk(2);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.shows("D", 107, {.received = 112});
  CHECK(desk.told() == "A assertion, D assertion");
  Desk off(2);
  off.shows("A", 101);
  off.hand_out("D", 110);
  off.shows("D", 108, {.received = 112});
  CHECK(off.told() == "A assertion, D echo");
}

TEST_CASE("what came before the word that a write was planned after is no echo of that write") {
  Desk desk(5);
  desk.shows("A", 101);
  desk.shows("B", 109, {.certain = true});
  desk.hand_out("D", 110);
  desk.settle(112);
  SECTION("by the system's own clock") {
    desk.shows("D", 108, {.received = 120, .certain = true});
    CHECK(desk.told() == "A assertion, D assertion, B assertion, D write");
  }
  SECTION("a record's time alone says nothing of a field") {
    desk.shows("D", 108, {.received = 120});
    CHECK(desk.told() == "A assertion, D echo, B assertion, D write");
  }
  SECTION("what came behind it may be") {
    desk.shows("D", 110, {.received = 120, .certain = true});
    CHECK(desk.told() == "A assertion, B assertion, D write, D echo");
  }
}

TEST_CASE("what the system says our first write replaced is no edit when it is shown late") {
  Desk desk(5);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("D", 111, {.certain = true, .previous = word("A")});
  CHECK(desk.told() == "D write, D echo");
  desk.shows("A", 109, {.received = 140});
  CHECK(desk.told() == "D write, A stale, D echo");
  SECTION("another value is one") {
    desk.shows("B", 110, {.received = 141});
    CHECK(desk.told() == "D write, A stale, B assertion, D echo");
  }
}

TEST_CASE("a write that an edit crossed is seen to stand there as soon as the system shows it") {
  Desk desk(5);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("B", 111, {.received = 130, .certain = true});
  SECTION("however much later that is") {
    desk.shows("D", 140);
    CHECK(desk.told() == "A assertion, D write, B assertion, D echo");
    CHECK(desk.base() == "D of crm");
  }
  SECTION("also where a comparison takes that record for what the write has become") {
    desk.history.writes.front().stored = desk.shows("D", 140, {.received = 200});
    CHECK(desk.told() == "A assertion, D write, B assertion, D echo");
    CHECK(desk.base() == "D of crm");
  }
  SECTION("but not where it takes another one for that") {
    desk.history.writes.front().stored = desk.shows("B", 139, {.received = 200});
    desk.shows("D", 140);
    CHECK(desk.told() == "A assertion, D write, B assertion, B repeat, D assertion");
  }
  SECTION("unless the system says that it was set only then") {
    desk.shows("D", 140, {.certain = true});
    CHECK(desk.told() == "A assertion, D write, B assertion, D assertion");
  }
  SECTION("or the edit was seen to stand when the write must have arrived") {
    desk.shows("B", 120);
    desk.shows("D", 140);
    CHECK(desk.told() == "A assertion, D write, B assertion, B repeat, D assertion");
  }
  SECTION("or our value was there before the edit") {
    desk.shows("D", 110, {.received = 131});
    desk.shows("D", 140);
    CHECK(desk.told() == "A assertion, D write, D echo, B assertion, D assertion");
  }
}

TEST_CASE("what was heard of before the hand-out is no echo, though its time is within the skew") {
  Desk desk(5);
  desk.shows("A", 101);
  const auto own = desk.shows("D", 108, {.received = 109});
  desk.hand_out("D", 110);
  CHECK(desk.told() == "A assertion, D assertion");
  desk.settle(112);
  CHECK(desk.last_assertion().order == own);
  SECTION("heard of at the same moment it is none either") {
    Desk same_moment(5);
    same_moment.shows("D", 112, {.received = 110});
    same_moment.hand_out("D", 110);
    CHECK(same_moment.told() == "D assertion");
  }
  SECTION("nor did it stand on our value") {
    Desk other(5);
    other.shows("A", 101);
    other.shows("B", 108, {.received = 109});
    other.hand_out("D", 110);
    CHECK(other.last_assertion().before == std::vector<Value>{word("A")});
  }
}

TEST_CASE("an acknowledged write that the system still holds comes back at any later time") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("D", 900);
  CHECK(desk.told() == "A assertion, D write, D echo");
  CHECK(desk.read().base.provenance.event_key.text() == "their event");
  desk.shows("B", 905);
  desk.shows("D", 910);
  CHECK(desk.told() == "A assertion, D write, D echo, B assertion, D assertion");
}

TEST_CASE("an echo that an edit overtook on its way is still an echo") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(114);
  desk.shows("B", 111);
  desk.shows("D", 113, {.received = 120});
  CHECK(desk.told() == "A assertion, D write, B assertion, D echo");
  desk.shows("D", 115);
  CHECK(desk.told() == "A assertion, D write, B assertion, D echo, D echo");
}

TEST_CASE("a value that a later write of ours replaced is set again by somebody else") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.hand_out("E", 120);
  desk.settle(122);
  SECTION("after both") {
    desk.shows("D", 125);
    CHECK(desk.told() == "A assertion, D write, E write, D assertion");
  }
  SECTION("while the later one was on its way it may be a picture from before that") {
    desk.shows("D", 121);
    CHECK(desk.told() == "A assertion, D write, E write, D stale");
  }
}

TEST_CASE("our write breaks a run: the value before it is a new word when it is set again later") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("A", 120);
  CHECK(desk.told() == "A assertion, D write, A assertion");
  CHECK(desk.last_assertion().changed_at == at(120));
  CHECK(desk.base() == "A of desk");
}

TEST_CASE("writes stand behind what they were planned against") {
  Desk desk;
  desk.hand_out("D", 110);
  desk.settle(111);
  desk.shows("A", 112);
  desk.hand_out("E", 120);
  desk.settle(121);
  CHECK(desk.told() == "D write, A assertion, E write");
  // An edit from before the hand-out that came after it stands behind the write.
  desk.shows("B", 119, {.received = 130});
  CHECK(desk.told() == "D write, A assertion, E write, B assertion");
}

TEST_CASE("the value that we replaced, of a time before the settle, is a picture from before") {
  Desk desk(1);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("A", 113, {.received = 120});
  CHECK(desk.told() == "A assertion, D write, A stale");
  desk.shows("A", 114);
  CHECK(desk.told() == "A assertion, D write, A stale, A assertion");
}

TEST_CASE("a picture from before stays one though something was shown after the settle") {
  Desk desk(5);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("C", 114);
  desk.shows("A", 116, {.received = 120});
  CHECK(desk.told() == "A assertion, D write, C assertion, A stale");
}

TEST_CASE("a value that was set again is an edit, though our write had replaced it") {
  Desk desk(5);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.shows("C", 127, {.received = 290, .certain = true});
  desk.shows("A", 131, {.received = 290, .certain = true});
  desk.settle(280);
  CHECK(desk.told() == "A assertion, D write, C assertion, A assertion");
}

TEST_CASE("a value that was set again over what was seen of our write is an edit") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  SECTION("our value itself") {
    desk.shows("D", 112);
    desk.shows("A", 114, {.certain = true});
    desk.settle(115);
    CHECK(desk.told() == "A assertion, D write, D echo, A assertion");
  }
  SECTION("that of a later write") {
    desk.system.clock_skew = Duration::of_ms(5'000);
    desk.settle(112);
    desk.hand_out("E", 113);
    desk.shows("E", 114);
    desk.shows("A", 116, {.certain = true});
    CHECK(desk.told() == "A assertion, D write, E echo, A assertion");
    desk.settle(117);
    CHECK(desk.told() == "A assertion, D write, E write, E echo, A assertion");
  }
}

TEST_CASE(
    "a change to the value that we replaced is from before while only our write stands over it") {
  Desk desk(5);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("A", 113, {.received = 120, .certain = true});
  CHECK(desk.told() == "A assertion, D write, A stale");
}

TEST_CASE("what was set while our first write was on its way was not there before it") {
  Desk desk;
  const bool is_known_before_the_answer = GENERATE(true, false);
  desk.hand_out("D", 110);
  if (is_known_before_the_answer) desk.shows("A", 111, {.certain = true, .previous = Value()});
  desk.settle(115);
  desk.shows("D", 112, {.received = 116, .certain = true, .previous = word("A")});
  if (!is_known_before_the_answer) {
    desk.shows("A", 111, {.received = 117, .certain = true, .previous = Value()});
  }
  CHECK(desk.told() == "D write, A assertion, D echo");
  CHECK(desk.base() == "D of crm");
}

TEST_CASE("a picture that says it came after our value is an edit") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("A", 111, {.previous = word("D")});
  CHECK(desk.told() == "A assertion, D write, A assertion");
}

TEST_CASE("with an answer that showed our value, the old value seen later is an edit") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(115, word("D"));
  SECTION("later than the answer, within the skew of the settle") {
    desk.system.clock_skew = Duration::of_ms(5000);
    desk.shows("A", 116);
    CHECK(desk.told() == "A assertion, D write, D echo, A assertion");
    CHECK(desk.base() == "A of desk");
  }
  SECTION("earlier than the answer it is a picture from before") {
    desk.shows("A", 112, {.received = 120});
    CHECK(desk.told() == "A assertion, D write, A stale, D echo");
    CHECK(desk.base() == "D of crm");
  }
}

TEST_CASE("an answer in the system's own form shows our value too") {
  Desk desk = Desk::lower();
  desk.system.clock_skew = Duration::of_ms(5000);
  desk.shows("a", 101);
  desk.hand_out("D", 110);
  desk.settle(115, word("d"));
  desk.shows("a", 116);
  CHECK(desk.told() == "a assertion, d write, d echo, a assertion");
}

TEST_CASE("a picture from before stands behind what our write replaced") {
  Desk desk = Desk::lower(FieldType::set);
  desk.hand_out(set_of({"Y", "x", "z"}), 110);
  desk.settle(112);
  desk.shows(set_of({"x", "y", "z"}), 113);
  desk.hand_out(set_of({"x", "z"}), 120);
  desk.settle(122);
  const auto late = desk.shows(set_of({"x", "y", "z"}), 121, {.received = 130});
  CHECK(desk.told() == "{x y z} write, {x y z} echo, {x z} write, {x y z} stale");
  const Timeline timeline = desk.read();
  CHECK(timeline.entry_of(late)->before == std::vector<Value>{set_of({"x", "y", "z"})});
}

TEST_CASE("the system's known rewriting of our write is its echo, and so is the write as sent") {
  Desk desk = Desk::lower();
  desk.shows("a", 101);
  desk.hand_out("Dee", 110);
  desk.settle(112);
  desk.shows("dee", 120);
  desk.shows("Dee", 121);
  CHECK(desk.told() == "a assertion, dee write, dee echo, Dee echo");
  desk.shows("dEE", 122);
  CHECK(desk.last_assertion().value == word("dEE"));
}

TEST_CASE("a near miss comes back while nobody knows whether the write arrived") {
  Desk desk = Desk::lower();
  desk.shows("a", 101);
  desk.hand_out("Dee", 110);
  desk.shows("dee", 112);
  CHECK(desk.told() == "a assertion, dee echo");
}

TEST_CASE("where an edit and our write crossed, the edit may stand on either value") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.shows("B", 111);
  CHECK(desk.last_assertion().before == std::vector<Value>{word("A"), word("D")});
  desk.settle(112);
  CHECK(desk.last_assertion().before == std::vector<Value>{word("D"), word("D"), word("A")});
}

TEST_CASE("an edit behind the echo of our write stood on it, however close") {
  Desk desk(5);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  SECTION("while the write is on its way") { desk.shows("D", 111); }
  SECTION("when it was answered") {
    desk.settle(112);
    desk.shows("D", 111);
  }
  SECTION("when the answer showed it") { desk.settle(111, word("D")); }
  desk.shows("B", 113);
  CHECK(desk.last_assertion().before == std::vector<Value>{word("D")});
  desk.shows("C", 114);
  CHECK(desk.last_assertion().before == std::vector<Value>{word("B")});
}

TEST_CASE("where the same was written twice, the echo of one says nothing of the other") {
  Desk desk(5);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(111, word("D"));
  desk.shows("B", 112);
  desk.hand_out("D", 113);
  desk.shows("C", 114);
  CHECK(desk.last_assertion().before == std::vector<Value>{word("B"), word("D")});
}

TEST_CASE("a write of unknown fate that was seen to arrive has no echo after that") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.give_up(120);
  SECTION("the same value, set again later, is an edit") {
    desk.shows("D", 112);
    desk.shows("E", 130);
    desk.shows("D", 140);
    CHECK(desk.told() == "A assertion, D echo, E assertion, D assertion");
    desk.shows("F", 150);
    CHECK(desk.read().assertions.back().before == std::vector<Value>{word("D")});
  }
  SECTION("one that nobody saw may arrive at any time") {
    desk.shows("E", 130);
    desk.shows("D", 900);
    CHECK(desk.told() == "A assertion, E assertion, D echo");
  }
}

TEST_CASE(
    "the value that we wrote, said by the system itself before our write went out, is its word") {
  Desk desk;
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(115);
  desk.shows("D", 105, {.received = 200});
  CHECK(desk.told() == "A assertion, D write, D assertion");
  desk.shows("D", 120);
  CHECK(desk.base() == "D of desk");
}

TEST_CASE("our write over an edit that it was planned without comes back at any later time") {
  Desk desk = Desk::lower();
  desk.shows("a", 101);
  desk.hand_out("D", 110);
  desk.settle(115);
  desk.shows("b", 105, {.received = 111});
  CHECK(desk.told() == "a assertion, d write, b assertion");
  CHECK(desk.base() == "d for D of crm");
  SECTION("in the system's own form, as what stands there") {
    desk.shows("d", 900);
    CHECK(desk.told() == "a assertion, d write, b assertion, d echo");
    CHECK(desk.base() == "d for D of crm");
    CHECK(desk.last_assertion().value == word("b"));
  }
  SECTION("also over one that was emptied") {
    desk.shows(Value::null(), 106, {.received = 111});
    desk.shows("d", 900);
    CHECK(desk.told() == "a assertion, d write, b assertion, null blank, d echo");
  }
  SECTION(
      "the edit seen again from before the write is a picture, and later one that is made anew") {
    desk.shows("b", 107);
    CHECK(desk.told() == "a assertion, d write, b assertion, b stale");
    CHECK(desk.base() == "d for D of crm");
    desk.shows("b", 900);
    CHECK(desk.told() == "a assertion, d write, b assertion, b stale, b assertion");
    CHECK(desk.last_assertion().changed_at == at(900));
    CHECK(desk.last_assertion().before == std::vector<Value>{word("d")});
    CHECK(desk.read().base.provenance.changed_at == at(900));
  }
  SECTION("another edit of then stood on the one before it, a later one on our value") {
    desk.shows("c", 108);
    CHECK(desk.last_assertion().before == std::vector<Value>{word("b")});
    CHECK(desk.last_assertion().changed_after == at(105));
    desk.shows("e", 900);
    CHECK(desk.last_assertion().before == std::vector<Value>{word("d")});
  }
  SECTION("and one of several writes is under all that went out later") {
    desk.hand_out("E", 120);
    desk.settle(121);
    desk.shows("f", 108, {.received = 130});
    desk.shows("c", 109, {.received = 130});
    CHECK(desk.last_assertion().before == std::vector<Value>{word("f")});
    desk.shows("e", 900);
    CHECK(desk.told() ==
          "a assertion, d write, b assertion, e write, f assertion, c assertion, e echo");
  }
  SECTION("an edit of a clock that is far ahead is what stands there, as the base says") {
    desk.shows("c", 130, {.received = 109});
    CHECK(desk.base() == "c of desk");
    desk.shows("d", 900);
    CHECK(desk.told() == "a assertion, d write, b assertion, c assertion, d assertion");
  }
}

TEST_CASE(
    "what an earlier write had put there again, over an edit, is what the last one replaced") {
  Desk desk(3);
  desk.shows("A", 101);
  desk.hand_out("D", 110);
  desk.settle(120);
  desk.hand_out("E", 200);
  desk.settle(205);
  desk.shows("B", 113, {.received = 300, .certain = true});
  desk.shows("D", 115, {.received = 300, .certain = true});
  CHECK(desk.told() == "A assertion, D write, E write, B assertion, D echo");
  desk.shows("B", 117, {.received = 300, .certain = true});
  CHECK(desk.told() == "A assertion, D write, E write, B assertion, D echo, B assertion");
  CHECK(desk.last_assertion().before == std::vector<Value>{word("D")});
  CHECK(desk.base() == "E of crm");
}

TEST_CASE(
    "what our earlier write had put there, said before the same was written again, is its echo") {
  Desk desk = Desk::lower();
  desk.shows("b", 101);
  desk.hand_out("D", 110);
  desk.settle(115);
  desk.shows(Value::null(), 105, {.received = 112});
  desk.hand_out("D", 200);
  desk.settle(205);
  desk.shows("d", 150, {.received = 202});
  CHECK(desk.told() == "b assertion, d write, null blank, d write, d echo");
  CHECK(desk.base() == "d for D of crm");
  SECTION("and changes nothing of what stands there now") {
    desk.shows("e", 900);
    CHECK(desk.last_assertion().before == std::vector<Value>{word("d")});
    CHECK(desk.last_assertion().changed_after == at(200));
  }
  SECTION("nor of what an edit before the last write stood on") {
    desk.shows("f", 160, {.received = 203});
    CHECK(desk.last_assertion().before == std::vector<Value>{word("d")});
    CHECK(desk.last_assertion().changed_after == at(150));
  }
  SECTION("but not behind an edit that had taken its place") {
    desk.shows("f", 160, {.received = 203});
    desk.shows("d", 170, {.received = 204});
    CHECK(desk.told() ==
          "b assertion, d write, null blank, d write, d echo, f assertion, d assertion");
    CHECK(desk.last_assertion().before == std::vector<Value>{word("f")});
  }
}

TEST_CASE("what an earlier write of ours had put there is no picture of it where it is older") {
  Desk desk;
  desk.hand_out("B", 110);
  desk.settle(112);
  desk.hand_out("A", 120);
  desk.settle(122);
  SECTION("so that a person's late word is heard") {
    desk.shows("B", 100, {.received = 130});
    CHECK(desk.told() == "B write, A write, B assertion");
    CHECK(desk.base() == "A of crm");
    SECTION("and comes once") {
      desk.shows("B", 102, {.received = 131});
      CHECK(desk.told() == "B write, A write, B assertion, B repeat");
    }
  }
  SECTION("later it is a picture from before the last write") {
    desk.shows("B", 115, {.received = 130});
    CHECK(desk.told() == "B write, A write, B stale");
  }
}

TEST_CASE("what was said last before our write is what it replaced, also where it is our value") {
  Desk desk;
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("A", 101, {.received = 130});
  desk.shows("D", 102, {.received = 131});
  desk.shows("A", 103, {.received = 132});
  CHECK(desk.told() == "D write, A assertion, D assertion, A assertion");
}

TEST_CASE(
    "a write that changed nothing stands over what comes to light from before it all the same") {
  Desk desk;
  desk.hand_out("D", 110);
  desk.settle(112);
  desk.shows("D", 102, {.received = 131});
  desk.shows("D", 104, {.received = 132});
  CHECK(desk.told() == "D write, D assertion, D repeat");
  desk.shows("A", 106, {.received = 133});
  CHECK(desk.last_assertion().before == std::vector<Value>{word("D")});
  CHECK(desk.last_assertion().changed_after == at(102));
  desk.shows("B", 107, {.received = 134});
  CHECK(desk.last_assertion().changed_after == at(106));
  desk.shows("D", 900);
  CHECK(desk.told() == "D write, D assertion, D repeat, A assertion, B assertion, D echo");
  CHECK(desk.base() == "D of crm");
}

}  // namespace truce::test
