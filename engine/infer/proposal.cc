#include "engine/infer/proposal.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/infer/bounds.h"
#include "engine/infer/value_type.h"
#include "engine/infer/vendors.h"

namespace truce::infer {

namespace {

// Events tell of one record several times; the last one counts. Returns how many went.
std::size_t drop_repeats(SystemSample& sample) {
  const Table table = columns_of(sample);
  const std::optional<std::size_t> id = id_column(table);
  if (!id) return 0;
  std::set<std::string> seen;
  std::vector<Json> kept;
  const std::vector<Cell>& cells = table.columns[*id].cells;
  for (auto cell = cells.rbegin(); cell != cells.rend(); ++cell) {
    if (!seen.insert(scalar_text(*cell->node).value_or("")).second) continue;
    kept.push_back(sample.records[cell->record]);
  }
  std::reverse(kept.begin(), kept.end());
  const std::size_t gone = sample.records.size() - kept.size();
  sample.records = std::move(kept);
  return gone;
}

Described described(const SystemSample& sample) {
  Described system;
  system.table = columns_of(sample);
  const bool is_wide = system.table.columns.size() > columns_of_wide;
  for (Column& column : system.table.columns) {
    describe(column, name_of(column.path), is_wide ? sketch_keys_of_wide : sketch_keys_max);
  }
  system.roles = roles_of(system.table);
  return system;
}

std::string entity_name(const std::vector<SystemSample>& samples) {
  const auto said = std::find_if(samples.begin(), samples.end(), [](const SystemSample& sample) {
    return !entity_called(sample.object).empty();
  });
  return said == samples.end() ? "record" : entity_called(said->object);
}

}  // namespace

Result<Proposal> propose(const std::vector<SampleFile>& files, const std::string& entity) {
  Result<std::vector<SystemSample>> samples = read_samples(files);
  if (!samples) return tl::unexpected(samples.error());
  Proposal proposal;
  proposal.samples = *std::move(samples);
  proposal.entity = entity.empty() ? entity_name(proposal.samples) : entity;
  for (SystemSample& sample : proposal.samples) proposal.repeats.push_back(drop_repeats(sample));
  for (const SystemSample& sample : proposal.samples) proposal.systems.push_back(described(sample));
  proposal.pairs = pair_systems(proposal.systems);
  proposal.fields =
      propose_fields(proposal.systems, pair_columns(proposal.systems, proposal.pairs));
  proposal.keys = match_keys(proposal.systems, proposal.fields);
  return proposal;
}

}  // namespace truce::infer
