// HubSpot's own names of kinds of records.
#pragma once

#include <string>
#include <string_view>

namespace truce::vendor {

// "0-1" -> "contact"; a custom object's type id ("2-143964984") stays as it is.
std::string hubspot_object_of_type_id(std::string_view type_id);

}  // namespace truce::vendor
