#include "tests/api/support/fake_crm.h"

#include <algorithm>
#include <chrono>

namespace truce::test {

namespace {

std::string parameter(const httplib::Request& request, const char* name) {
  return request.has_param(name) ? request.get_param_value(name) : "";
}

std::size_t number(const httplib::Request& request, const char* name, std::size_t otherwise) {
  const std::string text = parameter(request, name);
  return text.empty() ? otherwise : std::stoul(text);
}

std::size_t limit_of(const httplib::Request& request) {
  return std::min(number(request, "limit", FakeCrm::page_max), FakeCrm::page_max);
}

std::optional<Time> since_of(const httplib::Request& request) {
  const std::string text = parameter(request, "since");
  return text.empty() ? std::nullopt : std::optional(parse_time(text).value());
}

void reply(httplib::Response& response, Json records) {
  response.set_content(to_wire({{"records", std::move(records)}}), "application/json");
}

// Yesterday: whatever the test does in it, it does not lie ahead of the sidecar's clock.
Time yesterday() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Time::of_ms(std::chrono::duration_cast<std::chrono::milliseconds>(now).count() -
                     86'400'000);
}

}  // namespace

FakeCrm::FakeCrm() : now_(yesterday()) {
  server_.set_keep_alive_max_count(100'000);
  server_.set_tcp_nodelay(true);
  const auto answers = [this](int Calls::*kind, auto answer) {
    return [this, kind, answer](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      begin_call(kind, response);
      if (response.status < 400) (this->*answer)(request, response);
    };
  };
  server_.Get("/records", answers(&Calls::list, &FakeCrm::answer_list));
  server_.Get("/search", answers(&Calls::search, &FakeCrm::answer_search));
  server_.Post("/bulk", answers(&Calls::bulk, &FakeCrm::answer_bulk));
  port_ = server_.bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { server_.listen_after_bind(); });
  while (!server_.is_running()) std::this_thread::yield();
}

FakeCrm::~FakeCrm() {
  server_.stop();
  thread_.join();
}

void FakeCrm::put(const std::string& id, const Json& fields) {
  const std::lock_guard lock(mutex_);
  Record& record = records_[id];
  if (record.fields.is_null()) record.fields = Json::object();
  record.fields.update(fields);
  record.modified = now_;
}

void FakeCrm::put_timeless(const std::string& id, const Json& fields) {
  const std::lock_guard lock(mutex_);
  put(id, fields);
  records_[id].modified.reset();
}

void FakeCrm::advance(std::int64_t ms) {
  const std::lock_guard lock(mutex_);
  now_ = now_ + Duration::of_ms(ms);
}

Time FakeCrm::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void FakeCrm::hide_last(std::int64_t ms) {
  const std::lock_guard lock(mutex_);
  hidden_ = Duration::of_ms(ms);
}

void FakeCrm::before_call(int number, std::function<void()> does) {
  const std::lock_guard lock(mutex_);
  call_ = 0;
  before_ = {{number, std::move(does)}};
}

void FakeCrm::fail_call(int number) {
  const std::lock_guard lock(mutex_);
  call_ = 0;
  failing_ = {number};
}

Json FakeCrm::shown(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return show(id, records_.at(id));
}

std::size_t FakeCrm::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

FakeCrm::Calls FakeCrm::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void FakeCrm::forget_calls() {
  const std::lock_guard lock(mutex_);
  calls_ = Calls();
}

void FakeCrm::begin_call(int Calls::*kind, httplib::Response& response) {
  ++(calls_.*kind);
  ++call_;
  if (const auto does = before_.find(call_); does != before_.end()) does->second();
  response.status = failing_.contains(call_) ? 500 : 200;
}

Json FakeCrm::show(const std::string& id, const Record& record) const {
  Json node = record.fields;
  node["id"] = id;
  if (record.modified) node["modified"] = to_rfc3339(*record.modified);
  return node;
}

bool FakeCrm::is_found(const Record& record, const std::optional<Time>& since) const {
  if (!record.modified) return !since;
  return (!since || *record.modified >= *since) && *record.modified + hidden_ <= now_;
}

void FakeCrm::answer_list(const httplib::Request& request, httplib::Response& response) {
  Json page = Json::array();
  const std::size_t limit = limit_of(request);
  for (auto at = records_.upper_bound(parameter(request, "after"));
       at != records_.end() && page.size() < limit; ++at) {
    page.push_back(show(at->first, at->second));
  }
  reply(response, std::move(page));
}

void FakeCrm::answer_search(const httplib::Request& request, httplib::Response& response) {
  const std::optional<Time> since = since_of(request);
  const std::size_t limit = limit_of(request);
  Json page = Json::array();
  if (!request.has_param("offset")) {
    for (auto at = records_.upper_bound(parameter(request, "after"));
         at != records_.end() && page.size() < limit; ++at) {
      if (is_found(at->second, since)) page.push_back(show(at->first, at->second));
    }
    return reply(response, std::move(page));
  }
  const std::size_t offset = number(request, "offset", 0);
  if (offset + limit > search_max) {
    response.status = 400;
    return;
  }
  std::vector<std::pair<Time, std::string>> found;
  for (const auto& [id, record] : records_) {
    if (is_found(record, since)) found.emplace_back(record.modified.value_or(Time()), id);
  }
  std::sort(found.begin(), found.end());
  for (std::size_t i = offset; i < std::min(offset + limit, found.size()); ++i) {
    page.push_back(show(found[i].second, records_.at(found[i].second)));
  }
  reply(response, std::move(page));
}

void FakeCrm::answer_bulk(const httplib::Request& request, httplib::Response& response) {
  const Json body = parse_json(request.body).value_or(Json::object());
  const Json* records = find_member(body, "records");
  if (!records || records->size() > page_max) {
    response.status = 400;
    return;
  }
  for (Json record : *records) {
    const std::string id = record.at("id").get<std::string>();
    record.erase("id");
    put(id, record);
  }
  reply(response, Json::array());
}

CrmClient::Page CrmClient::get(const std::string& path, httplib::Params parameters) {
  parameters.emplace("limit", std::to_string(FakeCrm::page_max));
  const auto result = client_.Get(path, parameters, httplib::Headers());
  if (!result) return {};
  Page page;
  page.status = result->status;
  if (page.status != 200) return page;
  const Json body = parse_json(result->body).value_or(Json::object());
  for (const Json& record : body.at("records")) page.records.push_back(record);
  return page;
}

CrmClient::Page CrmClient::list(const std::string& after) {
  return get("/records", {{"after", after}});
}

CrmClient::Page CrmClient::search_behind(const std::optional<Time>& since,
                                         const std::string& after) {
  httplib::Params parameters{{"after", after}};
  if (since) parameters.emplace("since", to_rfc3339(*since));
  return get("/search", std::move(parameters));
}

CrmClient::Page CrmClient::search_at(const std::optional<Time>& since, std::size_t offset) {
  httplib::Params parameters{{"offset", std::to_string(offset)}};
  if (since) parameters.emplace("since", to_rfc3339(*since));
  return get("/search", std::move(parameters));
}

int CrmClient::update(const std::vector<Json>& records) {
  const auto result =
      client_.Post("/bulk", to_wire({{"records", Json(records)}}), "application/json");
  return result ? result->status : 0;
}

}  // namespace truce::test
