// What becomes of one delivery when its result is known. Internal to engine/app; outbox.h is the
// door.
#pragma once

#include "engine/app/derive.h"
#include "engine/app/untimed.h"

namespace truce {

enum class ResultStatus { delivered, failed, exists, gone, unknown, found, absent };

std::string_view to_string(ResultStatus status);

struct DeliveryResult {
  ResultStatus status = ResultStatus::delivered;
  RecordId record_id;                       // empty: not given
  const Json* record = nullptr;             // what the target says it stored
  bool permanent = false;                   // failed only
  std::string message;                      // failed only: status and words
  std::string withheld;                     // failed only: the same without any value in it
  std::vector<std::string> refused_fields;  // failed only: what the target names as the fault
  std::optional<Duration> retry_after;
};

Result<DeliveryResult> read_result(const Json& node);

// Applies the result to a leased delivery of `state` and derives what follows. Gives the record
// that is to be fetched: the one that came with the result, where it shows a change whose time is a
// guess, or one that a write waits for. A Problem leaves the delivery leased.
Result<std::optional<RecordToFetch>> apply_result(Context& context, RecordState& state,
                                                  Delivery delivery, const DeliveryResult& result);

// Out of attempts or refused: a dead letter with its item.
void bury(Context& context, RecordState& state, Delivery& delivery);

// The facts of a delivery that may or may not have been sent.
void mark_unknown(Context& context, RecordState& state, const Delivery& delivery, Time given_up_at);

}  // namespace truce
