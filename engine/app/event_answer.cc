#include "engine/app/event_answer.h"

#include "engine/app/open_writes.h"
#include "engine/app/private_fields.h"
#include "engine/app/render.h"
#include "engine/app/untimed.h"
#include "engine/core/model/json_members.h"

namespace truce {
namespace {

void put_shown(JsonText& out, const char* key, const std::optional<GoldenField>& field,
               const Secrets* seal_with) {
  out.key(key);
  if (!field || field->value.is_null()) {
    out.null();
  } else if (seal_with) {
    out.node(sealed(to_json(field->value), *seal_with));
  } else if (field->value.kind() == Value::Kind::text) {
    out.string(field->value.text());  // as to_json() would, without a tree
  } else {
    out.node(to_json(field->value));
  }
}

// Members are in their order, for the audit trail.
std::string change_text(const FieldChange& change, const Secrets* seal_with) {
  JsonText out;
  out.open_object();
  put_shown(out, "after", change.after, seal_with);
  put_shown(out, "before", change.before, seal_with);
  if (change.after) put_flag(out, "contested", change.after->contested);
  put(out, "field", change.field.text);
  if (change.after) {
    put(out, "rule", change.after->rule);
    put(out, "why", change.after->why);
    out.key("winner").open_object();
    put(out, "changed_at", to_rfc3339(change.after->changed_at));
    put(out, "evidence", to_string(change.after->evidence));
    put(out, "system", change.after->system.text);
    out.close_object();
  }
  out.close_object();
  return out.take();
}

void put_problems(JsonText& out, const std::vector<FieldProblem>& problems) {
  out.key("errors").open_array();
  for (const FieldProblem& problem : problems) out.node(problem_json(problem));
  out.close_array();
}

void put_conflict(JsonText& out, const ExceptionItem& item) {
  out.open_object();
  put(out, "exception_id", item.id.text);
  put(out, "category", to_string(item.category));
  put(out, "field", item.field.text);
  out.key("candidates").open_array();
  for (const Candidate& candidate : item.candidates) out.node(render(item, candidate));
  out.close_array().close_object();
}

void put_record(JsonText& out, const GoldenRecord& golden) {
  out.key("record").open_object();
  for (const auto& [name, field] : golden.fields) out.key(name.text).node(to_json(field.value));
  out.close_object();
}

// One into which others were merged, and which nobody has shown yet.
std::optional<RecordToFetch> unread_record(const Findings& findings) {
  if (!findings.state) return std::nullopt;
  for (const SourceRecord& source : findings.state->sources) {
    if (is_unread(*findings.state, source)) return {{source.system, source.entity, source.id}};
  }
  return std::nullopt;
}

// The record that is to be fetched and sent; in a preset's array of events nothing else names it.
std::optional<RecordToFetch> wanted_by(OutcomeKind kind, const Arrival& arrival,
                                       const Findings& findings) {
  std::optional<RecordToFetch> waited_for;
  if (findings.state && findings.plan) {
    waited_for = record_waited_for(*findings.state, *findings.plan);
  }
  const bool is_own = waited_for && waited_for->system == arrival.system.name;
  if (kind == OutcomeKind::incomplete || findings.guessed > 0) {
    if (is_own) return waited_for;
    RecordToFetch own{arrival.system.name, arrival.entity.name, arrival.id};
    const bool is_told = arrival.timed && !arrival.clamped;
    if (is_told && arrival.system.history_wait > Duration()) own.not_older_than = arrival.at;
    return own;
  }
  if (const auto unread = unread_record(findings)) return unread;
  // Its history has come, and did not say.
  if (is_own && !arrival.event.changed_at.empty()) return std::nullopt;
  return waited_for;
}

// What every outcome begins with.
void open_outcome(JsonText& out, OutcomeKind kind, const EventKey& key, const GoldenId& golden,
                  std::uint64_t audit_sequence) {
  out.open_object();
  put(out, "outcome", to_string(kind));
  put(out, "event_key", key.text());
  out.key("golden_id");
  if (golden.empty()) {
    out.null();
  } else {
    out.string(golden.text);
  }
  out.key("audit_seq").count(audit_sequence);
}

bool asks_about(const ExceptionItem& item, const Arrival& arrival) {
  return item.field.empty() || arrival.record.fields.contains(item.field) ||
         item.detail.contains("group");
}

}  // namespace

Json problem_json(const FieldProblem& problem) {
  return {{"field", problem.field.text},
          {"code", std::string(to_string(problem.code))},
          {"message", problem.message}};
}

std::vector<const ExceptionItem*> open_questions(const Findings& findings, const Arrival& arrival) {
  std::vector<const ExceptionItem*> open;
  for (const ExceptionItem& item : findings.items) open.push_back(&item);
  if (!findings.state) return open;
  for (const ExceptionItem& item : findings.state->items) {
    const bool question =
        item.category == Category::conflict || item.category == Category::immutable ||
        item.category == Category::oscillation || item.category == Category::erase;
    if (question && asks_about(item, arrival)) open.push_back(&item);
  }
  return open;
}

ChangeTexts change_texts(const Findings& findings) {
  ChangeTexts texts;
  if (!findings.plan) return texts;
  texts.reserve(findings.plan->changes.size());
  for (const FieldChange& change : findings.plan->changes) {
    texts.push_back(change_text(change, nullptr));
  }
  return texts;
}

void put_sealed_changes(JsonText& out, const Context& context, const Entity& entity,
                        const Plan& plan) {
  out.open_array();
  for (const FieldChange& change : plan.changes) {
    const Field* field = entity.field(change.field);
    const bool is_private = field && field->is_private;
    out.raw(change_text(change, is_private ? &context.secrets : nullptr));
  }
  out.close_array();
}

Json sealed_changes(const Context& context, const Entity& entity, const Plan& plan) {
  JsonText changes;
  put_sealed_changes(changes, context, entity, plan);
  return json_of(changes.take());
}

std::string audit_body(const Context& context, const Arrival& arrival, const Findings& findings,
                       OutcomeKind kind, const ChangeTexts& changes) {
  JsonText out;
  out.open_object();
  put_text(out, "actor", arrival.event.actor);
  put(out, "at", to_rfc3339(arrival.at));
  put_text(out, "batch", arrival.batch);
  if (!changes.empty()) {
    out.key("changes").open_array();
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const FieldChange& change = findings.plan->changes[i];
      const Field* field = arrival.entity.field(change.field);
      const bool is_private = field && field->is_private;
      out.raw(is_private ? change_text(change, &context.secrets) : changes[i]);
    }
    out.close_array();
  }
  if (findings.plan && !findings.plan->deliveries.empty()) {
    out.key("deliveries").open_array();
    for (const Delivery& delivery : findings.plan->deliveries) out.string(delivery.id.text);
    out.close_array();
  }
  if (!findings.problems.empty()) put_problems(out, findings.problems);
  if (arrival.released) put(out, "event", arrival.key.text());
  const bool moved =
      findings.plan && !(findings.plan->changes.empty() && findings.plan->deliveries.empty());
  if (moved && findings.state) {
    if (const Json held = held_fields(*findings.state); !held.empty()) out.key("held").node(held);
  }
  put(out, "id", arrival.id.text);
  put(out, "op", to_string(arrival.event.operation));
  put(out, "outcome", to_string(kind));
  put(out, "policy", context.policy.sha256);
  if (arrival.event.event_id == snapshot_event_id) put_flag(out, "snapshot", true);
  put(out, "system", arrival.system.name.text);
  if (moved && findings.state) out.key("to_write").node(to_write(*findings.state));
  put_text(out, "why", findings.why);
  out.close_object();
  return out.take();
}

std::string answer_without_deliveries(const Processed& processed, const Arrival& arrival,
                                      const Findings& findings, const ChangeTexts& changes) {
  JsonText out;
  open_outcome(out, processed.kind, processed.key, processed.golden, processed.audit_sequence);
  if (const auto record = wanted_by(processed.kind, arrival, findings)) {
    out.key("fetch").node(to_json(*record));
  }
  if (findings.state) put_record(out, findings.state->golden);
  out.key("changes").open_array();
  for (const std::string& change : changes) out.raw(change);
  out.close_array();
  out.key("conflicts").open_array();
  for (const ExceptionItem* item : open_questions(findings, arrival)) put_conflict(out, *item);
  out.close_array();
  put_problems(out, findings.problems);
  put_text(out, "why", findings.why);
  return out.take();
}

std::string with_deliveries(std::string answer, const std::vector<std::string>& deliveries) {
  answer += R"(,"deliveries":[)";
  for (const std::string& delivery : deliveries) {
    if (answer.back() != '[') answer += ',';
    answer += delivery;
  }
  return answer + "]}";
}

std::string refusal_without_deliveries(const Processed& processed, const Json& error) {
  JsonText out;
  open_outcome(out, processed.kind, processed.key, processed.golden, processed.audit_sequence);
  for (const char* list : {"changes", "conflicts"}) out.key(list).open_array().close_array();
  out.key("errors").open_array().node(error).close_array();
  return out.take();
}

std::string repeat_answer(const Processed& known, const std::string& first) {
  JsonText out;
  open_outcome(out, OutcomeKind::duplicate, known.key, known.golden, known.audit_sequence);
  out.key("deliveries").open_array().close_array();
  out.key("first").raw(first);
  out.close_object();
  return out.take();
}

std::string receipt_answer(const Receipt& receipt) {
  JsonText out;
  open_outcome(out, receipt.kind, receipt.event_key, receipt.golden, receipt.audit_sequence);
  out.close_object();
  return out.take();
}

}  // namespace truce
