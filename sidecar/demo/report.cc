#include "sidecar/demo/report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iomanip>
#include <sstream>

namespace truce::demo {
namespace {

constexpr int name_width = 20;
constexpr int number_width = 15;

std::string one_decimal(double value) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << value;
  return text.str();
}

std::string counted(const std::map<std::string, int>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  }
  return text.empty() ? "none" : text;
}

}  // namespace

void Progress::show(const World& world, int edits_planned, Duration elapsed) {
  if (!live_) return;
  constexpr int bar_width = 24;
  const int filled = edits_planned == 0 ? 0 : world.edits_done() * bar_width / edits_planned;
  out_ << "\r\x1b[K  " << std::left << std::setw(name_width) << world.name() << std::right << " ["
       << std::string(static_cast<std::size_t>(filled), '#')
       << std::string(static_cast<std::size_t>(bar_width - filled), '.') << "] "
       << one_decimal(static_cast<double>(elapsed.ms()) / 1000) << " s  " << world.edits_done()
       << " edits, " << world.writes() << " writes, " << world.network().lost << " webhooks lost"
       << std::flush;
}

void Progress::clear() {
  if (live_) out_ << "\r\x1b[K" << std::flush;
}

void print_table(std::ostream& out, const std::vector<Row>& rows) {
  constexpr std::array<const char*, 6> headings = {"wrong fields",   "lost edits",
                                                   "loop writes",    "duplicates",
                                                   "open questions", "writes per edit"};
  out << "  " << std::left << std::setw(name_width) << "" << std::right;
  for (const char* heading : headings) out << ' ' << std::setw(number_width) << heading;
  out << '\n';
  for (const auto& [strategy, score] : rows) {
    out << "  " << std::left << std::setw(name_width) << strategy << std::right;
    const std::string wrong =
        std::to_string(score.wrong_fields) + " of " + std::to_string(score.fields);
    const std::array<std::string, 6> cells = {wrong,
                                              std::to_string(score.lost_edits),
                                              std::to_string(score.loop_writes),
                                              std::to_string(score.duplicates),
                                              std::to_string(score.open_questions),
                                              one_decimal(score.writes_per_edit())};
    for (const std::string& cell : cells) out << ' ' << std::setw(number_width) << cell;
    out << '\n';
  }
}

void print_facts(std::ostream& out, const TruceFacts& facts) {
  const NetworkCounts& network = facts.network;
  out << "What Truce went through: " << network.sent << " webhooks sent, of these " << network.lost
      << " lost, " << network.twice << " delivered twice, " << network.slow << " overtaken; "
      << facts.faults << " requests to the CRMs failed.\n"
      << "  events      " << counted(facts.ledger.outcomes) << '\n'
      << "  deliveries  " << counted(facts.ledger.settled) << '\n';
  if (network.lost_of_people > 0) {
    out << "  " << network.lost_of_people
        << " lost webhooks told of a person's edit. No sync sees what it is never told: the "
           "catch-up\n"
           "  poll at the end found "
        << facts.ledger.found_by_poll
        << " changes that were news, in the records and in the history of their fields. A "
           "reconciliation\n  (docs/api.md) does this for all records.\n";
  }
  if (facts.answered > 0) {
    out << "  answered one question, " << facts.answered_text << ": "
        << (facts.answer_arrived ? "both CRMs hold the answer\n" : "the answer did NOT arrive\n");
  }
  if (!facts.other_items.empty()) {
    out << "  other items for a person: " << counted(facts.other_items) << '\n';
  }
}

void print_findings(std::ostream& out, const Row& row, std::size_t limit) {
  const auto& findings = row.score.findings;
  for (std::size_t i = 0; i < std::min(limit, findings.size()); ++i) {
    out << "  " << row.strategy << ": " << findings[i] << '\n';
  }
  if (findings.size() > limit) out << "  … and " << findings.size() - limit << " more\n";
}

Json to_json(const std::vector<Row>& rows, const TruceFacts& facts) {
  Json strategies = Json::array();
  for (const auto& [strategy, score] : rows) {
    strategies.push_back({{"strategy", strategy},
                          {"edits", score.edits},
                          {"fields", score.fields},
                          {"wrong_fields", score.wrong_fields},
                          {"lost_edits", score.lost_edits},
                          {"loop_writes", score.loop_writes},
                          {"duplicates", score.duplicates},
                          {"open_questions", score.open_questions},
                          {"writes", score.writes},
                          {"findings", score.findings}});
  }
  return {{"strategies", std::move(strategies)},
          {"truce",
           {{"webhooks_sent", facts.network.sent},
            {"webhooks_lost", facts.network.lost},
            {"webhooks_lost_of_people", facts.network.lost_of_people},
            {"webhooks_twice", facts.network.twice},
            {"requests_failed", facts.faults},
            {"outcomes", facts.ledger.outcomes},
            {"settled", facts.ledger.settled},
            {"found_by_poll", facts.ledger.found_by_poll},
            {"other_items", facts.other_items},
            {"questions_answered", facts.answered},
            {"answer_arrived", facts.answer_arrived}}}};
}

}  // namespace truce::demo
