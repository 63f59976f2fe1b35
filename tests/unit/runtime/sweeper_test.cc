#include "engine/runtime/sweeper.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <semaphore>

#include "engine/runtime/reads.h"
#include "tests/unit/runtime/writer_world.h"

namespace truce {

TEST_CASE("the sweep runs again at once while there is more to do") {
  WriterWorld world;
  std::atomic<int> sweeps = 0;
  std::binary_semaphore round_over(0);
  Sweeper sweeper(
      *world.writer, std::chrono::milliseconds(1),
      [&](Context& context) {
        context.store.put_meta("sweep", "1");
        return ++sweeps < 5;
      },
      [&] { round_over.release(); });
  round_over.acquire();
  CHECK(sweeps >= 5);
  sweeper.stop();
  CHECK(world.store.committed().count("sweep") == 1);
}

TEST_CASE("the sweeper stops at once, also in a long pause and in endless work") {
  WriterWorld world;
  Sweeper idle(
      *world.writer, std::chrono::hours(1), [](Context&) { return false; }, nullptr);
  idle.stop();
  std::binary_semaphore started(0);
  Sweeper endless(
      *world.writer, std::chrono::milliseconds(1),
      [&](Context&) {
        started.release();
        return true;
      },
      nullptr);
  started.acquire();
  endless.stop();
}

TEST_CASE("the sweeper outlives a full disk and ends with a lost store") {
  WriterWorld world;
  world.store.fail_next_commit(Code::store_full);
  std::counting_semaphore<> rounds(0);
  Sweeper sweeper(
      *world.writer, std::chrono::milliseconds(1),
      [](Context& context) {
        context.store.put_meta("sweep", "1");
        return false;
      },
      [&] { rounds.release(); });
  rounds.acquire();
  rounds.acquire();
  CHECK(world.store.committed().count("sweep") == 1);
  CHECK_FALSE(world.writer->trouble());
  world.store.fail_next_commit(Code::store_unknown_outcome);
  while (!world.writer->trouble()) rounds.acquire();
  sweeper.stop();
  CHECK(world.writer->trouble()->code == Code::store_unknown_outcome);
}

TEST_CASE("reads see what is committed, and no more than so many at a time") {
  WriterWorld world;
  REQUIRE(world.writer->run(world.put("a", "1")).has_value());
  Reads reads(world.surroundings);
  const Result<Json> answer = reads.run([](Reader& reader) -> Result<Json> {
    return Json(reader.store.find_meta("a").value_or(""));
  });
  CHECK(answer.value() == "1");

  std::counting_semaphore<> entered(0);
  std::counting_semaphore<> leave(0);
  std::vector<std::thread> readers;
  for (int index = 0; index < concurrent_reads_max; ++index) {
    readers.emplace_back([&] {
      static_cast<void>(reads.run([&](Reader&) -> Result<Json> {
        entered.release();
        leave.acquire();
        return Json();
      }));
    });
  }
  for (int index = 0; index < concurrent_reads_max; ++index) entered.acquire();
  CHECK(reads.run([](Reader&) -> Result<Json> { return Json(); }).error().code == Code::busy);
  leave.release(concurrent_reads_max);
  for (std::thread& reader : readers) reader.join();
  CHECK(reads.run([](Reader&) -> Result<Json> { return Json(); }).has_value());
}

}  // namespace truce
