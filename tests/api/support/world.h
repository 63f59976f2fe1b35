// A running truce with the contact policy on a new database.
#pragma once

#include "tests/api/support/policies.h"
#include "tests/api/support/truce_process.h"

namespace truce::test {

struct PolicyFolder : Folder {
  PolicyFolder() { write("policy.json", contact_policy()); }
};

struct World {
  PolicyFolder folder;
  TruceProcess truce{folder};
};

}  // namespace truce::test
