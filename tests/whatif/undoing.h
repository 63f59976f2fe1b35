// Undoing in a test's world.
#pragma once

#include "engine/app/undo/undo.h"
#include "tests/unit/app/world.h"

namespace truce::test {

inline std::string key_of(const Json& outcome) { return outcome["event_key"].get<std::string>(); }

inline Json only(const Json& list) {
  REQUIRE(list.size() == 1);
  return list[0];
}

inline UndoOrder undo_order(const Json& select, const std::string& id) {
  const auto read = read_undo_select(select);
  REQUIRE(read);
  return {id, *read, "ada", ""};
}

inline std::vector<GoldenId> undo_records(World& world, const UndoOrder& order) {
  const auto page = select_undo(*world.store, order.select, {}, 1000);
  REQUIRE(page);
  CHECK(page->next.empty());
  return page->records;
}

inline Json undo(World& world, const Json& select, const std::string& id) {
  const UndoOrder order = undo_order(select, id);
  const auto records = undo_records(world, order);
  return world.run([&](Context& context) { return apply_undo(context, order, records); });
}

inline Json undo_plan(World& world, const Json& select, const std::string& id) {
  const UndoOrder order = undo_order(select, id);
  const auto records = undo_records(world, order);
  const auto view = world.store->read();
  const UndoParts parts{*view, *world.policy, world.secrets, world.ids, world.now};
  return plan_undo(parts, order, records);
}

}  // namespace truce::test
