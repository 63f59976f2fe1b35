#include "engine/presets/pipedrive_shape.h"
#include "engine/presets/readers.h"

namespace truce::vendor {

VendorEvents read_pipedrive_record(const PayloadItem& item) {
  VendorEvent event;
  event.id = text_member(*item.node, "id");
  if (event.id.empty()) {
    return fail(Code::schema,
                "expected Pipedrive records with an id, alone, in an array, or in data");
  }
  Json record = pipedrive_v2_shape(*item.node);
  event.object = item.listed_as;
  event.likely_object = pipedrive_object_of(record);
  if (is_true(record, "is_deleted")) {
    event.op = "delete";
    event.occurred_at = vendor_time(find_member(record, "delete_time"));
    if (event.occurred_at.is_null()) {
      event.occurred_at = vendor_time(find_member(record, "update_time"));
    }
  } else {
    event.record = std::move(record);
  }
  return std::vector<VendorEvent>{std::move(event)};
}

}  // namespace truce::vendor
