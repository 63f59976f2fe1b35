// What a complete snapshot does not show: merged into a record that shows its keys, else deleted,
// unless so much of it is missing that the snapshot is doubted.
#include <algorithm>

#include "engine/app/open_writes.h"
#include "engine/app/reconcile/piece_parts.h"
#include "engine/app/reconcile/successors.h"
#include "engine/app/trail.h"
#include "engine/core/history/presence.h"

namespace truce {
namespace {

constexpr std::size_t search_page = 2'000;  // records looked at in one query
constexpr std::size_t held_looked_at_max = 10'000;
constexpr std::size_t key_sharers_max = 1'000;
// People delete one record at a time, also where there are few.
constexpr std::uint64_t half_of_it_min = 2;

// The last sign of it, as this run has to take it.
Time last_sign_for(const Reconciliation& run, Time first_observed_at, const SourceRecord& source) {
  const Time sign = last_sign_of(source);
  // Imported while the snapshot was taken it may carry an old time. Of a snapshot that was kept for
  // long before it came here, our receipts say nothing.
  const bool is_fresh = first_observed_at + run_open_max > run.opened_at;
  return is_fresh ? std::max(sign, source.first_seen) : sign;
}

// Deleted, or shown to us since the reading began: nothing is concluded from its absence.
bool is_out_of_question(const Reconciliation& run, const System& system,
                        const SourceRecord& source) {
  if (is_deleted(source)) return true;
  const Time begun = run.systems.at(system.name).first_observed_at.value_or(run.opened_at);
  return last_sign_for(run, begun, source) + system.settle_window >= begun;
}

// What is still to be read of this golden record, or may be what the absent one was merged into.
bool may_be_told_more(Context& context, const Reconciliation& run, const SourceRecord& absent,
                      const std::set<std::uint64_t>& taken) {
  const auto waits = [&](const std::vector<StagedRecord>& staged) {
    return std::any_of(staged.begin(), staged.end(), [&](const StagedRecord& record) {
      return record.state == StagedState::waiting && !taken.contains(record.number);
    });
  };
  if (waits(context.store.staged_of(run.id, absent.golden))) return true;
  for (const TierKeys& keys : held_keys(context, *context.policy.entity(run.entity), absent)) {
    for (const std::string& key : keys) {
      if (waits(context.store.staged_with_key(run.id, key, key_sharers_max))) return true;
    }
  }
  return false;
}

// The system whose absences are looked for: the one in work, else the next one.
SystemName system_in_work(const Reconciliation& run) {
  for (const auto& [name, snapshot] : run.systems) {
    if (name < run.absences_system) continue;
    if (tells_of_absences(snapshot)) return name;
  }
  return {};
}

// An empty answer, another account's, a narrowed filter, a page that was cut off: more is missing
// than people delete. It is measured by what was linked before, not by what else is shown.
bool is_doubtful(const Entity& entity, std::uint64_t absent, std::uint64_t linked) {
  if (absent == 0) return false;
  if (absent == linked) return true;
  const auto missing = static_cast<double>(absent), all = static_cast<double>(linked);
  return (absent > entity.guard.count && missing > entity.guard.share * all) ||
         (absent >= half_of_it_min && 2 * missing >= all);
}

class AbsenceTaking {
 public:
  AbsenceTaking(Context& context, const Reconciliation& run, const SystemName& system)
      : context_(context),
        run_(run),
        entity_(*context.policy.entity(run.entity)),
        system_(*context.policy.system(system)),
        snapshot_(run.systems.at(system)),
        absent_(snapshot_.absent.value_or(0)),
        linked_(absent_ + linked_and_shown(run, system)),
        is_doubtful_(truce::is_doubtful(entity_, absent_, linked_)) {}

  bool is_doubtful() const { return is_doubtful_; }

  // nullopt: what was concluded before has moved it away.
  std::optional<Discrepancy> take(const RecordId& id, RunCounts& counts) {
    const auto source = context_.store.find_source(system_.name, entity_.name, id);
    if (!source || source->golden.empty() || source->state != LinkState::active ||
        is_deleted(*source)) {
      return std::nullopt;
    }
    Discrepancy row = missing_row(*source);
    if (is_out_of_question(run_, system_, *source)) {
      row.kind = DiscrepancyKind::excluded;
      row.cause = Cause::unknown;
      row.detail["why"] = "it was seen after the snapshot had begun";
      return row;
    }
    ++counts.missing;
    conclude(*source, row, counts);
    return row;
  }

 private:
  void conclude(const SourceRecord& source, Discrepancy& row, RunCounts& counts) {
    // Of what is doubted nothing is concluded, however it looks.
    const auto successor = is_doubtful_ ? std::nullopt : successor_of(context_, run_, source);
    Json node{
        {"system", system_.name.text},   {"entity", entity_.name.text},
        {"id", source.id.text},          {"op", successor ? "merge" : "delete"},
        {"event_id", snapshot_event_id}, {"occurred_at", to_rfc3339(*snapshot_.first_observed_at)}};
    if (successor) node["merged_into"] = successor->text;
    ReadEvent read = read_event({context_.policy, context_.transforms, context_.secrets}, node);
    if (read.refusal) return;
    // However many runs miss it, it is one delete.
    ChangeEvent timeless = read.event;
    timeless.occurred_at.reset();
    read.key = event_key(timeless, read.id, read.record);
    Arrival arrival = arrival_of(context_.policy, read, context_.now);
    context_.store.put_raw({arrival.key, context_.now, system_.name, entity_.name, read.raw});
    if (is_doubtful_) return hold(arrival, row);
    take_gone(context_, run_, arrival, row, counts);
  }

  void hold(const Arrival& arrival, Discrepancy& row) {
    ExceptionItem item = held_item(arrival, GuardedChange::erase, absent_, linked_);
    item.detail["run"] = run_.id.text;
    item.detail["why"] = std::to_string(absent_) + " of " + std::to_string(linked_) +
                         " linked records are not in the snapshot, which has " +
                         std::to_string(snapshot_.records) + " records";
    auto known = context_.store.unanswered_exception(item.subject);
    const bool told = known && known->detail.value("run", "") == run_.id.text;
    if (!told) known = open_item(context_, std::move(item));
    context_.store.park(
        {arrival.key, "exception/" + known->id.text, arrival.received_at, arrival.raw});
    tell_held(*known, row);
  }

  Context& context_;
  const Reconciliation& run_;
  const Entity& entity_;
  const System& system_;
  const SystemSnapshot& snapshot_;
  const std::uint64_t absent_, linked_;
  const bool is_doubtful_;
};

// Absences that were held once are no longer believed where the snapshot shows the record again.
void forget_refuted(Context& context, const Reconciliation& run, const SystemName& system) {
  auto item = context.store.unanswered_exception("held_change/" + system.text + '/' +
                                                 run.entity.text + "/delete");
  if (!item) return;
  bool left = false;
  for (const ParkedEvent& parked :
       context.store.parked_for("exception/" + item->id.text, held_looked_at_max)) {
    const Json said = json_of(parked.body);
    const auto at = parse_time(text_at(said, "occurred_at"));
    const auto staged = context.store.find_staged(run.id, system, RecordId(text_at(said, "id")));
    // What is told to be gone is compared in none.
    if (at && staged && !staged->golden.empty() && *at < staged->observed_at) {
      context.store.unpark(parked.event_key);
    } else {
      left = true;
    }
  }
  if (!left) {
    close_item(context, std::move(*item), "truce", "a later snapshot shows the records");
  }
}

}  // namespace

AbsentRecords count_absent(ReadView& store, const Policy& policy, const Reconciliation& run) {
  AbsentRecords found;
  for (const auto& [name, snapshot] : run.systems) {
    const System* system = policy.system(name);
    if (!system || snapshot.absent || !tells_of_absences(snapshot)) continue;
    found.system = name;
    found.counted = 0;
    RecordId after;
    for (bool is_last = false; !is_last;) {
      const NotStaged page = store.not_staged(run.id, name, run.entity, after, search_page);
      for (const SourceRecord& source : page.records) {
        *found.counted += !is_out_of_question(run, *system, source);
      }
      after = page.searched_to;
      is_last = page.is_last;
    }
    break;
  }
  return found;
}

AbsentRecords next_absent(ReadView& store, const Reconciliation& run) {
  AbsentRecords found;
  found.system = system_in_work(run);
  if (found.system.empty()) return found;
  found.searched_to = run.absences_system == found.system ? run.absences_after : RecordId();
  while (!found.is_last && found.records.size() < absent_records) {
    const NotStaged page =
        store.not_staged(run.id, found.system, run.entity, found.searched_to, absent_records);
    for (const SourceRecord& source : page.records) {
      if (!is_deleted(source)) found.records.push_back(source.id);
    }
    found.searched_to = page.searched_to;
    found.is_last = page.is_last;
  }
  return found;
}

std::vector<Discrepancy> take_absences_of(Context& context, Reconciliation& run,
                                          const std::set<GoldenId>& goldens,
                                          const std::set<std::uint64_t>& taken,
                                          std::set<Absence>& concluded) {
  std::set<Absence> absent;
  for (const GoldenId& golden : goldens) {
    for (const SourceRecord& source : context.store.sources_of(golden)) {
      const auto snapshot = run.systems.find(source.system);
      if (snapshot == run.systems.end() || !tells_of_absences(snapshot->second)) continue;
      if (run.stage == RunStage::records && snapshot->second.absent == 0) continue;
      if (source.state != LinkState::active || is_deleted(source)) continue;
      if (concluded.contains({source.system, source.id})) continue;
      if (context.store.find_staged(run.id, source.system, source.id)) continue;
      if (!may_be_told_more(context, run, source, taken)) absent.emplace(source.system, source.id);
    }
  }
  std::vector<Discrepancy> rows;
  for (const auto& [system, id] : absent) {
    AbsenceTaking taking(context, run, system);
    // What is held makes the guard hold whatever comes behind it.
    if (run.stage == RunStage::records && taking.is_doubtful()) continue;
    concluded.emplace(system, id);
    if (auto row = taking.take(id, run.counts)) rows.push_back(std::move(*row));
  }
  return rows;
}

void note_concluded(Context& context, const Reconciliation& run,
                    const std::set<Absence>& concluded) {
  for (const auto& [system, id] : concluded) {
    StagedRecord staged;
    staged.system = system;
    staged.id = id;
    staged.observed_at = *run.systems.at(system).first_observed_at;
    staged.state = StagedState::done;
    context.store.stage(run.id, staged, {});
  }
}

bool is_concluded_absence(const StagedRecord& staged) { return staged.digest.empty(); }

void take_absent(Context& context, Reconciliation& run, const AbsentRecords& absent) {
  for (const RecordId& id : absent.records) {
    const auto source = context.store.find_source(absent.system, run.entity, id);
    if (!source) continue;
    std::set<Absence> concluded;
    std::vector<Discrepancy> found = tried(context, run, [&] {
      return take_absences_of(context, run, {source->golden}, {}, concluded);
    });
    note_concluded(context, run, concluded);
    add_discrepancies(context, run, std::move(found));
  }
  run.absences_system = absent.system;
  run.absences_after = absent.searched_to;
  if (!absent.is_last) return;
  if (run.mode != RunMode::plan) forget_refuted(context, run, absent.system);
  // The names behind this one.
  run.absences_system = SystemName(absent.system.text + '\x01');
  run.absences_after = RecordId();
}

}  // namespace truce
