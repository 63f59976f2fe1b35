#include "engine/infer/field_text.h"

#include <algorithm>

#include "engine/infer/evidence_text.h"

namespace truce::infer {

namespace {

const Column& column_of(const Proposal& proposal, const FieldProposal& field, std::size_t system) {
  return proposal.systems[system].table.columns[field.pairing.columns.at(system)];
}

void write_comments(CommentedJson& out, const Proposal& proposal, const FieldProposal& field) {
  const std::string doubt = doubt_of(field);
  if (!doubt.empty()) out.comment("UNSURE: " + doubt);
  for (const std::string& line : evidence_lines(proposal, field)) out.comment(line);
  out.comment(field.why_rule);
  if (field.type == FieldType::phone) {
    out.comment(
        "UNSURE: \"ZZ\" takes only numbers with a country code for one; write yours, \"DE\"");
  }
  if (field.type == FieldType::enumeration) {
    out.comment("options that are not in the samples are refused until you add them");
  }
}

void write_options(CommentedJson& out, const std::vector<OptionPairing>& options) {
  out.key("values").open_object();
  for (const OptionPairing& option : options) {
    if (!option.is_sure) {
      out.comment("UNSURE: " + (option.why.empty() ? "the counterpart is not sure" : option.why));
    }
    out.key(option.system_value).string(option.canonical);
  }
  out.close_object();
}

bool is_set_column(const Column& column) {
  return column.type.is_known && column.type.type == FieldType::set;
}

void write_side(CommentedJson& out, const FieldProposal& field, const Column& column,
                const SideProposal& side) {
  const bool is_set = field.type == FieldType::set && is_set_column(column);
  const bool has_options = !side.options.empty();
  const bool is_plain = !has_options && !side.loss.lossy && !side.format &&
                        !(is_set && (column.type.split || column.type.element));
  if (is_plain) return out.string(column.path.spelling);
  if (has_options) {
    out.open_object();
  } else {
    out.open_line_object();
  }
  out.key("path").string(column.path.spelling);
  if (side.format) out.key("format").string(*side.format);
  if (is_set && column.type.split) out.key("split").string(*column.type.split);
  if (is_set && column.type.element) out.key("element").string(*column.type.element);
  if (side.loss.lossy) {
    out.key("lossy").open_line_array();
    out.string(*side.loss.lossy);
    out.close_array();
  }
  if (has_options) write_options(out, side.options);
  out.close_object();
}

void write_directions(CommentedJson& out, const Proposal& proposal, const FieldProposal& field) {
  out.key("direction").open_line_object();
  for (const auto& [system, column] : field.pairing.columns) {
    out.key(proposal.samples[system].name.text).string("in");
  }
  out.close_object();
}

}  // namespace

void write_field(CommentedJson& out, const Proposal& proposal, const FieldProposal& field) {
  out.blank_line();
  write_comments(out, proposal, field);
  out.key(field.name).open_object();
  out.key("type").string(to_string(field.type));
  if (field.type == FieldType::phone) out.key("region").string("ZZ");
  out.key("rule").string(to_string(field.rule));
  if (field.rule == Rule::set_union) out.key("removals").string("ignore");
  if (field.reads_only) write_directions(out, proposal, field);
  out.key("map").open_object();
  for (const auto& [system, side] : field.sides) {
    out.key(proposal.samples[system].name.text);
    write_side(out, field, column_of(proposal, field, system), side);
  }
  out.close_object();
  out.close_object();
}

}  // namespace truce::infer
