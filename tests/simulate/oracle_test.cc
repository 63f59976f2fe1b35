// The oracle on stories that a person can follow.
#include "sidecar/simulate/oracle.h"

#include <catch2/catch.hpp>

#include "engine/core/policy/parse_policy.h"

namespace truce::simulate {
namespace {

// One field "f" in crm (rank 1, 1 s skew) and desk (rank 2, 1 s skew), and what was said of it.
class Story {
 public:
  explicit Story(const std::string& rule, const std::string& more_fields = {}) {
    const PolicyReading reading = parse_policy(
        R"({"version": 1, "systems": {"crm": {"precedence": 1, "clock_skew_ms": 1000},
            "desk": {"precedence": 2, "clock_skew_ms": 1000}},
            "entities": {"contact": {"id": {"crm": "id", "desk": "id"}, "match": [["key"]],
            "modified": {"crm": "at", "desk": "at"}, "fields": {
            "key": {"type": "text", "rule": "precedence", "map": {"crm": "key", "desk": "key"}},
            "f": {)" +
        rule + R"(, "map": {"crm": "f", "desk": "f"}})" + more_fields + "}}}}");
    for (const Finding& finding : reading.findings) {
      if (finding.severity == Finding::Severity::error) FAIL(finding.message);
    }
    model_ = *model_of(reading.policy);
    for (const FieldModel& field : model_.entities[0].fields) {
      if (field.rule->name.text == "f") field_ = field.index;
      if (field.rule->name.text == "g") other_ = field.index;
    }
  }

  void says(std::size_t system, const Text& value, std::int64_t second, const Text& before = {}) {
    Saying saying;
    saying.system = system;
    saying.field = field_;
    saying.before = before;
    saying.value = value;
    saying.group = {value};
    saying.at = saying.stamp = Time::of_ms(second * 1000);
    chronicle_.sayings.push_back(saying);
  }
  void says_both(std::size_t system, const Text& f, const Text& g, std::int64_t second) {
    says(system, f, second);
    chronicle_.sayings.back().group = {f, g};
    chronicle_.sayings.push_back(chronicle_.sayings.back());
    chronicle_.sayings.back().field = other_;
    chronicle_.sayings.back().value = g;
  }
  void decides(const Text& value, std::int64_t crm_until, std::int64_t desk_until) {
    decides(value, {{crm, Time::of_ms(crm_until * 1000)}, {desk, Time::of_ms(desk_until * 1000)}});
  }
  void decides(const Text& value, std::map<std::size_t, Time> seen) {
    Answered answered;
    answered.fields = {field_};
    answered.values = {value};
    answered.seen = std::move(seen);
    chronicle_.answers.push_back(answered);
  }

  // "A", "A or B", "asked", "nothing"
  std::string truth(const std::vector<Text>& held = {"", ""}) const { return told(field_, held); }
  std::string other() const { return told(other_, {"", ""}); }

  static constexpr std::size_t crm = 0, desk = 1;

 private:
  std::string told(std::size_t field, const std::vector<Text>& held) const {
    const Truth truth = truth_of(model_, chronicle_, 0, 0, field, held);
    if (truth.asked) return "asked";
    std::string all;
    for (const Text& value : truth.any_of) {
      if (all != value) all += (all.empty() ? "" : " or ") + value;
    }
    return truth.any_of.empty() ? "nothing" : all;
  }

  Model model_;
  Chronicle chronicle_;
  std::size_t field_ = 0, other_ = 0;
};

constexpr std::size_t crm = Story::crm, desk = Story::desk;

}  // namespace

TEST_CASE("recency: the last one; too close to call, the higher rank or who was truly last") {
  Story story(R"("type": "text", "rule": "recency")");
  CHECK(story.truth() == "nothing");
  story.says(crm, "A", 100);
  story.says(desk, "B", 110);
  CHECK(story.truth() == "B");
  story.says(crm, "C", 105);
  CHECK(story.truth() == "B");
  story.says(crm, "D", 109);
  CHECK(story.truth() == "B or D");
  story.says(desk, "", 200);
  CHECK(story.truth() == "B or D");
}

TEST_CASE("a blank that the policy reads as a value is one") {
  Story story(R"("type": "text", "rule": "recency", "blank": "clear")");
  story.says(crm, "A", 100);
  story.says(desk, "", 110, "A");
  CHECK(story.truth({"A", "A"}).empty());
}

TEST_CASE("source of truth: its own last word, else what it came to hold, else the highest rank") {
  Story story(R"("type": "text", "rule": "source_of_truth", "source": "crm")");
  story.says(desk, "B", 100);
  CHECK(story.truth() == "B");
  story.says(desk, "C", 110);
  CHECK(story.truth({"B", "C"}) == "B");
  story.says(crm, "A", 50, "B");
  CHECK(story.truth({"A", "C"}) == "A");
}

TEST_CASE("source of truth, unless it leaves it blank") {
  Story story(
      R"("type": "text", "rule": "source_of_truth", "source": "crm", "unless_blank": true)");
  story.says(desk, "B", 100);
  story.says(crm, "A", 110);
  CHECK(story.truth() == "A");
  story.says(crm, "", 120, "A");
  CHECK(story.truth() == "B");
}

TEST_CASE("immutable: who was first, however late it is said") {
  Story story(R"("type": "text", "rule": "immutable")");
  story.says(crm, "A", 110);
  story.says(desk, "B", 100);
  story.says(desk, "C", 120);
  CHECK(story.truth() == "B");
}

TEST_CASE("precedence and min") {
  Story rank(R"("type": "text", "rule": "precedence")");
  rank.says(desk, "B", 200);
  CHECK(rank.truth() == "B");
  rank.says(crm, "A", 100);
  CHECK(rank.truth() == "A");
  rank.says(crm, "", 210, "A");
  CHECK(rank.truth() == "B");
  Story least(R"("type": "integer", "rule": "min")");
  least.says(crm, "10", 100);
  least.says(desk, "9", 110);
  CHECK(least.truth() == "9");
}

TEST_CASE("union: what anybody added, less what was taken away later where that counts") {
  for (const std::string removals : {"ignore", "propagate", "escalate"}) {
    Story story(R"("type": "set", "rule": "union", "removals": ")" + removals + "\"");
    story.says(crm, "a;b", 100);
    story.says(desk, "a;b;c", 110, "a;b");
    CHECK(story.truth() == "a;b;c");
    story.says(crm, "b", 120, "a;b");
    CHECK(story.truth() == (removals == "ignore"      ? "a;b;c"
                            : removals == "propagate" ? "b;c"
                                                      : "asked"));
    story.says(desk, "a;b;c", 130, "b;c");
    CHECK(story.truth() == "a;b;c");
  }
}

TEST_CASE("escalate: a question, unless all agree or a person has decided on just this") {
  Story story(R"("type": "text", "rule": "escalate")");
  story.says(crm, "A", 100);
  story.says(desk, "A", 100);
  CHECK(story.truth() == "A");
  story.says(desk, "B", 110, "A");
  CHECK(story.truth() == "asked");
  story.decides("B", 100, 110);
  CHECK(story.truth() == "B");
  story.says(crm, "C", 105, "A");
  CHECK(story.truth() == "asked");
}

TEST_CASE("escalate concurrent: who stood on the other's value has decided") {
  Story story(R"("type": "text", "rule": "escalate", "when": "concurrent")");
  story.says(crm, "A", 100);
  story.says(desk, "B", 110, "A");
  CHECK(story.truth() == "B");
  story.says(crm, "C", 120, "A");
  CHECK(story.truth() == "asked");
}

TEST_CASE("a second answer is about what is new: what the first one beat stays beaten") {
  Story story(R"("type": "text", "rule": "escalate")");
  story.says(crm, "A", 100);
  story.says(desk, "B", 110);
  story.decides("B", 100, 110);
  story.says(crm, "C", 120, "B");
  CHECK(story.truth() == "asked");
  story.decides("C", {{crm, Time::of_ms(120'000)}});
  CHECK(story.truth() == "C");
}

TEST_CASE("a group is one system's") {
  Story story(R"("type": "text", "rule": "recency", "group": "place")",
              R"(, "g": {"type": "text", "rule": "recency", "group": "place",
                         "map": {"crm": "g", "desk": "g"}})");
  story.says_both(crm, "A", "a", 100);
  story.says_both(desk, "B", "b", 110);
  CHECK(story.truth() == "B");
  CHECK(story.other() == "b");
}

}  // namespace truce::simulate
