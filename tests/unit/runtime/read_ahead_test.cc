#include "engine/runtime/read_ahead.h"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/unit/app/world.h"

namespace truce::test {
namespace {

constexpr const char* policy_text =
    R"({"version": 1, "systems": {"crm": {}, "desk": {}}, "entities":
    {"contact": {"id": {"crm": "id", "desk": "id"}, "match": [["email"]], "fields": {
      "email": {"type": "email", "rule": "recency", "map": {"crm": "email", "desk": "email"}}}}}})";
constexpr const char* slow_text = R"({"version": 1, "systems": {"crm": {}, "desk": {}}, "entities":
    {"contact": {"id": {"crm": "id", "desk": "id"}, "match": [["email"]], "fields": {
      "email": {"type": "email", "rule": "recency",
                "map": {"crm": {"path": "email", "transform": ".email"}, "desk": "email"}}}}}})";

std::vector<Json> contacts(std::size_t count) {
  std::vector<Json> nodes;
  for (std::size_t i = 0; i < count; ++i) {
    nodes.push_back({{"system", "crm"},
                     {"entity", "contact"},
                     {"id", "c" + std::to_string(i)},
                     {"record", {{"email", "p" + std::to_string(i) + "@example.com"}}}});
  }
  return nodes;
}

TEST_CASE("events that are read beside the writer are the same as those read before it") {
  World world{std::string(policy_text)};
  const std::vector<Json> nodes = contacts(500);
  const EventReader reader{*world.policy, nullptr, world.secrets};
  ReadAhead ahead(reader, nodes);
  std::vector<std::string> keys;
  std::thread other([&] {
    for (std::size_t i = 0; i < ahead.size(); ++i) keys.push_back(ahead.at(i).key.text());
  });
  ahead.run();
  other.join();
  REQUIRE(keys.size() == nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    CHECK(keys[i] == read_event(reader, nodes[i]).key.text());
    CHECK(ahead.at(i).id.text == "c" + std::to_string(i));
  }
}

class FailingTransforms : public Transforms {
 public:
  Result<Json> run(const std::string&, const Json&) override { throw std::runtime_error("broken"); }
};

TEST_CASE("who waits for an event that cannot be read is told, and with the same exception") {
  World slow{std::string(slow_text)};
  FailingTransforms transforms;
  const std::vector<Json> nodes = contacts(3);
  ReadAhead ahead({*slow.policy, &transforms, slow.secrets}, nodes);
  std::string told;
  std::thread other([&] {
    try {
      ahead.at(2);
    } catch (const std::runtime_error& error) {
      told = error.what();
    }
  });
  ahead.run();
  other.join();
  CHECK(told == "broken");
}

TEST_CASE("nobody is made to wait for transforms") {
  World quick{std::string(policy_text)};
  World slow{std::string(slow_text)};
  const std::vector<Json> none;
  CHECK(ReadAhead({*quick.policy, nullptr, quick.secrets}, none).is_quick());
  CHECK_FALSE(ReadAhead({*slow.policy, nullptr, slow.secrets}, none).is_quick());
}

}  // namespace
}  // namespace truce::test
