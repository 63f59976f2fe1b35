#include "sidecar/cli/what_if.h"

#include <unistd.h>

#include <iostream>

#include "engine/app/whatif/simulate.h"
#include "engine/store/memory/memory_store.h"
#include "sidecar/cli/exit_code.h"
#include "sidecar/cli/policy_file.h"

namespace truce::cli {

namespace {

Result<Json> simulate(const WhatIf& question, const PolicyFile& next) {
  if (!question.access.url.empty()) {
    Json body{{"policy", next.text}};
    if (!question.since.empty()) body["since"] = question.since;
    return ask_for_json(question.access, "POST", "/v1/policy/simulate", to_wire(body));
  }
  SimulateOptions options;
  const Result<Time> since = read_since(question.since);
  if (!since) return tl::unexpected<Problem>(since.error());
  options.log.since = *since;
  const Result<std::unique_ptr<Engine>> engine = open_engine(question.access.db);
  if (!engine) return tl::unexpected<Problem>(engine.error());
  return simulate_policy(replay_parts(**engine), next.reading.policy, options);
}

std::string text_of(const Json& node) {
  return node.is_null() ? "-" : scalar_text(node).value_or(to_wire(node));
}

// The sidecar's answer keeps numbers as characters.
std::int64_t count_in(const Json& node, const char* key) {
  return to_int64(node.at(key)).value_or(0);
}

void print_log(const Json& report) {
  const Json& log = report.at("log");
  std::cout << text_of(log.at("events")) << " events of " << text_of(report.at("records"))
            << " records, " << text_of(log.at("from")) << " to " << text_of(log.at("to")) << "\n";
  if (count_in(log, "forgotten") != 0) {
    std::cout << text_of(log.at("forgotten"))
              << " observations whose events are past their retention stand as they were read\n";
  }
  if (count_in(report, "unexplained") != 0) {
    std::cout << text_of(report.at("unexplained"))
              << " records are stored otherwise than the log gives under the policy in force: they "
                 "were read under an earlier one\n";
  }
}

std::string side(const Json& field) {
  if (field.is_null()) return "-";
  return text_of(field.at("value")) + " (" +
         (field.at("contested") == true ? "contested"
                                        : text_of(field.at("system")) + ", " +
                                              text_of(field.at("rule"))) +
         ")";
}

void print_differences(const Json& report) {
  for (const Json& line : report.at("differences")) {
    std::cout << "differs  " << text_of(line.at("entity")) << " " << text_of(line.at("golden_id"))
              << " " << text_of(line.at("field")) << ": " << side(line.at("present")) << " -> "
              << side(line.at("next")) << "\n";
  }
  for (const Json& line : report.at("asked")) {
    std::cout << (line.at("change") == "saved" ? "saved    " : "added    ")
              << text_of(line.at("entity")) << " " << text_of(line.at("golden_id")) << " "
              << text_of(line.at("field")) << ": " << text_of(line.at("category")) << "\n";
  }
  if (report.at("listed_all") == false) std::cout << "…\n";
}

void print_counts(const char* what, const Json& counts) {
  for (const auto& [name, count] : counts.items()) {
    std::cout << "  " << what << " " << name << ": ";
    if (count.is_object()) {
      std::cout << text_of(count.at("saved")) << " saved, " << text_of(count.at("added"))
                << " added\n";
    } else {
      std::cout << text_of(count) << "\n";
    }
  }
}

void print(const Json& report) {
  print_log(report);
  print_differences(report);
  const Json& fields = report.at("fields");
  std::cout << text_of(fields.at("different")) << " fields of "
            << text_of(report.at("records_different")) << " records would differ\n";
  print_counts("rule", fields.at("by_rule"));
  print_counts("winner", fields.at("by_system"));
  const Json& questions = report.at("questions");
  std::cout << "questions open: " << text_of(questions.at("present")) << " -> "
            << text_of(questions.at("next")) << " (" << text_of(questions.at("saved"))
            << " saved, " << text_of(questions.at("added")) << " added); asked on the way: "
            << text_of(questions.at("asked").at("present")) << " -> "
            << text_of(questions.at("asked").at("next")) << "\n";
  print_counts("rule", questions.at("by_rule"));
  print_counts("system", questions.at("by_system"));
  const Json& refused = report.at("refused_values");
  if (count_in(refused, "present") != count_in(refused, "next")) {
    std::cout << "values refused: " << text_of(refused.at("present")) << " -> "
              << text_of(refused.at("next")) << "\n";
  }
}

}  // namespace

ReplayParts replay_parts(Engine& engine) {
  ReplayParts parts{*engine.store,      engine.policy->policy(), engine.keys.secrets,
                    &engine.transforms, engine.clock.now(),      make_memory_store};
  if (isatty(STDERR_FILENO) != 0) {
    parts.progress = [](std::size_t done, std::size_t of) {
      if (done % 100 == 0 || done == of) std::cerr << "\r" << done << " of " << of << " records";
      if (done == of) std::cerr << "\n";
    };
  }
  return parts;
}

Result<Time> read_since(const std::string& since) {
  if (since.empty()) return Time::beginning();
  Result<Time> time = parse_time(since);
  if (!time) return fail(Code::schema, "--since is a time like 2026-05-12T10:00:00Z");
  return time;
}

int what_if(const WhatIf& question) {
  const Result<PolicyFile> next = read_policy_file(question.policy);
  if (!next) return told(next.error());
  print_findings(next->reading.findings, question.policy, std::cerr);
  if (next->reading.policy == nullptr) return exit_could_not;
  const Result<Json> report = simulate(question, *next);
  if (!report) return told(report.error());
  if (question.json) {
    std::cout << to_wire(*report) << "\n";
  } else {
    print(*report);
  }
  return count_in(*report, "records_different") == 0 ? exit_done : exit_found;
}

}  // namespace truce::cli
