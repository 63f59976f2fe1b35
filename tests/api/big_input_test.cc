// R16: input that is deep or large is refused at once and leaves nothing behind.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/api/support/process_numbers.h"
#include "tests/api/support/sanitized.h"
#include "tests/api/support/world.h"

namespace truce::test {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

std::string repeated(const std::string& piece, std::size_t count) {
  std::string text;
  text.reserve(piece.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

std::string event_with(const std::string& record) {
  return R"({"system": "crm", "entity": "contact", "id": "c1", "record": )" + record + "}";
}

std::string many_keys(std::size_t count) {
  std::string record = "{";
  for (std::size_t i = 0; i < count; ++i) {
    record += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
  }
  return event_with(record + "}");
}

struct Monster {
  std::string name;
  std::string body;
  std::string content_type = "application/json";
};

// A whole body that cannot be read is a 4xx; one event that makes no sense is rejected alone.
bool is_refused(const Reply& reply) {
  if (reply.status / 100 == 4) return true;
  return reply.status == 200 && reply.body.at("results").at(0).at("outcome") == "rejected";
}

// What the process keeps when it has had the time to give the rest back.
std::size_t resident_at_rest(pid_t pid, std::size_t wanted) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (resident_bytes(pid) > wanted && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  return resident_bytes(pid);
}

std::vector<Monster> monsters() {
  std::vector<Monster> all;
  for (const std::size_t depth : {std::size_t{10'000}, std::size_t{1'000'000}}) {
    const std::string many = std::to_string(depth);
    all.push_back({many + " lists", repeated("[", depth)});
    all.push_back({many + " closed lists", repeated("[", depth) + repeated("]", depth)});
    all.push_back({many + " objects", repeated("{\"a\":", depth)});
    all.push_back({many + " lists in a record", event_with(repeated("[", depth))});
    all.push_back({many + " lists in a line", repeated("[", depth), "application/x-ndjson"});
  }
  all.push_back({"a million keys", many_keys(1'000'000)});
  all.push_back({"a million numbers", event_with("[1" + repeated(",1", 1'000'000) + "]")});
  all.push_back({"ten million empty lists", event_with("[[]" + repeated(",[]", 5'000'000) + "]")});
  all.push_back({"a text of 15 MiB", event_with('"' + std::string(15 * mebibyte, 'x') + '"')});
  all.push_back({"a number of 15 MiB", event_with(std::string(15 * mebibyte, '1'))});
  all.push_back({"escapes of 15 MiB", event_with('"' + repeated("\\u00e9", 2'500'000) + '"')});
  all.push_back({"a body of 64 MiB", std::string(64 * mebibyte, ' ')});
  return all;
}

}  // namespace

TEST_CASE("R16 deep and large bodies are refused at once, and the process keeps nothing of them") {
  const World world;
  world.truce.ingest(contact("crm", "c1", 1, {{"email", "a@edge.example"}}));
  const std::size_t before = resident_bytes(world.truce.pid());
  for (const Monster& monster : monsters()) {
    INFO(monster.name);
    const auto used = processor_time(world.truce.pid());
    const Reply reply = world.truce.send("POST", "/v1/events", monster.body, monster.content_type);
    const auto time = processor_time(world.truce.pid()) - used;
    INFO(reply.status << " " << reply.code() << " in " << time.count() << " ms, "
                      << resident_bytes(world.truce.pid()) / mebibyte << " MiB");
    // Of a body that nobody reads the client may see no more than the end of its connection.
    const bool unread = reply.status == 0 && monster.body.size() > 16 * mebibyte;
    CHECK((unread || is_refused(reply)));
    // Half a second on a quiet machine; whoever reads one of these again and again takes minutes.
    CHECK((is_sanitized || time < milliseconds(5'000)));
  }
  const std::size_t allowed = before + 32 * mebibyte;
  const std::size_t after = resident_at_rest(world.truce.pid(), allowed);
  WARN("resident " << before / 1024 << " KiB before, " << after / 1024 << " KiB after");
  CHECK((is_sanitized || after <= allowed));
  CHECK(world.truce.get("/healthz").status == 200);
  CHECK(world.truce.ingest(contact("crm", "c2", 1, {{"email", "b@edge.example"}})).at("outcome") ==
        "applied");
  CHECK(world.truce.get("/v1/audit/verify").body.at("ok") == true);
}

}  // namespace truce::test
