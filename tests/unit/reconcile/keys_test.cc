// The match keys of a snapshot that has more than are brought into order at once.
#include "engine/core/model/hash.h"
#include "tests/unit/reconcile/slow_loop.h"

namespace truce::test {
namespace {

constexpr std::size_t staged_records = 70'000;

std::string key_of(std::size_t i) { return sha256_hex(std::to_string(i)).substr(0, 32); }

// Two neighbours show one key.
void stage_all(World& world, const RunId& id) {
  world.run([&](Context& context) {
    for (std::size_t i = 0; i < staged_records; ++i) {
      StagedRecord record;
      record.system = SystemName("crm");
      record.id = RecordId("c" + std::to_string(i));
      record.body = "{}";
      context.store.stage(id, record, {key_of(i / 2)});
    }
    auto run = context.store.find_run(id);
    run->systems.at(SystemName("crm")).records = staged_records;
    run->state = RunState::running;
    context.store.put_run(*run);
    return 0;
  });
}

}  // namespace

TEST_CASE("all match keys are found before the first records are compared") {
  Office world({text_field("name"), R"("create_in": [])"});
  const RunId id(open_in(world, {{"crm", {}}, {"desk", {}}}, {})["id"]);
  stage_all(world, id);
  int pieces = 0;
  for (auto run = next_run(*world.store->read()); run->stage == RunStage::keys;
       run = next_run(*world.store->read())) {
    REQUIRE(++pieces < 100);
    const auto piece = read_piece(world);
    std::size_t taken = 0;
    // Broken off, and begun anew as after a crash.
    const PieceResult result = world.run([&](Context& context) {
      return take_piece(context, *piece, taken, [](std::size_t) { return true; });
    });
    REQUIRE(result == PieceResult::interrupted);
    REQUIRE(taken < piece->keys.size());
    take_in_breaks(world, *read_piece(world));
  }
  CHECK(pieces > 1);
  const auto view = world.store->read();
  std::size_t not_found = 0;
  for (std::size_t i = 0; i < staged_records / 2; ++i) {
    not_found += view->staged_with_key(id, key_of(i), 3).size() != 2;
  }
  CHECK(not_found == 0);
}

}  // namespace truce::test
