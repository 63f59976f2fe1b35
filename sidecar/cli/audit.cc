// truce audit verify, truce audit export
#include <iostream>

#include "engine/core/audit/audit_export.h"
#include "sidecar/audit_check.h"
#include "sidecar/cli/access.h"
#include "sidecar/cli/commands.h"
#include "sidecar/private_file.h"

namespace truce::cli {

namespace {

struct AuditOptions {
  Access access;
  std::string checkpoint;
  bool json = false;
  bool csv = false;
};

// Where entries come from, and what is known about them beside.
struct Trail {
  std::unique_ptr<Engine> engine;  // null for a running sidecar
  AuditPages pages;
  std::string store_id;
  std::string public_key;
  std::string checkpoint_file;  // beside the database
};

Result<std::vector<AuditEntry>> parse_lines(const std::string& lines) {
  std::vector<AuditEntry> entries;
  std::size_t begin = 0;
  while (begin < lines.size()) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    Result<AuditEntry> entry =
        audit_entry_from_ndjson(std::string_view(lines).substr(begin, end - begin));
    if (!entry) return tl::unexpected<Problem>(entry.error());
    entries.push_back(*std::move(entry));
    begin = end + 1;
  }
  return entries;
}

Trail remote_trail(const Access& access) {
  Trail trail;
  trail.pages = [access](std::uint64_t after,
                         std::size_t limit) -> Result<std::vector<AuditEntry>> {
    const Result<RemoteReply> reply =
        ask(access, "GET",
            "/v1/audit/export?format=ndjson&after=" + std::to_string(after) +
                "&limit=" + std::to_string(limit));
    if (!reply) return tl::unexpected<Problem>(reply.error());
    if (reply->status != 200) {
      return fail(Code::internal, "the sidecar answered " + std::to_string(reply->status));
    }
    return parse_lines(reply->body);
  };
  return trail;
}

Result<Trail> open_trail(const Access& access) {
  if (!access.url.empty()) return remote_trail(access);
  Result<std::unique_ptr<Engine>> engine = open_engine(access.db);
  if (!engine) return tl::unexpected<Problem>(engine.error());
  Trail trail;
  trail.engine = *std::move(engine);
  Store& store = *trail.engine->store;
  trail.pages = [&store](std::uint64_t after,
                         std::size_t limit) -> Result<std::vector<AuditEntry>> {
    const std::unique_ptr<ReadView> view = store.read();
    std::vector<AuditEntry> page = view->list_audit({after, limit, {}, {}});
    if (const auto failure = view->failure()) return tl::unexpected<Problem>(*failure);
    return page;
  };
  trail.store_id = trail.engine->keys.checkpoint.store_id;
  trail.public_key = trail.engine->keys.checkpoint.public_key;
  if (const std::string beside = access.db + ".checkpoint"; file_exists(beside)) {
    trail.checkpoint_file = beside;
  }
  return trail;
}

int print_report(const AuditReport& report, const std::optional<Checkpoint>& checkpoint,
                 const AuditOptions& options) {
  if (options.json) {
    std::cout << to_wire(to_json(report)) << "\n";
  } else if (report.is_intact()) {
    std::cout << "the audit trail is intact: " << report.entries << " entries";
    if (checkpoint) std::cout << ", agreed with the checkpoint at " << checkpoint->sequence;
    std::cout << "\n";
  } else {
    std::cout << "the audit trail is broken at entry " << report.first->sequence << " ("
              << to_string(report.first->fault) << "): " << report.first->message << "\n"
              << report.faults << " faults in " << report.entries << " entries\n";
  }
  return report.is_intact() ? exit_done : exit_found;
}

int verify(const AuditOptions& options) {
  if (const Result<void> checked = check_access(options.access); !checked) {
    return told(checked.error());
  }
  const Result<Trail> trail = open_trail(options.access);
  if (!trail) return told(trail.error());
  std::optional<Checkpoint> checkpoint;
  const std::string& path =
      options.checkpoint.empty() ? trail->checkpoint_file : options.checkpoint;
  if (!path.empty()) {
    const Result<Checkpoint> read = read_checkpoint_file(path, trail->public_key);
    if (!read) {
      told(read.error());
      return read.error().code == Code::audit_broken ? exit_found : exit_could_not;
    }
    checkpoint = *read;
  }
  const Result<AuditReport> report = verify_trail(trail->pages, checkpoint, trail->store_id);
  if (!report) return told(report.error());
  return print_report(*report, checkpoint, options);
}

int export_all(const AuditOptions& options) {
  if (const Result<void> checked = check_access(options.access); !checked) {
    return told(checked.error());
  }
  const Result<Trail> trail = open_trail(options.access);
  if (!trail) return told(trail.error());
  if (options.csv) std::cout << csv_header();
  std::uint64_t after = 0;
  while (true) {
    const Result<std::vector<AuditEntry>> page = trail->pages(after, audit_page);
    if (!page) return told(page.error());
    for (const AuditEntry& entry : *page) {
      std::cout << (options.csv ? to_csv(entry) : to_ndjson(entry));
    }
    if (page->size() < audit_page) break;
    after = page->back().sequence;
  }
  std::cout.flush();
  if (std::cout) return exit_done;
  return told({Code::store_failed, "the output could not be written", {}});
}

}  // namespace

void add_audit(CLI::App& app, int& exit_code) {
  CLI::App* audit = app.add_subcommand("audit", "Verify or export the audit trail");
  audit->require_subcommand(1);
  const auto options = std::make_shared<AuditOptions>();

  CLI::App* verifying =
      audit->add_subcommand("verify", "Say whether the trail is as it was written");
  verifying->add_option("--checkpoint", options->checkpoint,
                        "A checkpoint kept elsewhere (default: the one beside the database)");
  verifying->add_flag("--json", options->json, "One JSON document instead of text");
  add_access(*verifying, options->access);
  verifying->callback([options, &exit_code] { exit_code = verify(*options); });

  CLI::App* exporting = audit->add_subcommand("export", "Write the trail to standard output");
  exporting->add_flag("--csv", options->csv, "For spreadsheets, instead of NDJSON");
  add_access(*exporting, options->access);
  exporting->callback([options, &exit_code] { exit_code = export_all(*options); });
}

}  // namespace truce::cli
