#include "tests/api/support/policies.h"

#include <ctime>

#include "engine/core/model/time.h"

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
  // Writes of ours happen now; an edit that is to come after one must be later than that.
  const std::time_t now = std::time(nullptr);
  return {{"system", system},
          {"entity", "contact"},
          {"id", id},
          {"occurred_at", to_rfc3339(Time::of_ms((now + second) * 1000))},
          {"record", record}};
}

}  // namespace truce::test
