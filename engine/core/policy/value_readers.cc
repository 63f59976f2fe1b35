#include "engine/core/policy/value_readers.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <set>

#include "engine/core/policy/known_names.h"

namespace truce::policy_file {
namespace {

std::optional<std::int64_t> whole_number(const Node& node) {
  std::int64_t value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto parsed = std::from_chars(node.text.data(), end, value);
  if (node.kind != Node::Kind::number || parsed.ec != std::errc{} || parsed.ptr != end) {
    return std::nullopt;
  }
  return value;
}

std::optional<SystemName> declared_system(Reading& reading, Place place, const std::string& word) {
  SystemName name(word);
  if (reading.policy.systems.contains(name)) return name;
  // Without any system that is the finding, not each use of one.
  if (reading.policy.systems.empty()) return std::nullopt;
  std::vector<std::string_view> known;
  for (const auto& [system, unused] : reading.policy.systems) known.push_back(system.text);
  reading.findings.error(Code::policy_unknown_system, place,
                         in_quotes(word) + " is no system of this policy", suggestion(word, known));
  return std::nullopt;
}

}  // namespace

std::string_view kind_name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null:
      return "null";
    case Node::Kind::boolean:
      return "true or false";
    case Node::Kind::number:
      return "a number";
    case Node::Kind::text:
      return "text";
    case Node::Kind::array:
      return "a list";
    case Node::Kind::object:
      return "an object";
  }
  return "unknown";
}

bool expect(Reading& reading, const Node& node, Node::Kind kind) {
  if (node.kind == kind) return true;
  const std::string what = node.key.empty() ? "this value" : in_quotes(node.key);
  reading.findings.error(Code::policy_value, value_of(node),
                         what + " must be " + std::string(kind_name(kind)) + ", not " +
                             std::string(kind_name(node.kind)));
  return false;
}

std::optional<std::string> read_text(Reading& reading, const Node& node) {
  if (!expect(reading, node, Node::Kind::text)) return std::nullopt;
  const bool control = std::any_of(node.text.begin(), node.text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  std::string wrong;
  if (node.text.empty()) wrong = "is empty";
  if (control) wrong = "holds a control character";
  const auto chars = std::count_if(node.text.begin(), node.text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  if (chars > text_chars_max) {
    wrong = "is longer than " + std::to_string(text_chars_max) + " characters";
  }
  if (wrong.empty()) return node.text;
  reading.findings.error(Code::policy_value, value_of(node), "this text " + wrong);
  return std::nullopt;
}

std::vector<std::string> read_texts(Reading& reading, const Node& node) {
  std::vector<std::string> texts;
  if (node.kind == Node::Kind::text) {
    if (auto text = read_text(reading, node)) texts.push_back(std::move(*text));
    return texts;
  }
  if (!expect(reading, node, Node::Kind::array)) return texts;
  if (node.children.empty()) {
    reading.findings.error(Code::policy_value, value_of(node), "this list is empty");
  }
  std::set<std::string> seen;
  for (const Node& child : node.children) {
    auto text = read_text(reading, child);
    if (!text) continue;
    if (!seen.insert(*text).second) {
      reading.findings.error(Code::policy_value, value_of(child),
                             in_quotes(*text) + " stands twice in this list",
                             "keep one of the two");
      continue;
    }
    texts.push_back(std::move(*text));
  }
  return texts;
}

std::optional<bool> read_flag(Reading& reading, const Node& node) {
  if (node.kind == Node::Kind::text && (node.text == "true" || node.text == "false")) {
    reading.findings.error(Code::policy_value, value_of(node), "this is text, not true or false",
                           "write " + node.text + " without quotes");
    return std::nullopt;
  }
  if (!expect(reading, node, Node::Kind::boolean)) return std::nullopt;
  return node.truth;
}

std::optional<std::int64_t> read_whole(Reading& reading, const Node& node, std::int64_t least,
                                       std::int64_t most) {
  if (!expect(reading, node, Node::Kind::number)) return std::nullopt;
  const auto value = whole_number(node);
  if (value && *value >= least && *value <= most) return value;
  reading.findings.error(Code::policy_value, value_of(node),
                         shown(node.text) + " is not a whole number from " + std::to_string(least) +
                             " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<double> read_share(Reading& reading, const Node& node) {
  if (!expect(reading, node, Node::Kind::number)) return std::nullopt;
  // A share is no record's value: the double's last digit decides nothing.
  const double value = std::strtod(node.text.c_str(), nullptr);
  if (value > 0 && value <= 1) return value;
  reading.findings.error(Code::policy_value, value_of(node),
                         shown(node.text) + " is no share: more than 0, at most 1",
                         "write a quarter as 0.25");
  return std::nullopt;
}

std::optional<Duration> read_ms(Reading& reading, const Node& node, std::int64_t least_ms) {
  if (node.kind == Node::Kind::text) {
    const auto duration = parse_duration(node.text);
    reading.findings.error(
        Code::policy_value, value_of(node),
        in_quotes(node.key) + " takes a plain number of milliseconds",
        duration ? "write " + std::to_string(duration->ms()) : "write 2000 for two seconds");
    return std::nullopt;
  }
  const auto ms = read_whole(reading, node, least_ms, milliseconds_max);
  if (!ms) return std::nullopt;
  return Duration::of_ms(*ms);
}

std::optional<Duration> read_duration(Reading& reading, const Node& node) {
  constexpr std::string_view mend = "write a number and ms, s, m, h or d: \"90s\", \"3d\"";
  if (node.kind != Node::Kind::text) {
    reading.findings.error(
        Code::policy_value, value_of(node),
        "a duration is text with a unit, not " + std::string(kind_name(node.kind)),
        std::string(mend));
    return std::nullopt;
  }
  const auto duration = parse_duration(node.text);
  std::string wrong;
  if (!duration) {
    wrong = in_quotes(node.text) + " is no duration";
  } else if (duration->us <= 0) {
    wrong = "a duration must be more than nothing";
  } else if (duration->ms() > milliseconds_max) {
    wrong = in_quotes(node.text) + " is longer than ten years";
  } else {
    return *duration;
  }
  reading.findings.error(Code::policy_value, value_of(node), wrong, std::string(mend));
  return std::nullopt;
}

std::optional<Path> read_path(Reading& reading, const Node& node) {
  if (!expect(reading, node, Node::Kind::text)) return std::nullopt;
  auto path = parse_path(node.text);
  if (path) return std::move(*path);
  reading.findings.error(Code::policy_value, value_of(node), path.error().message,
                         "write properties.email, emails[0].value, fields[id=7].value or a JSON "
                         "Pointer such as /properties/email");
  return std::nullopt;
}

std::optional<std::string> read_time_zone(Reading& reading, const Node& node) {
  auto zone = read_text(reading, node);
  if (!zone || is_time_zone(*zone)) return zone;
  reading.findings.error(Code::policy_value, value_of(node), in_quotes(*zone) + " is no time zone",
                         "write its IANA name, for example Europe/Berlin, or UTC");
  return std::nullopt;
}

bool check_name(Reading& reading, const Node& node) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool fits = !node.key.empty() && node.key.size() <= name_chars_max &&
                    is_letter(node.key.front()) &&
                    std::all_of(node.key.begin(), node.key.end(), [&](char c) {
                      return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
                    });
  if (fits) return true;
  reading.findings.error(Code::policy_value, key_of(node), in_quotes(node.key) + " is no name",
                         "begin with a letter, go on with letters, digits, _ or -, at most " +
                             std::to_string(name_chars_max) + " characters");
  return false;
}

std::optional<SystemName> read_system(Reading& reading, const Node& node) {
  if (!expect(reading, node, Node::Kind::text)) return std::nullopt;
  return declared_system(reading, value_of(node), node.text);
}

std::optional<SystemName> system_of_key(Reading& reading, const Node& node) {
  return declared_system(reading, key_of(node), node.key);
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) {
  if (const auto nearest = nearest_word(word, known)) return "did you mean " + *nearest + "?";
  return "write " + any_of(known);
}

void refuse_word(Reading& reading, const Node& node, Code code, std::string_view what,
                 const std::vector<std::string_view>& known) {
  reading.findings.error(code, value_of(node), in_quotes(node.text) + " is no " + std::string(what),
                         suggestion(node.text, known));
}

void refuse_key(Reading& reading, const Node& node, std::string_view what,
                const std::vector<std::string_view>& known) {
  const auto nearest = nearest_word(node.key, known);
  reading.findings.error(
      Code::policy_unknown_key, key_of(node),
      in_quotes(node.key) + " is no key of " + std::string(what),
      nearest ? "did you mean " + *nearest + "?" : "known here: " + any_of(known));
}

}  // namespace truce::policy_file
