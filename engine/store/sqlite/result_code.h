// What a result code of SQLite means for us.
#pragma once

#include <string>

#include "engine/core/model/error.h"

namespace truce::sqlite {

// Of a statement other than COMMIT: what it did is undone by the rollback that follows.
// `system_error` is errno of the failed call, 0 when there was none.
Problem problem_of(int code, int system_error, const std::string& message);

// Of COMMIT. `store-unknown-outcome` unless the code says that no commit record was written: SQLite
// writes and syncs the log first and then its index, and a failure between the two is a failed
// COMMIT whose transaction is found again at the next start.
Problem problem_of_commit(int code, int system_error, const std::string& message);

// After these nothing that the store says can be trusted.
bool ends_store(Code code);

}  // namespace truce::sqlite
