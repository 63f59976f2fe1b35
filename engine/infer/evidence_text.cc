#include "engine/infer/evidence_text.h"

#include <algorithm>
#include <cmath>

namespace truce::infer {

namespace {

std::string number(std::size_t count) { return std::to_string(count); }

std::string name_text(double name) {
  if (name >= 0.99) return "called the same";
  if (name >= 0.9) return "called alike";
  return name >= 0.5 ? "names partly alike" : "called differently";
}

std::string type_text(const ColumnType& a, const ColumnType& b) {
  if (!a.is_known && !b.is_known) return "no values to tell the type by";
  if (!a.is_known || !b.is_known) return "one has no values";
  if (a.type == b.type) return "both " + std::string(to_string(a.type));
  return std::string(to_string(a.type)) + " and " + std::string(to_string(b.type));
}

std::string values_text(const Evidence& evidence, const Links& links) {
  if (evidence.compared > 0) {
    return number(evidence.agreeing) + " of " + number(evidence.compared) + " linked records agree";
  }
  if (!evidence.both_filled) return "";
  if (links.records.empty()) return "the samples have no record in common";
  if (evidence.overlap) return percent(*evidence.overlap) + " of the values are in both";
  return "";
}

std::string uniqueness_text(const Column& a, const Column& b) {
  if (a.cells.empty() || b.cells.empty()) return "";
  return "different values " + percent(a.uniqueness()) + " and " + percent(b.uniqueness());
}

std::string loss_text(const Proposal& proposal, std::size_t system, const Lossiness& loss) {
  std::string text = proposal.systems[system].table.system().text + " " + loss.what;
  if (loss.seen > 0) text += " (seen " + number(loss.seen) + " times)";
  return text;
}

void add(std::string& line, const std::string& part) {
  if (part.empty()) return;
  line += (line.empty() ? "" : ", ") + part;
}

}  // namespace

std::string percent(double share) {
  return std::to_string(static_cast<int>(std::lround(share * 100.0))) + " %";
}

std::vector<std::string> evidence_lines(const Proposal& proposal, const FieldProposal& field) {
  std::vector<std::string> lines;
  for (const PairedColumns& paired : field.pairing.pairs) {
    const SystemPair& pair = *paired.systems;
    const Table& first = proposal.systems[pair.first].table;
    const Table& second = proposal.systems[pair.second].table;
    const Column& a = first.columns[field.pairing.columns.at(pair.first)];
    const Column& b = second.columns[field.pairing.columns.at(pair.second)];
    std::string line;
    add(line, name_text(paired.evidence.name));
    add(line, type_text(a.type, b.type));
    add(line, values_text(paired.evidence, pair.links));
    add(line, uniqueness_text(a, b));
    add(line, "score " + percent(paired.evidence.score));
    lines.push_back(first.system().text + " and " + second.system().text + ": " + line);
  }
  std::string filled;
  for (const auto& [system, column] : field.pairing.columns) {
    const Table& table = proposal.systems[system].table;
    const double share = table.columns[column].filled(table.records());
    add(filled, table.system().text + " " + percent(share));
  }
  lines.push_back("filled: " + filled);
  for (const auto& [system, side] : field.sides) {
    if (!side.loss.what.empty()) lines.push_back(loss_text(proposal, system, side.loss));
  }
  return lines;
}

std::string doubt_of(const FieldProposal& field) {
  if (field.is_sure()) return "";
  const bool all_filled =
      std::all_of(field.pairing.pairs.begin(), field.pairing.pairs.end(),
                  [](const PairedColumns& pair) { return pair.evidence.both_filled; });
  if (!all_filled) return "a side has no value in the sample, so only the names speak for it";
  for (const PairedColumns& pair : field.pairing.pairs) {
    const Evidence& evidence = pair.evidence;
    if (evidence.score >= score_sure) continue;
    if (evidence.compared > 0 && evidence.agreeing * 2 < evidence.compared) {
      return "most linked records differ here";
    }
    if (evidence.name < 0.9) return "the names do not say that they are one";
    if (evidence.type < 1.0) return "the types differ";
  }
  return "the evidence is thin";
}

std::string key_text(const Proposal& proposal, const MatchKey& key) {
  std::string text;
  for (const auto& [system, side] : key.sides) {
    text += (text.empty() ? "" : ", ") + proposal.samples[system].name.text + ": blank in " +
            percent(side.blank) + ", repeated in " + percent(side.duplicate);
  }
  return text + "; in both: " + percent(key.overlap);
}

std::string reason_unmatched(const Described& system, std::size_t column) {
  const Table& table = system.table;
  const std::size_t original = system.roles.copy_of[column];
  switch (system.roles.of[column]) {
    case Role::field:
      return table.columns[column].cells.empty() ? "always blank" : "";
    case Role::id:
      return "the record's id";
    case Role::modified:
      return "the time of change";
    case Role::copy:
      return "repeats " + shown(table.columns[original].path.spelling);
    case Role::link:
      return "a link to the record itself";
    case Role::reference:
      return "looks like an id of another record; as a reference it needs that entity too";
    case Role::deletion:
      return "tells of a deletion, which goes by events and not by a field";
    case Role::unreadable:
      return "its values are of several kinds";
  }
  return "";
}

}  // namespace truce::infer
