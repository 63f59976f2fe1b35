#include "engine/infer/proposal_json.h"

#include <cmath>
#include <set>

#include "engine/core/policy/source_text.h"
#include "engine/infer/evidence_text.h"

namespace truce::infer {

namespace {

// Three places say enough, and the same on every machine.
Json rounded(double share) { return std::round(share * 1000.0) / 1000.0; }

Json path_or_null(const Table& table, const std::optional<std::size_t>& column) {
  return column ? Json(table.columns[*column].path.spelling) : Json(nullptr);
}

Json type_or_null(const ColumnType& type) {
  return type.is_known ? Json(to_string(type.type)) : Json(nullptr);
}

Json systems_json(const Proposal& proposal) {
  Json systems = Json::array();
  for (std::size_t i = 0; i < proposal.systems.size(); ++i) {
    const SystemSample& sample = proposal.samples[i];
    const Table& table = proposal.systems[i].table;
    systems.push_back({{"system", sample.name.text},
                       {"preset", sample.preset.empty() ? Json(nullptr) : Json(sample.preset)},
                       {"records", sample.records.size()},
                       {"records_left_out", sample.left_out + proposal.repeats[i] + sample.without},
                       {"columns", table.columns.size()},
                       {"columns_left_out", table.columns_left_out + table.unnamed},
                       {"id", path_or_null(table, proposal.systems[i].roles.id)},
                       {"modified", path_or_null(table, proposal.systems[i].roles.modified)}});
  }
  return systems;
}

Json evidence_json(const Proposal& proposal, const PairedColumns& paired) {
  const Evidence& evidence = paired.evidence;
  return {{"systems",
           {proposal.samples[paired.systems->first].name.text,
            proposal.samples[paired.systems->second].name.text}},
          {"name", rounded(evidence.name)},
          {"type", rounded(evidence.type)},
          {"overlap", evidence.overlap ? rounded(*evidence.overlap) : Json(nullptr)},
          {"compared", evidence.compared},
          {"agreeing", evidence.agreeing},
          {"uniqueness", rounded(evidence.uniqueness)},
          {"score", rounded(evidence.score)}};
}

Json side_json(const Table& table, const Column& column, const SideProposal& side) {
  Json json = {{"path", column.path.spelling},
               {"type", type_or_null(column.type)},
               {"filled", rounded(column.filled(table.records()))},
               {"uniqueness", rounded(column.uniqueness())},
               {"loss", side.loss.what.empty() ? Json(nullptr) : Json(side.loss.what)}};
  for (const OptionPairing& option : side.options) {
    json["options"].push_back({{"value", option.system_value},
                               {"canonical", option.canonical},
                               {"unsure", !option.is_sure}});
  }
  return json;
}

Json pair_json(const Proposal& proposal, const FieldProposal& field) {
  Json columns = Json::object();
  for (const auto& [system, side] : field.sides) {
    const Table& table = proposal.systems[system].table;
    columns[proposal.samples[system].name.text] =
        side_json(table, table.columns[field.pairing.columns.at(system)], side);
  }
  Json evidence = Json::array();
  for (const PairedColumns& paired : field.pairing.pairs) {
    evidence.push_back(evidence_json(proposal, paired));
  }
  return {{"field", field.name},
          {"type", to_string(field.type)},
          {"rule", to_string(field.rule)},
          {"score", rounded(field.pairing.score)},
          {"unsure", !field.is_sure()},
          {"doubt", field.is_sure() ? Json(nullptr) : Json(doubt_of(field))},
          {"columns", std::move(columns)},
          {"evidence", std::move(evidence)}};
}

Json key_json(const Proposal& proposal, const MatchKey& key) {
  Json sides = Json::object();
  for (const auto& [system, side] : key.sides) {
    sides[proposal.samples[system].name.text] = {{"blank", rounded(side.blank)},
                                                 {"duplicate", rounded(side.duplicate)}};
  }
  return {{"fields", key.fields},
          {"proposed", key.is_proposed},
          {"unsure", !key.is_sure},
          {"overlap", rounded(key.overlap)},
          {"systems", std::move(sides)}};
}

Json unmatched_json(const Proposal& proposal) {
  std::set<std::pair<std::size_t, std::size_t>> taken;
  for (const FieldProposal& field : proposal.fields) {
    taken.insert(field.pairing.columns.begin(), field.pairing.columns.end());
  }
  Json unmatched = Json::object();
  for (std::size_t i = 0; i < proposal.systems.size(); ++i) {
    const Described& system = proposal.systems[i];
    Json& list = unmatched[proposal.samples[i].name.text] = Json::array();
    for (std::size_t column = 0; column < system.table.columns.size(); ++column) {
      if (taken.contains({i, column})) continue;
      const std::string reason = reason_unmatched(system, column);
      list.push_back({{"path", system.table.columns[column].path.spelling},
                      {"type", type_or_null(system.table.columns[column].type)},
                      {"reason", reason.empty() ? Json(nullptr) : Json(reason)}});
    }
  }
  return unmatched;
}

}  // namespace

Json to_json(const Proposal& proposal, const std::string& policy_text) {
  Json pairs = Json::array();
  for (const FieldProposal& field : proposal.fields) pairs.push_back(pair_json(proposal, field));
  Json keys = Json::array();
  for (const MatchKey& key : proposal.keys) keys.push_back(key_json(proposal, key));
  const auto source = policy_file::read_source(policy_text);
  return {{"entity", proposal.entity},
          {"systems", systems_json(proposal)},
          {"pairs", std::move(pairs)},
          {"keys", std::move(keys)},
          {"unmatched", unmatched_json(proposal)},
          {"policy", source ? policy_file::to_json(*source) : Json(nullptr)}};
}

}  // namespace truce::infer
