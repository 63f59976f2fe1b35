// The settings of `truce serve`, from the command line and from a file.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/core/model/error.h"
#include "sidecar/log.h"

namespace truce::cli {

// What a number may be, on the command line and in the file.
struct Bounds {
  int least = 0;
  int most = 0;
};
inline constexpr Bounds drain_ms_bounds{0, 600'000};
inline constexpr Bounds stop_ms_bounds{0, 600'000};
inline constexpr Bounds workers_bounds{1, 1024};

struct ServeOptions {
  std::string policy;
  std::string db = "truce.db";
  std::vector<std::string> listen;  // empty: loopback, both families, port 8377
  std::string token_file;           // empty: made beside the database
  std::string port_file;            // gets the port once it is open
  std::vector<std::string> host_names;
  std::vector<std::string> origins;
  std::vector<std::string> alert_origins;  // where alerts may go besides Slack and Telegram
  int alert_pause_ms = 10'000;             // between two messages of a channel, at least
  std::string log_level = "info";
  int drain_ms = 250;  // how long /readyz is red before nothing more is accepted
  int stop_ms = 10'000;
  int workers = 64;
  bool new_secrets = false;  // where the database's own are lost

  std::string secrets_file() const { return db + ".secrets"; }
  std::string checkpoint_file() const { return db + ".checkpoint"; }
  std::string made_token_file() const { return db + ".token"; }
};

// Fills in what the command line did not say. The keys are the flags' names. `policy-file` when the
// file cannot be read, `schema` for an unknown key or a value that the flag would refuse.
Result<void> read_config_file(const std::string& path, const std::vector<std::string>& given,
                              ServeOptions& options);

}  // namespace truce::cli
