#include "sidecar/simulate/report.h"

#include <array>
#include <iomanip>
#include <sstream>

namespace truce::simulate {
namespace {

constexpr int name_width = 12;
constexpr int number_width = 13;

// Minutes from opening the message to the answer.
struct Handling {
  const char* category;
  double minutes;
};
constexpr std::array<Handling, 9> handling_times = {{{"conflict", 1},
                                                     {"delete", 1},
                                                     {"immutable", 0.5},
                                                     {"ambiguous_match", 3},
                                                     {"duplicate", 3},
                                                     {"merge", 3},
                                                     {"dead_letter", 2},
                                                     {"lookup", 2},
                                                     {"held_change", 5}}};
constexpr double other_minutes = 2;

std::string fixed(double value, int places) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(places) << value;
  return text.str();
}

// Three places say all there is to say; JSON's own doubles print sixteen digits.
Json rounded(double value) { return make_number(fixed(value, 3)); }

double minutes_of(const std::string& category) {
  for (const Handling& handling : handling_times) {
    if (category == handling.category) return handling.minutes;
  }
  return other_minutes;
}

Json to_json(const Totals& totals) {
  const OperatorTime time = operator_time_of(totals);
  return {{"wrong_fields", totals.wrong_fields},
          {"lost_edits", totals.lost_edits},
          {"duplicates", totals.duplicates},
          {"loops", totals.loops},
          {"wrong_deletes", totals.wrong_deletes},
          {"open_questions", totals.open_questions},
          {"named_duplicates", totals.named_duplicates},
          {"writes_per_edit", rounded(totals.writes_per_edit())},
          {"convergence_s", rounded(totals.convergence_mean_s())},
          {"fields_total", totals.fields_total},
          {"convergence_p50_s", rounded(totals.convergence_at_s(0.5))},
          {"convergence_p99_s", rounded(totals.convergence_at_s(0.99))},
          {"questions", totals.asked},
          {"questions_by_category", totals.asked_by_category},
          {"operator",
           {{"questions_per_1000_edits", rounded(time.questions_per_1000_edits)},
            {"minutes_per_1000_edits", rounded(time.minutes_per_1000_edits)},
            {"hours_a_week", rounded(time.hours_a_week)}}},
          {"writes", totals.writes},
          {"edits", totals.acts},
          {"void_edits", totals.void_acts},
          {"faults", totals.faults},
          {"findings", totals.findings}};
}

}  // namespace

OperatorTime operator_time_of(const Totals& totals) {
  OperatorTime time;
  if (totals.acts == 0) return time;
  const double thousands = static_cast<double>(totals.acts) / 1'000;
  double minutes = 0;
  for (const auto& [category, count] : totals.asked_by_category) {
    minutes += minutes_of(category) * static_cast<double>(count);
  }
  time.questions_per_1000_edits = static_cast<double>(totals.asked) / thousands;
  time.minutes_per_1000_edits = minutes / thousands;
  time.hours_a_week = time.minutes_per_1000_edits * OperatorTime::edits_a_week / 1'000 / 60;
  return time;
}

Json to_json(const Simulation& simulation, const Results& results) {
  Json strategies = Json::object();
  for (const auto& [kind, totals] : results.by_strategy) {
    strategies[std::string(to_string(kind))] = to_json(totals);
  }
  return {{"preset", simulation.scenario.name},  {"seeds", simulation.seeds},
          {"seed_from", simulation.seed_from},   {"edits", results.edits},
          {"strategies", std::move(strategies)}, {"left_out", results.left_out}};
}

void print_table(std::ostream& out, const Simulation& simulation, const Results& results) {
  constexpr std::array<const char*, 9> headings = {"wrong fields", "of all",      "lost edits",
                                                   "duplicates",   "loops",       "wrong del.",
                                                   "questions",    "writes/edit", "converged s"};
  out << simulation.scenario.name << ": " << simulation.seeds << " seeds from "
      << simulation.seed_from << ", " << results.edits << " edits by people\n\n"
      << std::left << std::setw(name_width) << "" << std::right;
  for (const char* heading : headings) out << std::setw(number_width) << heading;
  out << '\n';
  for (const auto& [kind, totals] : results.by_strategy) {
    const double share = totals.fields_total == 0 ? 0
                                                  : 100 * static_cast<double>(totals.wrong_fields) /
                                                        static_cast<double>(totals.fields_total);
    out << std::left << std::setw(name_width) << to_string(kind) << std::right;
    const std::array<std::string, 9> cells = {
        std::to_string(totals.wrong_fields),  fixed(share, 2) + " %",
        std::to_string(totals.lost_edits),    std::to_string(totals.duplicates),
        std::to_string(totals.loops),         std::to_string(totals.wrong_deletes),
        std::to_string(totals.asked),         fixed(totals.writes_per_edit(), 2),
        fixed(totals.convergence_mean_s(), 1)};
    for (const std::string& cell : cells) out << std::setw(number_width) << cell;
    out << '\n';
  }
  const auto truce = results.by_strategy.find(StrategyKind::truce);
  if (truce == results.by_strategy.end()) return;
  const OperatorTime time = operator_time_of(truce->second);
  out << "\nOperators, with both loops: " << fixed(time.questions_per_1000_edits, 1)
      << " questions and " << fixed(time.minutes_per_1000_edits, 1) << " minutes per 1,000 edits; "
      << fixed(time.hours_a_week, 1) << " hours a week at " << fixed(OperatorTime::edits_a_week, 0)
      << " edits.\n";
}

void print_findings(std::ostream& out, StrategyKind kind, const Totals& totals, std::size_t limit) {
  for (std::size_t i = 0; i < std::min(limit, totals.findings.size()); ++i) {
    out << "  " << to_string(kind) << ", " << totals.findings[i] << '\n';
  }
}

}  // namespace truce::simulate
