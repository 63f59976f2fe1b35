#include "engine/app/time_travel.h"

#include "engine/app/private_fields.h"
#include "engine/app/records.h"

namespace truce {
namespace {

constexpr std::size_t audit_page = 1'000;
constexpr int merge_hops_max = 32;

// The key of the event that the entry tells of, where the winner is its own word and not an older
// one that came to the fore.
Json own_event(const Json& winner, const AuditEntry& entry, const Json& body) {
  for (const auto& [of_winner, of_event] : {std::pair("system", "system"), {"changed_at", "at"}}) {
    const Json* said = find_member(winner, of_winner);
    const Json* told = find_member(body, of_event);
    if (!said || !told || *said != *told) return nullptr;
  }
  return entry.event_key.empty() ? Json() : Json(entry.event_key.text());
}

void take_change(PastRecord& record, const Json& change, const AuditEntry& entry,
                 const Json& body) {
  const FieldName name(change.value("field", ""));
  const Json* contested = find_member(change, "contested");
  Json after = change.value("after", Json());
  // A field that nobody says anything of any more is not there; one that was cleared is null.
  if (after.is_null() && !find_member(change, "winner")) {
    record.fields.erase(name);
    return;
  }
  Json lineage = change.value("winner", Json::object());
  lineage["event_key"] = own_event(lineage, entry, body);
  for (const char* key : {"rule", "why"}) lineage[key] = change.value(key, "");
  record.fields[name] = {std::move(after), contested && *contested == true, std::move(lineage)};
}

// Entries of the record up to `at`; nullopt where there is none.
std::optional<PastRecord> record_at(Reader& reader, const GoldenId& id, Time at) {
  PastRecord record;
  AuditFilter filter;
  filter.golden = id;
  filter.limit = audit_page;
  bool is_over = false;
  while (!is_over) {
    const auto page = reader.store.list_audit(filter);
    for (const AuditEntry& entry : page) {
      is_over = entry.at > at;
      if (is_over) break;
      take_entry(record, entry, reader.secrets);
    }
    is_over |= page.size() < audit_page;
    if (!page.empty()) filter.after = page.back().sequence;
  }
  if (record.audit_sequence == 0) return std::nullopt;
  return record;
}

Json render(const GoldenId& id, const PastRecord& past, Time at) {
  Json record = Json::object(), lineage = Json::object(), contested = Json::array();
  for (const auto& [name, field] : past.fields) {
    record[name.text] = field.value;
    lineage[name.text] = field.lineage;
    if (field.contested) contested.push_back(name.text);
  }
  return {{"golden_id", id.text},
          {"entity", past.entity.text},
          {"at", to_rfc3339(at)},
          {"record", std::move(record)},
          {"lineage", std::move(lineage)},
          {"contested", std::move(contested)},
          {"deleted_at", past.deleted_at ? Json(to_rfc3339(*past.deleted_at)) : Json()},
          {"updated_at", to_rfc3339(past.updated_at)},
          {"audit_seq", past.audit_sequence}};
}

}  // namespace

void take_entry(PastRecord& record, const AuditEntry& entry, const Secrets& secrets) {
  const Json body = unsealed(json_of(entry.body), secrets).node;
  const Json* changes = find_member(body, "changes");
  record.entity = entry.entity;
  if (changes || record.audit_sequence == 0) record.updated_at = entry.at;
  record.audit_sequence = entry.sequence;
  if (changes) {
    for (const Json& change : *changes) take_change(record, change, entry, body);
  }
  if (const Json* deleted_at = find_member(body, "deleted_at")) {
    record.deleted_at.reset();
    if (deleted_at->is_string()) {
      if (const auto at = parse_time(deleted_at->get_ref<const std::string&>())) {
        record.deleted_at = *at;
      }
    }
  }
  if (const Json* into = find_member(body, "joined_into")) {
    record.merged_into = GoldenId(into->get<std::string>());
  }
}

Result<Json> read_record_at(Reader& reader, const EntityName& entity, const GoldenId& id, Time at) {
  const auto known = reader.store.find_golden(id);
  if (!known || known->entity != entity) {
    return fail(Code::not_found, "there is no such golden record of this entity");
  }
  GoldenId survivor = id;
  for (int hop = 0; hop < merge_hops_max; ++hop) {
    const auto past = record_at(reader, survivor, at);
    if (!past) return fail(Code::not_found, "the record was not known at that time");
    if (past->merged_into.empty()) return render(survivor, *past, at);
    survivor = past->merged_into;
  }
  return fail(Code::internal, "the merges of this record lead in a circle");
}

}  // namespace truce
