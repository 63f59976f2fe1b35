// Samples that nobody would send on purpose, or only to do harm: an error or a policy, never worse.
#include <random>

#include "tests/unit/infer/people.h"

namespace truce::infer_test {

namespace {

// Whatever comes: a Problem, nothing in common, or a policy without errors.
void check_harmless(const std::vector<SampleFile>& files) {
  const auto proposal = propose(files, "");
  if (!proposal) {
    CHECK_FALSE(proposal.error().message.empty());
    return;
  }
  if (proposal->fields.empty()) return;
  const auto text = policy_text(*proposal);
  if (!text) FAIL_CHECK(text.error().message);
}

void check_harmless(const Json& crm, const Json& desk) {
  check_harmless({file("a.json", crm, "crm"), file("b.json", desk, "desk")});
}

}  // namespace

TEST_CASE("names that could end a comment or a text do not") {
  const auto record = [](const std::string& name) {
    return list_of(5, [&](std::size_t i) {
      return Json{{"id", i}, {"email", address(i)}, {name, "v" + std::to_string(i)}};
    });
  };
  for (const std::string name :
       {"a\nb", "*/ }", "// x", "\"", "\\", "a\tb", "\u202e", "\x7f", "", " ", ".", "..", "/", "~",
        "[0]", "a[b=c]", "]", "ünï", "\xF0\x9F\x98\x80"}) {
    INFO(name);
    check_harmless(record(name), record(name));
  }
}

TEST_CASE("options and ids of fields with odd characters do not break the policy") {
  const auto record = [](std::size_t i) {
    return Json{{"id", i},
                {"email", address(i)},
                {"status", i % 3 == 0 ? "\"*/\n" : (i % 3 == 1 ? " " : "\u2028x")},
                {"custom", {{{"id", "]=[\"*/"}, {"value", i}}, {{"id", "a=b"}, {"value", i}}}}};
  };
  check_harmless(list_of(20, record), list_of(20, record));
}

TEST_CASE("hundreds of columns that are all alike give hundreds of fields at most") {
  const auto record = [](std::size_t i) {
    Json wide = {{"id", i}, {"email", address(i)}};
    for (int column = 0; column < 700; ++column) {
      wide["value_" + std::to_string(column)] = i * 1000 + static_cast<std::size_t>(column);
    }
    return wide;
  };
  const Proposal proposal = two_systems(list_of(6, record), list_of(6, record));
  CHECK(proposal.fields.size() <= 300);
  CHECK(text_of(proposal).size() < (std::size_t{1} << 20U));
}

TEST_CASE("a field's name is never that of another or of what a record has anyway") {
  const auto record = [](std::size_t i) {
    return Json{
        {"key", i},           {"email", address(i)}, {"a", {{"ID", "x" + std::to_string(i)}}},
        {"b", {{"size", i}}}, {"b_size", i + 7},     {"size", i * 2}};
  };
  check_harmless(list_of(9, record), list_of(9, record));
}

TEST_CASE("values of every kind in one column are looked at and not paired") {
  const Json mixed = json(R"([{"id": 1, "x": 1}, {"id": 2, "x": "a"}, {"id": 3, "x": [1, [2]]},
      {"id": 4, "x": {"y": 1}}, {"id": 5, "x": true}, {"id": 6, "x": null}, {"id": 7, "x": 1e300}])");
  check_harmless(mixed, mixed);
}

TEST_CASE("records of random shapes never make a policy with errors") {
  std::mt19937 dice(7);
  const std::vector<std::string> names = {"id",      "email",      "name",   "a.b",
                                          "tags",    "phone",      "status", "x",
                                          "created", "updated_at", "amount", "custom_fields"};
  const std::function<Json(int)> any = [&](int depth) -> Json {
    switch (dice() % (depth > 2 ? 8U : 10U)) {
      case 0:
        return nullptr;
      case 1:
        return dice() % 100;
      case 2:
        return dice() % 2 == 0;
      case 3:
        return address(dice() % 9);
      case 4:
        return "2026-05-1" + std::to_string(dice() % 10) + "T10:00:00Z";
      case 5:
        return "a;b;" + std::to_string(dice() % 3);
      case 6:
        return make_number("12345678901234567890.5");
      case 7:
        return std::string("https://example.com/") + std::to_string(dice() % 5);
      case 8: {
        Json list = Json::array();
        for (auto i = dice() % 4; i > 0; --i) {
          list.push_back(dice() % 3 == 0
                             ? any(depth + 1)
                             : Json{{"id", i}, {"value", any(depth + 1)}, {"primary", i == 1}});
        }
        return list;
      }
      default: {
        Json object = Json::object();
        for (auto i = dice() % 5; i > 0; --i) object[names[dice() % names.size()]] = any(depth + 1);
        return object;
      }
    }
  };
  for (int round = 0; round < 300; ++round) {
    const auto records = [&] {
      return list_of(1 + dice() % 6, [&](std::size_t i) {
        Json record = {{"id", i}, {"email", any(3)}};
        for (const std::string& name : names) {
          if (dice() % 2 == 0) record[name] = any(0);
        }
        return record;
      });
    };
    INFO("round " << round);
    check_harmless(records(), records());
  }
}

}  // namespace truce::infer_test
