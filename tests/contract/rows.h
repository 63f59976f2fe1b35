// Rows to put. Every member has a value that a store could lose.
#pragma once

#include <string>

#include "engine/core/model/reconciliation.h"
#include "engine/core/model/work.h"

namespace truce::contract {

// 64 hex characters, as a digest has, different for every text.
std::string digest_of(const std::string& text);
inline EventKey event_key(const std::string& text) { return EventKey(digest_of(text)); }
inline Time at(std::int64_t seconds) { return Time::of_ms(seconds * 1000); }

SourceRecord source(const std::string& system, const std::string& id, const std::string& golden,
                    LinkState state = LinkState::active);
GoldenRecord golden(const std::string& id, const std::string& entity = "contact",
                    const std::string& policy = "first policy");
Delivery delivery(const std::string& id, const std::string& golden, const std::string& system,
                  DeliveryState state, Time due_at);
ExceptionItem exception(const std::string& id, const std::string& subject,
                        Category category = Category::conflict);
ExceptionItem closed(ExceptionItem item);
Receipt receipt(const std::string& event, const std::string& system, Time received_at);
RawEvent raw_event(const std::string& event, Time received_at);
ParkedEvent parked(const std::string& event, const std::string& waits_for, Time received_at);
AuditEntry audit(std::uint64_t sequence, const std::string& golden, const std::string& event);
Change change(const std::string& kind, Time at);
Reconciliation reconciliation(const std::string& id);
StagedRecord staged(const std::string& system, const std::string& id,
                    const std::string& golden = {}, StagedState state = StagedState::waiting);
Discrepancy discrepancy(DiscrepancyKind kind, const std::string& system);

// Two rows with the same text here are the same in every member.
std::string shown(const SourceRecord& record);
std::string shown(const GoldenRecord& record);
std::string shown(const Delivery& delivery);
std::string shown(const ExceptionItem& item);
std::string shown(const Receipt& receipt);
std::string shown(const RawEvent& raw);
std::string shown(const ParkedEvent& event);
std::string shown(const AuditEntry& entry);
std::string shown(const Change& change);
// But for the order that the store gives.
std::string shown(const Reconciliation& run);
std::string shown(const StagedRecord& record);
std::string shown(const SnapshotMark& mark);
std::string shown(const Discrepancy& row);

// The ids of a list, for comparing with a list in braces.
template <class Row>
std::vector<std::string> ids(const std::vector<Row>& rows) {
  std::vector<std::string> found;
  for (const Row& row : rows) found.push_back(row.id.text);
  return found;
}
using Texts = std::vector<std::string>;

}  // namespace truce::contract
