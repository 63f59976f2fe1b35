// Payloads recorded from real systems. They lie beside the source tree, because most of their
// licences do not allow to ship them.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/model/json.h"

namespace truce::payloads_test {

// True where they are. Where they are not it says so, loudly and with the test's name.
bool payloads_are_there(std::string_view test);

// "stripe/event_customer_updated.json"
Json payload(const std::string& file);

// Fails the test when the file cannot be read.
std::string text_of_file(const std::string& path);

}  // namespace truce::payloads_test
