// A record that comes twice in the pages of one run is the picture that is the later one, whichever
// comes first.
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

class Pictures : public Office {
 public:
  Pictures()
      : Office(
            {text_field("name"), R"("modified": {"crm": "at", "desk": "at"}, "create_in": [])"}) {
    advance(3'600'000);
  }

  Json ada(const std::string& name, std::int64_t minutes_ago) const {
    return picture("c1", name, now - Duration::of_ms(minutes_ago * 60'000));
  }

  // What is shown of Ada after crm's records came on these pages, all read at the same time.
  std::string shown_by(const std::vector<std::vector<Json>>& pages) {
    const Json in_desk = picture("d1", "Adah", now - Duration::of_ms(9'000'000));
    const RunId run(open_in(*this, {{"crm", {}}, {"desk", {}}})["id"]);
    send_page(*this, run, "desk", {in_desk}, now);
    for (const auto& page : pages) send_page(*this, run, "crm", page, now);
    this->run([&](Context& context) {
      return complete_run(context, run, {{"complete", {"crm", "desk"}}});
    });
    take_all_pieces(*this);
    const Json report = report_of(*this, run);
    CHECK(report["systems"]["crm"]["records"] == 1);
    const auto source = source_of("crm", "c1");
    return record(source.golden.text)["record"]["name"];
  }

 private:
  static Json picture(const std::string& id, const std::string& name, Time at) {
    return {{"id", id}, {"email", "ada@example.com"}, {"name", name}, {"at", to_rfc3339(at)}};
  }
};

}  // namespace

TEST_CASE("E33 of two pictures read at one time the later by the record's own time counts") {
  Pictures office;
  const Json old = office.ada("Old", 60), young = office.ada("Young", 1);

  SECTION("on pages of their own") { CHECK(office.shown_by({{old}, {young}}) == "Young"); }
  SECTION("the later one first") { CHECK(office.shown_by({{young}, {old}}) == "Young"); }
  SECTION("on one page") { CHECK(office.shown_by({{young, old}}) == "Young"); }
  SECTION("where one is as it was when a run last found it to match") {
    office.shown_by({{old}});
    office.deliver_all();
    office.advance(3'600'000);
    const Json in_desk{{"id", "d1"}, {"email", "ada@example.com"}, {"name", "Old"}};
    REQUIRE(reconcile(office, {{"crm", {old}}, {"desk", {in_desk}}})["matched"] == 1);
    office.advance(3'600'000);
    const Json edited = office.ada("Edited", 1);
    const bool is_edit_first = GENERATE(true, false);
    CHECK(office.shown_by({{is_edit_first ? edited : old}, {is_edit_first ? old : edited}}) ==
          "Edited");
  }
}

TEST_CASE("two pictures of one time give the same, whichever comes first") {
  Pictures one, other;
  const Json a = one.ada("Ada", 1), b = one.ada("Bea", 1);
  CHECK(one.shown_by({{a}, {b}}) == other.shown_by({{b}, {a}}));
}

}  // namespace truce::test
