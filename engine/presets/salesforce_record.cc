#include "engine/presets/readers.h"
#include "engine/presets/salesforce_objects.h"

namespace truce::vendor {

namespace {

Json time_of_deletion(const Json& row) {
  for (const auto* field : {"SystemModstamp", "LastModifiedDate"}) {
    Json time = vendor_time(find_member(row, field));
    if (!time.is_null()) return time;
  }
  return nullptr;
}

// Only queryAll shows deleted rows. A row that lost a merge names the winner.
void mark_deleted(const Json& row, VendorEvent& event) {
  event.op = "delete";
  event.occurred_at = time_of_deletion(row);
  event.merged_into = text_member(row, "MasterRecordId");
  if (!event.merged_into.empty()) event.op = "merge";
}

}  // namespace

VendorEvents read_salesforce_record(const PayloadItem& item) {
  const Json& row = *item.node;
  VendorEvent event;
  event.id = text_member(row, "Id");
  if (event.id.empty()) event.id = text_member(row, "id");
  if (event.id.empty()) {
    return fail(Code::schema,
                "expected Salesforce rows with an Id, alone, in an array, or in a query page's "
                "records");
  }
  if (const Json* attributes = find_member(row, "attributes")) {
    event.object = text_member(*attributes, "type");
  }
  if (event.object.empty()) event.likely_object = salesforce_object_of_id(event.id);
  if (is_true(row, "IsDeleted")) {
    mark_deleted(row, event);
  } else {
    event.record = row;
  }
  return std::vector<VendorEvent>{std::move(event)};
}

}  // namespace truce::vendor
