// GET /v1/stats: the five numbers.
#include "engine/app/stats.h"

#include "sidecar/api/calls.h"
#include "sidecar/api/query_reader.h"

namespace truce::api {

namespace {

Answer get_stats(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  StatsWindow window;
  window.from = query.time("from").value_or(window.from);
  window.to = query.time("to").value_or(window.to);
  window.entity = EntityName(query.text("entity"));
  window.system = SystemName(query.text("system"));
  if (query.problem()) return refuse(*query.problem());
  return answer_with(services.reads.run([&](Reader& reader) -> Result<Json> {
    Result<Json> report = count_stats(reader, window);
    if (report) (*report)["sla"] = to_json(services.agreement.read(reader), window.entity);
    return report;
  }));
}

}  // namespace

std::vector<Call> stats_calls(Services& services) {
  return {
      {"GET",
       "/v1/stats",
       Scope::read,
       "The five numbers: fast loop, slow loop, resolved by rule, escalated, time to resolution.",
       {{"from", "not before this time"},
        {"to", "before this time"},
        {"entity", "only of this entity"},
        {"system", "only of this system"}},
       "",
       "Stats",
       [&services](const HttpRequest& request) { return get_stats(services, request); }}};
}

}  // namespace truce::api
