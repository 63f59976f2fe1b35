// Policy files, and the small languages inside them: paths, jq programs, patterns, URLs.
// Libraries: truce_policy
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>

#include "engine/core/policy/alert_url.h"
#include "engine/core/policy/parse_policy.h"
#include "engine/core/policy/pattern.h"
#include "engine/core/policy/source_text.h"
#include "engine/core/policy/transform_vetting.h"

namespace {

using namespace truce;

void hold(bool claim) {
  if (!claim) std::abort();
}

constexpr std::size_t findings_max = 400;  // 200 errors, 200 warnings
constexpr std::size_t message_bytes_max = 4'096;

void check_findings(std::string_view text, const PolicyReading& reading) {
  const auto lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  hold(reading.findings.size() <= findings_max);
  bool has_error = false;
  auto before = std::make_tuple(std::size_t{0}, std::size_t{0});
  for (const Finding& finding : reading.findings) {
    has_error |= finding.severity == Finding::Severity::error;
    hold(finding.line >= 1 && finding.line <= lines);
    hold(finding.column >= 1 && finding.column <= text.size() + 1);
    hold(finding.pointer.empty() || finding.pointer.front() == '/');
    hold(!finding.message.empty());
    hold(finding.message.size() + finding.mend.size() <= message_bytes_max);
    const auto here = std::make_tuple(finding.line, finding.column);
    hold(before <= here);
    before = here;
    render_finding(finding);
    to_wire(to_json(finding));
  }
  hold(has_error == (reading.policy == nullptr));
}

// What the engine relies on without asking again.
void check_policy(const Policy& policy) {
  hold(!policy.systems.empty() && !policy.entities.empty());
  for (const auto& [name, entity] : policy.entities) {
    hold(entity.name == name && !entity.fields.empty());
    for (const auto& key : entity.match) {
      hold(!key.empty());
      for (const FieldName& member : key) hold(entity.field(member) != nullptr);
    }
    for (const auto& [field_name, field] : entity.fields) {
      hold(field.name == field_name && !field.map.empty());
      hold((field.rule == Rule::source_of_truth) == !field.source.empty());
      hold(field.source.empty() || field.reads(field.source));
      hold((field.type == FieldType::reference) == (policy.entity(field.entity) != nullptr));
      for (const auto& [system, map] : field.map) {
        hold(policy.system(system) != nullptr && !map.path.steps.empty());
        hold(!map.pattern || !refusal_of_pattern(*map.pattern));
        hold(!map.transform || !refusal_of_program(*map.transform));
      }
    }
  }
}

// Without comments the policy's own reader takes nothing that the shared one refuses.
void compare_readers(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return;
  const auto ours = policy_file::read_source(text);
  if (!ours) return;
  const auto shared = parse_json(text);
  if (!shared) return hold(shared.error().code == Code::number_out_of_range);
  hold(to_wire(policy_file::to_json(*ours)) == to_wire(*shared));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const PolicyReading reading = parse_policy(text);
  check_findings(text, reading);
  if (reading.policy) check_policy(*reading.policy);
  compare_readers(text);
  if (const auto path = parse_path(text)) hold(path->spelling == text && !path->steps.empty());
  refusal_of_program(text);
  refusal_of_pattern(text);
  refusal_of_alert_url(text);
  return 0;
}
