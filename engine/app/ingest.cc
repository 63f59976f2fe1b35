#include "engine/app/ingest.h"

#include <algorithm>
#include <set>

#include "engine/app/ingestion.h"
#include "engine/app/private_fields.h"
#include "engine/app/render.h"
#include "engine/app/trail.h"

namespace truce {
namespace {

Json problem_json(const FieldProblem& problem) {
  return {{"field", problem.field.text},
          {"code", std::string(to_string(problem.code))},
          {"message", problem.message}};
}

Json winner_json(const GoldenField& field) {
  return {{"system", field.system.text},
          {"changed_at", to_rfc3339(field.changed_at)},
          {"evidence", std::string(to_string(field.evidence))}};
}

Json change_json(const FieldChange& change) {
  Json node{{"field", change.field.text},
            {"before", change.before ? to_json(change.before->value) : Json()},
            {"after", change.after ? to_json(change.after->value) : Json()}};
  if (change.after) {
    node["winner"] = winner_json(*change.after);
    node["rule"] = change.after->rule;
    node["why"] = change.after->why;
    if (change.after->contested) node["contested"] = true;
  }
  return node;
}

Json conflict_json(const ExceptionItem& item) {
  Json candidates = Json::array();
  for (const Candidate& candidate : item.candidates) {
    candidates.push_back(render(item, candidate));
  }
  return {{"exception_id", item.id.text},
          {"category", std::string(to_string(item.category))},
          {"field", item.field.text},
          {"candidates", std::move(candidates)}};
}

bool asks_about(const ExceptionItem& item, const Arrival& arrival) {
  return item.field.empty() || arrival.record.fields.contains(item.field) ||
         item.detail.contains("group");
}

std::vector<ExceptionItem> open_questions(const Findings& findings, const Arrival& arrival) {
  std::vector<ExceptionItem> open = findings.items;
  if (!findings.state) return open;
  for (const ExceptionItem& item : findings.state->items) {
    const bool question =
        item.category == Category::conflict || item.category == Category::immutable ||
        item.category == Category::oscillation || item.category == Category::erase;
    if (question && asks_about(item, arrival)) open.push_back(item);
  }
  return open;
}

// The first outcome that applies, in the order of the model.
OutcomeKind outcome_of(const Findings& findings, const Arrival& arrival) {
  if (findings.kind) return *findings.kind;
  const bool news =
      findings.applied > 0 || findings.linked || (findings.plan && !findings.plan->changes.empty());
  const auto open = open_questions(findings, arrival);
  const bool asked = std::any_of(open.begin(), open.end(), [](const ExceptionItem& item) {
    return item.category != Category::erase;
  });
  if (asked && news) return OutcomeKind::conflict;
  if (news) return OutcomeKind::applied;
  if (findings.stale > 0) return OutcomeKind::stale;
  if (findings.echoes > 0) return OutcomeKind::echo;
  return OutcomeKind::unchanged;
}

Json record_json(const GoldenRecord& golden) {
  Json record = Json::object();
  for (const auto& [name, field] : golden.fields) record[name.text] = to_json(field.value);
  return record;
}

// Row 105 of the audit: everything but what only the caller needs.
Json audit_body(Context& context, const Arrival& arrival, const Findings& findings,
                OutcomeKind kind) {
  Json body{{"outcome", std::string(to_string(kind))},
            {"system", arrival.system.name.text},
            {"id", arrival.id.text},
            {"op", std::string(to_string(arrival.event.operation))},
            {"at", to_rfc3339(arrival.at)},
            {"policy", context.policy.sha256}};
  if (!arrival.event.actor.empty()) body["actor"] = arrival.event.actor;
  if (!findings.why.empty()) body["why"] = findings.why;
  if (findings.plan && !findings.plan->changes.empty()) {
    Json changes = Json::array();
    for (const FieldChange& change : findings.plan->changes) {
      Json node = change_json(change);
      const Field* field = arrival.entity.field(change.field);
      if (field && field->is_private) seal_members(node, {"before", "after"}, context.secrets);
      changes.push_back(std::move(node));
    }
    body["changes"] = std::move(changes);
  }
  if (findings.plan && !findings.plan->deliveries.empty()) {
    Json deliveries = Json::array();
    for (const Delivery& delivery : findings.plan->deliveries)
      deliveries.push_back(delivery.id.text);
    body["deliveries"] = std::move(deliveries);
  }
  Json problems = Json::array();
  for (const FieldProblem& problem : findings.problems) problems.push_back(problem_json(problem));
  if (!problems.empty()) body["errors"] = std::move(problems);
  return body;
}

// A refused field or event is an item of the queue: one for each record, field and kind of fault.
void ask_about_problems(Context& context, const Arrival& arrival, const Findings& findings) {
  for (const FieldProblem& problem : findings.problems) {
    ExceptionItem item;
    // An option or a type that the policy does not know: the system's fields have changed shape.
    const bool drifted =
        problem.code == Code::unknown_option || problem.code == Code::type_mismatch;
    item.category = drifted ? Category::drift : Category::rejected;
    item.subject = refused_arrival + arrival.system.name.text + '/' + arrival.entity.name.text +
                   '/' + arrival.id.text + '/' + problem.field.text + '/' +
                   std::string(to_string(problem.code));
    item.entity = arrival.entity.name;
    item.golden = findings.golden;
    item.field = problem.field;
    item.system = arrival.system.name;
    item.record = arrival.id;
    item.actions = {"replay"};
    item.detail = problem_json(problem);
    item.detail["event_key"] = arrival.key.text;
    item.detail["at"] = to_rfc3339(arrival.at);
    open_item(context, std::move(item));
  }
}

// The record has shown a good value of a field that was refused before.
bool answers_problem(const Arrival& arrival, const ExceptionItem& item) {
  const std::string head = refused_arrival + arrival.system.name.text + '/' +
                           arrival.entity.name.text + '/' + arrival.id.text + '/';
  if (!item.subject.starts_with(head) || !arrival.record.fields.contains(item.field)) return false;
  const Json* said = find_member(item.detail, "at");
  const auto at = said && said->is_string() ? parse_time(said->get_ref<const std::string&>())
                                            : tl::unexpected(Problem{});
  return at && *at <= arrival.at;
}

void close_answered_problems(Context& context, const Arrival& arrival, Findings& findings) {
  if (!findings.state) return;
  std::erase_if(findings.state->items, [&](const ExceptionItem& item) {
    if (!answers_problem(arrival, item)) return false;
    close_item(context, item, "truce", "a later value was taken");
    return true;
  });
}

void ask_about_clock(Context& context, const Arrival& arrival) {
  ExceptionItem item;
  item.category = Category::clock;
  item.subject = "clock/" + arrival.system.name.text;
  item.system = arrival.system.name;
  item.entity = arrival.entity.name;
  item.record = arrival.id;
  Json said;
  if (arrival.event.occurred_at)
    said = to_rfc3339(*arrival.event.occurred_at);
  else if (arrival.record.modified)
    said = to_rfc3339(*arrival.record.modified);
  item.detail = {
      {"claimed", said},
      {"received_at", to_rfc3339(arrival.received_at)},
      {"event_key", arrival.key.text},
      {"why", "the time lies further ahead than max_future_skew_ms; the receipt's time is used"}};
  open_item(context, std::move(item));
}

Json repeat_answer(const Processed& known, Json first) {
  return {{"outcome", "duplicate"},
          {"event_key", known.key.text},
          {"golden_id", known.golden.empty() ? Json() : Json(known.golden.text)},
          {"audit_seq", known.audit_sequence},
          {"deliveries", Json::array()},
          {"first", std::move(first)}};
}

Processed duplicate_of(const Receipt& receipt) {
  Processed processed;
  processed.kind = OutcomeKind::duplicate;
  processed.key = receipt.event_key;
  processed.golden = receipt.golden;
  processed.audit_sequence = receipt.audit_sequence;
  processed.stored = true;
  Json first;
  if (auto answer = parse_json(receipt.answer, JsonLimits::of_store());
      !receipt.answer.empty() && answer) {
    first = std::move(*answer);
  } else {
    first = {{"outcome", std::string(to_string(receipt.kind))},
             {"event_key", receipt.event_key.text},
             {"golden_id", receipt.golden.empty() ? Json() : Json(receipt.golden.text)},
             {"audit_seq", receipt.audit_sequence}};
  }
  processed.answer = repeat_answer(processed, std::move(first));
  return processed;
}

void fill_answer(Processed& processed, const Arrival& arrival, const Findings& findings) {
  Json& answer = processed.answer;
  answer["outcome"] = std::string(to_string(processed.kind));
  answer["event_key"] = processed.key.text;
  answer["golden_id"] = processed.golden.empty() ? Json() : Json(processed.golden.text);
  answer["audit_seq"] = processed.audit_sequence;
  if (findings.state) answer["record"] = record_json(findings.state->golden);
  Json changes = Json::array();
  if (findings.plan) {
    for (const FieldChange& change : findings.plan->changes) changes.push_back(change_json(change));
  }
  answer["changes"] = std::move(changes);
  Json conflicts = Json::array();
  for (const ExceptionItem& item : open_questions(findings, arrival)) {
    conflicts.push_back(conflict_json(item));
  }
  answer["conflicts"] = std::move(conflicts);
  answer["deliveries"] = Json::array();
  Json errors = Json::array();
  for (const FieldProblem& problem : findings.problems) errors.push_back(problem_json(problem));
  answer["errors"] = std::move(errors);
  if (!findings.why.empty()) answer["why"] = findings.why;
}

// Events of this batch, whose receipts are written when their answers are complete.
using InBatch = std::map<EventKey, std::size_t>;

std::optional<Processed> repeated(Context& context, const EventKey& key, const InBatch& in_batch) {
  if (in_batch.contains(key)) {
    Processed processed;
    processed.kind = OutcomeKind::duplicate;
    processed.key = key;
    processed.stored = true;
    return processed;
  }
  if (const auto receipt = context.store.find_receipt(key)) return duplicate_of(*receipt);
  return std::nullopt;
}

// A portal that sends what the policy does not know is one question, however many events it sends.
std::string unread_subject(const Json& node, const Problem& problem, const EventKey& key) {
  if (problem.code != Code::unknown_system && problem.code != Code::unknown_entity) return key.text;
  const auto name = [&](const char* member) {
    const Json* found = find_member(node, member);
    return found && found->is_string() ? shown(found->get<std::string>()) : std::string();
  };
  return std::string(to_string(problem.code)) + '/' + name("system") + '/' + name("entity");
}

// An event that never reached its entity: it is kept, counted and answered all the same.
Processed reject_unread(Context& context, const Json& node, const Problem& problem,
                        const InBatch& in_batch) {
  Processed processed;
  processed.key = raw_event_key(node);
  if (auto known = repeated(context, processed.key, in_batch)) return *known;
  processed.kind = OutcomeKind::rejected;
  const Json error{{"field", ""},
                   {"code", std::string(to_string(problem.code))},
                   {"message", problem.message},
                   {"pointer", problem.pointer}};
  processed.audit_sequence = write_audit(context, {"event",
                                                   {},
                                                   {},
                                                   processed.key,
                                                   {{"outcome", "rejected"},
                                                    {"errors", Json::array({error})},
                                                    {"policy", context.policy.sha256}}});
  processed.answer = {{"outcome", "rejected"},       {"event_key", processed.key.text},
                      {"golden_id", nullptr},        {"audit_seq", processed.audit_sequence},
                      {"changes", Json::array()},    {"conflicts", Json::array()},
                      {"deliveries", Json::array()}, {"errors", Json::array({error})}};
  ExceptionItem item;
  item.category = Category::rejected;
  item.subject = refused_arrival + unread_subject(node, problem, processed.key);
  item.actions = {"replay"};
  item.detail = error;
  item.detail["event_key"] = processed.key.text;
  open_item(context, std::move(item));
  // Without an entity nothing says what is private in it, so all of it is sealed.
  context.store.put_raw(
      {processed.key, context.now, {}, {}, to_wire(sealed(node, context.secrets))});
  return processed;
}

struct Addressee {
  const System* system = nullptr;
  const Entity* entity = nullptr;
};

Result<Addressee> addressee(const Context& context, const ChangeEvent& event) {
  Addressee found{context.policy.system(event.system), context.policy.entity(event.entity)};
  if (!found.system) {
    return fail(Code::unknown_system, "the policy has no system '" + shown(event.system.text) + "'",
                "/system");
  }
  if (!found.entity) {
    return fail(Code::unknown_entity, "the policy has no entity '" + shown(event.entity.text) + "'",
                "/entity");
  }
  return found;
}

// The event's time: what it says, else the record's, else the receipt's; never far ahead of that.
void set_time(Arrival& arrival) {
  const auto said = arrival.event.occurred_at ? arrival.event.occurred_at : arrival.record.modified;
  arrival.timed = said.has_value();
  arrival.at = said.value_or(arrival.received_at);
  if (arrival.at > arrival.received_at + arrival.system.max_future_skew) {
    arrival.at = arrival.received_at;
    arrival.clamped = true;
  }
}

Findings take(Context& context, Arrival& arrival) {
  switch (arrival.event.operation) {
    case EventOperation::upsert:
      return take_upsert(context, arrival);
    case EventOperation::erase:
      return take_delete(context, arrival);
    case EventOperation::restore:
      return take_restore(context, arrival);
    case EventOperation::merge:
      return take_merge(context, arrival);
  }
  return {};
}

Processed finish(Context& context, Arrival& arrival, const char* audit_kind) {
  Findings findings = take(context, arrival);
  Processed processed;
  processed.key = arrival.key;
  processed.golden = findings.golden;
  processed.kind = outcome_of(findings, arrival);
  close_answered_problems(context, arrival, findings);
  ask_about_problems(context, arrival, findings);
  if (arrival.clamped) ask_about_clock(context, arrival);
  Json body = audit_body(context, arrival, findings, processed.kind);
  const bool release = arrival.released;
  if (release) body["event"] = arrival.key.text;
  processed.audit_sequence =
      write_audit(context, {audit_kind, arrival.entity.name, processed.golden,
                            release ? EventKey() : arrival.key, std::move(body)});
  fill_answer(processed, arrival, findings);
  processed.has_due = !findings.state || !due_of(*findings.state, context.now).empty();
  return processed;
}

Processed process(Context& context, const Json& node, const InBatch& in_batch) {
  auto event = read_change_event(node);
  if (!event) return reject_unread(context, node, event.error(), in_batch);
  const auto to = addressee(context, *event);
  if (!to) return reject_unread(context, node, to.error(), in_batch);
  NormalizedRecord record;
  if (event->record) {
    record = normalize_record(context.policy, *to->entity, event->system, *event->record,
                              context.transforms);
  }
  const auto id = event->id ? event->id : record.id;
  if (!id || id->empty()) {
    return reject_unread(context, node,
                         {Code::id_invalid, "no id: neither in 'id' nor in the record", "/id"},
                         in_batch);
  }
  Arrival arrival{*event, *to->system, *to->entity, *id, std::move(record), {}, {}, context.now};
  arrival.key = event_key(*event, *id, arrival.record);
  if (auto known = repeated(context, arrival.key, in_batch)) return std::move(*known);
  set_time(arrival);
  context.store.put_raw({arrival.key, context.now, event->system, event->entity,
                         to_wire(sealed_event(node, *to->entity, event->system, context.secrets))});
  return finish(context, arrival, "event");
}

void put_receipt(Context& context, const Json& node, const Processed& processed) {
  Receipt receipt;
  receipt.event_key = processed.key;
  receipt.kind = processed.kind;
  receipt.golden = processed.golden;
  receipt.audit_sequence = processed.audit_sequence;
  receipt.received_at = context.now;
  if (const Json* system = find_member(node, "system"); system && system->is_string()) {
    receipt.system = SystemName(system->get<std::string>());
  }
  if (const Json* entity = find_member(node, "entity"); entity && entity->is_string()) {
    receipt.entity = EntityName(entity->get<std::string>());
  }
  receipt.answer = to_wire(processed.answer);
  context.store.put_receipt(receipt);
}

void hand_out_all(Context& context, std::vector<Processed>& batch, const IngestOptions& options) {
  std::set<GoldenId> due;
  for (const Processed& processed : batch) {
    if (processed.has_due) due.insert(processed.golden);
  }
  std::map<GoldenId, std::size_t> last;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (due.contains(batch[i].golden) && batch[i].kind != OutcomeKind::duplicate)
      last[batch[i].golden] = i;
  }
  for (const auto& [golden, i] : last) {
    auto state = load_state(context, golden);
    if (!state) continue;
    for (Delivery* delivery : due_of(*state, context.now)) {
      hand_out(context, *state, *delivery, options.lease);
      batch[i].answer["deliveries"].push_back(render(*delivery));
    }
  }
}

}  // namespace

Json event_json(const ChangeEvent& event) {
  Json node{{"system", event.system.text},
            {"entity", event.entity.text},
            {"op", std::string(to_string(event.operation))}};
  if (event.id) node["id"] = event.id->text;
  if (!event.event_id.empty()) node["event_id"] = event.event_id;
  if (event.occurred_at) node["occurred_at"] = to_rfc3339(*event.occurred_at);
  if (!event.version.empty()) node["version"] = event.version;
  if (!event.changed.empty()) node["changed"] = event.changed;
  if (!event.previous.empty()) node["previous"] = event.previous;
  for (const auto& [name, at] : event.changed_at) node["changed_at"][name] = to_rfc3339(at);
  if (!event.actor.empty()) node["actor"] = event.actor;
  if (!event.merged_into.empty()) node["merged_into"] = event.merged_into.text;
  if (event.record) node["record"] = *event.record;
  if (event.partial) node["partial"] = true;
  return node;
}

Processed ingest_released(Context& context, const ParkedEvent& parked,
                          MissingParent missing_parent) {
  Processed processed;
  const auto node = parse_json(parked.body, JsonLimits::of_store());
  if (!node) return processed;
  auto event = read_change_event(*node);
  const auto to = event ? addressee(context, *event) : tl::unexpected(event.error());
  if (!to) return processed;
  NormalizedRecord record;
  if (event->record) {
    record = normalize_record(context.policy, *to->entity, event->system, *event->record,
                              context.transforms);
  }
  const auto id = event->id ? event->id : record.id;
  if (!id) return processed;
  Arrival arrival{*event,           *to->system, *to->entity,       *id, std::move(record),
                  parked.event_key, {},          parked.received_at};
  arrival.released = true;
  arrival.missing_parent = missing_parent;
  set_time(arrival);
  return finish(context, arrival, "release");
}

std::vector<Json> ingest_all(Context& context, const std::vector<Json>& events,
                             const IngestOptions& options) {
  std::vector<Processed> batch;
  InBatch in_batch;
  for (const Json& node : events) {
    Processed processed = process(context, node, in_batch);
    if (!processed.stored) in_batch.emplace(processed.key, batch.size());
    batch.push_back(std::move(processed));
  }
  if (options.hand_out) hand_out_all(context, batch, options);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!batch[i].stored) put_receipt(context, events[i], batch[i]);
  }
  for (Processed& processed : batch) {
    const auto first = in_batch.find(processed.key);
    if (!processed.stored || first == in_batch.end()) continue;
    processed.answer = repeat_answer(batch[first->second], batch[first->second].answer);
  }
  std::vector<Json> answers;
  for (Processed& processed : batch) answers.push_back(std::move(processed.answer));
  return answers;
}

Json ingest(Context& context, const Json& event, const IngestOptions& options) {
  return std::move(ingest_all(context, {event}, options).front());
}

}  // namespace truce
