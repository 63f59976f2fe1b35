#include <utility>

#include "engine/core/policy/known_names.h"
#include "engine/core/policy/sections.h"

namespace truce::policy_file {
namespace {

using Aliases = std::vector<std::pair<std::string_view, std::string_view>>;

// What other tools call our rules and types. Too far away for an edit distance.
const Aliases& rule_aliases() {
  static const Aliases aliases = {
      {"last_write_wins", "recency"},
      {"last_write_win", "recency"},
      {"lww", "recency"},
      {"latest", "recency"},
      {"newest", "recency"},
      {"last_modified", "recency"},
      {"most_recent", "recency"},
      {"merge", "union"},
      {"combine", "union"},
      {"manual", "escalate"},
      {"review", "escalate"},
      {"ask", "escalate"},
      {"master", "source_of_truth"},
      {"sot", "source_of_truth"},
      {"owner", "source_of_truth"},
      {"authoritative", "source_of_truth"},
      {"first", "immutable"},
      {"first_write_wins", "immutable"},
      {"priority", "precedence"},
      {"ranking", "precedence"},
      {"least", "min"},
      {"minimum", "min"},
      {"greatest", "max"},
      {"maximum", "max"},
  };
  return aliases;
}

const Aliases& type_aliases() {
  static const Aliases aliases = {
      {"string", "text"},      {"str", "text"},           {"int", "integer"},
      {"long", "integer"},     {"number", "decimal"},     {"float", "decimal"},
      {"double", "decimal"},   {"numeric", "decimal"},    {"currency", "money"},
      {"amount", "money"},     {"bool", "boolean"},       {"checkbox", "boolean"},
      {"datetime", "instant"}, {"timestamp", "instant"},  {"time", "instant"},
      {"picklist", "enum"},    {"select", "enum"},        {"enumeration", "enum"},
      {"choice", "enum"},      {"array", "set"},          {"list", "set"},
      {"tags", "set"},         {"multiselect", "set"},    {"link", "reference"},
      {"lookup", "reference"}, {"relation", "reference"}, {"website", "url"},
      {"tel", "phone"},        {"richtext", "html"},
  };
  return aliases;
}

void refuse_with_aliases(Reading& reading, const Node& node, Code code, std::string_view what,
                         const std::vector<std::string_view>& known, const Aliases& aliases) {
  for (const auto& [word, meaning] : aliases) {
    if (edit_distance(word, node.text) > 1) continue;
    return reading.findings.error(code, value_of(node),
                                  in_quotes(node.text) + " is no " + std::string(what),
                                  "did you mean " + std::string(meaning) + "?");
  }
  refuse_word(reading, node, code, what, known);
}

void read_type(Reading& reading, const Node& node, Field& field) {
  if (!expect(reading, node, Node::Kind::text)) return;
  if (const auto type = from_string<FieldType>(node.text)) {
    field.type = *type;
    return;
  }
  refuse_with_aliases(reading, node, Code::policy_value, "type", words_of<FieldType>(),
                      type_aliases());
}

void read_rule(Reading& reading, const Node& node, Field& field) {
  if (!expect(reading, node, Node::Kind::text)) return;
  if (const auto rule = from_string<Rule>(node.text)) {
    field.rule = *rule;
    field.rule_given = true;
    return;
  }
  refuse_with_aliases(reading, node, Code::policy_unknown_rule, "rule", words_of<Rule>(),
                      rule_aliases());
}

struct Decide {
  std::vector<std::string> roles;
};

void read_decide(Reading& reading, const Node& node, Field& field) {
  static constexpr std::array<Key<Decide>, 1> keys = {{
      {"roles", [](Reading& inner, const Node& roles,
                   Decide& decide) { decide.roles = read_texts(inner, roles); }},
  }};
  Decide decide;
  read_members(reading, node, keys, "decide", decide);
  if (node.kind == Node::Kind::object && node.children.empty()) {
    reading.findings.error(Code::policy_missing, key_of(node), "decide needs roles",
                           R"(write {"roles": ["sales-ops"]}, or leave decide out)");
  }
  field.decide_roles = std::move(decide.roles);
}

void read_currency(Reading& reading, const Node& node, Field& field) {
  const auto text = read_text(reading, node);
  if (!text) return;
  if (is_currency(*text)) {
    field.currency = *text;
    return;
  }
  reading.findings.error(Code::policy_value, value_of(node), in_quotes(*text) + " is no currency",
                         "write its ISO 4217 code in capitals, for example EUR");
}

// libphonenumber knows no country "us".
void read_region(Reading& reading, const Node& node, Field& field) {
  const auto text = read_text(reading, node);
  if (!text) return;
  std::string code = *text;
  for (char& c : code) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (is_region(code)) {
    field.region = std::move(code);
    return;
  }
  reading.findings.error(Code::policy_value, value_of(node), in_quotes(*text) + " is no region",
                         "write its ISO 3166 code, for example DE, or ZZ for none");
}

void read_direction(Reading& reading, const Node& node, Field& field) {
  for_each_system(reading, node, [&](const SystemName& system, const Node& member) {
    if (const auto way = read_word<Direction>(reading, member, "direction")) {
      field.direction[system] = *way;
    }
  });
}

void read_map(Reading& reading, const Node& node, Field& field) {
  for_each_system(reading, node, [&](const SystemName& system, const Node& member) {
    read_map_entry(reading, member, field.map[system]);
  });
  if (node.kind == Node::Kind::object && node.children.empty()) {
    reading.findings.error(Code::policy_missing, value_of(node),
                           "this map is empty, so no system has the field",
                           "write where the field stands in each system's record");
  }
}

constexpr std::array<Key<Field>, 20> field_keys = {{
    {"type", read_type},
    {"rule", read_rule},
    {"source", [](Reading& reading, const Node& node,
                  Field& field) { keep(field.source, read_system(reading, node)); }},
    {"unless_blank", [](Reading& reading, const Node& node,
                        Field& field) { keep(field.unless_blank, read_flag(reading, node)); }},
    {"on_tie",
     [](Reading& reading, const Node& node, Field& field) {
       keep(field.on_tie, read_word<OnTie>(reading, node, "way to break ties"));
     }},
    {"when",
     [](Reading& reading, const Node& node, Field& field) {
       keep(field.when, read_word<EscalateWhen>(reading, node, "time to escalate"));
     }},
    {"removals",
     [](Reading& reading, const Node& node, Field& field) {
       keep(field.removals, read_word<Removals>(reading, node, "way to treat removals"));
     }},
    {"blank",
     [](Reading& reading, const Node& node, Field& field) {
       keep(field.blank, read_word<Blank>(reading, node, "way to treat blanks"));
     }},
    {"immutable", [](Reading& reading, const Node& node,
                     Field& field) { keep(field.immutable, read_flag(reading, node)); }},
    {"group", [](Reading& reading, const Node& node,
                 Field& field) { keep(field.group, read_text(reading, node)); }},
    {"decide", read_decide},
    {"required", [](Reading& reading, const Node& node,
                    Field& field) { keep(field.required, read_flag(reading, node)); }},
    {"private", [](Reading& reading, const Node& node,
                   Field& field) { keep(field.is_private, read_flag(reading, node)); }},
    {"region", read_region},
    {"currency", read_currency},
    {"entity",
     [](Reading& reading, const Node& node, Field& field) {
       if (auto name = read_text(reading, node)) field.entity = EntityName(std::move(*name));
     }},
    {"options",
     [](Reading& reading, const Node& node, Field& field) {
       if (expect(reading, node, Node::Kind::array)) field.options = read_texts(reading, node);
     }},
    // What a migration asks for, of the file itself; a policy in force has no past.
    {"was", [](Reading& reading, const Node& node, Field&) { read_texts(reading, node); }},
    {"direction", read_direction},
    {"map", read_map},
}};

}  // namespace

void read_field(Reading& reading, const Node& node, Field& field) {
  read_members(reading, node, field_keys, "a field", field);
  if (node.kind != Node::Kind::object) return;
  if (node.member("type") == nullptr) {
    reading.findings.error(Code::policy_missing, key_of(node), "the field has no type",
                           "write \"type\": " + any_of(words_of<FieldType>()));
  }
  if (node.member("map") == nullptr) {
    reading.findings.error(Code::policy_missing, key_of(node),
                           "the field has no map, so no system has it",
                           "write \"map\": {SYSTEM: where it stands in that system's record}");
  }
  if (field.type == FieldType::phone && field.region.empty()) field.region = "ZZ";
}

}  // namespace truce::policy_file
