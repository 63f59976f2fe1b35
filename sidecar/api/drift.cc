// GET /v1/drift: the shapes that systems' fields had.
#include "engine/app/drift.h"

#include "sidecar/api/calls.h"
#include "sidecar/api/query_reader.h"

namespace truce::api {

namespace {

Answer get_drift(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  DriftWindow window;
  window.from = query.time("from").value_or(window.from);
  window.to = query.time("to").value_or(window.to);
  window.entity = EntityName(query.text("entity"));
  window.system = SystemName(query.text("system"));
  if (query.problem()) return refuse(*query.problem());
  return answer_with(
      services.reads.run([&](Reader& reader) { return read_drift(reader, window); }));
}

}  // namespace

std::vector<Call> drift_calls(Services& services) {
  return {{"GET",
           "/v1/drift",
           Scope::read,
           "Schema drift: shapes over time, fields that changed, unmapped and unused ones.",
           {{"from", "not before this time"},
            {"to", "before this time"},
            {"entity", "only of this entity"},
            {"system", "only of this system"}},
           "",
           "Drift",
           [&services](const HttpRequest& request) { return get_drift(services, request); }}};
}

}  // namespace truce::api
