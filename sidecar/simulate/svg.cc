#include "sidecar/simulate/svg.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <sstream>

namespace truce::simulate {
namespace {

constexpr int width = 860;
constexpr int left = 110;
constexpr int top = 64;
constexpr int row_height = 44;
constexpr int bar_height = 26;
constexpr int bar_max = 420;
constexpr double least_scale = 0.01;  // of all field values: the whole width at least

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '<') {
      safe += "&lt;";
    } else if (letter == '&') {
      safe += "&amp;";
    } else {
      safe += letter;
    }
  }
  return safe;
}

double share_of(const Totals& totals) {
  return totals.fields_total == 0
             ? 0
             : static_cast<double>(totals.wrong_fields) / static_cast<double>(totals.fields_total);
}

void text(std::ostream& out, int x, int y, const std::string& words, const char* style = "") {
  out << "<text x=\"" << x << "\" y=\"" << y << "\" " << style << ">" << escaped(words)
      << "</text>\n";
}

std::string percent(double share) {
  std::ostringstream words;
  words << std::fixed << std::setprecision(2) << 100 * share << " % wrong";
  return words.str();
}

std::string faults_of(const Totals& totals) {
  return std::to_string(totals.lost_edits) + " lost, " + std::to_string(totals.duplicates) +
         " duplicates, " + std::to_string(totals.loops) + " loops";
}

}  // namespace

std::string plot(const Simulation& simulation, const Results& results) {
  double scale = least_scale;
  for (const auto& [kind, totals] : results.by_strategy) scale = std::max(scale, share_of(totals));
  const int height = top + row_height * static_cast<int>(results.by_strategy.size()) + 24;
  std::ostringstream out;
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << width << ' ' << height
      << "\" font-family=\"sans-serif\" font-size=\"13\">\n"
      << "<rect width=\"" << width << "\" height=\"" << height << "\" fill=\"#fff\"/>\n";
  text(out, 16, 26, "Wrong field values by strategy: " + simulation.scenario.name,
       "font-size=\"16\" font-weight=\"bold\"");
  text(out, 16, 46,
       std::to_string(simulation.seeds) + " seeds from " + std::to_string(simulation.seed_from) +
           ", " + std::to_string(results.edits) + " edits by people",
       "fill=\"#555\"");
  int y = top;
  for (const auto& [kind, totals] : results.by_strategy) {
    const int bar = static_cast<int>(share_of(totals) / scale * bar_max);
    const bool ours = kind == StrategyKind::truce || kind == StrategyKind::truce_fast;
    text(out, 16, y + 18, std::string(to_string(kind)));
    out << "<rect x=\"" << left << "\" y=\"" << y << "\" width=\"" << std::max(bar, 1)
        << "\" height=\"" << bar_height << "\" fill=\"" << (ours ? "#1b7f5c" : "#b4542d")
        << "\"/>\n";
    text(out, left + bar + 8, y + 12, percent(share_of(totals)));
    text(out, left + bar + 8, y + 26, faults_of(totals), "fill=\"#555\" font-size=\"11\"");
    y += row_height;
  }
  out << "</svg>\n";
  return out.str();
}

}  // namespace truce::simulate
