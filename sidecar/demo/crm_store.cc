#include "sidecar/demo/crm_store.h"

#include <algorithm>
#include <utility>

#include "sidecar/demo/automation.h"

namespace truce::demo {
namespace {

std::string with_offset(Time time) {
  std::string text = to_rfc3339(time);
  text.pop_back();
  return text + "+0000";
}

// Both real systems show milliseconds; a time that is finer here than there would sort differently.
Time whole_ms(Time time) { return Time::of_ms(time.us / 1000); }

}  // namespace

std::string CrmStore::insert(const Content& content, Time at) {
  CrmRecord record;
  const std::string number = std::to_string(10'000 + next_id_++);
  record.id = id_prefix_ + number;
  record.created = at;
  record.modified = at;
  record.content = content;
  for (const auto& [field, value] : content) record.history[field].push_back({value, at});
  const std::string id = record.id;
  records_.emplace(id, std::move(record));
  return id;
}

std::string CrmStore::seed(const Content& content, Time at) {
  const std::lock_guard lock(mutex_);
  return insert(automated(side_, content), whole_ms(at));
}

void CrmStore::changed(CrmRecord& record, const Content& content, Cause cause) {
  const Time at = std::max(whole_ms(now_()), record.modified + Duration::of_ms(1));
  std::vector<Field> fields;
  for (const auto& [field, value] : content) {
    if (record.content[field] == value) continue;
    record.content[field] = value;
    record.history[field].push_back({value, at});
    fields.push_back(field);
  }
  if (fields.empty()) return;
  record.modified = at;
  webhooks_.push_back({side_, record.id + "-" + std::to_string(next_event_++), record.id, at,
                       fields, shown(record), cause});
  if (automated(side_, record.content) != record.content)
    automations_.push_back({record.id, cause});
}

std::string CrmStore::person_creates(const Content& content) {
  const std::lock_guard lock(mutex_);
  const std::string id = insert({}, whole_ms(now_()));
  changed(records_.at(id), content, Cause::person);
  return id;
}

void CrmStore::person_edits(const std::string& id, Field field, const std::string& value) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  if (found != records_.end()) changed(found->second, {{field, value}}, Cause::person);
}

void CrmStore::run_automation(const DueAutomation& due) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(due.record_id);
  if (found == records_.end()) return;
  changed(found->second, automated(side_, found->second.content), due.cause);
}

CrmStore::Created CrmStore::api_creates(const Content& content) {
  const std::lock_guard lock(mutex_);
  const auto email = content.find(Field::email);
  if (side_ == Side::hubspot && email != content.end()) {
    const std::string wanted = meaning(side_, Field::email, email->second);
    for (const auto& [id, record] : records_) {
      const auto held = record.content.find(Field::email);
      if (held != record.content.end() && meaning(side_, Field::email, held->second) == wanted) {
        return {id, true};
      }
    }
  }
  ++api_writes_;
  const std::string id = insert({}, whole_ms(now_()));
  changed(records_.at(id), content, Cause::machine);
  return {id, false};
}

bool CrmStore::brings_nothing(const CrmRecord& record, const Content& content) const {
  return std::all_of(content.begin(), content.end(), [&](const auto& entry) {
    const Field field = entry.first;
    const std::string& value = entry.second;
    const auto held = record.history.find(field);
    if (held == record.history.end()) return value.empty();
    const std::string brought = meaning(side_, field, value);
    return std::any_of(held->second.begin(), held->second.end(), [&](const Change& change) {
      return meaning(side_, field, change.value) == brought;
    });
  });
}

bool CrmStore::api_updates(const std::string& id, const Content& content, Cause because) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  if (found == records_.end()) return false;
  ++api_writes_;
  if (because == Cause::machine && brings_nothing(found->second, content)) ++loop_writes_;
  changed(found->second, content, Cause::machine);
  return true;
}

std::optional<CrmRecord> CrmStore::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  if (found == records_.end()) return std::nullopt;
  return found->second;
}

std::vector<CrmRecord> CrmStore::matching(
    const std::function<bool(const CrmRecord&)>& wanted) const {
  const std::lock_guard lock(mutex_);
  std::vector<CrmRecord> found;
  for (const auto& [id, record] : records_) {
    if (wanted(record)) found.push_back(record);
  }
  return found;
}

std::vector<CrmRecord> CrmStore::with_email(const std::string& email) const {
  const std::string wanted = meaning(side_, Field::email, email);
  return matching([&](const CrmRecord& record) {
    const auto held = record.content.find(Field::email);
    return held != record.content.end() && meaning(side_, Field::email, held->second) == wanted;
  });
}

std::vector<CrmRecord> CrmStore::modified_since(Time at) const {
  return matching([&](const CrmRecord& record) { return record.modified >= at; });
}

std::vector<CrmRecord> CrmStore::all() const {
  return matching([](const CrmRecord&) { return true; });
}

Json CrmStore::shown(const CrmRecord& record) const {
  Json body = to_body(side_, record.content);
  if (side_ == Side::hubspot) {
    body["id"] = record.id;
    body["createdAt"] = to_rfc3339(record.created);
    body["updatedAt"] = to_rfc3339(record.modified);
    body["archived"] = false;
    body["properties"]["lastmodifieddate"] = to_rfc3339(record.modified);
    return body;
  }
  body["attributes"] = {{"type", "Contact"}};
  body["Id"] = record.id;
  body["CreatedDate"] = with_offset(record.created);
  body["SystemModstamp"] = with_offset(record.modified);
  return body;
}

std::vector<Webhook> CrmStore::take_webhooks() {
  const std::lock_guard lock(mutex_);
  return std::exchange(webhooks_, {});
}

std::vector<DueAutomation> CrmStore::take_automations() {
  const std::lock_guard lock(mutex_);
  return std::exchange(automations_, {});
}

int CrmStore::api_writes() const {
  const std::lock_guard lock(mutex_);
  return api_writes_;
}

int CrmStore::loop_writes() const {
  const std::lock_guard lock(mutex_);
  return loop_writes_;
}

}  // namespace truce::demo
