#include "engine/store/sqlite/result_code.h"

#include <sqlite3.h>

#include <cerrno>

namespace truce::sqlite {
namespace {

// SQLite says FULL only for ENOSPC. A quota and a file size limit come as a plain write error.
bool is_no_room(int code, int system_error) {
  if ((code & 0xff) == SQLITE_FULL) return true;
  const bool write =
      code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_TRUNCATE;
  return write && (system_error == ENOSPC || system_error == EFBIG || system_error == EDQUOT);
}

// A file system that went read-only under an open file.
bool is_read_only(int code, int system_error) {
  return (code & 0xff) == SQLITE_IOERR && system_error == EROFS;
}

// A failed sync may have thrown the data away and is not reported twice.
bool is_sync(int code) { return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC; }

Code code_of(int code, int system_error) {
  if (is_no_room(code, system_error)) return Code::store_full;
  if (is_sync(code)) return Code::store_unknown_outcome;
  if (is_read_only(code, system_error)) return Code::store_read_only;
  switch (code & 0xff) {
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::store_read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::store_corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return Code::busy;
    case SQLITE_CONSTRAINT:
      return Code::internal;
    default:
      return Code::store_failed;
  }
}

std::string words_for(Code code) {
  switch (code) {
    case Code::store_full:
      return "no room is left for the database";
    case Code::store_unknown_outcome:
      return "nobody knows whether the last write is on the disk; start again";
    case Code::store_read_only:
      return "the database cannot be written";
    case Code::store_corrupt:
      return "the database is damaged or not one of ours";
    case Code::busy:
      return "the read took too long or the database is in use";
    case Code::internal:
      return "a rule of the store is broken";
    default:
      return "the database failed";
  }
}

Problem problem_with(Code code, int sqlite_code, int system_error, const std::string& message) {
  std::string text = words_for(code) + ": " + message + " (sqlite " + std::to_string(sqlite_code);
  if (system_error != 0) text += ", errno " + std::to_string(system_error);
  return {code, text + ")", {}};
}

}  // namespace

Problem problem_of(int code, int system_error, const std::string& message) {
  return problem_with(code_of(code, system_error), code, system_error, message);
}

Problem problem_of_commit(int code, int system_error, const std::string& message) {
  // Only the log is written before its sync, and the commit record is the last thing written.
  const bool log_unfinished = (code & 0xff) == SQLITE_FULL ||
                              (code == SQLITE_IOERR_WRITE && is_no_room(code, system_error));
  const Code meant = code_of(code, system_error);
  const bool refused_before = meant == Code::internal || meant == Code::busy ||
                              meant == Code::store_read_only || meant == Code::store_corrupt;
  const Code told = log_unfinished || refused_before ? meant : Code::store_unknown_outcome;
  return problem_with(told, code, system_error, message);
}

bool ends_store(Code code) {
  return code == Code::store_unknown_outcome || code == Code::store_corrupt;
}

}  // namespace truce::sqlite
