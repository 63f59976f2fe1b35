// What the SQLite store's writer has no room for is freed by a thread of its own.
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/survive/survive.h"
#include "engine/store/sqlite/freeing_thread.h"

namespace truce::sqlite {
namespace {

// Kept records, and what tells whether they live.
struct Kept {
  KeptRecords::Places places;
  std::vector<std::weak_ptr<const Derivation>> alive;

  void add(const std::string& id) {
    auto derivation = std::make_shared<const Derivation>();
    alive.emplace_back(derivation);
    GoldenRecord golden;
    golden.derivation = std::move(derivation);
    places.push_back({GoldenId(id), {}, 0});
    places.back().record.golden = std::move(golden);
  }
  bool all_gone() const {
    return std::all_of(alive.begin(), alive.end(),
                       [](const auto& derivation) { return derivation.expired(); });
  }
};

bool comes_true(const std::function<bool()>& holds) {
  for (int i = 0; i < 2'000 && !holds(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return holds();
}

}  // namespace

TEST_CASE("freeing: what is handed over goes, also twice under one id and more than may wait") {
  FreeingThread thread;
  Kept kept;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < FreeingThread::records_max; ++i) kept.add(std::to_string(i));
    thread.free(std::move(kept.places));
    kept.places.clear();
  }
  CHECK(comes_true([&] { return kept.all_gone(); }));
}

TEST_CASE("freeing: what still waits at the end goes too") {
  Kept kept;
  {
    FreeingThread thread;
    kept.add("g");
    thread.free(std::move(kept.places));
  }
  CHECK(kept.all_gone());
}

}  // namespace truce::sqlite
