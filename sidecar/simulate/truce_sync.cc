#include "sidecar/simulate/truce_sync.h"

#include <algorithm>

#include "engine/app/ingest.h"
#include "engine/app/outbox.h"
#include "engine/app/sweep.h"
#include "engine/core/model/stored_json.h"
#include "engine/core/normalize/normalize.h"
#include "sidecar/simulate/api_calls.h"

namespace truce::simulate {
namespace {

constexpr std::int64_t retry_ms = 1'000;
constexpr int ask_tries = 3;
constexpr std::int64_t fetch_again_ms = 3'000;
constexpr int fetch_tries = 5;  // as often as n8n's "retry on fail" may
// Of what a fetched record's field history says, as far back as a catch-up reads: what is older
// came with a catch-up, or with the first import, which has no history on either side.
constexpr std::int64_t history_ms = 600'000;
constexpr std::size_t claim_limit = 100;
constexpr double sweep_every_s = 5;
constexpr std::int64_t sweep_at_least_every_ms = 60'000;

// What a webhook of the n-th system holds.
enum class Told { whole_and_changed, id_only, changed_only, whole };
Told told_by(std::size_t system) { return static_cast<Told>(system % 4); }

// Whether the answer to a write shows the record.
bool shows_what_it_stored(std::size_t system) { return system % 2 == 0; }

template <class... Arguments, class Body>
std::function<void(Arguments...)> as_function(Body body) {
  return std::function<void(Arguments...)>(std::move(body));
}

}  // namespace

TruceSync::TruceSync(LoopsRun loops, Office& office, std::uint64_t seed)
    : loops_(loops),
      office_(office),
      sidecar_(office, seed),
      operators_(office, sidecar_, seed,
                 [this](const Json& deliveries) { carry_out(deliveries, false); }),
      slow_loop_(office, sidecar_, *this) {}

void TruceSync::begin() {
  slow_loop_.import_all();
  const Loops& loops = office_.scenario().loops;
  office_.every(loops.outbox_s, [this] { empty_outbox(); });
  office_.every(loops.operators_s, [this] { operators_.look(); });
  sweep_sidecar();
  if (loops_ == LoopsRun::both) slow_loop_.start();
}

OpenQuestions TruceSync::open_questions() {
  operators_.look();
  return operators_.open_questions();
}

Json TruceSync::event_about(std::size_t system, std::size_t entity, const std::string& id) const {
  const Model& model = office_.model();
  return {{"system", model.systems[system]->name.text},
          {"entity", model.entities[entity].rules->name.text},
          {"id", id}};
}

void TruceSync::add_changed(Json& event, std::size_t system, std::size_t entity,
                            const std::vector<std::size_t>& changed, const Json& body,
                            bool only_these) const {
  Json names = Json::array();
  Json part = Json::object();
  for (const std::size_t index : changed) {
    const FieldModel& field = office_.model().entities[entity].fields[index];
    const Path& path = field.in[system].entry->path;
    names.push_back(path.spelling);
    if (const Json* value = read_path(body, path)) write_path(part, path, *value);
  }
  event["changed"] = std::move(names);
  if (only_these) {
    event["record"] = std::move(part);
    event["partial"] = true;
  } else {
    event["record"] = body;
  }
}

std::vector<Json> TruceSync::events_of(const Fetch& wanted, const Answer& answer) const {
  Time since = office_.system(wanted.system).clock(office_.now()) - Duration::of_ms(history_ms);
  if (wanted.since) since = std::min(since, *wanted.since);
  std::map<std::size_t, const Change*> last;
  for (const Change& change : answer.history) {
    for (const std::size_t field : change.fields) last[field] = &change;
  }
  std::vector<Json> events;
  Json whole = event_about(wanted.system, wanted.entity, wanted.id);
  whole["record"] = *answer.body;
  for (const Change& change : answer.history) {
    if (change.at < since) continue;
    std::vector<std::size_t> overwritten;
    for (const std::size_t field : change.fields) {
      if (last.at(field) != &change) {
        overwritten.push_back(field);
        continue;
      }
      const Path& path =
          office_.model().entities[wanted.entity].fields[field].in[wanted.system].entry->path;
      whole["changed_at"][path.spelling] = to_rfc3339(change.at);
      if (change.body_before) {
        add_previous(whole, wanted.system, wanted.entity, field, *change.body_before);
      }
    }
    if (!overwritten.empty()) events.push_back(event_of(wanted, change, overwritten));
  }
  events.push_back(std::move(whole));
  return events;
}

Json TruceSync::event_of(const Fetch& wanted, const Change& change,
                         const std::vector<std::size_t>& fields) const {
  Json event = event_about(wanted.system, wanted.entity, wanted.id);
  event["occurred_at"] = to_rfc3339(change.at);
  add_changed(event, wanted.system, wanted.entity, fields, *change.body, true);
  for (const std::size_t field : fields) {
    if (!change.body_before) break;
    add_previous(event, wanted.system, wanted.entity, field, *change.body_before);
  }
  return event;
}

void TruceSync::add_previous(Json& event, std::size_t system, std::size_t entity, std::size_t field,
                             const Json& body_before) const {
  const Path& path = office_.model().entities[entity].fields[field].in[system].entry->path;
  const Json* value = read_path(body_before, path);
  event["previous"][path.spelling] = value ? *value : Json();
}

void TruceSync::receive(const Webhook& webhook) {
  Json event = event_about(webhook.system, webhook.entity, webhook.record_id);
  event["occurred_at"] = to_rfc3339(webhook.occurred_at);
  switch (webhook.kind) {
    case Webhook::Kind::erase:
      event["op"] = "delete";
      break;
    case Webhook::Kind::merge:
      event["op"] = "merge";
      event["merged_into"] = webhook.merged_into;
      break;
    case Webhook::Kind::restore:
      event["op"] = "restore";
      break;
    case Webhook::Kind::upsert:
      if (told_by(webhook.system) == Told::id_only) {
        return fetch({webhook.system, webhook.entity, webhook.record_id, webhook.occurred_at, {}},
                     fetch_tries);
      }
      if (webhook.is_new || told_by(webhook.system) == Told::whole) {
        event["record"] = *webhook.body;
      } else {
        add_changed(event, webhook.system, webhook.entity, webhook.changed, *webhook.body,
                    told_by(webhook.system) == Told::changed_only);
      }
  }
  take_events({std::move(event)}, HandOut::now, {});
}

bool TruceSync::is_outdated(const Fetch& wanted, const Json& body) const {
  const auto& modified = office_.model().entities[wanted.entity].rules->modified;
  const auto path = modified.find(office_.model().systems[wanted.system]->name);
  const Json* time = path == modified.end() ? nullptr : read_path(body, path->second);
  const auto shown_at = parse_time(time && time->is_string() ? time->get<std::string>() : "");
  return wanted.not_older_than && shown_at && *shown_at < *wanted.not_older_than;
}

void TruceSync::fetch(const Fetch& wanted, int tries) {
  office_.call(
      wanted.system,
      [this, wanted](SimulatedSystem& target) { return get_from(office_, target, wanted.id); },
      office_.step(as_function<const Answer&>([=, this](const Answer& answer) {
        if (answer.done() && (tries <= 1 || !is_outdated(wanted, *answer.body))) {
          return take_events(events_of(wanted, answer), HandOut::now, {});
        }
        if (tries <= 1) return;
        office_.happenings().after(
            Duration::of_ms(fetch_again_ms),
            office_.step(as_function<>([=, this] { fetch(wanted, tries - 1); })));
      })));
}

void TruceSync::take_events(std::vector<Json> events, HandOut hand_out,
                            std::function<void()> taken) {
  auto work = [this, events = std::move(events), hand_out](Context& context) {
    std::vector<ReadEvent> read;
    for (const Json& event : events) {
      read.push_back(read_event({context.policy, context.transforms, context.secrets}, event));
    }
    IngestOptions options;
    options.hand_out = hand_out == HandOut::now;
    Json reply{{"deliveries", Json::array()}, {"fetch", Json::array()}};
    for (const Outcome& outcome : ingest_all(context, ReadEvents(std::move(read)), options)) {
      // Most of an answer is for people: only what is done about it is made a tree.
      const Result<StoredDocument> answer = StoredDocument::parse(outcome.answer);
      if (!answer) continue;
      if (const StoredNode* deliveries = answer->root().find("deliveries")) {
        for (const StoredNode& delivery : *deliveries) {
          reply["deliveries"].push_back(to_json(delivery));
        }
      }
      if (const StoredNode* missing = answer->root().find("fetch")) {
        reply["fetch"].push_back(to_json(*missing));
      }
    }
    return reply;
  };
  ask(std::move(work), [this, taken = std::move(taken)](const Json& reply) {
    if (taken) taken();
    carry_out(reply["deliveries"], false);
    for (const Json& wanted : reply["fetch"]) fetch(wanted);
  });
}

void TruceSync::fetch(const Json& wanted) {
  const Model& model = office_.model();
  const auto time_at = [&](const char* key) {
    const auto time = parse_time(text_at(wanted, key));
    return time ? std::optional(*time) : std::nullopt;
  };
  fetch({model.system_of(SystemName(text_at(wanted, "system"))),
         model.entity_of(EntityName(text_at(wanted, "entity"))), text_at(wanted, "id"),
         time_at("not_older_than"), time_at("since")},
        fetch_tries);
}

void TruceSync::ask(SidecarProcess::Work work, std::function<void(const Json&)> done) {
  ask_again(std::make_shared<const Request>(Request{std::move(work), std::move(done)}), ask_tries);
}

void TruceSync::ask_again(const std::shared_ptr<const Request>& request, int tries) {
  sidecar_.request(
      [request](Context& context) { return request->work(context); },
      office_.step(as_function<const std::optional<Json>&>(
          [this, request, tries](const std::optional<Json>& reply) {
            if (reply) return request->done(*reply);
            if (tries <= 1) return;
            office_.happenings().after(
                Duration::of_ms(retry_ms),
                office_.step(as_function<>([=, this] { ask_again(request, tries - 1); })));
          })));
}

void TruceSync::carry_out(const Json& deliveries, bool in_bulk) {
  std::map<std::size_t, std::vector<Json>> by_call;
  for (const Json& delivery : deliveries) {
    const std::size_t system = office_.model().system_of(SystemName(text_at(delivery, "system")));
    by_call[in_bulk ? system : by_call.size()].push_back(delivery);
  }
  for (auto& [number, group] : by_call) {
    const std::size_t system =
        office_.model().system_of(SystemName(text_at(group.front(), "system")));
    std::vector<Office::Call> calls;
    for (const Json& delivery : group) calls.push_back(call_for(delivery));
    const auto written = std::make_shared<const std::vector<Json>>(std::move(group));
    office_.call_bulk(system, std::move(calls),
                      office_.step(as_function<const std::vector<Answer>&>(
                          [this, written](const std::vector<Answer>& answers) {
                            std::vector<Json> results;
                            for (std::size_t i = 0; i < written->size(); ++i) {
                              results.push_back(result_of((*written)[i], answers[i]));
                            }
                            settle_all(std::move(results));
                          })));
  }
}

Office::Call TruceSync::call_for(const Json& delivery) {
  const std::string operation = text_at(delivery, "op");
  const std::string id = text_at(delivery, "record_id");
  const std::size_t entity = office_.model().entity_of(EntityName(text_at(delivery, "entity")));
  const Json* fields = find_member(delivery, "fields");
  const auto body = std::make_shared<const Json>(fields ? *fields : Json::object());
  const GoldenId golden(text_at(delivery, "golden_id"));
  return [=, this](SimulatedSystem& system) {
    const std::map<std::size_t, Text> values = system.read(entity, *body);
    if (operation == "update") return update_in(office_, system, id, values);
    if (operation == "delete") return erase_in(office_, system, id);
    if (operation == "lookup") {
      return id.empty() ? search_in(office_, system, entity, values)
                        : get_from(office_, system, id);
    }
    const auto view = sidecar_.store().read();
    return create_in(office_, system, entity, operators_.thing_of(*view, golden), values);
  };
}

Json TruceSync::result_of(const Json& delivery, const Answer& answer) const {
  Json result{{"id", delivery["id"]}, {"attempt", delivery["attempt"]}};
  const std::string operation = text_at(delivery, "op");
  const bool looks = operation == "lookup";
  const std::size_t system = office_.model().system_of(SystemName(text_at(delivery, "system")));
  if (answer.done() && looks) {
    const bool found = answer.body || !answer.rows.empty();
    result["status"] = found ? "found" : "absent";
    if (!found) return result;
    result["record_id"] = answer.body ? answer.id : answer.row_ids.front();
    result["record"] = answer.body ? *answer.body : *answer.rows.front();
  } else if (answer.done()) {
    result["status"] = "delivered";
    if (operation == "create") result["record_id"] = answer.id;
    if (answer.body && shows_what_it_stored(system)) result["record"] = *answer.body;
  } else if (answer.status == 404) {
    result["status"] = looks ? "absent" : "gone";
  } else if (answer.status == 409 && !answer.id.empty()) {
    result["status"] = "exists";
    result["record_id"] = answer.id;
  } else if (answer.status == 0 && !looks) {
    result["status"] = "unknown";
  } else {
    result["status"] = "failed";
    result["error"] = {{"class", "transient"}, {"status", answer.status}, {"message", "try later"}};
    if (answer.status == 429) result["error"]["retry_after_s"] = 5;
  }
  return result;
}

void TruceSync::settle_all(std::vector<Json> results) {
  const auto work = [results = std::move(results)](Context& context) {
    Json answers = Json::array();
    for (const Json& result : results) answers.push_back(settle(context, result));
    return answers;
  };
  ask(work, [this](const Json& answers) {
    for (const Json& answer : answers) {
      if (const Json* wanted = find_member(answer, "fetch")) fetch(*wanted);
    }
  });
}

void TruceSync::empty_outbox() {
  {
    const auto view = sidecar_.store().read();
    if (view->due_deliveries({}, office_.now(), 1).empty()) return;
  }
  const auto work = [](Context& context) {
    ClaimRequest request;
    request.limit = claim_limit;
    return claim(context, request);
  };
  ask(work, [this](const Json& reply) { carry_out(reply["deliveries"], true); });
}

void TruceSync::sweep_sidecar() {
  const bool is_time = office_.now() - swept_at_ >= Duration::of_ms(sweep_at_least_every_ms);
  const bool lease_is_over = !sidecar_.store().read()->expired_leases(office_.now(), 1).empty();
  if (is_time || lease_is_over) {
    const bool done = sidecar_.work([](Context& context) {
      sweep(context);
      return Json();
    });
    if (done) swept_at_ = office_.now();
  }
  office_.happenings().after(Duration{static_cast<std::int64_t>(sweep_every_s * 1e6)},
                             [this] { sweep_sidecar(); });
}

}  // namespace truce::simulate
