// Holds what the server answers against the reference that it gives.
#pragma once

#include <string>
#include <vector>

#include "tests/api/support/truce_process.h"

namespace truce::test {

// Remembers where this answer is another one than /openapi.json tells of: its status, its content
// type, or its JSON. A member that the reference does not name is a fault, where it names any. Any
// thread may call it.
void compare_with_reference(const std::string& method, const std::string& target,
                            const Reply& reply);
// The faults since the last call, each once.
std::vector<std::string> faults_of_reference();

}  // namespace truce::test
