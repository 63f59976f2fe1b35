#include "engine/presets/salesforce_objects.h"

#include <algorithm>
#include <array>
#include <utility>

namespace truce::vendor {

std::string salesforce_object_of_id(std::string_view id) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> standard_objects = {{
      {"001", "Account"},
      {"003", "Contact"},
      {"005", "User"},
      {"006", "Opportunity"},
      {"00Q", "Lead"},
      {"00T", "Task"},
      {"00U", "Event"},
      {"500", "Case"},
  }};
  for (const auto& [prefix, name] : standard_objects) {
    if (id.starts_with(prefix)) return std::string(name);
  }
  return "";
}

std::string salesforce_flat_field(std::string_view compound, std::string_view part) {
  constexpr std::string_view address = "Address";
  constexpr std::string_view custom = "__c";
  if (compound == "Name") return std::string(part);
  if (compound.ends_with(address)) {
    return std::string(compound.substr(0, compound.size() - address.size())) + std::string(part);
  }
  if (compound.ends_with(custom)) {
    const auto base = compound.substr(0, compound.size() - custom.size());
    return std::string(base) + "__" + std::string(part) + "__s";
  }
  return std::string(compound) + "." + std::string(part);
}

std::string salesforce_flat_field(std::string_view path) {
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return std::string(path);
  return salesforce_flat_field(path.substr(0, dot), path.substr(dot + 1));
}

std::vector<std::string> salesforce_cleared_fields(std::string_view field) {
  constexpr std::array<std::string_view, 7> addresses = {
      "Address",         "BillingAddress",       "MailingAddress",    "OtherAddress",
      "ShippingAddress", "PersonMailingAddress", "PersonOtherAddress"};
  constexpr std::array<std::string_view, 7> parts = {
      "Street", "City", "State", "StateCode", "PostalCode", "Country", "CountryCode"};
  if (std::find(addresses.begin(), addresses.end(), field) == addresses.end()) {
    return {salesforce_flat_field(field)};
  }
  std::vector<std::string> fields;
  for (const auto& part : parts) fields.push_back(salesforce_flat_field(field, part));
  return fields;
}

}  // namespace truce::vendor
