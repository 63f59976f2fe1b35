#include "sidecar/dto/snapshot_body.h"

#include <iterator>

#include "engine/presets/entity_resolver.h"
#include "engine/presets/presets.h"
#include "sidecar/dto/json_lines.h"
#include "sidecar/dto/member_reader.h"

namespace truce {
namespace {

// A row that says itself that it is another thing is not taken for what is compared.
std::optional<Problem> no_record_of(const Json& event, const Entity& entity) {
  const std::string said = text_at(event, "entity");
  if (said != entity.name.text) {
    return Problem{
        Code::unknown_entity,
        "it is of '" + shown(said) + "', and '" + shown(entity.name.text) + "' is what is compared",
        ""};
  }
  if (event.contains("partial")) {
    return Problem{Code::schema, "it tells of a change; a comparison takes whole records", ""};
  }
  return std::nullopt;
}

// {"gone": event} of what is told to be deleted, or merged away; nullopt of anything else.
std::optional<Json> gone_of(const Json& event, const Entity& entity) {
  const std::string op = text_at(event, "op");
  if (text_at(event, "entity") != entity.name.text || (op != "delete" && op != "merge")) return {};
  Json gone = Json::object();
  for (const char* member : {"id", "op", "merged_into", "occurred_at"}) {
    if (const Json* said = find_member(event, member)) gone[member] = *said;
  }
  return Json{{"gone", std::move(gone)}};
}

// The records that a list response holds, and which it says are gone.
Result<std::vector<Json>> records_in(const Json& payload, const std::string& preset,
                                     const SystemName& system, const Policy& policy,
                                     const Entity& entity) {
  auto events =
      expand_payload(preset, system, entity_resolver(policy, system, entity.name), payload);
  if (!events) return tl::unexpected(events.error());
  std::vector<Json> records;
  for (Json& event : *events) {
    if (const Json* problem = find_member(event, "problem")) {
      records.push_back({{"problem", *problem}});
      continue;
    }
    if (auto gone = gone_of(event, entity)) {
      records.push_back(*std::move(gone));
      continue;
    }
    const std::string op = text_at(event, "op");
    const Json* record = find_member(event, "record");
    if (!record || record->is_null() || (!op.empty() && op != "upsert")) continue;
    if (const auto refused = no_record_of(event, entity)) {
      records.push_back(
          {{"problem",
            {{"code", std::string(to_string(refused->code))}, {"message", refused->message}}}});
      continue;
    }
    if (entity.id.contains(system))
      records.push_back(*record);
    else
      records.push_back({{"id", event.value("id", Json())}, {"record", *record}});
  }
  return records;
}

Result<void> check_count(std::size_t records) {
  if (records <= page_records_max) return {};
  return fail(Code::batch_size,
              "more than " + std::to_string(page_records_max) + " records in one page", "/records");
}

SnapshotBody& body_of(std::vector<SnapshotBody>& bodies, const SystemName& system,
                      std::optional<Time> observed_at) {
  for (SnapshotBody& body : bodies) {
    if (body.system == system && body.observed_at == observed_at) return body;
  }
  bodies.push_back({system, observed_at, {}});
  return bodies.back();
}

Result<SnapshotBody> read_line_body(Json line, const Policy& policy, const Entity& entity) {
  Json* record = line.is_object() && line.contains("record") ? &line["record"] : nullptr;
  if (!record) return read_snapshot_body(std::move(line), policy, entity);
  const bool has_path = entity.id.contains(SystemName(text_at(line, "system")));
  const Json one = has_path ? *record : line;
  line.erase("record");
  line["records"] = Json::array({one});
  return read_snapshot_body(std::move(line), policy, entity);
}

}  // namespace

Result<SnapshotBody> read_snapshot_body(Json body, const Policy& policy, const Entity& entity) {
  if (!body.is_object()) return fail(Code::schema, "an object is expected");
  MemberReader reader(body);
  SnapshotBody page;
  page.system = SystemName(reader.required_text("system"));
  page.observed_at = reader.time("observed_at");
  if (reader.problem()) return tl::unexpected(*reader.problem());
  const std::string preset = reader.text("preset");
  if (!preset.empty()) {
    const Json* payload = reader.any("payload");
    if (!payload) return fail(Code::required, "this member is needed", "/payload");
    auto records = records_in(*payload, preset, page.system, policy, entity);
    if (!records) return tl::unexpected(records.error());
    page.records = std::move(*records);
  } else {
    reader.required_list("records");
    if (reader.problem()) return tl::unexpected(*reader.problem());
    Json::array_t& records = body["records"].get_ref<Json::array_t&>();
    page.records = std::move(records);
  }
  if (const auto checked = check_count(page.records.size()); !checked) {
    return tl::unexpected(checked.error());
  }
  return page;
}

Result<std::vector<SnapshotBody>> read_snapshot_lines(std::string_view lines,
                                                      const SystemName& system,
                                                      std::optional<Time> observed_at,
                                                      const Policy& policy, const Entity& entity) {
  std::vector<SnapshotBody> bodies;
  std::size_t count = 0;
  const auto read = each_json_line(lines, [&](Json line) -> Result<void> {
    if (!system.empty()) {
      body_of(bodies, system, observed_at).records.push_back(std::move(line));
      return check_count(++count);
    }
    auto body = read_line_body(std::move(line), policy, entity);
    if (!body) return tl::unexpected(body.error());
    SnapshotBody& into =
        body_of(bodies, body->system, body->observed_at ? body->observed_at : observed_at);
    count += body->records.size();
    into.records.insert(into.records.end(), std::make_move_iterator(body->records.begin()),
                        std::make_move_iterator(body->records.end()));
    return check_count(count);
  });
  if (!read) return tl::unexpected(read.error());
  return bodies;
}

}  // namespace truce
