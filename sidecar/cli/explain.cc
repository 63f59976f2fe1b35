// truce explain
#include <iostream>

#include "engine/app/records.h"
#include "sidecar/cli/access.h"
#include "sidecar/cli/commands.h"

namespace truce::cli {

namespace {

struct Question {
  Access access;
  std::string entity;
  std::string golden_id;
  std::string field;
  bool json = false;
};

Result<Json> explain(const Question& question) {
  if (!question.access.url.empty()) {
    std::string target =
        "/v1/records/" + escaped(question.entity) + "/" + escaped(question.golden_id) + "/explain";
    if (!question.field.empty()) target += "?field=" + escaped(question.field);
    Result<Json> answer = ask_for_json(question.access, "GET", target);
    if (answer && !answer->contains("fields")) return no_sidecar(question.access);
    return answer;
  }
  const Result<std::unique_ptr<Engine>> engine = open_engine(question.access.db);
  if (!engine) return tl::unexpected<Problem>(engine.error());
  return read_once(**engine, [&](Reader& reader) {
    return explain_record(reader, EntityName(question.entity), GoldenId(question.golden_id),
                          FieldName(question.field));
  });
}

std::string text_at(const Json& node, const char* key) {
  const Json* member = find_member(node, key);
  if (member == nullptr || member->is_null()) return "-";
  return scalar_text(*member).value_or(to_wire(*member));
}

void print_trail(const std::string& system, const Json& entries) {
  for (const Json& entry : entries) {
    std::cout << "  " << system << ": " << text_at(entry, "kind") << " " << text_at(entry, "value")
              << " at " << text_at(entry, "at");
    if (entry.contains("settled_at")) std::cout << ", settled " << text_at(entry, "settled_at");
    if (entry.contains("delivery")) std::cout << ", delivery " << text_at(entry, "delivery");
    std::cout << "\n";
  }
}

void print_field(const Json& field) {
  std::cout << text_at(field, "field") << " = " << text_at(field, "value") << "\n  "
            << text_at(field, "sentence") << "\n";
  if (const Json* trail = find_member(field, "trail")) {
    for (const auto& [system, entries] : trail->items()) print_trail(system, entries);
  }
  if (const Json* changes = find_member(field, "would_change")) {
    for (const Json& change : *changes) {
      std::cout << "  would change with " << change.get<std::string>() << "\n";
    }
  }
}

int run(const Question& question) {
  if (const Result<void> checked = check_access(question.access); !checked) {
    return told(checked.error());
  }
  const Result<Json> answer = explain(question);
  if (!answer) return told(answer.error());
  if (question.json) {
    std::cout << to_wire(*answer) << "\n";
    return exit_done;
  }
  if (const Json* fields = find_member(*answer, "fields")) {
    for (const Json& field : *fields) print_field(field);
  }
  return exit_done;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("explain", "Say why a golden record has its values");
  const auto question = std::make_shared<Question>();
  command->add_option("ENTITY", question->entity, "contact, company, …")->required();
  command->add_option("GOLDEN_ID", question->golden_id, "The golden record")->required();
  command->add_option("FIELD", question->field, "Only this field");
  command->add_flag("--json", question->json, "One JSON document instead of text");
  add_access(*command, question->access);
  command->callback([question, &exit_code] { exit_code = run(*question); });
}

}  // namespace truce::cli
