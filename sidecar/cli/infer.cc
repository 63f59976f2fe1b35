// truce infer
#include <iostream>

#include "engine/infer/bounds.h"
#include "engine/infer/policy_names.h"
#include "engine/infer/policy_text.h"
#include "engine/infer/proposal.h"
#include "engine/infer/proposal_json.h"
#include "sidecar/cli/commands.h"
#include "sidecar/private_file.h"

namespace truce::cli {

namespace {

struct Request {
  std::vector<std::string> samples;
  std::string entity;
  std::string output;
  bool json = false;
};

int told(const std::string& message, ExitCode exit_code) {
  std::cerr << "truce: " << message << "\n";
  return exit_code;
}

// "crm=contacts.json" names the system; a file of that whole name goes first.
infer::SampleFile named_file(const std::string& argument) {
  infer::SampleFile file;
  file.name = argument;
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || file_exists(argument)) return file;
  const std::string system = argument.substr(0, equals);
  if (!infer::is_policy_name(system)) return file;
  file.system = system;
  file.name = argument.substr(equals + 1);
  return file;
}

Result<std::vector<infer::SampleFile>> read_files(const std::vector<std::string>& samples) {
  std::vector<infer::SampleFile> files;
  for (const std::string& argument : samples) {
    infer::SampleFile file = named_file(argument);
    Result<std::string> text = read_whole_file(file.name, infer::sample_bytes_max);
    if (!text) return tl::unexpected(text.error());
    file.text = *std::move(text);
    files.push_back(std::move(file));
  }
  return files;
}

std::string summary(const infer::Proposal& proposal) {
  std::size_t unsure = 0;
  for (const infer::FieldProposal& field : proposal.fields) unsure += field.is_sure() ? 0 : 1;
  return std::to_string(proposal.fields.size()) + " fields in " +
         std::to_string(proposal.systems.size()) + " systems, " + std::to_string(unsure) +
         " of them unsure";
}

int deliver(const Request& request, const std::string& text) {
  if (request.output.empty()) {
    std::cout << text << std::flush;
    return std::cout ? exit_done : told("the proposal could not be written", exit_could_not);
  }
  if (file_exists(request.output)) {
    return told(request.output + " exists; nothing is written over it", exit_could_not);
  }
  const Result<void> written = replace_private_file(request.output, text);
  return written ? exit_done : told(written.error().message, exit_could_not);
}

int run(const Request& request) {
  if (!request.entity.empty() && !infer::is_policy_name(request.entity)) {
    return told("--entity must be a letter, then letters, digits, _ or -, at most 64", exit_misuse);
  }
  const Result<std::vector<infer::SampleFile>> files = read_files(request.samples);
  if (!files) return told(files.error().message, exit_misuse);
  const Result<infer::Proposal> proposal = infer::propose(*files, request.entity);
  if (!proposal) return told(proposal.error().message, exit_misuse);
  if (proposal->fields.empty()) {
    return told("no two columns of different systems look like one field", exit_found);
  }
  const Result<std::string> policy = infer::policy_text(*proposal);
  if (!policy) return told(policy.error().message, exit_could_not);
  const std::string text =
      request.json ? to_wire(infer::to_json(*proposal, *policy)) + "\n" : *policy;
  const int exit_code = deliver(request, text);
  if (exit_code == exit_done) std::cerr << "truce: " << summary(*proposal) << "\n";
  return exit_code;
}

}  // namespace

void add_infer(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("infer", "Propose a policy from sample payloads of two or more systems");
  const auto request = std::make_shared<Request>();
  command->add_option("SAMPLE", request->samples, "FILE, or SYSTEM=FILE: JSON or one JSON a line")
      ->required();
  command->add_option("--entity", request->entity, "What the records are: contact, company, …");
  command->add_option("--output", request->output, "Write to this new file");
  command->add_flag("--json", request->json, "One JSON document with scores instead of a policy");
  command->callback([request, &exit_code] { exit_code = run(*request); });
}

}  // namespace truce::cli
