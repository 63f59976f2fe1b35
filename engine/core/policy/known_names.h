// Names from outside standards, as ICU knows them.
#pragma once

#include <string>

namespace truce::policy_file {

bool is_time_zone(const std::string& name);  // IANA: "Europe/Berlin", "UTC"
bool is_region(const std::string& code);     // ISO 3166-1 alpha-2, upper case, or "ZZ"
bool is_currency(const std::string& code);   // ISO 4217, upper case

}  // namespace truce::policy_file
