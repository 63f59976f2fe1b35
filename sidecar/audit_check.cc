#include "sidecar/audit_check.h"

namespace truce {

Result<AuditReport> verify_trail(const AuditPages& pages, std::optional<Checkpoint> checkpoint,
                                 const std::string& store_id) {
  std::vector<Checkpoint> checkpoints;
  if (checkpoint) checkpoints.push_back(*std::move(checkpoint));
  AuditVerifier verifier(std::move(checkpoints), store_id);
  std::uint64_t after = 0;
  while (true) {
    const Result<std::vector<AuditEntry>> page = pages(after, audit_page);
    if (!page) return tl::unexpected<Problem>(page.error());
    for (const AuditEntry& entry : *page) verifier.add(entry);
    if (page->size() < audit_page) return verifier.finish();
    after = page->back().sequence;
  }
}

Json to_json(const AuditReport& report) {
  Json first = nullptr;
  if (report.first) {
    first = {{"sequence", report.first->sequence},
             {"fault", to_string(report.first->fault)},
             {"message", report.first->message}};
  }
  return {{"ok", report.is_intact()},
          {"entries", report.entries},
          {"last_sequence", report.last_sequence},
          {"last_hash", report.last_hash},
          {"faults", report.faults},
          {"first", std::move(first)}};
}

}  // namespace truce
