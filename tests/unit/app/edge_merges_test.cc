// Edge cases E26 and E27: records merged inside their system, and golden records with them.
#include <algorithm>

#include "tests/unit/app/office.h"

namespace truce::test {

TEST_CASE("E26 a merge moves the loser's links, and the loser's delete is no delete") {
  Office office({text_field("name"), into_both});
  office.both_know({{"name", "Ada"}});
  const std::string loser = office.golden;
  office.says("crm", "c2", {{"email", "countess@example.com"}, {"name", "Ada L."}});
  const std::string other = office.golden;
  REQUIRE(other != loser);
  for (const auto& delivery : office.deliveries_in(DeliveryState::pending)) {
    CHECK(delivery.operation == Operation::create);  // c2 on its way into desk
  }
  const Json merged = office.happens("merge", "crm", "c1", {{"merged_into", "c2"}});
  CHECK(merged["outcome"] == "applied");
  const std::string survivor = merged["golden_id"];
  CHECK(office.golden_count() == 1);
  CHECK(office.source_of("desk", "d1").golden.text == survivor);
  CHECK(office.source_of("crm", "c1").state == LinkState::merged);
  // What was queued is re-pointed: desk's record is updated, nothing is created any more.
  const auto queued = office.deliveries_in(DeliveryState::pending);
  REQUIRE(queued.size() == 1);
  CHECK(queued.front().operation == Operation::update);
  CHECK(queued.front().record_id.text == "d1");

  CHECK(office.happens("delete", "crm", "c1")["outcome"] == "unchanged");
  CHECK(office.open_items().empty());
  CHECK(office.record(survivor)["deleted_at"].is_null());
  // The golden record that went still answers, as the survivor's alias.
  CHECK(office.record(loser)["golden_id"] == survivor);
  CHECK(office.record(other)["golden_id"] == survivor);
  CHECK(office.says("crm", "c1", {{"name", "late"}})["outcome"] == "stale");
}

TEST_CASE(
    "E26 a loser is shown as merged, whether its delete comes before the merge or behind it") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  const bool deleted_first = GENERATE(true, false);
  if (deleted_first) office.happens("delete", "crm", "c1");
  office.happens("merge", "crm", "c1", {{"merged_into", "c2"}});
  if (!deleted_first) office.happens("delete", "crm", "c1");
  const Json links = office.linked();
  REQUIRE(links.size() == 3);
  CHECK(links[0]["id"] == "c1");
  CHECK(links[0]["state"] == "merged");
  CHECK(office.open_items().empty());
}

TEST_CASE("E26 a merge into an id that nobody has seen takes the loser's place") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  const std::string before = office.golden;
  const Json merged = office.happens("merge", "crm", "c1", {{"merged_into", "c9"}});
  CHECK(merged["golden_id"] == before);
  const Json wanted{{"system", "crm"}, {"entity", "contact"}, {"id", "c9"}};
  CHECK(merged["fetch"] == wanted);
  // Until somebody shows what stands there, nothing is written to it.
  CHECK(office.says("desk", "d1", {{"name", "Ada L."}})["fetch"] == wanted);
  CHECK(office.says("crm", "c9", {{"phone", "1"}}, {{"partial", true}})["fetch"] == wanted);
  CHECK(office.deliveries_in(DeliveryState::pending).empty());
  const Json old = {{"occurred_at", "2026-01-01T10:00:00Z"}};
  CHECK_FALSE(office.says("crm", "c9", {{"email", "ada@example.com"}, {"name", "Ada"}}, old)
                  .contains("fetch"));
  const auto queued = office.deliveries_in(DeliveryState::pending);
  REQUIRE(queued.size() == 1);
  CHECK(queued.front().record_id.text == "c9");
  CHECK(office.waiting() == Json({{"crm", {{"name", "Ada L."}}}}));
}

TEST_CASE("E26 what was chosen for a merge stands, whether it is told before the merge or behind") {
  // That of the record that was merged away, a new one, and that of somebody else in desk.
  const std::string email = GENERATE("ada@example.com", "new@example.com", "eve@example.com");
  INFO(email);
  std::vector<Json> ends;
  for (const bool is_merge_first : {true, false}) {
    Office office({text_field("name")});
    office.both_know({{"name", "Ada"}});
    office.says("desk", "d2", {{"email", "eve@example.com"}, {"name", "Eve"}});
    const auto merge = [&] {
      office.happens("merge", "crm", "c1",
                     {{"merged_into", "c9"}, {"occurred_at", "2026-06-01T10:00:00Z"}});
    };
    if (is_merge_first) merge();
    CHECK(office.claim_all("crm").empty());
    office.says("crm", "c9", {{"email", email}, {"name", "Chosen"}},
                {{"occurred_at", "2026-06-01T10:00:00Z"}});
    if (!is_merge_first) merge();
    Json end = Json::object();
    for (const Json& written : office.deliver_all()) {
      CHECK(written["system"] == "desk");
      end["written"][written["record_id"].get<std::string>()] = Office::plain(written["fields"]);
    }
    for (const ExceptionItem& item : office.open_items()) {
      end["asked"].push_back(to_string(item.category));
    }
    for (const char* id : {"d1", "d2"}) {
      const std::string golden = office.source_of("desk", id).golden.text;
      end[id] = office.record(golden)["record"];
      if (golden == office.source_of("crm", "c9").golden.text) end["linked"].push_back(id);
    }
    CHECK(office.record(office.source_of("crm", "c9").golden.text)["record"]["name"] == "Chosen");
    ends.push_back(std::move(end));
  }
  CHECK(ends[0] == ends[1]);
}

TEST_CASE(
    "E26 a merge that is heard of before its loser, in every order, leaves no silent second") {
  std::vector<int> order{0, 1, 2, 3};
  do {
    Office office({text_field("name")});
    const std::string times[] = {"2026-01-01T10:00:00Z", "2026-01-01T10:00:01Z",
                                 "2026-01-01T10:00:02Z", "2026-01-01T10:00:05Z"};
    for (const int i : order) {
      const Json when{{"occurred_at", times[i]}};
      if (i == 0) office.says("crm", "c1", {{"email", "ada@example.com"}, {"name", "Ada"}}, when);
      if (i == 1) office.says("crm", "c2", {{"email", "eve@example.com"}, {"name", "Eve"}}, when);
      if (i == 2) office.says("desk", "d2", {{"email", "eve@example.com"}, {"name", "Eve"}}, when);
      if (i != 3) continue;
      Json merge = when;
      merge["merged_into"] = "c1";
      office.happens("merge", "crm", "c2", merge);
    }
    INFO(order[0] << order[1] << order[2] << order[3]);
    CHECK(office.open_items().empty());
    CHECK(office.golden_count() == 1);
    CHECK(office.source_of("desk", "d2").golden == office.source_of("crm", "c1").golden);
    CHECK(office.source_of("crm", "c2").state == LinkState::merged);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("E26 a loser that comes late and shows the winner's address is no question") {
  Office office({text_field("name")});
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"name", "Ada"}});
  office.happens("merge", "crm", "c2", {{"merged_into", "c1"}});
  for (int i = 0; i < 2; ++i) {
    CHECK(office.says("crm", "c2", {{"email", "ada@example.com"}, {"name", "A"}})["outcome"] ==
          "stale");
  }
  CHECK(office.source_of("crm", "c2").state == LinkState::merged);
  CHECK(office.open_items().empty());
  CHECK(office.golden_count() == 1);
  CHECK(office.shown("name") == "Ada");
}

TEST_CASE("E27 a merge of two that are linked to different records elsewhere is a question") {
  Office office({text_field("name"), into_both});
  office.both_know({{"name", "Ada"}});
  const std::string first = office.golden;
  office.says("crm", "c2", {{"email", "eve@example.com"}, {"name", "Eve"}});
  office.says("desk", "d2", {{"email", "eve@example.com"}, {"name", "Eve"}});
  const std::string second = office.golden;
  const Json answer = office.happens("merge", "crm", "c1", {{"merged_into", "c2"}});
  CHECK(answer["outcome"] == "conflict");
  const ExceptionItem item = office.the_item(Category::merge);
  CHECK(item.detail["golden_ids"] == Json::array({first, second}));
  CHECK(office.golden_count() == 2);
  // Neither side of desk is touched, and c1 is not made again.
  CHECK(office.deliver_all().empty());

  SECTION("joined by a person, the winner stays with its links, the loser's record steps aside") {
    office.act(item, "join");
    CHECK(office.golden_count() == 1);
    CHECK(office.items_of(Category::merge).empty());
    CHECK(office.record(first)["golden_id"] == second);
    CHECK(office.source_of("desk", "d1").golden.text == second);
    CHECK(office.source_of("desk", "d1").state == LinkState::unlinked);
    CHECK(office.source_of("desk", "d2").state == LinkState::active);
    CHECK(office.deliver_all().empty());
  }
  SECTION("kept apart by a person, both stay and nothing more is asked") {
    office.act(item, "keep_apart");
    CHECK(office.golden_count() == 2);
    CHECK(office.open_items().empty());
    CHECK(office.deliver_all().empty());
  }
}

namespace {

// crm has merged c1 and c2 into c9, which desk knows as d1 and d2.
class MergedIntoNewId : public Office {
 public:
  MergedIntoNewId() : Office(terms()) {
    for (const char* n : {"1", "2"}) {
      desk[std::string("d") + n] = {{"email", std::string("p") + n + "@example.com"},
                                    {"name", std::string("P") + n}};
      says("crm", std::string("c") + n, desk[std::string("d") + n]);
      says("desk", std::string("d") + n, desk[std::string("d") + n]);
    }
    as_it_was = desk;
  }

  // 0, 1: what became of c1 and c2; 2: c9's record.
  void is_told(int what) {
    if (what == 2) {
      says("crm", "c9",
           {{"email", "p2@example.com"}, {"name", "Both"}, {"emails", {"p1@example.com"}}});
    } else {
      happens("merge", "crm", what == 0 ? "c1" : "c2", {{"merged_into", "c9"}});
    }
    carry_out();
  }

  void carry_out() {
    for (const Json& written : deliver_all()) is_written(written);
  }
  void is_written(const Json& delivery) {
    REQUIRE(delivery["op"] == "update");
    REQUIRE(delivery["system"] == "desk");
    desk[delivery["record_id"]].update(delivery["fields"]);
  }
  void person_says(const ExceptionItem& item, const std::string& action) {
    const Json answer = act(item, action);
    for (const Json& delivery : answer["deliveries"]) {
      is_written(delivery);
      delivered(delivery);
    }
    carry_out();
  }

  Json shown_of(const std::string& id) {
    const Json shown = record(source_of("desk", id).golden.text)["record"];
    return {{"email", shown["email"]}, {"name", shown["name"]}};
  }

  std::map<std::string, Json> desk, as_it_was;

 private:
  static Terms terms() {
    Terms terms = with_other_addresses();
    terms.fields += ", " + text_field("name");
    return terms;
  }
};

}  // namespace

TEST_CASE("E27 while a merge into a new id is asked about, both are as they were, in every order") {
  std::vector<int> order{0, 1, 2};
  do {
    INFO(order[0] << order[1] << order[2]);
    MergedIntoNewId office;
    for (const int what : order) office.is_told(what);
    const ExceptionItem item = office.the_item(Category::merge);
    CHECK(office.open_items().size() == 1);
    const std::string first = office.source_of("desk", "d1").golden.text;
    const std::string second = office.source_of("desk", "d2").golden.text;
    CHECK(item.detail["golden_ids"] == Json::array({second, first}));
    office.says("crm", "c9", {{"name", "Somebody"}});
    office.carry_out();
    CHECK(office.desk == office.as_it_was);
    for (const char* id : {"d1", "d2"}) CHECK(office.shown_of(id) == office.as_it_was[id]);

    // Kept apart, nobody can say but a person which of them c9 is.
    office.person_says(item, "keep_apart");
    CHECK(office.desk == office.as_it_was);
    const ExceptionItem which = office.the_item(Category::ambiguous_match);
    CHECK(office.open_items().size() == 1);
    CHECK(which.actions == std::vector<std::string>{"link:" + second, "link:" + first, "create"});
    office.person_says(which, "link:" + second);
    CHECK(office.desk["d1"] == office.as_it_was["d1"]);
    CHECK(office.desk["d2"]["name"] == "Somebody");
    CHECK(office.open_items().empty());
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("E27 joined, the record with the new id stands for both") {
  const bool is_shown = GENERATE(true, false);
  MergedIntoNewId office;
  if (is_shown) office.is_told(2);
  office.is_told(0);
  office.is_told(1);
  office.person_says(office.the_item(Category::merge), "join");
  if (!is_shown) office.is_told(2);
  CHECK(office.open_items().empty());
  CHECK(office.golden_count() == 1);
  const SourceRecord survivor = office.source_of("crm", "c9");
  CHECK(survivor.state == LinkState::active);
  CHECK(office.record(survivor.golden.text)["record"]["name"] == "Both");
  CHECK(office.desk["d1"]["name"] == "Both");
  CHECK(office.desk["d2"] == office.as_it_was["d2"]);
}

TEST_CASE(
    "E27 a record that was there before a merge stays where it is, and writes nothing there") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c2", {{"email", "eve@example.com"}, {"name", "Eve"}});
  office.says("desk", "d2", {{"email", "eve@example.com"}, {"name", "Eve"}});
  office.happens("merge", "crm", "c1", {{"merged_into", "c2"}});
  office.says("crm", "c2", {{"email", "eve@example.com"}, {"name", "Both"}});
  CHECK(office.deliver_all().empty());
  const ExceptionItem item = office.the_item(Category::merge);
  const std::string answer = GENERATE("keep_apart", "dismiss", "join");
  auto written = office.act(item, answer)["deliveries"].get<std::vector<Json>>();
  if (written.empty()) written = office.deliver_all();
  REQUIRE(written.size() == 1);
  CHECK(written[0]["record_id"] == "d2");
  CHECK(written[0]["fields"] == Json({{"name", "Both"}}));
  CHECK(office.source_of("crm", "c2").golden == office.source_of("desk", "d2").golden);
}

TEST_CASE("E27 what a record that stepped aside says from then on is no word of the joined one") {
  Office office({text_field("name") + ", " + text_field("note")});
  office.both_know({{"name", "Ada"}});
  office.says("crm", "c2", {{"email", "eve@example.com"}, {"name", "Eve"}});
  office.says("desk", "d2", {{"email", "eve@example.com"}, {"name", "Eve"}});
  const Json before{{"occurred_at", to_rfc3339(office.now)}};
  office.happens("merge", "crm", "c1", {{"merged_into", "c2"}});
  office.act(office.the_item(Category::merge), "join");
  const std::string joined = office.source_of("crm", "c2").golden.text;
  REQUIRE(office.source_of("desk", "d1").state == LinkState::unlinked);
  const std::string system = GENERATE("crm", "desk");
  const std::string id = system == "crm" ? "c1" : "d1";

  const Json told = office.says(system, id, {{"note", "since"}});
  CHECK(told["outcome"] == (system == "crm" ? "stale" : "unchanged"));
  CHECK(told["why"].get<std::string>().find("no word of this record") != std::string::npos);
  CHECK(told["golden_id"] == joined);
  CHECK(office.record(joined)["record"]["note"].is_null());
  CHECK(office.deliver_all().empty());
  // Not even as a key by which others are recognised.
  office.says(system, id, {{"email", "zed@example.com"}, {"name", "Zed"}});
  office.says("crm", "c9", {{"email", "zed@example.com"}, {"name", "Zed"}});
  CHECK(office.source_of("crm", "c9").golden.text != joined);
  // What it said before, and is heard of late, stands.
  office.says(system, id, {{"note", "before"}}, before);
  CHECK(office.record(joined)["record"]["note"] == "before");
  CHECK(office.source_of("desk", "d2").golden.text == joined);
}

TEST_CASE("E26 what was said of a loser after its merge counts nowhere, in every order") {
  std::vector<int> order{0, 1, 2, 3};
  do {
    INFO(order[0] << order[1] << order[2] << order[3]);
    Office office({text_field("name") + ", " + text_field("note")});
    office.says("crm", "c1", {{"email", "ada@example.com"}, {"name", "Ada"}});
    office.says("crm", "c2", {{"email", "eve@example.com"}, {"name", "Eve"}});
    const Time start = office.now;
    office.advance(60'000);
    const auto at = [&](std::int64_t seconds) {
      return Json{{"occurred_at", to_rfc3339(start + Duration::of_ms(seconds * 1000))}};
    };
    // The second time it is a snapshot that finds the merge out.
    const auto is_merged = [&](Json when) {
      when["merged_into"] = "c2";
      office.happens("merge", "crm", "c1", when);
    };
    for (const int i : order) {
      if (i == 0) office.says("crm", "c1", {{"note", "before"}}, at(1));
      if (i == 1) is_merged(at(2));
      if (i == 2) office.says("crm", "c1", {{"note", "since"}}, at(3));
      if (i == 3) is_merged(at(4));
    }
    const std::string joined = office.source_of("crm", "c2").golden.text;
    CHECK(office.record(joined)["record"]["note"] == "before");
    CHECK(office.open_items().empty());
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace truce::test
