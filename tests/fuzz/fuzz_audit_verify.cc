// Libraries: truce_audit
//
// Any bytes as an exported trail of the audit, against a checkpoint of the true one: only the true
// entries, each in its place, are ever called intact.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/core/audit/audit_export.h"
#include "engine/core/audit/audit_verify.h"
#include "tests/unit/audit/sample_trail.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace truce;
  static const std::vector<AuditEntry> original = sample_trail(12);
  AuditVerifier verifier({checkpoint_at(original.back())}, "store-1");
  std::vector<std::string> lines;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const Result<AuditEntry> entry = audit_entry_from_ndjson(line);
    if (!entry) return 0;  // the command says which line; nothing is called intact
    verifier.add(*entry);
    lines.push_back(to_ndjson(*entry));
    // What a spreadsheet reads as a formula never begins a cell.
    if (csv_cell(entry->actor).find_first_of("=+-@\t\r", 1) == 1) std::abort();
  }
  const AuditReport report = verifier.finish();
  if (report.entries != lines.size()) std::abort();
  if (report.is_intact() == report.first.has_value()) std::abort();
  if (!report.is_intact()) return 0;
  if (lines.size() < original.size()) std::abort();
  for (std::size_t i = 0; i < original.size(); ++i) {
    if (lines[i] != to_ndjson(original[i])) std::abort();
  }
  return 0;
}
