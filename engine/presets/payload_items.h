// From what a workflow hands over to the single items in it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/presets/vendor_event.h"

namespace truce::vendor {

// A member that holds a list of records, or one record: {"results": […]}, {"ticket": {…}}.
struct Envelope {
  std::string_view member;
  std::string_view object;  // the kind of record in it; empty: not said
};

struct LocatedItem {
  PayloadItem item;
  std::string pointer;  // where it stands in the payload
};

// Takes off what n8n puts around a payload (an item's `json`, the Webhook node's `body` beside its
// `headers`), arrays, and the preset's envelopes, every one that is there. What is left are the
// items, in their order, pointing into `payload`. An envelope that holds null holds no item.
std::vector<LocatedItem> payload_items(const Json& payload, std::span<const Envelope> envelopes);

}  // namespace truce::vendor
