// One component: its records become facts, its golden records are derived once, and what differed
// is told.
#include <algorithm>

#include "engine/app/event_answer.h"
#include "engine/app/open_writes.h"
#include "engine/app/reconcile/piece_parts.h"
#include "engine/app/reconcile/recognition.h"
#include "engine/app/trail.h"
#include "engine/core/model/json_members.h"

namespace truce {
namespace {

struct Taken {
  const ReadStaged* staged = nullptr;
  TakenRecord record;
};

class ComponentTaking {
 public:
  ComponentTaking(Context& context, Reconciliation& run, const Component& component)
      : context_(context),
        run_(run),
        counts_(run.counts),
        entity_(*context.policy.entity(run.entity)),
        component_(component) {}

  std::vector<Discrepancy> run() {
    for (std::size_t i = 0; i < component_.size(); ++i) {
      // The linked ones come first.
      const bool is_followed = i + 1 < component_.size() && component_.back().staged.golden.empty();
      take(component_[i], is_followed ? Followed::by_unlinked : Followed::by_none);
    }
    std::set<GoldenId> goldens;
    for (const Taken& taken : taken_) {
      if (!taken.record.golden.empty()) goldens.insert(taken.record.golden);
    }
    for (const GoldenId& golden : goldens) compare_golden(golden);
    return std::move(found_);
  }

  // Of everything that its records are, or may be by their match keys.
  std::set<GoldenId> goldens() const {
    std::set<GoldenId> goldens;
    for (const ReadStaged& record : component_) {
      if (!record.staged.golden.empty()) goldens.insert(record.staged.golden);
      for (const TierKeys& keys :
           staged_keys(context_.store, entity_, record.staged.system, record.read.record.fields)) {
        for (const std::string& key : keys) add_holders(key, goldens);
      }
    }
    return goldens;
  }

  // By the number of the staged record.
  const std::map<std::uint64_t, GoldenId>& compared_in() const { return compared_in_; }

 private:
  void add_holders(const std::string& key, std::set<GoldenId>& goldens) const {
    const auto holders = context_.store.key_holders(entity_.name, key, staged_holders_max + 1);
    if (holders.size() > staged_holders_max) return;
    for (const KeyHolder& holder : holders) {
      if (!holder.golden.empty()) goldens.insert(holder.golden);
    }
  }

  void take(const ReadStaged& staged, Followed followed) {
    if (staged.read.refusal) {
      return tell_alone(staged, DiscrepancyKind::excluded, Cause::schema_drift,
                        staged.read.refusal->message);
    }
    if (is_told_gone(staged)) return take_told_gone(staged);
    Foreseen& foreseen = is_plan() ? counts_.guarded[staged.staged.system.text] : unforeseen_;
    Taken taken{&staged, take_snapshot_record(context_, staged, followed, before_, foreseen,
                                              records_made(counts_))};
    const TakenRecord& record = taken.record;
    if (!is_plan() && record.is_new_golden) count_made(counts_, staged.staged.system);
    if (is_plan() && record.guarded) ++foreseen[std::string(to_string(*record.guarded))];
    switch (record.kind) {
      case TakenRecord::Kind::compared:
        counts_.linked += record.shown.is_new_link;
        for (Taken& earlier : taken_) {
          const bool is_joined = !record.joined.empty() && earlier.record.golden == record.joined;
          if (is_joined) earlier.record.golden = record.golden;
        }
        taken_.push_back(std::move(taken));
        return;
      case TakenRecord::Kind::left_out:
        tell_alone(staged, DiscrepancyKind::excluded, record.cause, record.why, &record);
        return;
      case TakenRecord::Kind::ambiguous:
        tell_alone(staged, DiscrepancyKind::ambiguous, Cause::never_linked, record.why, &record);
        return;
      case TakenRecord::Kind::held:
        tell_alone(staged, DiscrepancyKind::different, record.cause, record.why, &record);
        return;
    }
  }

  // Its system says so itself, and nobody has to conclude it from an absence. Of a record that is
  // not linked it means nothing.
  void take_told_gone(const ReadStaged& staged) {
    const auto source =
        context_.store.find_source(staged.staged.system, entity_.name, staged.staged.id);
    const bool is_news = source && source->state == LinkState::active && !source->golden.empty() &&
                         !is_deleted(*source);
    if (!is_news) return;
    Arrival arrival = arrival_of(context_.policy, staged.read, context_.now);
    context_.store.put_raw(
        {arrival.key, context_.now, arrival.system.name, entity_.name, arrival.raw});
    Discrepancy row = missing_row(*source);
    take_gone(context_, run_, arrival, row, counts_);
    counts_.missing += row.kind == DiscrepancyKind::missing;
    found_.push_back(std::move(row));
  }

  // A record of which nothing is compared.
  void tell_alone(const ReadStaged& staged, DiscrepancyKind kind, Cause cause,
                  const std::string& why, const TakenRecord* record = nullptr) {
    Discrepancy row;
    row.kind = kind;
    row.cause = cause;
    row.system = staged.staged.system;
    row.detail = {{"record_id", staged.staged.id.text}, {"why", why}};
    if (record) row.golden = record->golden;
    if (record && record->item) {
      const bool held = record->kind == TakenRecord::Kind::held;
      row.resolution = held ? Resolution::held : Resolution::escalated;
      row.detail["category"] = std::string(to_string(record->item->category));
      row.detail["exception_id"] = record->item->id.text;
    }
    compared_in_[staged.staged.number] = row.golden;
    found_.push_back(std::move(row));
  }

  void compare_golden(const GoldenId& id) {
    auto state = load_state(context_, id);
    if (!state) return;
    bool says_news = false, is_new = false;
    std::vector<ShownRecord> shown;
    for (Taken& taken : taken_) {
      if (taken.record.golden != id) continue;
      says_news |= taken.record.says_news;
      is_new |= taken.record.is_new_golden;
      compared_in_[taken.staged->staged.number] = id;
      shown.push_back(taken.record.shown);
    }
    add_settled(*state, shown);
    note_all_left_out(*state, shown);
    std::optional<Plan> plan;
    note_unread(*state, is_new);
    if (says_news || waits_for_its_delete(*state) || is_apart(*state, shown))
      plan = derive_once(*state);
    const Compared compared{entity_,          *state,     plan ? &*plan : nullptr,
                            std::move(shown), complete(), context_.writes_nothing};
    std::vector<Discrepancy> rows = compare(compared);
    count_golden(*state, compared.shown, rows);
    if (plan && (says_news || moves(*plan))) note(*state, *plan, rows);
    if (rows.empty() && !waits_to_be_written(*state, compared.shown)) mark(*state);
    if (plan) release_children(id);
    found_.insert(found_.end(), std::make_move_iterator(rows.begin()),
                  std::make_move_iterator(rows.end()));
  }

  bool is_plan() const { return run_.mode == RunMode::plan; }

  std::set<SystemName> complete() const {
    std::set<SystemName> complete;
    for (const auto& [name, snapshot] : run_.systems) {
      if (snapshot.complete) complete.insert(name);
    }
    return complete;
  }

  // Records of the same golden record that are as they were, or were compared before.
  void add_settled(const RecordState& state, std::vector<ShownRecord>& shown) const {
    for (const StagedRecord& staged : context_.store.staged_of(run_.id, state.golden.id)) {
      const bool known = std::any_of(shown.begin(), shown.end(), [&](const ShownRecord& record) {
        return record.system == staged.system && record.id == staged.id;
      });
      const SourceRecord* source = linked_source(state, staged.system);
      if (known || !source || source->id != staged.id || is_deleted(*source)) continue;
      shown.push_back(held_record(context_, entity_, *source));
    }
  }

  void note_all_left_out(const RecordState& state, std::vector<ShownRecord>& shown) const {
    for (ShownRecord& record : shown) {
      const SourceRecord* source = linked_source(state, record.system);
      if (source && source->id == record.id) note_left_out(context_, entity_, *source, record);
    }
  }

  bool is_apart(const RecordState& state, const std::vector<ShownRecord>& shown) const {
    return !compare({entity_, state, nullptr, shown, complete()}).empty();
  }

  // A field that a record leaves out, and that something still keeps from being written.
  bool waits_to_be_written(const RecordState& state, const std::vector<ShownRecord>& shown) const {
    const bool leaves_out = std::any_of(shown.begin(), shown.end(), [](const ShownRecord& record) {
      return !record.left_out.empty();
    });
    return leaves_out && is_apart(state, shown);
  }

  // A new golden record is made nowhere but where a snapshot said that it is not there yet.
  void note_unread(RecordState& state, bool is_new) const {
    const std::set<SystemName> read = complete();
    std::vector<SystemName>& unread = state.golden.unread_in;
    std::erase_if(unread, [&](const SystemName& name) {
      return read.contains(name) && !linked_source(state, name);
    });
    if (!is_new) return;
    for (const auto& [name, system] : context_.policy.systems) {
      const bool is_known = read.contains(name) || linked_source(state, name);
      if (has_part(entity_, name) && !is_known) unread.push_back(name);
    }
  }

  // A run that wrote nothing, or as little as it might, took the delete and left it at that.
  static bool waits_for_its_delete(const RecordState& state) {
    const auto any = [&](bool deleted) {
      return std::any_of(
          state.sources.begin(), state.sources.end(), [&](const SourceRecord& source) {
            return source.state == LinkState::active && is_deleted(source) == deleted;
          });
    };
    return state.deliveries.empty() && any(true) && any(false);
  }

  Plan derive_once(RecordState& state) {
    const auto before = before_.find(state.golden.id);
    if (before != before_.end()) state.golden.fields = before->second;
    std::set<DeliveryId> known;
    for (const Delivery& delivery : state.deliveries) known.insert(delivery.id);
    limit_creates(context_, run_);
    // A comparison's answer is a count, and asks nobody.
    Plan plan = derive(context_, state, {.asks_nobody = true});
    for (const Delivery& delivery : plan.deliveries) {
      if (!is_new_write(delivery) || known.contains(delivery.id)) continue;
      ++counts_.deliveries;
      counts_.creates += delivery.operation == Operation::create;
    }
    counts_.creates_withheld += plan.creates_withheld.size();
    return plan;
  }

  // Its absences are looked at later, and are no match.
  bool is_absent_somewhere(const RecordState& state, const std::vector<ShownRecord>& shown) const {
    return std::any_of(run_.systems.begin(), run_.systems.end(), [&](const auto& named) {
      const SourceRecord* source = linked_source(state, named.first);
      return tells_of_absences(named.second) && source && !is_deleted(*source) &&
             std::none_of(shown.begin(), shown.end(),
                          [&](const ShownRecord& record) { return record.system == named.first; });
    });
  }

  void count_golden(const RecordState& state, const std::vector<ShownRecord>& shown,
                    const std::vector<Discrepancy>& rows) {
    const auto has = [&](DiscrepancyKind kind) {
      return std::any_of(rows.begin(), rows.end(),
                         [&](const Discrepancy& row) { return row.kind == kind; });
    };
    counts_.different += has(DiscrepancyKind::different);
    counts_.missing += has(DiscrepancyKind::missing);
    counts_.only += has(DiscrepancyKind::only);
    counts_.matched += rows.empty() && !is_absent_somewhere(state, shown);
  }

  static bool moves(const Plan& plan) {
    return !plan.changes.empty() || !plan.deliveries.empty() || !plan.items.empty();
  }

  // Differences that no event had told of: [{"field", "system"}].
  static Json unheard_of(const std::vector<Discrepancy>& rows) {
    Json unheard = Json::array();
    for (const Discrepancy& row : rows) {
      const bool is_news = row.cause == Cause::lost_event || row.cause == Cause::out_of_order;
      if (row.kind != DiscrepancyKind::different || !is_news) continue;
      unheard.push_back(
          {{"field", *find_member(row.detail, "field")}, {"system", row.system.text}});
    }
    return unheard;
  }

  // One row of the trail for each golden record of which something moved.
  void note(const RecordState& state, const Plan& plan, const std::vector<Discrepancy>& rows) {
    // Members in their order, as the trail keeps them.
    JsonText body;
    body.open_object();
    if (!plan.changes.empty()) {
      body.key("changes");
      put_sealed_changes(body, context_, entity_, plan);
    }
    if (!plan.deliveries.empty()) {
      body.key("deliveries").open_array();
      for (const Delivery& delivery : plan.deliveries) body.string(delivery.id.text);
      body.close_array();
    }
    body.key("discrepancies").count(rows.size());
    if (const Json held = held_fields(state); !held.empty()) body.key("held").node(held);
    put(body, "policy", context_.policy.sha256);
    body.key("records").open_array();
    for (const Taken& taken : taken_) {
      if (taken.record.golden != state.golden.id) continue;
      body.open_object();
      put(body, "id", taken.record.shown.id.text);
      put(body, "system", taken.record.shown.system.text);
      body.close_object();
    }
    body.close_array();
    put(body, "run", run_.id.text);
    body.key("to_write").node(to_write(state));
    if (const Json unheard = unheard_of(rows); !unheard.empty()) body.key("unheard").node(unheard);
    body.close_object();
    write_audit_text(context_, "reconciliation", entity_.name, state.golden.id, {}, body.take());
  }

  // A system that was not read now may be read the next time.
  bool lacks_a_link(const RecordState& state) const {
    return std::any_of(
        context_.policy.systems.begin(), context_.policy.systems.end(), [&](const auto& system) {
          return has_part(entity_, system.first) && !linked_source(state, system.first);
        });
  }

  void mark(const RecordState& state) {
    if (is_plan() || !state.deliveries.empty() || !state.items.empty()) return;
    if (lacks_a_link(state)) return;
    const std::uint64_t last = context_.store.last_audit_of(state.golden.id);
    for (const Taken& taken : taken_) {
      if (taken.record.golden != state.golden.id) continue;
      context_.store.put_mark({taken.record.shown.system, entity_.name, taken.record.shown.id,
                               taken.staged->staged.digest, state.golden.id, last,
                               context_.policy.sha256});
    }
  }

  void release_children(const GoldenId& golden) {
    for (const Taken& taken : taken_) {
      if (taken.record.golden != golden || !taken.record.shown.is_new_link) continue;
      const auto source = context_.store.find_source(taken.record.shown.system, entity_.name,
                                                     taken.record.shown.id);
      if (source) release_waiting(context_, *source, true);
    }
  }

  Context& context_;
  const Reconciliation& run_;
  RunCounts& counts_;
  const Entity& entity_;
  const Component& component_;
  ShownBefore before_;
  Foreseen unforeseen_;  // what is done leaves marks in the store
  std::vector<Taken> taken_;
  std::map<std::uint64_t, GoldenId> compared_in_;
  std::vector<Discrepancy> found_;
};

bool is_anything_absent(const Reconciliation& run) {
  return std::any_of(run.systems.begin(), run.systems.end(),
                     [](const auto& named) { return named.second.absent.value_or(0) > 0; });
}

// Who it is was asked because another record had its place, which turned out to be gone.
bool is_answered(ReadView& store, const Discrepancy& row) {
  if (row.kind != DiscrepancyKind::ambiguous) return false;
  const auto item = store.find_exception(ExceptionId(text_at(row.detail, "exception_id")));
  return item && item->closed_at;
}

std::set<std::uint64_t> numbers_of(const Component& component) {
  std::set<std::uint64_t> numbers;
  for (const ReadStaged& record : component) numbers.insert(record.staged.number);
  return numbers;
}

}  // namespace

void take_component(Context& context, Reconciliation& run, const Component& component) {
  std::map<std::uint64_t, GoldenId> compared_in;
  std::set<Absence> concluded;
  std::vector<Discrepancy> found = tried(context, run, [&] {
    ComponentTaking taking(context, run, component);
    std::vector<Discrepancy> rows = taking.run();
    compared_in = taking.compared_in();
    if (!is_anything_absent(run)) return rows;
    // While what the records say stands, also in a plan.
    for (Discrepancy& row :
         take_absences_of(context, run, taking.goldens(), numbers_of(component), concluded)) {
      rows.push_back(std::move(row));
    }
    std::erase_if(rows, [&](const Discrepancy& row) { return is_answered(context.store, row); });
    return rows;
  });
  note_concluded(context, run, concluded);
  for (const ReadStaged& staged : component) {
    const auto golden = compared_in.find(staged.staged.number);
    context.store.settle_staged(run.id, staged.staged.number,
                                golden == compared_in.end() ? GoldenId() : golden->second);
  }
  run.compared += component.size();
  add_discrepancies(context, run, std::move(found));
}

}  // namespace truce
