// Token files: secrets on disk.
#pragma once

#include <string>

#include "engine/core/model/error.h"
#include "sidecar/http/token_table.h"

namespace truce {

// `not-found` when there is no such file; `not-allowed` when it is no regular file or others than
// its owner may read or write it; `format` for its content.
Result<TokenTable> read_token_file(const std::string& path);

// Writes a new token, alone on its line, to a new file of mode 0600 and gives the token. Durable
// when it returns. `not-allowed` when the file exists or cannot be made.
Result<std::string> create_token_file(const std::string& path);

}  // namespace truce
