#include "sidecar/demo/truce_sync.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace truce::demo {
namespace {

constexpr std::size_t events_per_batch = 500;
constexpr int ticks_per_claim = 3;
constexpr int claim_limit = 100;
constexpr int lease_ms = 15'000;
constexpr int items_per_page = 200;
constexpr int pages_max = 50;

std::string text_at(const Json& node, std::string_view key) {
  const Json* member = find_member(node, key);
  return member == nullptr ? std::string{} : scalar_text(*member).value_or("");
}

const Json& list_at(const Json& node, std::string_view key) {
  static const Json none = Json::array();
  const Json* member = find_member(node, key);
  return member != nullptr && member->is_array() ? *member : none;
}

Side side_of(const std::string& system) {
  return system == to_string(Side::hubspot) ? Side::hubspot : Side::salesforce;
}

std::optional<Field> field_of(const std::string& name) {
  for (const Field field : all_fields) {
    if (name == to_string(field)) return field;
  }
  return std::nullopt;
}

Json fields_of(Side side, const Json& body) {
  return side == Side::hubspot ? body.at("properties") : body;
}

Json failure(const char* kind, const Answer& answer, const std::string& message) {
  Json error = {{"class", kind}, {"status", answer.status}, {"message", message}};
  if (answer.retry_after_s > 0) error["retry_after_s"] = static_cast<int>(answer.retry_after_s);
  return error;
}

// How a write's answer reads in a settle: the status, and the error where there is one.
void describe_write(Json& result, const Answer& answer) {
  if (!answer.answered()) {
    result["status"] = "unknown";
  } else if (answer.done()) {
    result["status"] = "delivered";
  } else if (!existing_id(answer).empty()) {
    result["status"] = "exists";
    result["record_id"] = existing_id(answer);
  } else if (answer.status == 404) {
    result["status"] = "gone";
  } else {
    const bool transient = answer.status == 429 || answer.status >= 500;
    result["status"] = "failed";
    result["error"] = failure(transient ? "transient" : "permanent", answer,
                              "HTTP " + std::to_string(answer.status));
  }
}

// Salesforce answers a write without the record. Reading it back spares the sidecar a second write
// where somebody edited at the same moment.
void say_what_it_stored(Json& result, CrmClient& crm, const std::string& id,
                        const Answer& written) {
  if (crm.side() == Side::hubspot) {
    result["record"] = written.body;
    return;
  }
  const Answer stored = with_retries([&] { return crm.get(id); });
  if (stored.done()) result["record"] = stored.body;
}

}  // namespace

TruceSync::TruceSync(SidecarClient& sidecar, CrmPair crms, Ledger& ledger)
    : sidecar_(sidecar), crms_(crms), ledger_(ledger) {}

TruceSync::Waiting TruceSync::event_of(const Webhook& webhook) {
  Json changed = Json::array();
  for (const Field field : webhook.changed) changed.push_back(wire_name(webhook.side, field));
  const Json event = {{"system", to_string(webhook.side)},
                      {"entity", "contact"},
                      {"id", webhook.record_id},
                      {"event_id", webhook.event_id},
                      {"occurred_at", to_rfc3339(webhook.occurred_at)},
                      {"changed", std::move(changed)},
                      {"record", webhook.record}};
  return {event, webhook.side, webhook.record_id, webhook.cause, false};
}

TruceSync::Waiting TruceSync::event_of(Side side, const SeenRecord& record) {
  const Json event = {{"system", to_string(side)},
                      {"entity", "contact"},
                      {"id", record.id},
                      {"occurred_at", to_rfc3339(record.modified)},
                      {"changed_at", record.changed_at},
                      {"record", record.body}};
  return {event, side, record.id, Cause::person, true};
}

// As workflow 8 does: what was written over before anybody read it was an edit all the same.
TruceSync::Waiting TruceSync::event_of(Side side, const SeenRecord& record,
                                       const Overwritten& told) {
  const std::string name(wire_name(side, told.value.begin()->first));
  Json event = {{"system", to_string(side)},
                {"entity", "contact"},
                {"id", record.id},
                {"occurred_at", to_rfc3339(told.at)},
                {"changed", Json::array({name})},
                {"partial", true},
                {"record", to_body(side, told.value)}};
  if (!told.before.empty()) event["previous"] = fields_of(side, to_body(side, told.before));
  return {event, side, record.id, Cause::person, true};
}

void TruceSync::import_all() {
  poll(Time{});
  refused_at_import_ = ledger_.outcomes["rejected"];
}

void TruceSync::begin_counting() {
  ledger_.outcomes.clear();
  ledger_.settled.clear();
  ledger_.found_by_poll = 0;
}

void TruceSync::poll(Time since) {
  for (const Side side : all_sides) {
    CrmClient& crm = crms_.at(side);
    const Answer answer = with_retries([&] { return crm.poll_since(since); });
    for (const SeenRecord& record : crm.read_all(answer)) {
      waiting_.push_back(event_of(side, record));
      for (const Overwritten& told : record.overwritten) {
        if (told.at >= since) waiting_.push_back(event_of(side, record, told));
      }
    }
  }
  hand_over();
}

void TruceSync::tick() {
  if (!ledger_.failure.empty()) return;
  hand_over();
  if (++ticks_ % ticks_per_claim == 0) claim();
}

bool TruceSync::idle() {
  if (!ledger_.failure.empty()) return true;
  if (!waiting_.empty()) return false;
  for (const char* state : {"pending", "leased", "waiting", "verifying"}) {
    const SidecarReply reply = sidecar_.get(std::string("/v1/deliveries?state=") + state +
                                            "&limit=" + std::to_string(items_per_page));
    if (failed(reply, "reading the outbox")) return false;
    for (const Json& delivery : list_at(reply.body, "deliveries")) {
      if (records_of_.contains(text_at(delivery, "golden_id"))) return false;
    }
  }
  return true;
}

bool TruceSync::failed(const SidecarReply& reply, const char* doing) {
  if (reply.done()) return false;
  if (!reply.busy() && ledger_.failure.empty()) {
    ledger_.failure = std::string(doing) + ": " + reply.trouble();
  }
  return true;
}

void TruceSync::hand_over() {
  while (!waiting_.empty()) {
    const std::size_t count = std::min(waiting_.size(), events_per_batch);
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    const std::vector<Waiting> batch(waiting_.begin(), end);
    Json events = Json::array();
    for (const Waiting& waiting : batch) events.push_back(waiting.event);
    const SidecarReply reply =
        sidecar_.post("/v1/events", {{"events", std::move(events)}, {"lease_ms", lease_ms}});
    // An event that was not answered is simply sent again: the same event is decided once.
    if (failed(reply, "handing over events")) return;
    waiting_.erase(waiting_.begin(), end);
    read_outcomes(batch, reply.body);
  }
}

void TruceSync::read_outcomes(const std::vector<Waiting>& events, const Json& reply) {
  const Json& results = list_at(reply, "results");
  for (std::size_t i = 0; i < std::min(events.size(), results.size()); ++i) {
    const Json& outcome = results[i];
    const std::string name = text_at(outcome, "outcome");
    ++ledger_.outcomes[name];
    const bool new_to_it =
        !list_at(outcome, "changes").empty() || !list_at(outcome, "deliveries").empty();
    if (events[i].polled && new_to_it) ++ledger_.found_by_poll;
    const std::string golden = text_at(outcome, "golden_id");
    if (!golden.empty()) records_of_[golden][events[i].side] = events[i].record_id;
    carry_out(list_at(outcome, "deliveries"), events[i].cause);
  }
}

void TruceSync::claim() {
  const SidecarReply reply =
      sidecar_.post("/v1/deliveries/claim", {{"limit", claim_limit}, {"lease_ms", lease_ms}});
  if (failed(reply, "claiming deliveries")) return;
  for (const Json& delivery : list_at(reply.body, "deliveries")) {
    const auto known = cause_of_.find(text_at(delivery, "id"));
    carry_out(Json::array({delivery}), known == cause_of_.end() ? Cause::person : known->second);
  }
}

void TruceSync::carry_out(const Json& deliveries, Cause cause) {
  Json results = Json::array();
  for (const Json& delivery : deliveries) {
    cause_of_[text_at(delivery, "id")] = cause;
    Json result = carry_out_one(delivery, cause);
    result["id"] = text_at(delivery, "id");
    if (const Json* attempt = find_member(delivery, "attempt")) result["attempt"] = *attempt;
    results.push_back(std::move(result));
  }
  if (!results.empty()) settle(results);
}

Json TruceSync::carry_out_one(const Json& delivery, Cause cause) {
  const std::string operation = text_at(delivery, "op");
  const Side side = side_of(text_at(delivery, "system"));
  const std::string record_id = text_at(delivery, "record_id");
  const Json* fields = find_member(delivery, "fields");
  const Json body = fields == nullptr ? Json::object() : *fields;
  CrmClient& crm = crms_.at(side);
  Json result = Json::object();
  if (!records_of_.contains(text_at(delivery, "golden_id"))) {
    // Somebody else's: it goes back to the outbox.
    result["status"] = "failed";
    result["error"] = failure("transient", {}, "not a record of this run of the demo");
    return result;
  }
  if (operation == "lookup") return look_up(delivery, crm);
  if (operation == "create") {
    const Answer answer = crm.create(body);
    describe_write(result, answer);
    if (answer.done()) result["record_id"] = created_id(answer);
    if (answer.done()) say_what_it_stored(result, crm, created_id(answer), answer);
  } else if (operation == "update") {
    const Answer answer = crm.update(record_id, body, cause);
    describe_write(result, answer);
    if (answer.done()) say_what_it_stored(result, crm, record_id, answer);
  } else {
    result["status"] = "failed";
    result["error"] = failure("permanent", {}, "the demo's CRMs have no " + operation);
  }
  return result;
}

Json TruceSync::look_up(const Json& delivery, CrmClient& crm) {
  const std::string record_id = text_at(delivery, "record_id");
  const Json* fields = find_member(delivery, "fields");
  const Content keys = fields == nullptr ? Content{} : from_body(crm.side(), *fields);
  const auto email = keys.find(Field::email);
  const Answer answer = !record_id.empty()    ? crm.get(record_id)
                        : email != keys.end() ? crm.find_by_email(email->second)
                                              : Answer{};
  if (answer.status == 404) return {{"status", "absent"}};
  Json result = Json::object();
  if (!answer.done()) {
    result["status"] = "failed";
    result["error"] = failure("transient", answer, "HTTP " + std::to_string(answer.status));
    return result;
  }
  const SeenRecord found = crm.read(answer.body);
  return {{"status", "found"}, {"record_id", found.id}, {"record", found.body}};
}

void TruceSync::settle(const Json& results) {
  for (const Json& result : results) ++ledger_.settled[text_at(result, "status")];
  failed(sidecar_.post("/v1/deliveries/settle", {{"results", results}}), "settling deliveries");
}

std::vector<Json> TruceSync::open_items() {
  std::vector<Json> items;
  std::string after;
  for (int page = 0; page < pages_max; ++page) {
    const std::string query = "/v1/exceptions?state=open&limit=" + std::to_string(items_per_page) +
                              (after.empty() ? "" : "&after=" + after);
    const SidecarReply reply = sidecar_.get(query);
    if (failed(reply, "reading the open questions")) break;
    for (const Json& item : list_at(reply.body, "exceptions")) {
      if (records_of_.contains(text_at(item, "golden_id"))) items.push_back(item);
    }
    after = text_at(reply.body, "next");
    if (after.empty()) break;
  }
  return items;
}

std::vector<OpenQuestion> TruceSync::open_questions() {
  std::vector<OpenQuestion> questions;
  for (const Json& item : open_items()) {
    const std::optional<Field> field = field_of(text_at(item, "field"));
    if (text_at(item, "category") != "conflict" || !field) continue;
    OpenQuestion question;
    question.exception_id = text_at(item, "id");
    question.record_ids = records_of_[text_at(item, "golden_id")];
    question.field = *field;
    for (const Json& candidate : list_at(item, "candidates")) {
      question.candidates[side_of(text_at(candidate, "system"))] = text_at(candidate, "value");
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

std::map<std::string, int> TruceSync::other_items() {
  std::map<std::string, int> counts;
  for (const Json& item : open_items()) {
    if (text_at(item, "category") != "conflict") ++counts[text_at(item, "category")];
  }
  return counts;
}

bool TruceSync::answer(const OpenQuestion& question, Side choose) {
  const std::string path = "/v1/exceptions/" + question.exception_id;
  const SidecarReply item = sidecar_.get(path);
  if (failed(item, "reading a question")) return false;
  const Json* version = find_member(item.body, "version");
  const SidecarReply reply =
      sidecar_.post(path + "/resolve", {{"choose", to_string(choose)},
                                        {"version", version == nullptr ? Json() : *version},
                                        {"actor", "demo"},
                                        {"note", "answered by the demo"}});
  if (failed(reply, "answering a question")) return false;
  carry_out(list_at(reply.body, "deliveries"), Cause::person);
  return true;
}

Strategy truce_strategy(const std::shared_ptr<TruceSync>& sync) {
  Strategy strategy;
  strategy.name = "Truce";
  strategy.receive = [sync](const Webhook& webhook) { sync->receive(webhook); };
  strategy.tick = [sync] { sync->tick(); };
  strategy.poll = [sync](Time since) { sync->poll(since); };
  strategy.idle = [sync] { return sync->idle(); };
  return strategy;
}

}  // namespace truce::demo
