// What a row must be, whatever store keeps it. The SQLite schema states the same as CHECKs; the
// suite tests/contract holds both to it. Each gives the name of the rule that is broken, or
// nullptr.
#pragma once

#include "engine/core/model/work.h"

namespace truce {

inline bool is_unanswered(ExceptionState state) {
  return state == ExceptionState::open || state == ExceptionState::claimed;
}

// Open: whatever may still be sent or, dead or discarded, keeps the same write from being sent
// again.
inline bool is_open(DeliveryState state) {
  return state != DeliveryState::delivered && state != DeliveryState::withdrawn;
}

// May become due by the passing of time alone.
inline bool awaits_hand_out(DeliveryState state) {
  return state == DeliveryState::pending || state == DeliveryState::waiting ||
         state == DeliveryState::verifying;
}

inline const char* broken_rule(const SourceRecord& record) {
  if (!record.golden.empty() && record.state == LinkState::ambiguous)
    return "ambiguous_has_no_golden";
  return nullptr;
}

inline const char* broken_rule(const Delivery& delivery) {
  const bool leased = delivery.state == DeliveryState::leased;
  if (leased && !delivery.lease_expires_at) return "leased_has_an_end";
  if (leased && !delivery.handed_out_at) return "leased_was_handed_out";
  if (delivery.state == DeliveryState::delivered && !delivery.settled_at) {
    return "delivered_was_settled";
  }
  return nullptr;
}

inline const char* broken_rule(const ExceptionItem& item) {
  if (is_unanswered(item.state) == item.closed_at.has_value()) return "closed_has_a_time";
  return nullptr;
}

}  // namespace truce
