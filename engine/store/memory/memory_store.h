// The port's store in memory: for tests and simulation. Behaves as the SQLite store does (one
// suite, tests/contract, holds both), except that nothing survives the process, commit() cannot
// fail by itself and backup() is refused with `store-failed`.
//
// A transaction changes a working state in place and keeps a log of its changes; a rollback undoes
// the log, a commit repeats it on the committed state. Nothing is copied, except when a ReadView is
// held over a commit: then the commit publishes a copy and the view keeps the old state.
#pragma once

#include <memory>

#include "engine/port/store.h"

namespace truce {

std::unique_ptr<Store> make_memory_store();

}  // namespace truce
