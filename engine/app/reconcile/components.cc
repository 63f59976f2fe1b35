// Which staged records belong together.
#include <algorithm>
#include <set>

#include "engine/app/reconcile/piece_parts.h"
#include "engine/app/reconcile/recognition.h"

namespace truce {
namespace {

constexpr std::size_t component_records_max = 64;

class Gathering {
 public:
  Gathering(ReadView& store, const EventReader& reader, const Reconciliation& run,
            std::set<std::uint64_t> taken)
      : store_(store),
        reader_(reader),
        run_(run),
        entity_(*reader.policy.entity(run.entity)),
        taken_(std::move(taken)) {}

  std::vector<Component> gather() {
    std::vector<Component> components;
    std::size_t records = 0;
    std::uint64_t after = 0;
    while (records < piece_records) {
      const auto waiting = store_.waiting_staged(run_.id, after, piece_records);
      for (const StagedRecord& first : waiting) {
        after = first.number;
        if (taken_.contains(first.number)) continue;
        components.push_back(component_of(first));
        records += components.back().size();
        if (records >= piece_records) break;
      }
      if (waiting.size() < piece_records) break;
    }
    return components;
  }

 private:
  Component component_of(const StagedRecord& first) {
    Component component;
    add(component, first);
    // Grows while it is walked: what a record leads to may lead on.
    for (std::size_t i = 0; i < component.size(); ++i) {
      const StagedRecord staged = component[i].staged;
      if (!staged.golden.empty()) add_all_of(component, staged.golden);
      if (const RecordId into = component[i].read.event.merged_into; !into.empty()) {
        const auto winner = store_.find_staged(run_.id, staged.system, into);
        if (winner && winner->state == StagedState::waiting) add(component, *winner);
      }
      const auto keys =
          staged_keys(store_, entity_, staged.system, component[i].read.record.fields);
      component[i].first_tier = first_tier(keys);
      for (const TierKeys& tier : keys) {
        for (const std::string& key : tier) follow(component, key);
      }
    }
    return component;
  }

  void follow(Component& component, const std::string& key) {
    const auto staged = store_.staged_with_key(run_.id, key, staged_holders_max + 1);
    if (staged.size() <= staged_holders_max) {
      for (const StagedRecord& other : staged) add(component, other);
    }
    const auto holders = store_.key_holders(entity_.name, key, staged_holders_max + 1);
    if (holders.size() > staged_holders_max) return;
    for (const KeyHolder& holder : holders) {
      if (!holder.golden.empty()) add_all_of(component, holder.golden);
    }
  }

  void add_all_of(Component& component, const GoldenId& golden) {
    for (const StagedRecord& other : store_.staged_of(run_.id, golden)) {
      if (other.state == StagedState::waiting) add(component, other);
    }
  }

  void add(Component& component, const StagedRecord& staged) {
    if (component.size() >= component_records_max) return;
    if (!taken_.insert(staged.number).second) return;
    ReadStaged record{staged, read_raw_event(reader_, staged.body), 0};
    // One content is one event, however often it is read.
    if (!record.read.refusal && !is_told_gone(record) && record.read.event.occurred_at) {
      ChangeEvent timeless = record.read.event;
      timeless.occurred_at.reset();
      record.read.key = event_key(timeless, record.read.id, record.read.record);
    }
    component.push_back(std::move(record));
  }

  ReadView& store_;
  const EventReader& reader_;
  const Reconciliation& run_;
  const Entity& entity_;
  std::set<std::uint64_t> taken_;
};

}  // namespace

std::vector<Component> next_components(ReadView& store, const EventReader& reader,
                                       const Reconciliation& run, std::set<std::uint64_t> without) {
  std::vector<Component> components = Gathering(store, reader, run, std::move(without)).gather();
  // What is told to be gone first, so that nothing finds it in its way; linked ones, then those
  // with the strongest keys, whose slot no weak one must take; then by name: the same in whatever
  // order they were staged.
  for (Component& component : components) {
    std::sort(component.begin(), component.end(), [](const ReadStaged& a, const ReadStaged& b) {
      return std::tuple(!is_told_gone(a), a.staged.golden.empty(), a.first_tier, a.staged.system,
                        a.staged.id) < std::tuple(!is_told_gone(b), b.staged.golden.empty(),
                                                  b.first_tier, b.staged.system, b.staged.id);
    });
  }
  return components;
}

}  // namespace truce
