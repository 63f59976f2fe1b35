#include "engine/core/audit/audit_export.h"

#include <array>
#include <utility>

namespace truce {
namespace {

constexpr std::array<std::string_view, 10> columns = {
    "seq",       "at",        "kind", "actor",         "entity",
    "golden_id", "event_key", "body", "previous_hash", "hash"};

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

// Empty for null, as it was written; false when it is missing or of another type.
bool read_text(const Json& node, std::string_view key, std::string& text) {
  const Json* member = find_member(node, key);
  if (!member) return false;
  if (member->is_null()) return true;
  if (!member->is_string()) return false;
  text = member->get_ref<const std::string&>();
  return true;
}

}  // namespace

std::string to_ndjson(const AuditEntry& entry) {
  const Json node = {{"seq", entry.sequence},
                     {"at", to_rfc3339(entry.at)},
                     {"kind", entry.kind},
                     {"actor", text_or_null(entry.actor)},
                     {"entity", text_or_null(entry.entity.text)},
                     {"golden_id", text_or_null(entry.golden.text)},
                     {"event_key", text_or_null(entry.event_key.text())},
                     {"body", json_of(entry.body)},
                     {"previous_hash", entry.previous_hash},
                     {"hash", entry.hash}};
  return to_wire(node) + '\n';
}

Result<AuditEntry> audit_entry_from_ndjson(std::string_view line) {
  Result<Json> node = parse_json(line, JsonLimits::of_store());
  if (!node) return tl::unexpected(std::move(node.error()));
  const auto refuse = [](const char* member) {
    return fail(Code::schema, "not an entry of the audit trail", pointer_join("", member));
  };
  AuditEntry entry;
  const Json* sequence = find_member(*node, "seq");
  const auto number = sequence ? to_int64(*sequence) : std::nullopt;
  if (!number || *number < 0) return refuse("seq");
  entry.sequence = static_cast<std::uint64_t>(*number);

  std::string at_text;
  if (!read_text(*node, "at", at_text)) return refuse("at");
  const Result<Time> at = parse_time(at_text);
  if (!at) return refuse("at");
  entry.at = *at;

  if (!read_text(*node, "kind", entry.kind)) return refuse("kind");
  if (!read_text(*node, "actor", entry.actor)) return refuse("actor");
  std::string entity;
  if (!read_text(*node, "entity", entity)) return refuse("entity");
  entry.entity = EntityName(entity);
  if (!read_text(*node, "golden_id", entry.golden.text)) return refuse("golden_id");
  std::string event_key;
  if (!read_text(*node, "event_key", event_key)) return refuse("event_key");
  entry.event_key = EventKey(std::move(event_key));
  if (!read_text(*node, "previous_hash", entry.previous_hash)) return refuse("previous_hash");
  if (!read_text(*node, "hash", entry.hash)) return refuse("hash");
  const auto body = node->find("body");
  if (body == node->end()) return refuse("body");
  entry.body = to_wire(*body);
  return entry;
}

std::string csv_header() {
  std::string line;
  for (std::string_view column : columns) {
    if (!line.empty()) line += ',';
    line += csv_cell(column);
  }
  return line + "\r\n";
}

std::string to_csv(const AuditEntry& entry) {
  const std::array<std::string, columns.size()> cells = {std::to_string(entry.sequence),
                                                         to_rfc3339(entry.at),
                                                         entry.kind,
                                                         entry.actor,
                                                         entry.entity.text,
                                                         entry.golden.text,
                                                         entry.event_key.text(),
                                                         entry.body,
                                                         entry.previous_hash,
                                                         entry.hash};
  std::string line;
  for (const std::string& cell : cells) {
    if (!line.empty()) line += ',';
    line += csv_cell(cell);
  }
  return line + "\r\n";
}

std::string csv_cell(std::string_view text) {
  constexpr std::string_view formula_starts = "=+-@\t\r";
  std::string cell = "\"";
  if (!text.empty() && formula_starts.find(text.front()) != std::string_view::npos) cell += '\'';
  for (char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  cell += '"';
  return cell;
}

}  // namespace truce
