// truce verify-convergence
#include <iostream>

#include "engine/app/whatif/converge.h"
#include "sidecar/cli/commands.h"
#include "sidecar/cli/seed.h"
#include "sidecar/cli/what_if.h"

namespace truce::cli {

namespace {

struct Question {
  std::string db;
  ConvergeOptions options;
  std::string since;
  bool json = false;
};

std::string text_of(const Json& node) {
  return node.is_null() ? "-" : scalar_text(node).value_or(to_wire(node));
}

void print_difference(const Json& line) {
  const Json& order = line.at("order");
  std::cout << (order == "stored" ? std::string("stored") : "order " + text_of(order)) << ": "
            << text_of(line.at("entity")) << " " << text_of(line.at("golden_id")) << " "
            << text_of(line.at("kind")) << " " << text_of(line.at("field"));
  if (line.at("rule") != "") std::cout << ", rule " << text_of(line.at("rule"));
  std::cout << "\n  recorded " << to_wire(line.at("recorded")) << "\n  other    "
            << to_wire(line.at("other")) << "\n";
}

void print(const Json& report) {
  for (const Json& line : report.at("differences")) print_difference(line);
  for (const Json& order : report.at("orders")) {
    std::cout << "order " << text_of(order.at("order")) << ": "
              << text_of(order.at("records_different")) << " of " << text_of(report.at("records"))
              << " records differ\n";
  }
  const Json& stored = report.at("stored");
  std::cout << "stored state: " << text_of(stored.at("same")) << " records the same, "
            << text_of(stored.at("different")) << " different, " << text_of(stored.at("undecided"))
            << " not comparable (read under an earlier policy)\n";
  const Json& log = report.at("log");
  std::cout << "log: " << text_of(log.at("events")) << " events, " << text_of(log.at("from"))
            << " to " << text_of(log.at("to"))
            << (log.at("complete") == true ? ", complete\n" : ", not complete\n");
  std::cout << text_of(report.at("verdict")) << ": " << text_of(report.at("why")) << " (seed "
            << text_of(report.at("seed")) << ")\n";
}

int run(Question& question) {
  const Result<Time> since = read_since(question.since);
  if (!since) return told(since.error());
  question.options.log.since = *since;
  const Result<std::unique_ptr<Engine>> engine = open_engine(question.db);
  if (!engine) return told(engine.error());
  const Result<Json> report = verify_convergence(replay_parts(**engine), question.options);
  if (!report) return told(report.error());
  if (question.json) {
    std::cout << to_wire(*report) << "\n";
  } else {
    print(*report);
  }
  const Json& verdict = report->at("verdict");
  return verdict == "converges" ? exit_done : verdict == "differs" ? exit_found : exit_could_not;
}

}  // namespace

void add_verify_convergence(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "verify-convergence",
      "Replay the recorded facts in random orders, with duplicates: does one state come out?");
  const auto question = std::make_shared<Question>();
  command->add_option("--db", question->db, "The database file, with no server running on it")
      ->required();
  command->add_option("--orders", question->options.orders, "How many random orders")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--seed", question->options.seed, "Of the random orders")
      ->check(seed_range())
      ->capture_default_str();
  command->add_option("--since", question->since, "Read the log from this time on");
  command->add_flag("--json", question->json, "One JSON document instead of text");
  command->callback([question, &exit_code] { exit_code = run(*question); });
}

}  // namespace truce::cli
