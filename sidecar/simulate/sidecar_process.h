// The sidecar of a simulation: the real engine on a real store, one request after the other, and a
// process that may die before, in or after any commit. What was committed is there again when it
// starts: the memory store stands for the database, a transaction that is dropped for one that was
// open when the process died.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "engine/app/context.h"
#include "sidecar/simulate/office.h"

namespace truce::simulate {

class CountedIds : public Ids {
 public:
  explicit CountedIds(std::uint64_t seed) : dice_(seed, "ids") {}
  std::string next(const char* prefix) override;
  double chance() override { return dice_.unit(); }

 private:
  std::uint64_t count_ = 0;
  demo::Dice dice_;
};

class SidecarProcess {
 public:
  using Work = std::function<Json(Context&)>;
  using Reply = std::function<void(const std::optional<Json>&)>;

  explicit SidecarProcess(Office& office, std::uint64_t seed);

  // A request over the network. `reply` comes exactly once, with nothing where the sidecar is down
  // or died of it. `committed` is told what was committed, whether the reply arrives or not.
  void request(Work work, Reply reply, std::function<void(const Json&)> committed = {});
  // Without a network: work of the sidecar's own, which a crash undoes. False: it is down, or died.
  bool work(const Work& work);

  bool is_up() const { return office_.now() >= down_until_; }
  Store& store() { return *store_; }
  const Policy& policy() const { return *office_.model().policy; }
  const Secrets& secrets() const { return secrets_; }

 private:
  std::optional<Json> transact(const Work& work, bool survives);
  void die();

  Office& office_;
  std::unique_ptr<Store> store_;
  CountedIds ids_;
  Secrets secrets_{std::string(32, 's'), std::string(32, 't')};
  Time down_until_ = Time::beginning();
};

}  // namespace truce::simulate
