#include "sidecar/simulate/strategy.h"

#include "sidecar/simulate/copy_sync.h"
#include "sidecar/simulate/truce_sync.h"

namespace truce::simulate {

std::string_view to_string(StrategyKind kind) {
  switch (kind) {
    case StrategyKind::naive:
      return "naive";
    case StrategyKind::lww_record:
      return "lww_record";
    case StrategyKind::lww_field:
      return "lww_field";
    case StrategyKind::truce_fast:
      return "truce_fast";
    case StrategyKind::truce:
      return "truce";
  }
  return "";
}

std::unique_ptr<Strategy> make_strategy(StrategyKind kind, Office& office, std::uint64_t seed) {
  switch (kind) {
    case StrategyKind::truce_fast:
      return std::make_unique<TruceSync>(LoopsRun::fast_only, office, seed);
    case StrategyKind::truce:
      return std::make_unique<TruceSync>(LoopsRun::both, office, seed);
    default:
      return std::make_unique<CopySync>(kind, office);
  }
}

}  // namespace truce::simulate
