#include "sidecar/simulate/report.h"

#include <cmath>
#include <iomanip>
#include <sstream>

namespace truce::simulate {
namespace {

// JSON's own doubles print sixteen digits; three places say all there is to say.
Json rounded(double value) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(3) << value;
  return make_number(text.str());
}

Json counts(const std::map<std::string, std::uint64_t>& by_name) {
  Json node = Json::object();
  for (const auto& [name, count] : by_name) node[name] = count;
  return node;
}

Json to_json(const Totals& totals) {
  return {{"wrong_fields", totals.wrong_fields},
          {"lost_edits", totals.lost_edits},
          {"duplicates", totals.duplicates},
          {"loops", totals.loops},
          {"wrong_deletes", totals.wrong_deletes},
          {"open_questions", totals.open_questions},
          {"writes_per_edit", rounded(totals.writes_per_edit())},
          {"convergence_s", rounded(totals.convergence_mean_s())},
          {"fields_total", totals.fields_total},
          {"convergence_p50_s", rounded(totals.convergence_at_s(0.5))},
          {"convergence_p99_s", rounded(totals.convergence_at_s(0.99))},
          {"questions", totals.asked},
          {"questions_by_category", counts(totals.asked_by_category)},
          {"writes", totals.writes},
          {"edits", totals.acts},
          {"void_edits", totals.void_acts},
          {"faults", counts(totals.faults)},
          {"findings", totals.findings}};
}

}  // namespace

Json to_json(const Simulation& simulation, const Results& results) {
  Json strategies = Json::object();
  for (const auto& [kind, totals] : results.by_strategy) {
    strategies[std::string(to_string(kind))] = to_json(totals);
  }
  return {{"preset", simulation.scenario.name},
          {"seeds", simulation.seeds},
          {"seed_from", simulation.seed_from},
          {"edits", results.edits},
          {"strategies", std::move(strategies)},
          {"left_out", results.left_out}};
}

}  // namespace truce::simulate
