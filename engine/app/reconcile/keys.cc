// The match keys of what was staged, brought into their order.
#include <algorithm>

#include "engine/app/reconcile/piece_parts.h"

namespace truce {
namespace {

// How many keys a range has, about: it is read and held as a whole, and each time all keys are gone
// over.
constexpr std::uint64_t keys_a_range = 32'768;
// Keys are hexadecimal digests: their first four digits say how far a key is on the way to the last.
constexpr std::uint64_t ranges_max = 65'536;
// Between two of these the writer may be needed elsewhere.
constexpr std::size_t keys_at_once = 256;

std::uint64_t ranges_of(const Reconciliation& run) {
  std::uint64_t records = 0;
  for (const auto& [name, snapshot] : run.systems) records += snapshot.records;
  return std::min(records / keys_a_range + 1, ranges_max);
}

// Where the range begins; empty behind the last one.
std::string begin_of_range(std::uint64_t range, std::uint64_t ranges) {
  if (range == ranges) return {};
  constexpr char digits[] = "0123456789abcdef";
  const std::uint64_t at = range * ranges_max / ranges;
  return {digits[at >> 12], digits[at >> 8 & 15], digits[at >> 4 & 15], digits[at & 15]};
}

}  // namespace

std::vector<StagedKey> next_keys(ReadView& store, const Reconciliation& run) {
  const std::uint64_t ranges = ranges_of(run), range = run.key_ranges_done;
  return store.staged_keys_between(run.id, begin_of_range(range, ranges),
                                   begin_of_range(range + 1, ranges), staged_holders_max + 1);
}

void take_keys(Context& context, Reconciliation& run, const std::vector<StagedKey>& keys,
               std::size_t& taken, const BreaksOff& breaks_off) {
  const std::size_t before = taken;
  while (taken < keys.size()) {
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(taken);
    const std::size_t count = std::min(keys_at_once, keys.size() - taken);
    context.store.index_staged(run.id, {begin, begin + static_cast<std::ptrdiff_t>(count)});
    taken += count;
    if (taken < keys.size() && breaks_off(taken - before)) return;
  }
  if (++run.key_ranges_done == ranges_of(run)) run.stage = RunStage::records;
}

}  // namespace truce
