// truce drift
#include "engine/app/drift.h"

#include <iostream>

#include "sidecar/cli/access.h"
#include "sidecar/cli/commands.h"

namespace truce::cli {

namespace {

struct Question {
  Access access;
  std::string system;
  std::string entity;
  bool json = false;
};

Result<Json> drift_of(const Question& question) {
  if (!question.access.url.empty()) {
    return ask_for_json(
        question.access, "GET",
        "/v1/drift?system=" + escaped(question.system) + "&entity=" + escaped(question.entity));
  }
  const Result<std::unique_ptr<Engine>> engine = open_engine(question.access.db);
  if (!engine) return tl::unexpected<Problem>(engine.error());
  DriftWindow window;
  window.system = SystemName(question.system);
  window.entity = EntityName(question.entity);
  return read_once(**engine, [&](Reader& reader) { return read_drift(reader, window); });
}

std::string text_of(const Json& row, const char* key) {
  const Json* member = find_member(row, key);
  return member ? scalar_text(*member).value_or("-") : "-";
}

std::string place_of(const Json& row) {
  return text_of(row, "system") + " " + text_of(row, "entity") + " " + text_of(row, "path");
}

// True where a field changed its shape.
bool print(const Json& report) {
  for (const Json& row : report.at("changed")) {
    std::cout << "changed   " << place_of(row) << ": " << text_of(row, "from") << " -> "
              << text_of(row, "to") << " since " << text_of(row, "since") << ", in "
              << text_of(row, "records") << " records\n";
    if (row.contains("mend")) std::cout << "          " << text_of(row, "mend") << "\n";
  }
  for (const Json& row : report.at("unmapped")) std::cout << "unmapped  " << place_of(row) << "\n";
  for (const Json& row : report.at("unused")) {
    std::cout << "unused    " << place_of(row) << " (" << text_of(row, "field") << ")\n";
  }
  std::cout << text_of(report, "events") << " events looked at\n";
  return !report.at("changed").empty();
}

int run(const Question& question) {
  if (const Result<void> checked = check_access(question.access); !checked) {
    return told(checked.error());
  }
  const Result<Json> report = drift_of(question);
  if (!report) return told(report.error());
  if (question.json) {
    std::cout << to_wire(*report) << "\n";
    return report->at("changed").empty() ? exit_done : exit_found;
  }
  return print(*report) ? exit_found : exit_done;
}

}  // namespace

void add_drift(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("drift", "Say whose fields changed shape, and what the policy misses");
  const auto question = std::make_shared<Question>();
  command->add_option("--system", question->system, "Only of this system");
  command->add_option("--entity", question->entity, "Only of this entity");
  command->add_flag("--json", question->json, "One JSON document instead of text");
  add_access(*command, question->access);
  command->callback([question, &exit_code] { exit_code = run(*question); });
}

}  // namespace truce::cli
