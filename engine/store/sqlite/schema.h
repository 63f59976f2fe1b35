// The schema, as specification: schema.cc describes every column.
#pragma once

#include <string>
#include <vector>

namespace truce::sqlite {

// "TRUC": tells our files from others.
inline constexpr int application_id = 0x54525543;

// Migration i brings a file from user_version i to i + 1, in one transaction. Only ever append.
const std::vector<std::string>& migrations();

}  // namespace truce::sqlite
