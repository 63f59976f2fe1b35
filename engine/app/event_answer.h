// What an event is answered, and what the audit trail says of it. Internal to engine/app.
#pragma once

#include <string>
#include <vector>

#include "engine/app/ingestion.h"
#include "engine/core/model/json_text.h"

namespace truce {

// Of the outcome, the open items about what the event shows.
std::vector<const ExceptionItem*> open_questions(const Findings& findings, const Arrival& arrival);

// Each change of the record as JSON, in the order of the plan.
using ChangeTexts = std::vector<std::string>;
ChangeTexts change_texts(const Findings& findings);

// The same as an array for the audit trail: what is private is sealed.
void put_sealed_changes(JsonText& out, const Context& context, const Entity& entity,
                        const Plan& plan);

// Row 105 of the audit: everything but what only the caller needs, and what is private sealed. Its
// members are sorted, as to_wire() sorts them.
std::string audit_body(const Context& context, const Arrival& arrival, const Findings& findings,
                       OutcomeKind kind, const ChangeTexts& changes);

// The Outcome of the contract without its deliveries, which come last.
std::string answer_without_deliveries(const Processed& processed, const Arrival& arrival,
                                      const Findings& findings, const ChangeTexts& changes);
// Of an event that never reached its entity.
std::string refusal_without_deliveries(const Processed& processed, const Json& error);
std::string with_deliveries(std::string answer, const std::vector<std::string>& deliveries);

// `first` is what its first copy was answered.
std::string repeat_answer(const Processed& known, const std::string& first);
// What is left of an answer that was forgotten.
std::string receipt_answer(const Receipt& receipt);

Json problem_json(const FieldProblem& problem);

}  // namespace truce
