// R19: a transaction that reads first and writes then fails at once when another has written,
// whatever the time it may wait. So every one of the store that may write says so when it begins.
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "tests/house/files.h"

namespace {

namespace fs = std::filesystem;

using truce::house::text_of;

}  // namespace

TEST_CASE("R19: a transaction begins IMMEDIATE, or DEFERRED on a connection that only reads") {
  int begins = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(TRUCE_SOURCE_DIR) / "engine/store/sqlite")) {
    const std::string text = text_of(entry.path());
    for (std::size_t at = text.find("\"BEGIN"); at != std::string::npos;
         at = text.find("\"BEGIN", at + 1)) {
      ++begins;
      INFO(entry.path().string() << ": " << text.substr(at, 24));
      const bool immediate = text.compare(at + 1, 15, "BEGIN IMMEDIATE") == 0;
      const bool reads_only = text.compare(at + 1, 14, "BEGIN DEFERRED") == 0 &&
                              entry.path().filename() == "view_pool.cc";
      CHECK((immediate || reads_only));
    }
  }
  CHECK(begins >= 3);
}
