#include "engine/app/migration_state.h"

#include <algorithm>
#include <tuple>

#include "engine/app/derive.h"
#include "engine/app/policy_admin.h"
#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr const char* list_name = "migrations";
constexpr const char* before_name = "migration_policy_before";
constexpr const char* after_name = "migration_policy_after";
constexpr std::size_t remembered_max = 20;

constexpr auto kind_names = name_table<MigrationKind, MigrationKind::undone>(
    "applying", "applied", "accepting", "accepted", "undoing", "undone");
constexpr auto stage_names = name_table<MigrationStage, MigrationStage::done>(
    "carrying", "releasing", "done");

bool is_up_to(const SourceRecord& source, const EntityName& entity, const SourcePlace& place) {
  return std::tie(source.entity, source.system, source.id) <=
         std::tie(entity, place.system, place.record);
}

Json stored_form(const MigrationState& state) {
  return {{"id", state.id},
          {"kind", to_string(state.kind)},
          {"stage", to_string(state.stage)},
          {"from", state.from_sha256},
          {"to", state.to_sha256},
          {"entity", state.entity.text},
          {"system", state.place.system.text},
          {"record", state.place.record.text},
          {"all_carried", state.all_carried},
          {"carried_entity", state.carried_entity.text},
          {"carried_system", state.carried_place.system.text},
          {"carried_record", state.carried_place.record.text},
          {"records", state.records},
          {"events", state.events},
          {"by", state.by},
          {"begun_at", state.begun_at.us},
          {"moved_at", state.moved_at.us}};
}

std::int64_t number_at(const Json& node, const char* key) {
  const Json* found = find_member(node, key);
  return found ? to_int64(*found).value_or(0) : 0;
}

MigrationState from_stored(const Json& node) {
  MigrationState state;
  state.id = text_at(node, "id");
  state.kind = kind_names.value_of(text_at(node, "kind")).value_or(state.kind);
  state.stage = stage_names.value_of(text_at(node, "stage")).value_or(state.stage);
  state.from_sha256 = text_at(node, "from");
  state.to_sha256 = text_at(node, "to");
  state.entity = EntityName(text_at(node, "entity"));
  state.place = {SystemName(text_at(node, "system")), RecordId(text_at(node, "record"))};
  const Json* all_carried = find_member(node, "all_carried");
  state.all_carried = all_carried && all_carried->is_boolean() && all_carried->get<bool>();
  state.carried_entity = EntityName(text_at(node, "carried_entity"));
  state.carried_place = {SystemName(text_at(node, "carried_system")),
                         RecordId(text_at(node, "carried_record"))};
  state.records = static_cast<std::uint64_t>(number_at(node, "records"));
  state.events = static_cast<std::uint64_t>(number_at(node, "events"));
  state.by = text_at(node, "by");
  state.begun_at.us = number_at(node, "begun_at");
  state.moved_at.us = number_at(node, "moved_at");
  return state;
}

}  // namespace

std::string_view to_string(MigrationKind kind) { return kind_names.name_of(kind); }
std::string_view to_string(MigrationStage stage) { return stage_names.name_of(stage); }

void MigrationState::begin_again(MigrationKind purpose) {
  carried_entity = entity;
  carried_place = place;
  kind = purpose;
  stage = MigrationStage::carrying;
  entity = {};
  place = {};
  records = 0;
  events = 0;
}

bool MigrationState::has_passed(const SourceRecord& source) const {
  return is_up_to(source, entity, place);
}

bool MigrationState::was_carried(const SourceRecord& source) const {
  return all_carried || is_up_to(source, carried_entity, carried_place);
}

std::vector<MigrationState> stored_states(ReadView& store) {
  std::vector<MigrationState> states;
  const Json list = json_of(store.find_meta(list_name).value_or("[]"));
  for (const Json& node : list) states.push_back(from_stored(node));
  return states;
}

std::optional<MigrationState> stored_state(ReadView& store) {
  auto states = stored_states(store);
  if (states.empty()) return std::nullopt;
  return std::move(states.front());
}

std::optional<MigrationState> past_state(ReadView& store, const std::string& id) {
  for (MigrationState& state : stored_states(store)) {
    if (state.id == id) return std::move(state);
  }
  return std::nullopt;
}

MigrationTexts stored_texts(ReadView& store) {
  return {store.find_meta(before_name).value_or(""), store.find_meta(after_name).value_or("")};
}

void put_state(Context& context, MigrationState& state) {
  state.moved_at = context.now;
  std::vector<MigrationState> states = stored_states(context.store);
  if (states.empty() || states.front().id != state.id)
    states.insert(states.begin(), state);
  else
    states.front() = state;
  if (states.size() > remembered_max) states.resize(remembered_max);
  Json list = Json::array();
  for (const MigrationState& one : states) list.push_back(stored_form(one));
  context.store.put_meta(list_name, to_wire(list));
  if (!state.is_open()) put_texts(context, {});
}

void put_texts(Context& context, const MigrationTexts& texts) {
  context.store.put_meta(before_name, texts.before);
  context.store.put_meta(after_name, texts.after);
}

void adopt(Context& context, const WayAndPolicy& way) {
  put_policy(context, *way.policy, way.text);
}

void close_read_refusals(Context& context, const SourceRecord& source,
                         std::vector<ExceptionItem>& items) {
  std::erase_if(items, [&](const ExceptionItem& item) {
    const bool is_read = item.subject.starts_with(refused_arrival) &&
                         item.system == source.system && item.record == source.id &&
                         is_overtaken(item, source);
    if (is_read) close_item(context, item, "truce", "it was read again, and is a good value now");
    return is_read;
  });
}

void refuse_lost_entities(ReadView& store, SchemaChange& change) {
  for (const EntityName& entity : change.entities_gone) {
    if (store.sources_behind(entity, {}, 1).empty()) continue;
    change.problems.push_back(
        {Code::policy_conflict,
         "the entity " + entity.text +
             " leaves while records of it are stored; keep it in the policy (with directions "
             "\"none\" nothing of it is read or written any more)",
         "/entities/" + entity.text});
  }
}

Json render(const MigrationState& state) {
  return {{"id", state.id},
          {"state", to_string(state.kind)},
          {"stage", to_string(state.stage)},
          {"from", state.from_sha256},
          {"to", state.to_sha256},
          {"records", state.records},
          {"events", state.events},
          {"by", state.by},
          {"begun_at", to_rfc3339(state.begun_at)},
          {"moved_at", to_rfc3339(state.moved_at)}};
}

}  // namespace truce
