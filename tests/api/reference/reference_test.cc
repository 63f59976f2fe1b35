// The reference and the routes say the same.
#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "sidecar/api/openapi.h"
#include "tests/api/support/memory_services.h"

namespace truce::api {

namespace {

void collect_references(const Json& node, std::set<std::string>& names) {
  if (node.is_array()) {
    for (const Json& element : node) collect_references(element, names);
  }
  if (!node.is_object()) return;
  for (const auto& [key, member] : node.items()) {
    if (key == "$ref") names.insert(member.get<std::string>());
    collect_references(member, names);
  }
}

}  // namespace

TEST_CASE("every route is in the reference, and the reference has no other") {
  test::MemoryServices parts;
  const std::vector<Call> calls = all_calls(parts.services);
  const Json document = openapi_document(calls);
  std::set<std::string> described;
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items())
      described.insert(method + " " + path);
  }
  std::set<std::string> served;
  const RouteTable table(routes_of(calls));
  for (const Route& route : table.routes()) {
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    served.insert(method + " " + route.pattern);
  }
  CHECK(described == served);
  CHECK(described.size() == calls.size());
}

TEST_CASE("the contract's calls are served") {
  test::MemoryServices parts;
  std::set<std::string> served;
  for (const Call& call : all_calls(parts.services))
    served.insert(call.method + " " + call.pattern);
  for (const char* call : {"POST /v1/events",
                           "POST /v1/normalize",
                           "POST /v1/merge",
                           "POST /v1/merges",
                           "POST /v1/merges/{id}/pages",
                           "POST /v1/merges/{id}/complete",
                           "DELETE /v1/merges/{id}",
                           "POST /v1/resolve",
                           "POST /v1/deliveries/claim",
                           "POST /v1/deliveries/settle",
                           "POST /v1/deliveries/extend",
                           "GET /v1/deliveries",
                           "POST /v1/deliveries/{id}/replay",
                           "POST /v1/deliveries/{id}/discard",
                           "POST /v1/reconciliations",
                           "POST /v1/reconciliations/{id}/pages",
                           "POST /v1/reconciliations/{id}/complete",
                           "GET /v1/reconciliations",
                           "GET /v1/reconciliations/{id}",
                           "GET /v1/reconciliations/{id}/discrepancies",
                           "DELETE /v1/reconciliations/{id}",
                           "GET /v1/cursors/{name}",
                           "PUT /v1/cursors/{name}",
                           "GET /v1/exceptions",
                           "GET /v1/exceptions/{id}",
                           "POST /v1/exceptions/{id}/resolve",
                           "GET /v1/changes",
                           "GET /v1/alerts",
                           "POST /v1/exceptions/{id}/claim",
                           "POST /v1/exceptions/{id}/dismiss",
                           "POST /v1/exceptions/{id}/replay",
                           "POST /v1/exceptions/bulk",
                           "GET /v1/records/{entity}/{golden_id}",
                           "GET /v1/records/{entity}/{golden_id}/explain",
                           "GET /v1/records/{entity}/{golden_id}/history",
                           "GET /v1/records/{entity}",
                           "GET /v1/audit",
                           "GET /v1/audit/verify",
                           "GET /v1/audit/checkpoint",
                           "GET /v1/stats",
                           "GET /v1/drift",
                           "POST /v1/undo",
                           "GET /v1/policy",
                           "POST /v1/policy/check",
                           "POST /v1/policy/simulate",
                           "PUT /v1/policy",
                           "POST /v1/migrations",
                           "GET /v1/migrations",
                           "GET /v1/migrations/{id}",
                           "POST /v1/migrations/{id}/accept",
                           "POST /v1/migrations/{id}/undo",
                           "GET /healthz",
                           "GET /readyz",
                           "GET /metrics",
                           "GET /openapi.json"}) {
    INFO(call);
    CHECK(served.count(call) == 1);
  }
}

TEST_CASE("every schema that is named is there, and every schema that is there is named") {
  test::MemoryServices parts;
  const Json document = openapi_document(all_calls(parts.services));
  std::set<std::string> named;
  collect_references(document, named);
  std::set<std::string> there;
  const Json all = schemas();
  for (const auto& [name, schema] : all.items()) there.insert("#/components/schemas/" + name);
  there.erase("#/components/schemas/Id");
  named.erase("#/components/schemas/Id");
  CHECK(named == there);
}

TEST_CASE("every object of the reference says what is in it, if only that it is anything") {
  std::vector<std::string> bare;
  const std::function<void(const Json&, const std::string&)> look = [&](const Json& node,
                                                                        const std::string& at) {
    const Json* type = node.is_object() ? find_member(node, "type") : nullptr;
    const bool may_be_object =
        type != nullptr && (*type == "object" || (type->is_array() && type->at(0) == "object"));
    if (may_be_object && !node.contains("properties") && !node.contains("additionalProperties")) {
      bare.push_back(at);
    }
    if (!node.is_structured()) return;
    for (const auto& [key, member] : node.items()) look(member, at + '/' + key);
  };
  look(schemas(), "");
  CHECK(bare == std::vector<std::string>{});
}

TEST_CASE("only /healthz is for everybody") {
  test::MemoryServices parts;
  for (const Call& call : all_calls(parts.services)) {
    INFO(call.pattern);
    CHECK(call.scope.has_value() == (call.pattern != "/healthz"));
    CHECK_FALSE(call.summary.empty());
  }
}

}  // namespace truce::api
