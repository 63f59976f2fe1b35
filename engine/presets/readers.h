// One function a preset: one item of a payload -> what it says. None of them knows a policy. A
// shape that the preset does not know is `schema`, and the message says what was expected.
#pragma once

#include "engine/presets/vendor_event.h"

namespace truce::vendor {

VendorEvents read_hubspot_record(const PayloadItem& item);
VendorEvents read_hubspot_webhook(const PayloadItem& item);
VendorEvents read_pipedrive_record(const PayloadItem& item);
VendorEvents read_pipedrive_webhook(const PayloadItem& item);
VendorEvents read_salesforce_cdc(const PayloadItem& item);
VendorEvents read_salesforce_record(const PayloadItem& item);
VendorEvents read_stripe_event(const PayloadItem& item);
VendorEvents read_stripe_record(const PayloadItem& item);
VendorEvents read_zendesk_event(const PayloadItem& item);
VendorEvents read_zendesk_record(const PayloadItem& item);
VendorEvents read_zendesk_trigger(const PayloadItem& item);

}  // namespace truce::vendor
