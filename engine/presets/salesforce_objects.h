// Salesforce's names of kinds of records and of compound fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace truce::vendor {

// "003dM00001vWOXJQA4" -> "Contact": the first three characters of a standard object's id are
// fixed. Empty for custom objects, whose prefix differs from org to org.
std::string salesforce_object_of_id(std::string_view id);

// The flat field that REST has for a part of a compound field, which Change Data Capture nests:
// ("BillingAddress", "City") -> "BillingCity", ("Name", "LastName") -> "LastName",
// ("Address", "City") -> "City" (leads), ("Office__c", "City") -> "Office__City__s".
// Other compounds keep their path: "Other.Part".
std::string salesforce_flat_field(std::string_view compound, std::string_view part);

// The same for a spelled path "BillingAddress.City"; a name without a dot stays as it is.
std::string salesforce_flat_field(std::string_view path);

// The flat fields that a cleared field stands for: a standard address's parts, or the field itself.
std::vector<std::string> salesforce_cleared_fields(std::string_view field);

}  // namespace truce::vendor
