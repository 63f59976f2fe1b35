#include "sidecar/demo/crm_client.h"

#include <charconv>

namespace truce::demo {
namespace {

constexpr const char* json_type = "application/json";
constexpr time_t timeout_s = 5;

std::string collection(Side side) {
  return side == Side::hubspot ? "/crm/v3/objects/contacts"
                               : "/services/data/v60.0/sobjects/Contact";
}

Answer answer_of(const httplib::Result& result) {
  Answer answer;
  if (!result) return answer;
  answer.status = result->status;
  Result<Json> body = parse_json(result->body);
  if (body) answer.body = std::move(*body);
  const std::string wait = result->get_header_value("Retry-After");
  int seconds = 0;
  std::from_chars(wait.data(), wait.data() + wait.size(), seconds);
  answer.retry_after_s = seconds;
  return answer;
}

std::string text_of(const Json& body, std::string_view key) {
  const Json* member = find_member(body, key);
  return member == nullptr ? std::string{} : scalar_text(*member).value_or("");
}

struct Change {
  std::string value;
  std::string at;
};
using Histories = std::map<std::string, std::vector<Change>>;  // by wire name, newest first

Histories hubspot_histories(const Json& body) {
  Histories histories;
  const Json* properties = find_member(body, "propertiesWithHistory");
  if (properties == nullptr) return histories;
  for (const auto& [name, versions] : properties->items()) {
    for (const Json& version : versions) {
      histories[name].push_back({text_of(version, "value"), text_of(version, "timestamp")});
    }
  }
  return histories;
}

Histories salesforce_histories(const Json& body) {
  Histories histories;
  const Json* rows = find_member(body, "Histories");
  if (rows == nullptr) return histories;
  for (const Json& row : rows->value("records", Json::array())) {
    histories[text_of(row, "Field")].push_back(
        {text_of(row, "NewValue"), text_of(row, "CreatedDate")});
  }
  return histories;
}

void add_overwritten(SeenRecord& record, Field field, const std::vector<Change>& newest_first) {
  for (std::size_t i = newest_first.size(); i-- > 1;) {
    Overwritten told{{{field, newest_first[i].value}}, {}, {}};
    if (i + 1 < newest_first.size()) told.before = {{field, newest_first[i + 1].value}};
    const Result<Time> at = parse_time(newest_first[i].at);
    if (!at) continue;
    told.at = *at;
    record.overwritten.push_back(std::move(told));
  }
}

}  // namespace

std::string created_id(const Answer& answer) { return text_of(answer.body, "id"); }

std::string existing_id(const Answer& answer) {
  const std::string message = text_of(answer.body, "message");
  const std::string_view before_id = "Existing ID: ";
  const std::size_t at = message.find(before_id);
  if (answer.status != 409 || at == std::string::npos) return {};
  return message.substr(at + before_id.size());
}

CrmClient::CrmClient(Side side, int port) : side_(side), client_("127.0.0.1", port) {
  client_.set_keep_alive(true);
  client_.set_tcp_nodelay(true);
  client_.set_connection_timeout(timeout_s);
  client_.set_read_timeout(timeout_s);
  client_.set_write_timeout(timeout_s);
}

std::string CrmClient::path_of(const std::string& id) const { return collection(side_) + "/" + id; }

Answer CrmClient::create(const Json& body) {
  return answer_of(client_.Post(collection(side_), to_wire(body), json_type));
}

Answer CrmClient::update(const std::string& id, const Json& body, Cause because) {
  httplib::Headers headers;
  if (because == Cause::machine) headers.emplace(because_header, because_of_machine);
  return answer_of(client_.Patch(path_of(id), headers, to_wire(body), json_type));
}

Answer CrmClient::get(const std::string& id) { return answer_of(client_.Get(path_of(id))); }

Answer CrmClient::find_by_email(const std::string& email) {
  if (side_ == Side::hubspot) {
    return answer_of(client_.Get(path_of(email), {{"idProperty", "email"}}, httplib::Headers{}));
  }
  const std::string query = "SELECT FIELDS(ALL) FROM Contact WHERE Email = '" + email + "'";
  Answer answer =
      answer_of(client_.Get("/services/data/v60.0/query", {{"q", query}}, httplib::Headers{}));
  if (!answer.done()) return answer;
  const Json records = answer.body.value("records", Json::array());
  answer.status = records.empty() ? 404 : 200;
  answer.body = records.empty() ? Json() : records.front();
  return answer;
}

Answer CrmClient::poll_since(Time since) {
  const std::string from = to_rfc3339(since);
  if (side_ == Side::hubspot) {
    const Json filter = {
        {"propertyName", "lastmodifieddate"}, {"operator", "GTE"}, {"value", from}};
    const Json query = {{"filterGroups", {{{"filters", {filter}}}}}};
    return answer_of(client_.Post(collection(side_) + "/search", to_wire(query), json_type));
  }
  const std::string query =
      "SELECT FIELDS(ALL), (SELECT Field, NewValue, CreatedDate FROM Histories) FROM Contact "
      "WHERE SystemModstamp >= " +
      from;
  return answer_of(client_.Get("/services/data/v60.0/query", {{"q", query}}, httplib::Headers{}));
}

SeenRecord CrmClient::read(const Json& body) const {
  SeenRecord record;
  record.body = body;
  record.content = from_body(side_, body);
  const bool hubspot = side_ == Side::hubspot;
  record.id = text_of(body, hubspot ? "id" : "Id");
  const Result<Time> modified = parse_time(text_of(body, hubspot ? "updatedAt" : "SystemModstamp"));
  if (modified) record.modified = *modified;
  const Histories histories = hubspot ? hubspot_histories(body) : salesforce_histories(body);
  for (const Field field : all_fields) {
    const auto history = histories.find(std::string(wire_name(side_, field)));
    if (history == histories.end()) continue;
    record.changed_at[history->first] = history->second.front().at;
    add_overwritten(record, field, history->second);
  }
  record.body.erase("propertiesWithHistory");
  record.body.erase("Histories");
  return record;
}

std::vector<SeenRecord> CrmClient::read_all(const Answer& poll) const {
  std::vector<SeenRecord> records;
  const std::string member = side_ == Side::hubspot ? "results" : "records";
  if (!poll.body.is_object()) return records;
  for (const Json& body : poll.body.value(member, Json::array())) records.push_back(read(body));
  return records;
}

}  // namespace truce::demo
