#include <charconv>

#include "engine/core/policy/pattern.h"
#include "engine/core/policy/sections.h"
#include "engine/core/policy/transform_vetting.h"

namespace truce::policy_file {
namespace {

constexpr std::int64_t truncated_chars_max = 1'000'000;
constexpr std::int64_t decimal_places_max = 18;

void read_values(Reading& reading, const Node& node, MapEntry& entry) {
  if (!expect(reading, node, Node::Kind::object)) return;
  if (node.children.empty()) {
    reading.findings.error(Code::policy_value, value_of(node), "this table of values is empty",
                           "write {\"system value\": \"canonical value\"}, or leave it out");
  }
  for (const Node& member : node.children) {
    // "" is a canonical value too: this option stands for "no value".
    const bool is_none = member.kind == Node::Kind::text && member.text.empty();
    const auto canonical = is_none ? std::optional<std::string>("") : read_text(reading, member);
    if (canonical) entry.values[member.key] = *canonical;
  }
}

std::optional<Lossy> lossy_of(std::string_view word) {
  const std::size_t colon = word.find(':');
  const std::string_view name = word.substr(0, colon);
  if (colon == std::string_view::npos) {
    if (name == "lower") return Lossy{Lossy::Kind::lower, 0};
    if (name == "upper") return Lossy{Lossy::Kind::upper, 0};
    if (name == "trim") return Lossy{Lossy::Kind::trim, 0};
    return std::nullopt;
  }
  const std::string_view digits = word.substr(colon + 1);
  int count = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  const bool canonical = std::to_string(count) == digits && parsed.ec == std::errc{};
  if (!canonical) return std::nullopt;
  if (name == "truncate" && count >= 1 && count <= truncated_chars_max) {
    return Lossy{Lossy::Kind::truncate, count};
  }
  if (name == "round" && count >= 0 && count <= decimal_places_max) {
    return Lossy{Lossy::Kind::round, count};
  }
  return std::nullopt;
}

void read_lossy(Reading& reading, const Node& node, MapEntry& entry) {
  if (!expect(reading, node, Node::Kind::array)) return;
  for (const Node& child : node.children) {
    if (!expect(reading, child, Node::Kind::text)) continue;
    if (const auto lossy = lossy_of(child.text)) {
      entry.lossy.push_back(*lossy);
      continue;
    }
    reading.findings.error(Code::policy_value, value_of(child),
                           in_quotes(child.text) + " is no known rewriting",
                           "write lower, upper, trim, truncate:255 (characters kept) or round:2 "
                           "(decimal places kept)");
  }
}

void read_blank(Reading& reading, const Node& node, MapEntry& entry) {
  if (node.kind != Node::Kind::array) {
    return reading.findings.error(
        Code::policy_value, value_of(node),
        "in a map, \"blank\" lists the values by which this system says \"no value\"",
        "write [\"N/A\", \"0\"]; keep and clear stand at the field");
  }
  for (const Node& child : node.children) {
    if (child.kind == Node::Kind::array || child.kind == Node::Kind::object) {
      reading.findings.error(
          Code::policy_value, value_of(child),
          "a stand-in for \"no value\" is a text, a number, true, false or null");
    } else {
      entry.blank.push_back(to_json(child));
    }
  }
}

std::optional<std::string> read_program(Reading& reading, const Node& node) {
  if (!expect(reading, node, Node::Kind::text)) return std::nullopt;
  const auto refusal = refusal_of_program(node.text);
  if (!refusal) return node.text;
  reading.findings.error(Code::policy_expression, value_of(node),
                         "this jq program is refused: " + *refusal,
                         "use only what stands in the record");
  return std::nullopt;
}

std::optional<std::string> read_pattern(Reading& reading, const Node& node) {
  if (!expect(reading, node, Node::Kind::text)) return std::nullopt;
  const auto refusal = refusal_of_pattern(node.text);
  if (!refusal) return node.text;
  reading.findings.error(Code::policy_regex, value_of(node),
                         "RE2 refuses this pattern: " + shown(*refusal),
                         "lookaround, backreferences and large counted repeats are not supported");
  return std::nullopt;
}

std::optional<std::string> read_format(Reading& reading, const Node& node) {
  static const std::vector<std::string_view> known = {
      "date", "rfc3339", "epoch_s", "epoch_ms", "epoch_ms_text", "datetime", "number", "boolean"};
  if (!expect(reading, node, Node::Kind::text)) return std::nullopt;
  for (const std::string_view format : known) {
    if (node.text == format) return node.text;
  }
  refuse_word(reading, node, Code::policy_value, "format", known);
  return std::nullopt;
}

constexpr std::array<Key<MapEntry>, 16> map_entry_keys = {{
    {"path", [](Reading& reading, const Node& node,
                MapEntry& entry) { keep(entry.path, read_path(reading, node)); }},
    {"write", [](Reading& reading, const Node& node,
                 MapEntry& entry) { keep(entry.write, read_path(reading, node)); }},
    {"values", read_values},
    {"unknown",
     [](Reading& reading, const Node& node, MapEntry& entry) {
       keep(entry.unknown, read_word<UnknownOption>(reading, node, "way to treat unknown values"));
     }},
    {"fallback", [](Reading& reading, const Node& node,
                    MapEntry& entry) { keep(entry.fallback, read_text(reading, node)); }},
    {"split", [](Reading& reading, const Node& node,
                 MapEntry& entry) { keep(entry.split, read_text(reading, node)); }},
    {"element", [](Reading& reading, const Node& node,
                   MapEntry& entry) { keep(entry.element, read_text(reading, node)); }},
    {"read_only", [](Reading& reading, const Node& node,
                     MapEntry& entry) { keep(entry.read_only, read_flag(reading, node)); }},
    {"max_length",
     [](Reading& reading, const Node& node, MapEntry& entry) {
       if (const auto length = read_whole(reading, node, 1, truncated_chars_max)) {
         entry.max_length = static_cast<std::size_t>(*length);
       }
     }},
    {"lossy", read_lossy},
    {"blank", read_blank},
    {"transform", [](Reading& reading, const Node& node,
                     MapEntry& entry) { keep(entry.transform, read_program(reading, node)); }},
    {"write_transform",
     [](Reading& reading, const Node& node, MapEntry& entry) {
       keep(entry.write_transform, read_program(reading, node));
     }},
    {"format", [](Reading& reading, const Node& node,
                  MapEntry& entry) { keep(entry.format, read_format(reading, node)); }},
    {"minor_units", [](Reading& reading, const Node& node,
                       MapEntry& entry) { keep(entry.minor_units, read_flag(reading, node)); }},
    {"pattern", [](Reading& reading, const Node& node,
                   MapEntry& entry) { keep(entry.pattern, read_pattern(reading, node)); }},
}};

}  // namespace

void read_map_entry(Reading& reading, const Node& node, MapEntry& entry) {
  if (node.kind == Node::Kind::text) {
    keep(entry.path, read_path(reading, node));
    return;
  }
  if (node.kind != Node::Kind::object) {
    return reading.findings.error(Code::policy_value, value_of(node),
                                  "a map entry is a path or an object with a path",
                                  R"(write "properties.email" or {"path": "properties.email"})");
  }
  read_members(reading, node, map_entry_keys, "a map entry", entry);
  if (node.member("path") != nullptr) return;
  reading.findings.error(Code::policy_missing, key_of(node), "a map entry needs a path",
                         "write \"path\": where the value stands in the system's record");
}

}  // namespace truce::policy_file
