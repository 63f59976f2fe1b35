#include "engine/core/policy/findings.h"

#include <algorithm>
#include <utility>

namespace truce::policy_file {
namespace {

constexpr std::size_t listed_max = 200;  // of each severity

}  // namespace

void Findings::error(Code code, Place place, std::string message, std::string mend) {
  if (++errors_ > listed_max) return;
  add(Finding::Severity::error, code, place, std::move(message), std::move(mend));
}

void Findings::warn(Code code, Place place, std::string message, std::string mend) {
  if (++warnings_ > listed_max) return;
  add(Finding::Severity::warning, code, place, std::move(message), std::move(mend));
}

void Findings::add(Finding::Severity severity, Code code, Place place, std::string message,
                   std::string mend) {
  const LineAndColumn position = position_of(text_, place.offset);
  items_.push_back({place.offset,
                    {severity, code, pointer_to(root_, *place.node), position.line, position.column,
                     std::move(message), std::move(mend)}});
}

std::vector<Finding> Findings::in_file_order() const {
  std::vector<Item> sorted = items_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Item& a, const Item& b) { return a.offset < b.offset; });
  std::vector<Finding> findings;
  for (Item& item : sorted) findings.push_back(std::move(item.finding));
  return findings;
}

}  // namespace truce::policy_file

namespace truce {

std::string_view to_string(Finding::Severity severity) {
  return severity == Finding::Severity::error ? "error" : "warning";
}

std::string render_finding(const Finding& finding, std::string_view file) {
  std::string line(file);
  line += ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column) + ": ";
  line += to_string(finding.severity);
  line += " ";
  line += to_string(finding.code);
  if (!finding.pointer.empty()) line += " at " + finding.pointer;
  line += ": " + finding.message;
  if (!finding.mend.empty()) line += "; " + finding.mend;
  return line;
}

Json to_json(const Finding& finding) {
  return Json{{"severity", to_string(finding.severity)},
              {"code", to_string(finding.code)},
              {"pointer", finding.pointer},
              {"line", finding.line},
              {"column", finding.column},
              {"message", finding.message},
              {"mend", finding.mend}};
}

}  // namespace truce
