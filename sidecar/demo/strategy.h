// One way of keeping the two CRMs the same, as the demo drives it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sidecar/demo/crm_client.h"
#include "sidecar/demo/crm_store.h"

namespace truce::demo {

// What a strategy says of its own work, for the report.
struct Ledger {
  int given_up = 0;                     // writes that were abandoned after their last try
  std::map<std::string, int> outcomes;  // of events, by name; only Truce has them
  std::map<std::string, int> settled;   // delivery results, by status; only Truce has them
  int found_by_poll = 0;                // polled events that told it something new
  std::string failure;                  // why it cannot go on; empty: it can
};

// A field that a strategy asks a person about instead of deciding.
struct OpenQuestion {
  std::string exception_id;
  std::map<Side, std::string> record_ids;  // the record it is about, in either CRM
  Field field = Field::email;
  std::map<Side, std::string> candidates;  // what each CRM says, in canonical spelling
};

struct Strategy {
  std::string name;
  std::function<void(const Webhook&)> receive;
  std::function<void()> tick;            // every tick_every; may be empty
  std::function<void(Time since)> poll;  // the catch-up: reads all that changed since; may be empty
  std::function<bool()> idle;            // nothing waits; may be empty: always
  static constexpr Duration tick_every = Duration::of_ms(100);
};

// The pair of connections that a strategy works with.
struct CrmPair {
  CrmClient* hubspot = nullptr;
  CrmClient* salesforce = nullptr;
  CrmClient& at(Side side) const { return side == Side::hubspot ? *hubspot : *salesforce; }
};

// A workflow's "retry on fail": repeats until there is a good or a final answer, three times at
// most. A request without an answer is repeated like a failed one, which is what such a setting
// does.
Answer with_retries(const std::function<Answer()>& request);

}  // namespace truce::demo
