// SQLite writes each page of a commit to its log by two calls of the system, and then syncs. This
// is the file system below it with what follows on in the log gathered, and written at the latest
// when the log is synced: some thirty pages a call.
//
// For one connection that writes with synchronous=FULL: a commit moves the index of the log, which
// tells others what they may read of it, after its sync. A power failure finds what it may find
// without this as well, any part of what was written since the last sync. What cannot be written is
// told by the call that writes: a sync's answer may be SQLITE_FULL. The database's own file is left
// alone: a checkpoint that is cut short by a reader is made known without a sync.
#pragma once

#include <string>

namespace truce::sqlite {

// The name of such a file system over the one of this name (empty: the default one), which is made
// when it is first asked for and lives as long as the process. `base` where it cannot be made.
std::string gathering_vfs(const std::string& base);

}  // namespace truce::sqlite
