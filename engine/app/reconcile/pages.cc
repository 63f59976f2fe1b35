#include "engine/app/reconcile/pages.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/app/ingestion.h"
#include "engine/app/private_fields.h"
#include "engine/app/reconcile/piece_parts.h"
#include "engine/app/reconcile/recognition.h"
#include "engine/core/identity/link.h"
#include "engine/core/model/hash.h"

namespace truce {
namespace {

constexpr std::size_t faults_told_max = 100;

Result<Reconciliation> find_open_run(ReadView& store, const RunId& id, const SystemName& system) {
  auto run = store.find_run(id);
  if (!run) return fail(Code::not_found, "there is no such reconciliation");
  if (run->state != RunState::open) {
    return fail(
        Code::already_settled,
        "the reconciliation is " + std::string(to_string(run->state)) + " and takes no more pages");
  }
  if (!run->systems.contains(system)) {
    return fail(Code::unknown_system,
                "'" + shown(system.text) + "' is not a system of this reconciliation", "/system");
  }
  return std::move(*run);
}

// The entity with nothing but the fields that its records are recognised by.
Entity keys_only(const Entity& entity) {
  Entity reduced = entity;
  std::set<FieldName> needed;
  for (const auto& tier : entity.match) needed.insert(tier.begin(), tier.end());
  for (const auto& [name, also] : entity.match_also) needed.insert(also.begin(), also.end());
  std::erase_if(reduced.fields, [&](const auto& named) { return !needed.contains(named.first); });
  return reduced;
}

// What a preset could not read comes as {"problem": {code, message, pointer}}.
std::optional<Problem> refused_by_preset(const Json& given) {
  const Json* problem = given.size() == 1 ? find_member(given, "problem") : nullptr;
  if (!problem || !problem->is_object()) return std::nullopt;
  const auto event = read_change_event(given);
  return event ? std::nullopt : std::optional(event.error());
}

// What a preset was told to be gone comes as {"gone": {id, op, merged_into?, occurred_at?}}.
const Json* told_gone(const Json& given) {
  const Json* gone = given.size() == 1 ? find_member(given, "gone") : nullptr;
  return gone && gone->is_object() && gone->contains("op") ? gone : nullptr;
}

class PageReader {
 public:
  PageReader(ReadView& store, const EventReader& reader, const Entity& entity,
             const SystemName& system, Time observed_at)
      : store_(store),
        reader_(reader),
        entity_(entity),
        recognised_by_(keys_only(entity)),
        id_path_(entity.id.contains(system) ? &entity.id.at(system) : nullptr),
        has_modified_(entity.modified.contains(system)) {
    page_.system = system;
    page_.observed_at = observed_at;
  }

  SnapshotPage read(const std::vector<Json>& records, std::size_t from, std::size_t count) {
    page_.read_to = from + std::min(records.size() - from, count);
    page_.is_last = page_.read_to == records.size();
    page_.records.reserve(page_.read_to - from);
    for (std::size_t i = from; i < page_.read_to; ++i) {
      if (const auto read = read_one(records[i]); !read) {
        page_.faults.push_back({i, read.error()});
      }
    }
    return std::move(page_);
  }

 private:
  // Where the policy does not say where the id stands, the record comes as {"id", "record"}.
  Result<void> read_one(const Json& given) {
    if (!given.is_object()) return fail(Code::schema, "a record is a JSON object");
    if (const Json* gone = told_gone(given)) return read_gone(*gone);
    const Json* record = id_path_ ? &given : find_member(given, "record");
    if (const auto refused = refused_by_preset(given)) return tl::unexpected(*refused);
    const Json* id = id_path_ ? read_path(given, *id_path_) : find_member(given, "id");
    if (!record || !record->is_object()) {
      return fail(Code::schema, "the policy names no id here: give {\"id\", \"record\"}");
    }
    if (!id || id->is_null()) return fail(Code::id_invalid, "the record has no id");
    Json node{{"system", page_.system.text},
              {"entity", entity_.name.text},
              {"id", *id},
              {"event_id", snapshot_event_id},
              {"record", *record}};
    const auto event = read_change_event(node);
    if (!event) return tl::unexpected(event.error());
    SnapshotPage::Record read = staged_as(*event->id, *record);
    if (!is_as_it_was(read.staged)) stage_whole(std::move(node), *record, read);
    page_.records.push_back(std::move(read));
    return {};
  }

  Result<void> read_gone(const Json& gone) {
    Json node = gone;
    node["system"] = page_.system.text;
    node["entity"] = entity_.name.text;
    if (!node.contains("occurred_at")) {
      node["event_id"] = snapshot_event_id;
      node["occurred_at"] = to_rfc3339(page_.observed_at);
    }
    const auto event = read_change_event(node);
    if (!event) return tl::unexpected(event.error());
    if (!event->id) return fail(Code::id_invalid, "the record has no id");
    SnapshotPage::Record read = staged_as(*event->id, gone);
    read.is_gone = true;
    read.staged.body = to_wire(node);
    read.staged.golden = linked_golden(read.staged.id);
    page_.records.push_back(std::move(read));
    return {};
  }

  SnapshotPage::Record staged_as(const RecordId& id, const Json& content) const {
    SnapshotPage::Record read;
    read.staged.system = page_.system;
    read.staged.id = id;
    read.staged.observed_at = page_.observed_at;
    read.staged.digest = sha256_hex(to_wire(content));
    return read;
  }

  GoldenId linked_golden(const RecordId& id) {
    const auto source = store_.find_source(page_.system, entity_.name, id);
    return source && source->state == LinkState::active ? source->golden : GoldenId();
  }

  bool is_as_it_was(StagedRecord& staged) {
    const auto mark = store_.find_mark(page_.system, entity_.name, staged.id);
    if (!mark || mark->digest != staged.digest || mark->policy_sha256 != reader_.policy.sha256 ||
        store_.last_audit_of(mark->golden) != mark->audit_sequence) {
      return false;
    }
    staged.state = StagedState::same;
    staged.golden = mark->golden;
    return true;
  }

  void stage_whole(Json node, const Json& record, SnapshotPage::Record& read) {
    // The time at which it was read is all that such a record has.
    if (!has_modified_) node["occurred_at"] = to_rfc3339(page_.observed_at);
    read.staged.body = to_wire(sealed_event(node, entity_, page_.system, reader_.secrets));
    read.staged.golden = linked_golden(read.staged.id);
    const NormalizedRecord recognised =
        normalize_record(reader_.policy, recognised_by_, page_.system, record, reader_.transforms);
    for (const TierKeys& keys :
         staged_keys(store_, recognised_by_, page_.system, recognised.fields)) {
      read.keys.insert(read.keys.end(), keys.begin(), keys.end());
    }
  }

  ReadView& store_;
  const EventReader& reader_;
  const Entity& entity_;
  const Entity recognised_by_;
  const Path* id_path_;
  const bool has_modified_;
  SnapshotPage page_;
};

// Where a picture stands among those of one record that were read at the same time: by the record's
// own time, as in a history; a delete comes last.
using Age = std::tuple<Time, bool, std::string, std::string>;

// The time of one that is as it was is not kept: it is that of what is known of the record.
Time last_known_time(const SourceRecord& source) {
  Time last = Time::beginning();
  for (const auto& [name, history] : source.fields) {
    if (!history.observations.empty()) last = std::max(last, history.observations.back().order.at);
  }
  return last;
}

Age age_of(const Context& context, const EntityName& entity, const StagedRecord& staged) {
  if (staged.state == StagedState::same) {
    const auto source = context.store.find_source(staged.system, entity, staged.id);
    return {source ? last_known_time(*source) : Time::beginning(), false, "", staged.digest};
  }
  const ReadEvent read = read_raw_event({context.policy, nullptr, context.secrets}, staged.body);
  if (read.refusal) return {Time::beginning(), false, "", staged.digest};
  const bool is_gone = read.event.operation != EventOperation::upsert;
  const Time at = arrival_of(context.policy, read, staged.observed_at).at;
  return {at, is_gone, read.event.version, staged.digest};
}

bool is_overtaken(const Context& context, const EntityName& entity, const StagedRecord& staged,
                  const StagedRecord& known) {
  if (known.observed_at != staged.observed_at) return known.observed_at > staged.observed_at;
  return age_of(context, entity, known) > age_of(context, entity, staged);
}

}  // namespace

Result<SnapshotPage> read_page(ReadView& store, const EventReader& reader, const RunId& id,
                               const SystemName& system, Time observed_at,
                               const std::vector<Json>& records, std::size_t from,
                               std::size_t count) {
  const auto run = find_open_run(store, id, system);
  if (!run) return tl::unexpected(run.error());
  const Entity* entity = reader.policy.entity(run->entity);
  if (!entity || !reader.policy.system(system)) {
    return fail(Code::unknown_entity, "the policy does not know them any more");
  }
  return PageReader(store, reader, *entity, system, observed_at).read(records, from, count);
}

Result<Json> stage_page(Context& context, const RunId& id, const SnapshotPage& page) {
  auto run = find_open_run(context.store, id, page.system);
  if (!run) return tl::unexpected(run.error());
  SystemSnapshot& snapshot = run->systems.at(page.system);
  for (const SnapshotPage::Record& record : page.records) {
    StagedRecord staged = record.staged;
    const auto known = context.store.find_staged(id, page.system, staged.id);
    if (known && is_overtaken(context, run->entity, staged, *known)) continue;
    if (!context.store.stage(id, staged, record.keys) || record.is_gone) continue;
    ++snapshot.records;
    if (!staged.golden.empty()) count_linked(*run, page.system);
  }
  if (page.is_last) {
    ++snapshot.pages;
    snapshot.unreadable += page.faults.size();
    snapshot.first_observed_at =
        std::min(snapshot.first_observed_at.value_or(page.observed_at), page.observed_at);
  }
  run->touched_at = context.now;
  context.store.put_run(*run);
  Json errors = Json::array();
  for (const SnapshotPage::Fault& fault : page.faults) {
    if (errors.size() == faults_told_max) break;
    errors.push_back({{"index", fault.index},
                      {"pointer", "/records/" + std::to_string(fault.index)},
                      {"code", std::string(to_string(fault.problem.code))},
                      {"message", fault.problem.message}});
  }
  return Json{{"id", id.text},
              {"system", page.system.text},
              {"pages", snapshot.pages},
              {"records", snapshot.records},
              {"received", page.read_to},
              {"errors", std::move(errors)}};
}

}  // namespace truce
