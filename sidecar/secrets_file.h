// The keys that never enter the database: a file of mode 0600 beside it.
#pragma once

#include <string>

#include "engine/app/context.h"
#include "sidecar/checkpoint_keeper.h"

namespace truce {

struct KeyRing {
  Secrets secrets;
  CheckpointKey checkpoint;
};

// {"seal_key", "token_key", "checkpoint_key", "store_id"}. `not-allowed` when others may read it,
// `format` when it is damaged; it is never made anew over a damaged one, because what is sealed
// under the lost key would stay sealed.
Result<KeyRing> read_secrets_file(const std::string& path);
// The same, and makes the file where there is none.
Result<KeyRing> open_secrets_file(const std::string& path);

}  // namespace truce
