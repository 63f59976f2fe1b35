// The house: folders are layers, and the include line shows the direction. Not good will, a test.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = TRUCE_SOURCE_DIR;

struct Layer {
  std::string folder;
  std::vector<std::string> may_include;  // beside itself
};

// core <- port <- app <- runtime <- sidecar; a store sees core and port.
const std::vector<Layer> layers{
    {"engine/core/model/", {}},
    {"engine/core/policy/", {"engine/core/model/"}},
    {"engine/core/", {}},
    {"engine/port/", {"engine/core/"}},
    {"engine/presets/", {"engine/core/"}},
    {"engine/infer/", {"engine/core/", "engine/presets/"}},
    {"engine/transform/", {"engine/core/"}},
    {"engine/store/", {"engine/core/", "engine/port/"}},
    {"engine/app/", {"engine/core/", "engine/port/"}},
    {"engine/runtime/", {"engine/core/", "engine/port/", "engine/app/"}},
    {"sidecar/http/", {"engine/core/model/", "engine/port/clock.h"}},
    {"sidecar/demo/", {"engine/core/model/"}},
    {"sidecar/simulate/",
     {"engine/core/", "engine/port/", "engine/app/", "engine/store/memory/",
      "sidecar/demo/dice.h"}},
};

// What the pure part never does: I/O, threads, logging, HTTP, SQL.
const std::vector<std::string> impure{
    "<thread>",    "<mutex>",  "<fstream>",    "<iostream>", "<sqlite3.h>",
    "<httplib.h>", "<spdlog/", "<filesystem>", "<unistd.h>", "<condition_variable>"};

std::vector<std::string> includes_of(const fs::path& file) {
  std::vector<std::string> found;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("#include ", 0) == 0) found.push_back(line.substr(9));
  }
  return found;
}

std::vector<fs::path> sources_below(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    const std::string extension = entry.path().extension();
    if (extension == ".h" || extension == ".cc") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& heads) {
  return std::any_of(heads.begin(), heads.end(),
                     [&](const std::string& head) { return text.rfind(head, 0) == 0; });
}

}  // namespace

TEST_CASE("every folder includes only what lies below it") {
  for (const Layer& layer : layers) {
    std::size_t looked_at = 0;
    for (const fs::path& file : sources_below(layer.folder)) {
      for (const std::string& include : includes_of(file)) {
        if (include.front() != '"') continue;
        const std::string path = include.substr(1, include.size() - 2);
        ++looked_at;
        INFO(fs::relative(file, root).string() << " includes " << path);
        CHECK((path.rfind(layer.folder, 0) == 0 || starts_with_any(path, layer.may_include)));
      }
    }
    INFO(layer.folder);
    CHECK(looked_at > 0);
  }
}

TEST_CASE("the core and what infers policies are pure: no I/O, threads, logging, HTTP or SQL") {
  for (const char* folder : {"engine/core", "engine/infer"}) {
    for (const fs::path& file : sources_below(folder)) {
      for (const std::string& include : includes_of(file)) {
        INFO(fs::relative(file, root).string() << " includes " << include);
        CHECK_FALSE(starts_with_any(include, impure));
      }
    }
  }
}

TEST_CASE("no file is called after nothing") {
  for (const char* folder : {"engine", "sidecar", "tests"}) {
    for (const fs::path& file : sources_below(folder)) {
      const std::string name = file.stem();
      INFO(fs::relative(file, root).string());
      for (const char* empty :
           {"util", "utils", "common", "helper", "helpers", "misc", "types", "manager"}) {
        CHECK(name != empty);
      }
    }
  }
}
