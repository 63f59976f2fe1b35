// A writer over a scripted store.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/random_ids.h"
#include "engine/runtime/writer.h"
#include "tests/unit/runtime/scripted_store.h"

namespace truce {

class FixedClock final : public Clock {
 public:
  Time now() override { return Time::of_ms(1'800'000'000'000); }
};

struct WriterWorld {
  WriterWorld() {
    writer = std::make_unique<Writer>(surroundings, on_fatal(), [this] { return has_room.load(); });
  }
  ~WriterWorld() { store.open_gate(); }

  Writer::OnFatal on_fatal() {
    return [this](const Problem& problem) { fatal = static_cast<int>(problem.code); };
  }
  std::optional<Code> fatal_code() const {
    return fatal < 0 ? std::nullopt : std::optional(static_cast<Code>(fatal.load()));
  }

  // Stores a value and answers with its name.
  static WriteJob put(const std::string& name, const std::string& value) {
    return {"", [name, value](Context& context) -> Result<Json> {
              context.store.put_meta(name, value);
              return Json(name);
            }};
  }
  static WriteJob nothing() {
    return {"", [](Context&) -> Result<Json> { return Json(); }};
  }
  // The writer stands at a commit; whatever is submitted now waits.
  void block() {
    store.close_gate();
    blocker = writer->submit({"", [](Context& context) -> Result<Json> {
                                return Json(context.store.find_meta("x").has_value());
                              }});
    store.wait_at_gate();
  }
  std::vector<std::future<Result<Json>>> submit_behind_gate(std::size_t count) {
    store.close_gate();
    blocker = writer->submit(put("blocker", "1"));
    store.wait_at_gate();
    std::vector<std::future<Result<Json>>> answers;
    for (std::size_t index = 0; index < count; ++index) {
      answers.push_back(writer->submit(put("job" + std::to_string(index), "1")));
    }
    return answers;
  }

  ScriptedStore store;
  FixedClock clock;
  RandomIds ids;
  Secrets secrets;
  PolicyInForce policy{{std::make_shared<const Policy>(), ""}};
  Surroundings surroundings{store, clock, ids, policy, secrets, nullptr};
  std::atomic<int> fatal = -1;
  std::atomic<bool> has_room = true;
  std::future<Result<Json>> blocker;
  std::unique_ptr<Writer> writer;
};

}  // namespace truce
