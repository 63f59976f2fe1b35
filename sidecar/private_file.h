// Small files beside the database: secrets and checkpoints.
#pragma once

#include <cstddef>
#include <string>

#include "engine/core/model/error.h"

namespace truce {

inline constexpr std::size_t file_bytes_max = std::size_t{1} << 20U;

bool file_exists(const std::string& path);
// True where every user of this machine may change it. False where there is none.
bool anybody_may_write(const std::string& path);
// `not-found`; `policy-file` when it is no regular file, cannot be read or is larger than
// `bytes_max`.
Result<std::string> read_whole_file(const std::string& path, std::size_t bytes_max);
// The same, and `not-allowed` when others than its owner may read or write it.
Result<std::string> read_private_file(const std::string& path, std::size_t bytes_max);
// With mode 0600, durable, and whole or not at all. `store-failed` when it cannot be written.
Result<void> replace_private_file(const std::string& path, const std::string& content);

}  // namespace truce
