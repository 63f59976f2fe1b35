// The example policies are meant to be copied, so `truce check` must have nothing to say about
// them.
#include <catch2/catch.hpp>

#include "tests/payloads/materials.h"

namespace truce::payloads_test {

namespace {

// Tickets are recognised by a number that not every system's tickets have; the policy says why.
bool is_meant(const std::string& policy, const Finding& finding) {
  return policy == "ticket.json" && finding.severity == Finding::Severity::warning &&
         finding.pointer == "/entities/ticket/match";
}

}  // namespace

TEST_CASE("truce check has nothing to say about the example policies that is not meant") {
  for (const auto* name : {"contact.json", "company.json", "deal.json", "ticket.json"}) {
    const auto reading = parse_policy(policy_text(name));
    for (const auto& finding : reading.findings) {
      if (is_meant(name, finding)) continue;
      FAIL_CHECK(name << ":" << finding.line << " " << finding.pointer << ": " << finding.message
                      << " (" << finding.mend << ")");
    }
    CHECK(reading.policy != nullptr);
  }
}

}  // namespace truce::payloads_test
