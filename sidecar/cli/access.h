// How a command reaches its data: the database itself, or a running sidecar.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "sidecar/cli/open_engine.h"

namespace truce::cli {

struct Access {
  std::string db;
  std::string url;
  std::string token_file;
};

// --db, --url and --token-file; exactly one of the first two is needed.
void add_access(CLI::App& command, Access& access);
// `schema` with what to write on the command line.
Result<void> check_access(const Access& access);

struct RemoteReply {
  int status = 0;
  std::string body;
  std::string next;  // Truce-Next
  Json json() const;
};

// The address that paths are put behind: without a slash at its end.
std::string sidecar_url(const std::string& url);

// One request to the running sidecar. `not-found` when nobody answers there.
Result<RemoteReply> ask(const Access& access, const std::string& method, const std::string& target,
                        const std::string& body = {});
// Something else answers there.
tl::unexpected<Problem> no_sidecar(const Access& access);
// The same, and any status but 2xx is a Problem with the code and detail of the answer. So is an
// answer that no sidecar gives.
Result<Json> ask_for_json(const Access& access, const std::string& method,
                          const std::string& target, const std::string& body = {});
// A segment of a path, escaped.
std::string escaped(const std::string& segment);

// Prints what went wrong; 2 for the command line, else 3.
int told(const Problem& problem);

}  // namespace truce::cli
