#include "engine/app/ingest.h"

#include <algorithm>
#include <set>

#include "engine/app/event_answer.h"
#include "engine/app/migrating.h"
#include "engine/app/render.h"
#include "engine/app/trail.h"
#include "engine/core/model/hash.h"

namespace truce {
namespace {

void set_time(Arrival& arrival) {
  const auto said = arrival.event.occurred_at ? arrival.event.occurred_at : arrival.record.modified;
  arrival.timed = said.has_value();
  arrival.at = said.value_or(arrival.received_at);
  if (arrival.at > arrival.received_at + arrival.system.max_future_skew) {
    arrival.at = arrival.received_at;
    arrival.clamped = true;
  }
}

}  // namespace

Arrival arrival_of(const Policy& policy, const ReadEvent& read, Time received_at) {
  Arrival arrival{read.event,
                  *policy.system(read.event.system),
                  *policy.entity(read.event.entity),
                  read.id,
                  read.record,
                  read.odd,
                  read.raw,
                  read.key,
                  {},
                  received_at};
  set_time(arrival);
  return arrival;
}

std::string refusals_of(const SystemName& system, const EntityName& entity,
                        const RecordId& record) {
  return refused_arrival + system.text + '/' + entity.text + '/' + record.text + '/';
}

ExceptionItem problem_item(const Arrival& arrival, const GoldenId& golden,
                           const FieldProblem& problem) {
  ExceptionItem item;
  // An option or a type that the policy does not know: the system's fields have changed shape.
  const bool drifted = problem.code == Code::unknown_option || problem.code == Code::type_mismatch;
  item.category = drifted ? Category::drift : Category::rejected;
  item.subject = refusals_of(arrival.system.name, arrival.entity.name, arrival.id) +
                 problem.field.text + '/' + std::string(to_string(problem.code));
  item.entity = arrival.entity.name;
  item.golden = golden;
  item.field = problem.field;
  item.system = arrival.system.name;
  item.record = arrival.id;
  item.actions = {"replay"};
  item.detail = problem_json(problem);
  item.detail["event_key"] = arrival.key.text();
  item.detail["at"] = to_rfc3339(arrival.at);
  return item;
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
      {"event_key", arrival.key.text()},
      {"why", "the time lies further ahead than max_future_skew_ms; the receipt's time is used"}};
  open_item(context, std::move(item));
}

namespace {

// The first outcome that applies, in the order of the model.
OutcomeKind outcome_of(const Findings& findings, const Arrival& arrival) {
  if (findings.kind) return *findings.kind;
  const bool news =
      findings.applied > 0 || findings.linked || (findings.plan && !findings.plan->changes.empty());
  const auto open = open_questions(findings, arrival);
  const bool asked = std::any_of(open.begin(), open.end(), [](const ExceptionItem* item) {
    return item->category != Category::erase;
  });
  if (asked && news) return OutcomeKind::conflict;
  if (news) return OutcomeKind::applied;
  if (findings.stale > 0) return OutcomeKind::stale;
  if (findings.echoes > 0) return OutcomeKind::echo;
  return OutcomeKind::unchanged;
}

// A field that came in another shape is asked about once for all records: see watch_shapes.h.
void ask_about_problems(Context& context, const Arrival& arrival, const Findings& findings) {
  for (const FieldProblem& problem : findings.problems) {
    if (arrival.odd.refused.contains(problem.field)) continue;
    ask_about_refusal(context, problem_item(arrival, findings.golden, problem));
  }
}

// What waits to be written over a value that could not be read is planned again.
void withdraw_over_refused(Context& context, const Arrival& arrival, const Findings& findings) {
  if (findings.problems.empty() || findings.golden.empty()) return;
  auto state = load_state(context, findings.golden);
  if (!state) return;
  const bool is_carried =
      std::any_of(state->deliveries.begin(), state->deliveries.end(), [&](const Delivery& one) {
        return one.system == arrival.system.name && is_unsent(one) &&
               std::any_of(
                   findings.problems.begin(), findings.problems.end(),
                   [&](const FieldProblem& problem) { return one.fields.contains(problem.field); });
      });
  if (is_carried) derive_noted(context, *state, "what stands there now could not be read");
}

// What was refused, as a person sees it; an event brings the same refusal again and again.
std::string refusal_of(const ExceptionItem& item) {
  return sha256_hex(text_at(item.detail, "code") + '\n' + text_at(item.detail, "message"));
}

std::string dismissal_of(const ExceptionItem& item) { return "dismissed/" + item.subject; }

}  // namespace

std::optional<ExceptionItem> ask_about_refusal(Context& context, ExceptionItem item) {
  if (context.store.find_meta(dismissal_of(item)) == refusal_of(item)) return std::nullopt;
  if (refused_at(item)) {
    // A good value that was heard of first would have closed the item.
    const auto source = context.store.find_source(item.system, item.entity, item.record);
    if (source && is_overtaken(item, *source)) return std::nullopt;
  }
  auto known = context.store.unanswered_exception(item.subject);
  if (known && refused_at(item) < refused_at(*known)) return known;
  return open_item(context, std::move(item));
}

void forgo_refusal(Context& context, const ExceptionItem& item) {
  context.store.put_meta(dismissal_of(item), refusal_of(item));
}

bool answers_problem(const Arrival& arrival, const ExceptionItem& item) {
  const std::string head = refusals_of(arrival.system.name, arrival.entity.name, arrival.id);
  if (!item.subject.starts_with(head) || !arrival.record.fields.contains(item.field)) return false;
  const auto at = refused_at(item);
  return at && *at <= arrival.at;
}

namespace {

void close_answered_problems(Context& context, const Arrival& arrival, Findings& findings) {
  if (!findings.state) return;
  std::erase_if(findings.state->items, [&](const ExceptionItem& item) {
    if (!answers_problem(arrival, item)) return false;
    close_item(context, item, "truce", "a later value was taken");
    return true;
  });
}

Processed duplicate_of(const Receipt& receipt) {
  Processed processed;
  processed.kind = OutcomeKind::duplicate;
  processed.key = receipt.event_key;
  processed.golden = receipt.golden;
  processed.audit_sequence = receipt.audit_sequence;
  processed.stored = true;
  processed.answer =
      repeat_answer(processed, receipt.answer.empty() ? receipt_answer(receipt) : receipt.answer);
  return processed;
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
std::string refusal_subject(const ReadEvent& read) {
  const Code code = read.refusal->code;
  if (code != Code::unknown_system && code != Code::unknown_entity) return read.key.text();
  return std::string(to_string(code)) + '/' + shown(read.system.text) + '/' +
         shown(read.entity.text);
}

// An event that never reached its entity: it is kept, counted and answered all the same.
Processed refuse(Context& context, const ReadEvent& read) {
  Processed processed;
  processed.key = read.key;
  processed.kind = OutcomeKind::rejected;
  const Json error{{"field", ""},
                   {"code", std::string(to_string(read.refusal->code))},
                   {"message", read.refusal->message},
                   {"pointer", read.refusal->pointer}};
  processed.audit_sequence = write_audit(context, {"event",
                                                   {},
                                                   {},
                                                   processed.key,
                                                   {{"outcome", "rejected"},
                                                    {"errors", Json::array({error})},
                                                    {"policy", context.policy.sha256}}});
  processed.answer = refusal_without_deliveries(processed, error);
  ExceptionItem item;
  item.category = Category::rejected;
  item.subject = refused_arrival + refusal_subject(read);
  item.actions = {"replay"};
  item.detail = error;
  item.detail["event_key"] = processed.key.text();
  ask_about_refusal(context, std::move(item));
  context.store.put_raw({processed.key, context.now, {}, {}, read.raw});
  return processed;
}

bool has_no_record(const Arrival& arrival) {
  return arrival.event.operation == EventOperation::upsert && !arrival.event.record;
}

// A part of a record that nobody has shown yet, or the restoring of one.
bool is_part_of_unknown(Context& context, const Arrival& arrival) {
  const bool is_part =
      (arrival.event.operation == EventOperation::upsert && arrival.event.partial) ||
      (arrival.event.operation == EventOperation::restore && !arrival.event.record);
  if (!is_part) return false;
  const auto known =
      context.store.find_source(arrival.system.name, arrival.entity.name, arrival.id);
  return !known || (known->golden.empty() && known->state == LinkState::active);
}

Findings wait_for_migration(Context& context, const Arrival& arrival) {
  Findings findings;
  findings.kind = OutcomeKind::parked;
  findings.why = "waits for the end of a migration";
  // When it goes on, nobody is left to be told what to fetch.
  if (is_part_of_unknown(context, arrival)) {
    findings.guessed = 1;
    findings.why += "; its record is not known yet: fetch the record and send it";
  }
  const char* cause = arrival.past_guard ? migration_cause_past_guard : migration_cause;
  context.store.park({arrival.key, cause, arrival.received_at, arrival.raw});
  return findings;
}

Findings take(Context& context, Arrival& arrival) {
  // No schema is needed to tell that the record is to be fetched.
  if (is_migrating(context, arrival.entity.name) && !has_no_record(arrival)) {
    return wait_for_migration(context, arrival);
  }
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
  withdraw_over_refused(context, arrival, findings);
  if (arrival.clamped) ask_about_clock(context, arrival);
  const ChangeTexts changes = change_texts(findings);
  processed.audit_sequence =
      write_audit_text(context, audit_kind, arrival.entity.name, processed.golden,
                       arrival.released ? EventKey() : arrival.key,
                       audit_body(context, arrival, findings, processed.kind, changes));
  processed.answer = answer_without_deliveries(processed, arrival, findings, changes);
  processed.has_due = !findings.state || !due_of(*findings.state, context.now).empty();
  return processed;
}

Processed process(Context& context, const ReadEvent& read, const InBatch& in_batch,
                  const std::string& batch) {
  if (auto known = repeated(context, read.key, in_batch)) return std::move(*known);
  if (read.refusal) return refuse(context, read);
  Arrival arrival = arrival_of(context.policy, read, context.now);
  arrival.batch = batch;
  context.store.put_raw({arrival.key, context.now, read.event.system, read.event.entity, read.raw});
  return finish(context, arrival, "event");
}

void put_receipt(Context& context, const ReadEvent& read, const Processed& processed) {
  Receipt receipt;
  receipt.event_key = processed.key;
  receipt.kind = processed.kind;
  receipt.golden = processed.golden;
  receipt.audit_sequence = processed.audit_sequence;
  receipt.received_at = context.now;
  receipt.system = read.system;
  receipt.entity = read.entity;
  receipt.answer = processed.answer;
  context.store.put_receipt(receipt);
}

// What was handed out, as JSON, by the place of the event whose outcome tells of it.
using HandedOut = std::map<std::size_t, std::vector<std::string>>;

HandedOut hand_out_all(Context& context, const std::vector<Processed>& batch,
                       const IngestOptions& options) {
  HandedOut handed_out;
  std::set<GoldenId> due;
  for (const Processed& processed : batch) {
    if (processed.has_due) due.insert(processed.golden);
  }
  // The last event of a record first: the store still has at hand what was touched last.
  for (std::size_t i = batch.size(); i-- > 0;) {
    if (batch[i].kind == OutcomeKind::duplicate || due.erase(batch[i].golden) == 0) continue;
    auto state = load_state(context, batch[i].golden);
    if (!state) continue;
    withdraw_paused(context, *state);
    for (Delivery* delivery : due_of(*state, context.now)) {
      hand_out(context, *state, *delivery, options.lease);
      handed_out[i].push_back(to_wire(render(*delivery)));
    }
  }
  return handed_out;
}

}  // namespace

namespace {

Processed go_on(Context& context, const ReadEvent& read, Time received_at, bool past_guard,
                MissingParent missing_parent) {
  Arrival arrival = arrival_of(context.policy, read, received_at);
  arrival.released = true;
  arrival.past_guard = past_guard;
  arrival.missing_parent = missing_parent;
  return finish(context, arrival, "release");
}

Processed ingest_again(Context& context, const ParkedEvent& parked, bool past_guard,
                       MissingParent missing_parent) {
  ReadEvent read =
      read_raw_event({context.policy, context.transforms, context.secrets}, parked.body);
  if (read.refusal) return {};
  read.key = parked.event_key;
  return go_on(context, read, parked.received_at, past_guard, missing_parent);
}

// The schema that it waited for does not know its system or entity.
void refuse_again(Context& context, const ParkedEvent& parked) {
  ReadEvent read =
      read_raw_event({context.policy, context.transforms, context.secrets}, parked.body);
  read.key = parked.event_key;
  refuse(context, read);
}

}  // namespace

Processed ingest_released(Context& context, const ParkedEvent& parked,
                          MissingParent missing_parent) {
  return ingest_again(context, parked, true, missing_parent);
}

std::size_t release_migrated(Context& context, std::size_t limit) {
  std::size_t released = 0;
  for (const char* cause : {migration_cause, migration_cause_past_guard}) {
    for (const ParkedEvent& parked : context.store.parked_for(cause, limit - released)) {
      context.store.unpark(parked.event_key);
      const bool past_guard = cause == migration_cause_past_guard;
      if (ingest_again(context, parked, past_guard, MissingParent::wait).key.empty()) {
        refuse_again(context, parked);
      }
      ++released;
    }
  }
  return released;
}

std::vector<Outcome> ingest_all(Context& context, const EventSource& events,
                                const IngestOptions& options) {
  std::vector<Processed> batch;
  batch.reserve(events.size());
  InBatch in_batch;
  for (std::size_t i = 0; i < events.size(); ++i) {
    Processed processed = process(context, events.at(i), in_batch, options.batch);
    if (!processed.stored) in_batch.emplace(processed.key, batch.size());
    batch.push_back(std::move(processed));
  }
  HandedOut handed_out;
  if (options.hand_out) handed_out = hand_out_all(context, batch, options);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (batch[i].stored) continue;
    batch[i].answer = with_deliveries(std::move(batch[i].answer), handed_out[i]);
    put_receipt(context, events.at(i), batch[i]);
  }
  std::vector<Outcome> outcomes;
  outcomes.reserve(batch.size());
  for (Processed& processed : batch) {
    const auto first = in_batch.find(processed.key);
    if (processed.stored && first != in_batch.end()) {
      const Processed& known = batch[first->second];
      processed.answer = repeat_answer(known, outcomes[first->second].answer);
    }
    outcomes.push_back({processed.kind, std::move(processed.answer)});
  }
  return outcomes;
}

Processed take_again(Context& context, const ReadEvent& read, Time received_at,
                     MissingParent missing_parent) {
  return go_on(context, read, received_at, true, missing_parent);
}

}  // namespace truce
