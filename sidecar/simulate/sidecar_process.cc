#include "sidecar/simulate/sidecar_process.h"

#include <cstdio>

#include "engine/store/memory/memory_store.h"

namespace truce::simulate {
namespace {

constexpr double loopback_s = 0.005;
constexpr std::int64_t patience_ms = 10'000;

}  // namespace

std::string CountedIds::next(const char* prefix) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%024llx", static_cast<unsigned long long>(++count_));
  return std::string(prefix) + digits;
}

SidecarProcess::SidecarProcess(Office& office, std::uint64_t seed)
    : office_(office), store_(make_memory_store()), ids_(seed) {}

std::optional<Json> SidecarProcess::transact(const Work& work, bool survives) {
  const auto transaction = store_->begin();
  Context context{*transaction, policy(), ids_, office_.now(), nullptr, secrets_, "simulation"};
  Json result = work(context);
  if (!survives) return std::nullopt;  // dropped: rolled back
  if (!transaction->commit()) return std::nullopt;
  return result;
}

void SidecarProcess::die() {
  down_until_ = office_.now() +
                office_.up_to(office_.sidecar_dice(), office_.scenario().crashes.sidecar_down_s);
}

void SidecarProcess::request(Work work, Reply reply, std::function<void(const Json&)> committed) {
  demo::Dice& dice = office_.sidecar_dice();
  const auto unanswered = [this, reply] {
    office_.happenings().after(Duration::of_ms(patience_ms), [reply] { reply(std::nullopt); });
  };
  office_.happenings().after(office_.up_to(dice, loopback_s), [=, this, &dice,
                                                               work = std::move(work)] {
    const double share = office_.scenario().crashes.sidecar_requests / 3;
    if (!is_up()) {
      office_.happenings().after(office_.up_to(dice, loopback_s), [reply] { reply(std::nullopt); });
      return;
    }
    if (office_.goes_wrong(dice, share, "sidecar_crash_before")) {
      die();
      return unanswered();
    }
    const bool rolled_back = office_.goes_wrong(dice, share, "sidecar_crash_uncommitted");
    std::optional<Json> result = transact(work, !rolled_back);
    if (result && committed) committed(*result);
    const bool unheard = office_.goes_wrong(dice, share, "sidecar_crash_committed");
    if (rolled_back || unheard) {
      die();
      return unanswered();
    }
    office_.happenings().after(office_.up_to(dice, loopback_s),
                               [reply, result = std::move(result)] { reply(result); });
  });
}

bool SidecarProcess::work(const Work& work) {
  if (!is_up()) return false;
  const bool dies = office_.goes_wrong(
      office_.sidecar_dice(), office_.scenario().crashes.sidecar_requests, "sidecar_crash_working");
  transact(work, !dies);
  if (dies) die();
  return !dies;
}

}  // namespace truce::simulate
