#include <algorithm>
#include <set>

#include "engine/core/model/json.h"
#include "engine/core/policy/lint.h"

namespace truce::policy_file {
namespace {

bool is_text_like(FieldType type) {
  switch (type) {
    case FieldType::text:
    case FieldType::email:
    case FieldType::phone:
    case FieldType::url:
    case FieldType::domain:
    case FieldType::enumeration:
    case FieldType::set:
    case FieldType::html:
      return true;
    case FieldType::integer:
    case FieldType::decimal:
    case FieldType::money:
    case FieldType::boolean:
    case FieldType::date:
    case FieldType::instant:
    case FieldType::reference:
      return false;
  }
  return false;
}
bool is_set(FieldType type) { return type == FieldType::set; }
bool is_time(FieldType type) { return type == FieldType::date || type == FieldType::instant; }
bool is_money(FieldType type) { return type == FieldType::money; }
bool is_number(FieldType type) {
  return type == FieldType::integer || type == FieldType::decimal || type == FieldType::money;
}
bool has_options(FieldType type) {
  return type == FieldType::enumeration || type == FieldType::set;
}
bool is_enum(FieldType type) { return type == FieldType::enumeration; }
bool has_value_map(FieldType type) { return has_options(type) || type == FieldType::boolean; }
bool has_json_type(FieldType type) { return has_value_map(type) || type == FieldType::reference; }
bool has_format(FieldType type) { return is_time(type) || has_json_type(type); }

struct Condition {
  std::string_view key;
  bool (*holds)(FieldType);
  std::string_view only_where;
};

constexpr std::array<Condition, 8> conditions = {{
    {"split", is_set, "type set"},
    {"element", is_set, "type set"},
    {"format", has_format, "times, options and references"},
    {"minor_units", is_money, "type money"},
    {"values", has_value_map, "types enum, set and boolean"},
    {"unknown", has_options, "types enum and set"},
    {"fallback", is_enum, "type enum"},
    {"max_length", is_text_like, "types that are text"},
}};

// One system's entry of one field, with its place in the file.
struct Entry {
  Linting& linting;
  const Field& field;
  const SystemName& system;
  const MapEntry& map;
  const Node& node;
};

void lint_keys(const Entry& entry) {
  for (const Condition& condition : conditions) {
    const Node* member = entry.node.member(condition.key);
    if (member == nullptr || condition.holds(entry.field.type)) continue;
    entry.linting.findings.error(Code::policy_conflict, key_of(*member),
                                 in_quotes(condition.key) + " means nothing for type " +
                                     std::string(to_string(entry.field.type)) + "; it goes with " +
                                     std::string(condition.only_where),
                                 "take it away, or change the field's type");
  }
  const bool rounds = std::any_of(entry.map.lossy.begin(), entry.map.lossy.end(),
                                  [](Lossy lossy) { return lossy.kind == Lossy::Kind::round; });
  const bool rewrites_text =
      std::any_of(entry.map.lossy.begin(), entry.map.lossy.end(),
                  [](Lossy lossy) { return lossy.kind != Lossy::Kind::round; });
  if ((rounds && !is_number(entry.field.type)) ||
      (rewrites_text && !is_text_like(entry.field.type))) {
    entry.linting.findings.error(
        Code::policy_conflict, place_in(entry.node, {"lossy"}),
        "this rewriting means nothing for type " + std::string(to_string(entry.field.type)),
        "round goes with numbers; lower, upper, trim and truncate go with text");
  }
  if (entry.map.split && entry.map.element) {
    entry.linting.findings.error(
        Code::policy_conflict, place_in(entry.node, {"element"}),
        "the set is either one text that is split or a list of objects with an element",
        "keep one of the two");
  }
  if (entry.map.minor_units && entry.field.currency.empty()) {
    entry.linting.findings.error(Code::policy_missing, place_in(entry.node, {"minor_units"}),
                                 "how many cents a unit has depends on the currency",
                                 "write \"currency\" at the field");
  }
}

bool names_json_type(const std::string& format) {
  return format == "number" || format == "boolean";
}

// Whether an option written in this form is read as the same again.
bool has_form(const std::string& format, const std::string& option) {
  if (format == "boolean") return option == "true" || option == "false";
  return normal_decimal(option) == option;
}

void lint_option_form(const Entry& entry) {
  const std::optional<std::string>& format = entry.map.format;
  if (!format || !has_format(entry.field.type)) return;
  Findings& findings = entry.linting.findings;
  const Place place = place_in(entry.node, {"format"});
  if (names_json_type(*format) != has_json_type(entry.field.type)) {
    return findings.error(
        Code::policy_conflict, place,
        in_quotes(*format) + " is no form of type " + std::string(to_string(entry.field.type)),
        is_time(entry.field.type) ? "write date, rfc3339, datetime or an epoch"
                                  : "write number or boolean; text needs none");
  }
  if (is_time(entry.field.type)) return;
  if (entry.map.split) {
    findings.error(Code::policy_conflict, place,
                   "a set that is one text (split) has elements of text only",
                   "keep one of the two");
  }
  if (entry.field.type == FieldType::boolean && entry.map.values.empty()) {
    findings.error(Code::policy_missing, place, "nothing says which option is true",
                   "write \"values\", or take the format away");
  }
  for (const auto& [option, canonical] : entry.map.values) {
    if (canonical.empty() || has_form(*format, option)) continue;
    findings.error(Code::policy_conflict, place_in(entry.node, {"values", option}),
                   in_quotes(option) + " is no " + *format + ", so it cannot be written as one",
                   "write the option as the system shows it, or take the format away");
  }
}

void lint_fallback(const Entry& entry) {
  if (!entry.map.fallback || entry.map.values.contains(*entry.map.fallback)) return;
  entry.linting.findings.error(
      Code::policy_conflict, place_in(entry.node, {"fallback"}),
      in_quotes(*entry.map.fallback) + " is no value of this system, so nobody could read it back",
      "add it to values, with what it means");
}

void lint_ways(const Entry& entry) {
  Findings& findings = entry.linting.findings;
  const Direction way = entry.field.direction_of(entry.system);
  if (entry.map.read_only && way == Direction::out) {
    findings.error(Code::policy_conflict, place_in(entry.node, {"read_only"}),
                   "read_only beside direction out: the system is neither read nor written",
                   "make its direction in, or take read_only away");
  }
  const bool written = entry.field.writes(entry.system);
  for (const char* key : {"write", "write_transform"}) {
    const Node* member = entry.node.member(key);
    if (member == nullptr || written) continue;
    findings.warn(Code::policy_conflict, key_of(*member),
                  in_quotes(entry.system.text) + " is never written for this field",
                  "take it away, or allow writing");
  }
  if (entry.map.transform && written && entry.field.reads(entry.system) &&
      !entry.map.write_transform) {
    findings.warn(Code::policy_missing, place_in(entry.node, {"transform"}),
                  "the field is transformed when it is read and written back as it is",
                  "add write_transform, or make the direction in");
  }
  if (entry.map.transform && !entry.field.reads(entry.system)) {
    findings.warn(Code::policy_conflict, place_in(entry.node, {"transform"}),
                  in_quotes(entry.system.text) +
                      " decides nothing for this field; the transform "
                      "only tells what it holds",
                  "take it away unless that is meant");
  }
}

// False where a value map leads to what the field does not know.
bool lint_canonical_values(const Entry& entry) {
  const std::vector<std::string>& options = entry.field.options;
  const bool is_boolean = entry.field.type == FieldType::boolean;
  const Node* values = entry.node.member("values");
  if (values == nullptr || (options.empty() && !is_boolean)) return true;
  bool all_known = true;
  for (const Node& value : values->children) {
    const bool known = is_boolean
                           ? value.text == "true" || value.text == "false"
                           : std::find(options.begin(), options.end(), value.text) != options.end();
    if (known || value.text.empty()) continue;
    all_known = false;
    entry.linting.findings.error(
        Code::policy_value, value_of(value),
        in_quotes(value.text) + " is no canonical value of this field",
        is_boolean ? R"(write "true" or "false")" : "add it to options, or name one of them");
  }
  return all_known;
}

// A value map that is written must have one way back for every value that others can bring.
void lint_way_back(const Entry& entry) {
  std::map<std::string, std::vector<std::string>> ways_back;
  for (const auto& [system_value, canonical] : entry.map.values) {
    ways_back[canonical].push_back(in_quotes(system_value));
  }
  for (const auto& [canonical, ways] : ways_back) {
    if (ways.size() == 1 || canonical.empty()) continue;
    entry.linting.findings.warn(
        Code::policy_conflict, place_in(entry.node, {"values"}),
        in_quotes(canonical) + " stands for " + all_of(ways) + "; only " + ways.front() +
            " is ever written",
        "give each a canonical value of its own, or make the entry read_only");
  }
  if (entry.map.unknown == UnknownOption::pass) return;
  std::set<std::string> brought(entry.field.options.begin(), entry.field.options.end());
  if (entry.field.type == FieldType::boolean) brought = {"true", "false"};
  for (const auto& [other, map] : entry.field.map) {
    if (other == entry.system || !entry.field.reads(other)) continue;
    for (const auto& [system_value, canonical] : map.values) brought.insert(canonical);
  }
  std::vector<std::string> missing;
  for (const std::string& canonical : brought) {
    if (!canonical.empty() && !ways_back.contains(canonical))
      missing.push_back(in_quotes(canonical));
  }
  if (missing.empty()) return;
  entry.linting.findings.warn(
      Code::policy_conflict, place_in(entry.node, {"values"}),
      in_quotes(entry.system.text) + " has no form for " + all_of(missing) +
          ", which others can bring",
      "add what is missing; until then such a value cannot be written there");
}

}  // namespace

void lint_map(Linting& linting, const Field& field, const Node& node) {
  const Node* map = node.member("map");
  if (map == nullptr) return;
  for (const Node& member : map->children) {
    const SystemName system(member.key);
    const Entry entry{linting, field, system, field.map.at(system), member};
    lint_keys(entry);
    lint_option_form(entry);
    lint_fallback(entry);
    lint_ways(entry);
    const bool sound = lint_canonical_values(entry);
    if (sound && field.writes(system) && !entry.map.values.empty()) lint_way_back(entry);
  }
}

}  // namespace truce::policy_file
