// truce serve
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <thread>

#include "engine/transform/transform_process.h"
#include "sidecar/cli/commands.h"
#include "sidecar/cli/policy_file.h"
#include "sidecar/cli/process_setup.h"
#include "sidecar/cli/sidecar.h"
#include "sidecar/policy_programs.h"
#include "sidecar/private_file.h"
#include "sidecar/version.h"

namespace truce::cli {

namespace {

int could_not(const Problem& problem) {
  std::cerr << "truce: " << problem.message << "\n";
  return exit_could_not;
}

// The first line of standard output, for programs that start us.
void tell_where(const Sidecar& sidecar, const ServeOptions& options) {
  Json urls = Json::array();
  for (const Endpoint& endpoint : sidecar.endpoints()) {
    urls.push_back("http://" + to_string(endpoint));
  }
  const std::uint16_t port = sidecar.endpoints().front().port;
  const Json line = {{"event", "listening"},
                     {"urls", urls},
                     {"port", port},
                     {"token_file", sidecar.token_file()},
                     {"pid", getpid()}};
  std::cout << to_wire(line) << std::endl;
  log_line(LogLevel::info, "listening", line);
  if (options.port_file.empty()) return;
  const Result<void> written = replace_private_file(options.port_file, std::to_string(port) + "\n");
  if (!written) log_line(LogLevel::error, "port-file", {{"reason", written.error().message}});
}

// SIGUSR1 is our own word for: the store is lost.
constexpr int store_lost = SIGUSR1;

int wait_for(const sigset_t& signals) {
  int number = 0;
  while (sigwait(&signals, &number) != 0 || number == SIGHUP) {
  }
  return number;
}

// A second signal means it.
void end_at_once_with_next(const sigset_t& signals) {
  std::thread([signals] {
    int number = store_lost;
    while (number == store_lost) number = wait_for(signals);
    _exit(exit_could_not);
  }).detach();
}

int run_until_told(Sidecar& sidecar, const ServeOptions& options, const sigset_t& signals) {
  const int number = wait_for(signals);
  log_line(LogLevel::info, "stopping", {{"signal", number}});
  sidecar.start_draining();
  end_at_once_with_next(signals);
  if (number != store_lost) {
    std::this_thread::sleep_for(std::chrono::milliseconds(options.drain_ms));
  }
  sidecar.stop(std::chrono::milliseconds(options.stop_ms));
  log_line(LogLevel::info, "stopped");
  return number == store_lost ? exit_could_not : exit_done;
}

int serve(const ServeOptions& options) {
  for (const std::string& address : options.listen) {
    if (const Result<Endpoint> endpoint = parse_endpoint(address); !endpoint) {
      std::cerr << "truce: --listen " << shown(address) << ": " << endpoint.error().message << "\n";
      return exit_misuse;
    }
  }
  const std::optional<LogLevel> level = log_level_from(options.log_level);
  if (!level || options.policy.empty()) {
    std::cerr << (level ? "truce serve needs --policy FILE\n"
                        : "--log-level is debug, info, warning or error\n");
    return exit_misuse;
  }
  for (const std::string& origin : options.alert_origins) {
    const auto refused = refusal_of_origin(origin);
    if (!refused) continue;
    std::cerr << "--alert-origin " << origin << ": " << *refused << "\n";
    return exit_misuse;
  }
  set_up_process();
  const sigset_t signals = block_ending_signals();
  start_log(*level);
  Result<PolicyFile> file = read_policy_file(options.policy);
  if (!file) return could_not(file.error());
  {
    TransformProcess transforms(child_program_beside_this_one());
    check_programs(file->text, transforms, file->reading);
  }
  print_findings(file->reading.findings, options.policy, std::cerr);
  if (file->reading.policy == nullptr) return exit_could_not;

  auto sidecar = Sidecar::start(options, {file->reading.policy, file->text},
                                [] { kill(getpid(), store_lost); });
  if (!sidecar) return could_not(sidecar.error());
  tell_where(**sidecar, options);
  return run_until_told(**sidecar, options, signals);
}

std::vector<std::string> given_flags(const CLI::App& command) {
  std::vector<std::string> given;
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() > 0) given.push_back(option->get_single_name());
  }
  return given;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("serve", "Run the sidecar");
  const auto options = std::make_shared<ServeOptions>();
  const auto config = std::make_shared<std::string>();
  command->add_option("--policy", options->policy, "The policy file (JSON with comments)");
  command->add_option("--db", options->db, "The database file")->capture_default_str();
  command->add_option("--listen", options->listen,
                      "ADDRESS:PORT; port 0 takes a free one (default 127.0.0.1:8377 and ::1)");
  command->add_option("--token-file", options->token_file,
                      "Tokens; without it one is made beside the database");
  command->add_option("--config", *config, "A JSON file with these settings; flags go before it");
  command->add_option("--port-file", options->port_file, "Gets the port once it is open");
  command->add_option("--host-name", options->host_names,
                      "A name allowed in Host besides the loopback ones");
  command->add_option("--origin", options->origins, "A page's origin allowed besides our own");
  command->add_option("--alert-origin", options->alert_origins,
                      "https://HOST where alerts may go besides Slack and Telegram");
  command
      ->add_option("--alert-pause-ms", options->alert_pause_ms,
                   "The least time between two messages of a channel")
      ->check(CLI::Range(100, 3'600'000))
      ->capture_default_str();
  command->add_option("--log-level", options->log_level, "debug, info, warning or error")
      ->capture_default_str();
  command
      ->add_option("--drain-ms", options->drain_ms,
                   "How long /readyz is red before nothing more is accepted")
      ->check(CLI::Range(drain_ms_bounds.least, drain_ms_bounds.most))
      ->capture_default_str();
  command->add_option("--stop-ms", options->stop_ms, "How long requests may take to finish then")
      ->check(CLI::Range(stop_ms_bounds.least, stop_ms_bounds.most))
      ->capture_default_str();
  command->add_flag("--new-secrets", options->new_secrets,
                    "Go on without a lost secrets file: what it sealed stays sealed");
  command->add_option("--workers", options->workers, "Requests in work at a time")
      ->check(CLI::Range(workers_bounds.least, workers_bounds.most))
      ->capture_default_str();
  command->callback([command, options, config, &exit_code] {
    if (!config->empty()) {
      const Result<void> read = read_config_file(*config, given_flags(*command), *options);
      if (!read) {
        std::cerr << "truce: " << read.error().message << "\n";
        exit_code = exit_misuse;
        return;
      }
    }
    exit_code = serve(*options);
  });
}

}  // namespace truce::cli
