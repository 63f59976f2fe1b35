// The part of HubSpot's CRM v3 dialect that a two-way sync of contacts needs.
#include "sidecar/demo/crm_server.h"

namespace truce::demo {
namespace {

constexpr const char* json_type = "application/json";
constexpr const char* collection = "/crm/v3/objects/contacts";
constexpr const char* one = R"(/crm/v3/objects/contacts/([^/?]+))";
constexpr const char* search = "/crm/v3/objects/contacts/search";

void answer(httplib::Response& response, int status, const Json& body) {
  response.status = status;
  response.set_content(to_wire(body), json_type);
}

void answer_problem(httplib::Response& response, int status, const std::string& category,
                    const std::string& message) {
  answer(response, status, {{"status", "error"}, {"category", category}, {"message", message}});
}

Json with_history(const CrmStore& store, const CrmRecord& record) {
  Json shown = store.shown(record);
  for (const auto& [field, changes] : record.history) {
    Json versions = Json::array();
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
      versions.push_back({{"value", change->value}, {"timestamp", to_rfc3339(change->at)}});
    }
    shown["propertiesWithHistory"][std::string(wire_name(store.side(), field))] = versions;
  }
  return shown;
}

// One filter: lastmodifieddate GTE.
std::vector<CrmRecord> found_by(const CrmStore& store, const Json& query) {
  const Json::json_pointer value("/filterGroups/0/filters/0/value");
  if (!query.contains(value) || !query.at(value).is_string()) return {};
  const Result<Time> since = parse_time(query.at(value).get<std::string>());
  return since ? store.modified_since(*since) : std::vector<CrmRecord>{};
}

}  // namespace

void CrmServer::add_hubspot_routes() {
  server_.Post(search, with_faults(Access::read, [this](const auto& request, auto& response) {
                 const Result<Json> query = parse_json(request.body);
                 if (!query)
                   return answer_problem(response, 400, "VALIDATION_ERROR", query.error().message);
                 Json results = Json::array();
                 for (const CrmRecord& record : found_by(store_, *query)) {
                   results.push_back(with_history(store_, record));
                 }
                 answer(response, 200, {{"total", results.size()}, {"results", results}});
               }));
  server_.Post(collection, with_faults(Access::write, [this](const auto& request, auto& response) {
                 const Result<Json> body = parse_json(request.body);
                 if (!body)
                   return answer_problem(response, 400, "VALIDATION_ERROR", body.error().message);
                 const CrmStore::Created created =
                     store_.api_creates(from_body(Side::hubspot, *body));
                 if (created.existed) {
                   return answer_problem(response, 409, "CONFLICT",
                                         "Contact already exists. Existing ID: " + created.id);
                 }
                 answer(response, 201, store_.shown(*store_.find(created.id)));
               }));
  server_.Get(one, with_faults(Access::read, [this](const auto& request, auto& response) {
                const std::string key = request.matches[1];
                std::optional<CrmRecord> record = store_.find(key);
                if (request.get_param_value("idProperty") == "email") {
                  const std::vector<CrmRecord> records = store_.with_email(key);
                  record = records.empty() ? std::nullopt : std::optional(records.front());
                }
                if (!record)
                  return answer_problem(response, 404, "OBJECT_NOT_FOUND", "no such contact");
                answer(response, 200, store_.shown(*record));
              }));
  server_.Patch(one, with_faults(Access::write, [this](const auto& request, auto& response) {
                  const Result<Json> body = parse_json(request.body);
                  if (!body)
                    return answer_problem(response, 400, "VALIDATION_ERROR", body.error().message);
                  const std::string id = request.matches[1];
                  if (!store_.api_updates(id, from_body(Side::hubspot, *body), cause_of(request))) {
                    return answer_problem(response, 404, "OBJECT_NOT_FOUND", "no such contact");
                  }
                  answer(response, 200, store_.shown(*store_.find(id)));
                }));
}

}  // namespace truce::demo
