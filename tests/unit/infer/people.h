// Made-up people as two systems show them, and what truce infer proposes for them.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/policy/parse_policy.h"
#include "engine/infer/policy_text.h"
#include "engine/infer/proposal.h"

namespace truce::infer_test {

using namespace truce::infer;

// Also before the first test begins, where nothing can be checked.
inline Json json(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed) throw std::invalid_argument(parsed.error().message);
  return *parsed;
}

inline SampleFile file(const std::string& name, const std::string& text,
                       const std::string& system = "") {
  return {name, system, text};
}
inline SampleFile file(const std::string& name, const char* text, const std::string& system = "") {
  return {name, system, text};
}
inline SampleFile file(const std::string& name, const Json& content,
                       const std::string& system = "") {
  return {name, system, to_wire(content)};
}

inline Proposal proposal_of(const std::vector<SampleFile>& files, const std::string& entity = "") {
  auto proposal = propose(files, entity);
  if (!proposal) FAIL("refused: " << proposal.error().message);
  return *std::move(proposal);
}

inline Problem refusal(const std::vector<SampleFile>& files) {
  const auto proposal = propose(files, "");
  REQUIRE_FALSE(proposal);
  return proposal.error();
}

// A list of records, one a number from 0.
inline Json list_of(std::size_t count, const std::function<Json(std::size_t)>& record) {
  Json list = Json::array();
  for (std::size_t i = 0; i < count; ++i) list.push_back(record(i));
  return list;
}

// Two lists as the files of the systems "crm" and "desk".
inline Proposal two_systems(const Json& crm, const Json& desk) {
  return proposal_of({file("a.json", crm, "crm"), file("b.json", desk, "desk")});
}

inline std::string address(std::size_t i) { return "person" + std::to_string(i) + "@example.com"; }

inline const FieldProposal* field_with(const Proposal& proposal, std::string_view path) {
  for (const FieldProposal& field : proposal.fields) {
    for (const auto& [system, column] : field.pairing.columns) {
      if (proposal.systems[system].table.columns[column].path.spelling == path) return &field;
    }
  }
  return nullptr;
}

// The paths of the field that has this one: "Email|mail"; empty where none has.
inline std::string paths_with(const Proposal& proposal, std::string_view path) {
  const FieldProposal* field = field_with(proposal, path);
  std::string paths;
  if (field == nullptr) return paths;
  for (const auto& [system, column] : field->pairing.columns) {
    paths += paths.empty() ? "" : "|";
    paths += proposal.systems[system].table.columns[column].path.spelling;
  }
  return paths;
}

inline const Column& column_at(const Proposal& proposal, std::size_t system,
                               std::string_view path) {
  for (const Column& column : proposal.systems[system].table.columns) {
    if (column.path.spelling == path) return column;
  }
  FAIL("no column " << path);
  throw 0;
}

inline std::string text_of(const Proposal& proposal) {
  const auto text = policy_text(proposal);
  if (!text) FAIL(text.error().message);
  return *text;
}

inline PolicyPtr policy_of(const Proposal& proposal) {
  const auto reading = parse_policy(text_of(proposal));
  REQUIRE(reading.policy != nullptr);
  return reading.policy;
}

}  // namespace truce::infer_test
