// From a path to a writer's connection on a sound file of the present schema.
#pragma once

#include <memory>
#include <string>

#include "engine/store/sqlite/connection.h"

namespace truce::sqlite {

// `path` is absolute and locked for this process.
Result<std::unique_ptr<Connection>> open_database(const std::string& path,
                                                  const SqliteOptions& options, Health& health);

}  // namespace truce::sqlite
