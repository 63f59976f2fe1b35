// Records that go from one schema to another.
#pragma once

#include "engine/app/migrations.h"
#include "engine/app/policy_admin.h"
#include "tests/unit/app/office.h"

namespace truce::test {

// Migrates a world, as the process around it would.
class Mover {
 public:
  Mover(World& world, const std::string& policy_text) : world_(world) {
    world_.run([&](Context& context) { return adopt_policy(context, *world_.policy, policy_text); });
  }

  void take_over(const WayAndPolicy& way) {
    world_.policy = way.policy;
    way_ = way.migrating;
    world_.migrating = way_.get();
  }
  // As after a restart.
  void restart() {
    auto way = way_of_migration(*world_.store->read());
    REQUIRE(way);
    if (*way) take_over(**way);
  }

  Result<Json> begin(const std::string& next) {
    WayAndPolicy way;
    auto begun = world_.run([&](Context& context) {
      return begin_migration(context, policy_of(next), next, way);
    });
    if (begun) {
      id = (*begun)["id"];
      take_over(way);
    }
    return begun;
  }
  Result<Json> undo() {
    WayAndPolicy way;
    auto begun = world_.run([&](Context& context) { return undo_migration(context, id, way); });
    if (begun) take_over(way);
    return begun;
  }
  Result<Json> accept() {
    return world_.run([&](Context& context) { return accept_migration(context, id); });
  }

  bool one_piece() {
    const bool more = world_.run([](Context& context) { return work_on_migration(context); });
    if (world_.migrating && !is_carrying(*world_.store->read())) world_.migrating = nullptr;
    return more;
  }
  // To the end of what was begun.
  void go_on() {
    for (int i = 0; i < 10'000; ++i) {
      one_piece();
      if ((*read_migration(*world_.store->read(), id))["stage"] == "done") {
        world_.sweep_all();
        return;
      }
    }
    FAIL("the migration does not end");
  }

  void migrate(const std::string& next) {
    const auto begun = begin(next);
    if (!begun) FAIL(begun.error().message);
    go_on();
  }
  void undo_all() {
    const auto begun = undo();
    if (!begun) FAIL(begun.error().message);
    go_on();
  }
  void accept_all() {
    const auto begun = accept();
    if (!begun) FAIL(begun.error().message);
    go_on();
  }
  std::string state() { return (*read_migration(*world_.store->read(), id))["state"]; }

  std::string id;  // of the last one

 private:
  World& world_;
  std::shared_ptr<const Migrating> way_;
};

class MovingOffice : public Office, public Mover {
 public:
  explicit MovingOffice(const Terms& terms) : Office(terms), Mover(*this, policy_text(terms)) {}

  using Mover::migrate;
  void migrate(const Terms& next) { Mover::migrate(policy_text(next)); }
  Result<Json> begin(const Terms& next) { return Mover::begin(policy_text(next)); }
  // What the store holds of it.
  std::string stored(const std::string& system, const std::string& record) {
    return to_stored(source_of(system, record));
  }
};

}  // namespace truce::test
