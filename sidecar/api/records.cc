// Golden records.
#include "engine/app/records.h"

#include "sidecar/api/calls.h"
#include "sidecar/api/query_reader.h"

namespace truce::api {

namespace {

EntityName entity_of(const HttpRequest& request) {
  return EntityName{std::string(request.path_parameter("entity"))};
}
GoldenId golden_of(const HttpRequest& request) {
  return GoldenId{std::string(request.path_parameter("golden_id"))};
}

Answer get_by_system_id(Services& services, const HttpRequest& request) {
  const QueryReader query(request);
  const SystemName system(query.text("system"));
  const RecordId id(query.text("id"));
  if (system.empty() || id.empty()) return refuse(Code::unknown_query, "system and id are needed");
  return answer_with(services.reads.run(
      [&](Reader& reader) { return find_record(reader, entity_of(request), system, id); }));
}

Answer get_record(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  const std::optional<Time> at = query.time("at");
  if (query.problem()) return refuse(*query.problem());
  return answer_with(services.reads.run([&](Reader& reader) {
    return at ? read_record_at(reader, entity_of(request), golden_of(request), *at)
              : read_record(reader, entity_of(request), golden_of(request));
  }));
}

Answer get_explanation(Services& services, const HttpRequest& request) {
  const FieldName field(QueryReader(request).text("field"));
  return answer_with(services.reads.run([&](Reader& reader) {
    return explain_record(reader, entity_of(request), golden_of(request), field);
  }));
}

Answer get_history(Services& services, const HttpRequest& request) {
  return answer_with(services.reads.run([&](Reader& reader) {
    return record_history(reader, entity_of(request), golden_of(request));
  }));
}

}  // namespace

std::vector<Call> record_calls(Services& services) {
  return {
      {"GET",
       "/v1/records/{entity}",
       Scope::read,
       "The golden record of a system's own record.",
       {{"system", "whose id it is"}, {"id", "the system's own id"}},
       "",
       "Record",
       [&services](const HttpRequest& request) { return get_by_system_id(services, request); }},
      {"GET",
       "/v1/records/{entity}/{golden_id}",
       Scope::read,
       "A golden record.",
       {{"at", "as it was at this time"}},
       "",
       "Record",
       [&services](const HttpRequest& request) { return get_record(services, request); }},
      {"GET",
       "/v1/records/{entity}/{golden_id}/explain",
       Scope::read,
       "Why each field has its value, and why every other value lost.",
       {{"field", "only this field"}},
       "",
       "Explanation",
       [&services](const HttpRequest& request) { return get_explanation(services, request); }},
      {"GET",
       "/v1/records/{entity}/{golden_id}/history",
       Scope::read,
       "Every observation and write of every system.",
       {},
       "",
       "History",
       [&services](const HttpRequest& request) { return get_history(services, request); }},
  };
}

}  // namespace truce::api
