#include "tests/api/support/policies.h"

namespace truce::test {

std::string contact_policy() {
  return R"({
  // for the tests of the API
  "version": 1,
  "systems": {"crm": {"precedence": 1, "lease_ms": 60000}, "desk": {"precedence": 2, "lease_ms": 60000}},
  "entities": {"contact": {
    "id": {"crm": "id", "desk": "id"},
    "match": [["email"]],
    "create_in": ["crm", "desk"],
    "fields": {
      "email": {"type": "email", "rule": "source_of_truth", "source": "crm",
                "map": {"crm": "email", "desk": "mail"}},
      "name": {"type": "text", "rule": "recency", "map": {"crm": "name", "desk": "full_name"}},
      "plan": {"type": "text", "rule": "escalate", "map": {"crm": "plan", "desk": "plan"}},
      "amount": {"type": "decimal", "rule": "recency", "map": {"crm": "amount", "desk": "amount"}}
    }}}
})";
}

Json contact(const std::string& system, const std::string& id, int second, const Json& record) {
  std::string seconds = std::to_string(100 + second % 60).substr(1);
  std::string minutes = std::to_string(100 + second / 60).substr(1);
  return {{"system", system},
          {"entity", "contact"},
          {"id", id},
          {"occurred_at", "2026-05-01T00:" + minutes + ":" + seconds + "Z"},
          {"record", record}};
}

}  // namespace truce::test
