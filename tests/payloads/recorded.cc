#include "tests/payloads/recorded.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace truce::payloads_test {

namespace {

const std::filesystem::path payload_folder =
    std::filesystem::path(TRUCE_SOURCE_DIR) / ".." / "shared" / "payloads";

}  // namespace

bool payloads_are_there(std::string_view test) {
  if (std::filesystem::is_directory(payload_folder)) return true;
  const std::string line =
      "SKIPPED: " + std::string(test) + ": no recorded payloads in ../shared/payloads";
  std::cout << line << std::endl;
  WARN(line);
  return false;
}

Json payload(const std::string& file) {
  auto parsed = parse_json(text_of_file((payload_folder / file).string()));
  INFO(file << ": " << (parsed ? "" : parsed.error().message));
  REQUIRE(parsed);
  return *parsed;
}

std::string text_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  INFO(path);
  REQUIRE(in.is_open());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace truce::payloads_test
