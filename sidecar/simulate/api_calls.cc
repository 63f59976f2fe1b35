#include "sidecar/simulate/api_calls.h"

namespace truce::simulate {
namespace {

Answer with_status(int status) {
  Answer answer;
  answer.status = status;
  return answer;
}

}  // namespace

Answer create_in(Office& office, SimulatedSystem& system, std::size_t entity, Thing thing,
                 const std::map<std::size_t, Text>& values) {
  const bool unique_keys = system.index() == 0;
  if (const auto known = system.with_key(entity, values); unique_keys && !known.empty()) {
    Answer answer = with_status(409);
    answer.id = known.front()->id;
    return answer;
  }
  const Record& record = system.enter(office.now(), entity, thing, values, Author::api);
  Answer answer = with_status(201);
  answer.id = record.id;
  answer.body = record.revisions.back().body;
  return answer;
}

Answer update_in(Office& office, SimulatedSystem& system, const std::string& id,
                 const std::map<std::size_t, Text>& values) {
  Record* record = system.find(id);
  if (!record || !record->alive()) return with_status(404);
  system.change(office.now(), *record, values, Author::api);
  Answer answer = with_status(200);
  answer.body = record->revisions.back().body;
  return answer;
}

Answer erase_in(Office& office, SimulatedSystem& system, const std::string& id) {
  Record* record = system.find(id);
  if (!record || !record->alive()) return with_status(404);
  system.erase(office.now(), *record, Author::api);
  return with_status(204);
}

Answer get_from(Office& office, SimulatedSystem& system, const std::string& id) {
  const Record* record = system.find(id);
  Answer answer;
  if (record) {
    const Time at = office.read_time();
    answer.body = system.shown_at(*record, at);
    if (answer.body) answer.history = system.history_at(*record, at);
  }
  answer.status = answer.body ? 200 : 404;
  answer.id = id;
  return answer;
}

Answer search_in(Office& office, SimulatedSystem& system, std::size_t entity,
                 const std::map<std::size_t, Text>& values) {
  Answer answer = with_status(200);
  const Time at = office.read_time();
  for (const Record* record : system.with_key(entity, values)) {
    auto body = system.shown_at(*record, at);
    if (!body) continue;
    answer.row_ids.push_back(record->id);
    answer.rows.push_back(std::move(body));
  }
  return answer;
}

Answer page_of(Office& office, SimulatedSystem& system, std::size_t entity, std::size_t from) {
  const auto size = static_cast<std::size_t>(office.scenario().apis.page_size);
  Answer answer = with_status(200);
  const Time at = office.read_time();
  for (const auto& [id, record] : system.all()) {
    if (record.entity != entity || !record.alive()) continue;
    const std::size_t index = answer.count++;
    if (index < from || index >= from + size || office.skips_row()) continue;
    auto body = system.shown_at(record, at);
    if (!body) continue;
    answer.row_ids.push_back(id);
    answer.rows.push_back(std::move(body));
  }
  return answer;
}

}  // namespace truce::simulate
