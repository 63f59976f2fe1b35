// What the store does to files itself, beside SQLite. Never to a database that is open.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/core/model/error.h"

namespace truce::sqlite {

// store-full, store-read-only or store-failed, with what errno says.
tl::unexpected<Problem> fail_with_errno(const std::string& what, int error);

// The absolute path of a file whose directory has no symbolic link left in it. Makes the directory
// (mode 0700) when it is missing. Refuses a symbolic link in the file's own place.
Result<std::string> settled_path(const std::string& path);
// Makes an empty file of mode 0600 unless there is one: SQLite gives its log the same mode.
Result<void> make_file(const std::string& path);
// fsync of a file that is not open, or of a directory.
Result<void> sync_path(const std::string& path);
Result<void> sync_directory_of(const std::string& path);
// Gives a file its final name, which must be free.
Result<void> rename_to_free(const std::string& from, const std::string& to);
// 0 when there is none.
std::uint64_t file_bytes(const std::string& path);
// Free for us in the file's file system.
std::optional<std::uint64_t> free_bytes(const std::string& path);

}  // namespace truce::sqlite
