// A consistent copy of a database that is in use.
#pragma once

#include <string>

#include "engine/core/model/error.h"
#include "engine/store/sqlite/sqlite_store.h"

namespace truce::sqlite {

// Copies the last committed state of `path` to `destination`, which must be free. The copy is made
// under the name DESTINATION.partial, checked, synced and then renamed; it is one whole file,
// without a log. While it is made the log of `path` cannot be started again and grows with what is
// written.
Result<void> back_up(const std::string& path, const std::string& destination,
                     const SqliteOptions& options);

}  // namespace truce::sqlite
