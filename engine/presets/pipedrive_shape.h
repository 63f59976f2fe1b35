// Pipedrive has two shapes of everything, and n8n's own node and trigger hand over one each. Truce
// reads the newer one, API v2.
#pragma once

#include <string>

#include "engine/core/model/json.h"
#include "engine/presets/field_changes.h"

namespace truce::vendor {

// A v1 or v2 record in the shape of API v2:
// - `email`, `phone` lists are `emails`, `phones`; an empty list is one blank primary entry, so
// that
//   a cleared address is seen as cleared; the first entry is primary where none says so
// - expanded `owner_id`, `org_id`, `person_id`, … are the plain id; a deal's `user_id` is
// `owner_id`
// - custom fields (40 hexadecimal digits) stand in `custom_fields`; money is {value, currency}
// - times "2025-02-17 21:22:41" are "2025-02-17T21:22:41Z": Pipedrive means UTC
// - `is_deleted` from `active_flag` or `deleted`; `label` as `label_ids`; addresses as objects, of
//   nulls where there is none
// Members that v2 does not have stay as they are.
Json pipedrive_v2_shape(const Json& record);

// changes_between, and the primary address by name: "emails[primary=true].value".
FieldChanges pipedrive_changes(const Json& before, const Json& after, Before scope);

// "person", "organization", "deal", "lead" or "activity" by the members that only these have; or
// "".
std::string pipedrive_object_of(const Json& v2_record);

}  // namespace truce::vendor
