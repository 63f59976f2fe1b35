#include "engine/infer/policy_text.h"

#include <algorithm>
#include <functional>

#include "engine/core/policy/parse_policy.h"
#include "engine/infer/bounds.h"
#include "engine/infer/commented_json.h"
#include "engine/infer/evidence_text.h"
#include "engine/infer/field_text.h"

namespace truce::infer {

namespace {

std::string sentence_of(const SystemSample& sample, std::size_t repeats) {
  const std::size_t count = sample.records.size();
  std::string text = std::to_string(count) + (count == 1 ? " record of " : " records of ");
  text += sample.name.text;
  if (!sample.preset.empty()) text += ", as the preset " + sample.preset + " reads them";
  if (repeats > 0) text += "; " + std::to_string(repeats) + " older ones of the same id left out";
  if (sample.without > 0) text += "; " + std::to_string(sample.without) + " more without a record";
  if (sample.left_out > 0) {
    text += "; " + std::to_string(sample.left_out) + " more were not looked at";
  }
  return text;
}

void write_head(CommentedJson& out, const Proposal& proposal) {
  out.comment("Proposed by truce infer. Read it line by line before you use it:");
  out.comment("UNSURE marks what the samples do not tell. Then run truce check on it.");
  out.comment("");
  for (std::size_t i = 0; i < proposal.samples.size(); ++i) {
    out.comment(sentence_of(proposal.samples[i], proposal.repeats[i]));
    const Table& table = proposal.systems[i].table;
    if (table.columns_left_out > 0) {
      out.comment("  only the first " + std::to_string(table.columns.size()) +
                  " places of these were looked at, " + std::to_string(table.columns_left_out) +
                  " others were not");
    }
    if (table.unnamed > 0) {
      out.comment("  " + std::to_string(table.unnamed) + " places have names that no path spells");
    }
  }
}

// Times without an offset need the system's zone, the time of change too.
bool needs_zone(const Described& system) {
  return std::any_of(system.table.columns.begin(), system.table.columns.end(),
                     [](const Column& column) { return column.type.lacks_offset; });
}

void write_systems(CommentedJson& out, const Proposal& proposal) {
  out.key("systems").open_object();
  out.comment("1 ranks highest and wins ties. The order is that of the samples.");
  out.comment("UNSURE: is it the order in which you trust them?");
  for (std::size_t i = 0; i < proposal.systems.size(); ++i) {
    if (needs_zone(proposal.systems[i])) {
      out.comment("UNSURE: its times name no offset from UTC; is this its zone?");
    }
    out.key(proposal.samples[i].name.text).open_line_object();
    out.key("precedence").raw(std::to_string(i + 1));
    if (needs_zone(proposal.systems[i])) out.key("time_zone").string("UTC");
    out.close_object();
  }
  out.close_object();
}

using Chosen = std::optional<std::size_t> Roles::*;

void write_paths(CommentedJson& out, const Proposal& proposal, const char* key, Chosen chosen,
                 const std::string& without) {
  const bool any =
      std::any_of(proposal.systems.begin(), proposal.systems.end(),
                  [&](const Described& system) { return (system.roles.*chosen).has_value(); });
  for (const Described& system : proposal.systems) {
    if (system.roles.*chosen) continue;
    out.comment("UNSURE: " + system.table.system().text + " " + without);
  }
  if (!any) return;
  out.key(key).open_line_object();
  for (const Described& system : proposal.systems) {
    if (!(system.roles.*chosen)) continue;
    const Column& column = system.table.columns[*(system.roles.*chosen)];
    out.key(system.table.system().text).string(column.path.spelling);
  }
  out.close_object();
}

// What the presets find the entity by.
void write_objects(CommentedJson& out, const Proposal& proposal) {
  const auto is_said = [](const SystemSample& sample) { return !sample.object.empty(); };
  if (std::none_of(proposal.samples.begin(), proposal.samples.end(), is_said)) return;
  out.key("objects").open_line_object();
  for (const SystemSample& sample : proposal.samples) {
    if (is_said(sample)) out.key(sample.name.text).string(sample.object);
  }
  out.close_object();
}

std::string doubt_of(const MatchKey& key) {
  if (key.is_sure) return "";
  return key.overlap > 0.0 ? "UNSURE: " : "UNSURE, as the samples share none: ";
}

std::string spelled(const MatchKey& key) {
  std::string text;
  for (const std::string& field : key.fields) text += (text.empty() ? "" : " + ") + field;
  return text;
}

void write_match(CommentedJson& out, const Proposal& proposal) {
  bool any = false;
  for (const MatchKey& key : proposal.keys) {
    const std::string text = spelled(key) + ": " + key_text(proposal, key);
    any = any || key.is_proposed;
    if (!key.is_proposed) {
      out.comment("not proposed: " + text);
    } else {
      out.comment(doubt_of(key) + text);
    }
  }
  if (!any) return out.comment("UNSURE: no field tells when two records are one; add \"match\"");
  out.key("match").open_line_array();
  for (const MatchKey& key : proposal.keys) {
    if (!key.is_proposed) continue;
    out.open_line_array();
    for (const std::string& field : key.fields) out.string(field);
    out.close_array();
  }
  out.close_array();
}

bool is_in_a_field(const Proposal& proposal, std::size_t system, std::size_t column) {
  return std::any_of(proposal.fields.begin(), proposal.fields.end(), [&](const auto& field) {
    const auto found = field.pairing.columns.find(system);
    return found != field.pairing.columns.end() && found->second == column;
  });
}

void write_unmatched(CommentedJson& out, const Proposal& proposal) {
  for (std::size_t i = 0; i < proposal.systems.size(); ++i) {
    const Described& system = proposal.systems[i];
    out.comment("");
    out.comment("In no field, of " + system.table.system().text + ":");
    std::size_t listed = 0;
    std::size_t more = 0;
    for (std::size_t column = 0; column < system.table.columns.size(); ++column) {
      const Role role = system.roles.of[column];
      if (role == Role::id || role == Role::modified || is_in_a_field(proposal, i, column))
        continue;
      if (listed == unmatched_listed_max) {
        ++more;
        continue;
      }
      ++listed;
      const Column& place = system.table.columns[column];
      const std::string reason = reason_unmatched(system, column);
      const std::string type =
          place.type.is_known ? " (" + std::string(to_string(place.type.type)) + ")" : "";
      out.comment("  " + shown(place.path.spelling) + type + (reason.empty() ? "" : ": " + reason));
    }
    if (more > 0) out.comment("  … and " + std::to_string(more) + " more");
    if (listed == 0) out.comment("  nothing");
  }
}

std::string written(const Proposal& proposal) {
  CommentedJson out;
  write_head(out, proposal);
  out.open_object();
  out.key("version").raw("1");
  write_systems(out, proposal);
  out.key("entities").open_object();
  out.key(proposal.entity).open_object();
  write_objects(out, proposal);
  write_paths(out, proposal, "id", &Roles::id, "shows no id, so every event must carry it");
  write_paths(out, proposal, "modified", &Roles::modified,
              "shows no time of change, so no rule of its fields goes by time");
  write_match(out, proposal);
  out.key("fields").open_object();
  for (const FieldProposal& field : proposal.fields) write_field(out, proposal, field);
  out.close_object();
  write_unmatched(out, proposal);
  out.close_object();
  out.close_object();
  out.close_object();
  return out.take();
}

}  // namespace

Result<std::string> policy_text(const Proposal& proposal) {
  std::string text = written(proposal);
  for (const Finding& finding : parse_policy(text).findings) {
    if (finding.severity != Finding::Severity::error) continue;
    return fail(Code::internal, "the proposal would be no policy: " + render_finding(finding));
  }
  return text;
}

}  // namespace truce::infer
