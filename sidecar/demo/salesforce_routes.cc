// The part of Salesforce's REST dialect that a two-way sync of contacts needs.
#include "sidecar/demo/crm_server.h"

namespace truce::demo {
namespace {

constexpr const char* json_type = "application/json";
constexpr const char* collection = "/services/data/v60.0/sobjects/Contact";
constexpr const char* one = R"(/services/data/v60.0/sobjects/Contact/([^/?]+))";
constexpr const char* query_path = "/services/data/v60.0/query";

void answer(httplib::Response& response, int status, const Json& body) {
  response.status = status;
  response.set_content(to_wire(body), json_type);
}

void answer_problem(httplib::Response& response, int status, const std::string& code,
                    const std::string& message) {
  answer(response, status, Json::array({{{"errorCode", code}, {"message", message}}}));
}

// What stands between the quotes, or behind >=, at the end of a query.
std::string operand(const std::string& query, const std::string& left) {
  const std::size_t at = query.find(left);
  if (at == std::string::npos) return {};
  std::string text = query.substr(at + left.size());
  if (text.starts_with('\'')) text = text.substr(1, text.find('\'', 1) - 1);
  return text;
}

std::vector<CrmRecord> found_by(const CrmStore& store, const std::string& query) {
  const std::string email = operand(query, "WHERE Email = ");
  if (!email.empty()) return store.with_email(email);
  const Result<Time> since = parse_time(operand(query, "WHERE SystemModstamp >= "));
  return since ? store.modified_since(*since) : std::vector<CrmRecord>{};
}

// As a sub-query for Histories answers it: newest first.
Json with_history(const CrmStore& store, const CrmRecord& record) {
  Json shown = store.shown(record);
  Json rows = Json::array();
  for (const auto& [field, changes] : record.history) {
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
      rows.push_back({{"Field", wire_name(store.side(), field)},
                      {"NewValue", change->value},
                      {"CreatedDate", to_rfc3339(change->at)}});
    }
  }
  shown["Histories"] = {{"totalSize", rows.size()}, {"done", true}, {"records", rows}};
  return shown;
}

}  // namespace

void CrmServer::add_salesforce_routes() {
  server_.Get(query_path, with_faults(Access::read, [this](const auto& request, auto& response) {
                Json records = Json::array();
                for (const CrmRecord& record : found_by(store_, request.get_param_value("q"))) {
                  records.push_back(with_history(store_, record));
                }
                answer(response, 200,
                       {{"totalSize", records.size()}, {"done", true}, {"records", records}});
              }));
  server_.Post(
      collection, with_faults(Access::write, [this](const auto& request, auto& response) {
        const Result<Json> body = parse_json(request.body);
        if (!body) return answer_problem(response, 400, "JSON_PARSER_ERROR", body.error().message);
        const CrmStore::Created created = store_.api_creates(from_body(Side::salesforce, *body));
        answer(response, 201, {{"id", created.id}, {"success", true}, {"errors", Json::array()}});
      }));
  server_.Get(one, with_faults(Access::read, [this](const auto& request, auto& response) {
                const std::optional<CrmRecord> record = store_.find(request.matches[1]);
                if (!record) return answer_problem(response, 404, "NOT_FOUND", "no such contact");
                answer(response, 200, store_.shown(*record));
              }));
  server_.Patch(one, with_faults(Access::write, [this](const auto& request, auto& response) {
                  const Result<Json> body = parse_json(request.body);
                  if (!body)
                    return answer_problem(response, 400, "JSON_PARSER_ERROR", body.error().message);
                  if (!store_.api_updates(request.matches[1], from_body(Side::salesforce, *body),
                                          cause_of(request))) {
                    return answer_problem(response, 404, "NOT_FOUND", "no such contact");
                  }
                  response.status = 204;
                }));
}

}  // namespace truce::demo
