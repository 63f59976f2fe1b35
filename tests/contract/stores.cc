#include "tests/contract/stores.h"

#include <stdlib.h>

#include <stdexcept>

#include "engine/store/memory/memory_store.h"
#include "engine/store/sqlite/sqlite_store.h"

namespace truce::contract {

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "truce-contract-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

const std::vector<std::string>& store_kinds() {
  static const std::vector<std::string> kinds = {"memory", "sqlite"};
  return kinds;
}

Fixture::Fixture(std::string kind) : kind_(std::move(kind)) {
  if (kind_ == "memory") {
    store_ = make_memory_store();
  } else {
    reopen();
  }
}

void Fixture::reopen() {
  store_.reset();
  auto opened = open_sqlite_store((directory_.path() / "truce.db").string());
  if (!opened) throw std::runtime_error("cannot open: " + opened.error().message);
  store_ = std::move(*opened);
}

}  // namespace truce::contract
