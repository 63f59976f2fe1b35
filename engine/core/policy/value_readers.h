// Reads single values of the policy file. Each gives nothing after an error has been added, so that
// one wrong value does not hide the next one.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/policy/enum_names.h"
#include "engine/core/policy/findings.h"
#include "engine/core/policy/nearest_word.h"

namespace truce::policy_file {

struct Reading {
  Findings& findings;
  Policy& policy;
};

inline constexpr std::int64_t milliseconds_max = std::int64_t{3650} * 86'400'000;  // ten years
inline constexpr std::ptrdiff_t text_chars_max = 200;
inline constexpr std::size_t name_chars_max = 64;

std::string_view kind_name(Node::Kind kind);  // "an object"
// True for the wanted kind; else "… must be an object, not text".
bool expect(Reading& reading, const Node& node, Node::Kind kind);

// Text for people or machines: not empty, no control characters, at most text_chars_max.
std::optional<std::string> read_text(Reading& reading, const Node& node);
// The same for one text or an array of one or more different ones.
std::vector<std::string> read_texts(Reading& reading, const Node& node);
std::optional<bool> read_flag(Reading& reading, const Node& node);
std::optional<std::int64_t> read_whole(
    Reading& reading, const Node& node, std::int64_t least,
    std::int64_t most = std::numeric_limits<std::int32_t>::max());
// More than 0, at most 1.
std::optional<double> read_share(Reading& reading, const Node& node);
// A whole number of milliseconds, at most ten years: for keys that end in _ms.
std::optional<Duration> read_ms(Reading& reading, const Node& node, std::int64_t least_ms);
// "3d", more than nothing, at most ten years.
std::optional<Duration> read_duration(Reading& reading, const Node& node);
std::optional<Path> read_path(Reading& reading, const Node& node);
std::optional<std::string> read_time_zone(Reading& reading, const Node& node);

// A name that the policy declares, as a key: letters, digits, _ and -, beginning with a letter.
bool check_name(Reading& reading, const Node& node);
// A system of the policy, named by this text or by the key of this member.
std::optional<SystemName> read_system(Reading& reading, const Node& node);
std::optional<SystemName> system_of_key(Reading& reading, const Node& node);

// "; did you mean …?" or the list of what there is.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& known);

void refuse_word(Reading& reading, const Node& node, Code code, std::string_view what,
                 const std::vector<std::string_view>& known);

template <class Enum>
std::optional<Enum> read_word(Reading& reading, const Node& node, std::string_view what) {
  if (!expect(reading, node, Node::Kind::text)) return std::nullopt;
  const auto value = from_string<Enum>(node.text);
  if (!value) refuse_word(reading, node, Code::policy_value, what, words_of<Enum>());
  return value;
}

// Puts what a reader gave, if it gave anything.
template <class Target, class Given>
void keep(Target& target, std::optional<Given> given) {
  if (given) target = std::move(*given);
}

// The keys of one kind of object and what reads them.
template <class Target>
struct Key {
  std::string_view name;
  void (*read)(Reading&, const Node&, Target&);
};

void refuse_key(Reading& reading, const Node& node, std::string_view what,
                const std::vector<std::string_view>& known);

// Reads every member; one that `keys` does not know is an error. `what` names the object in
// messages.
template <class Target, std::size_t count>
void read_members(Reading& reading, const Node& node, const std::array<Key<Target>, count>& keys,
                  std::string_view what, Target& target) {
  if (!expect(reading, node, Node::Kind::object)) return;
  for (const Node& member : node.children) {
    bool known = false;
    for (const Key<Target>& key : keys) {
      if (key.name != member.key) continue;
      key.read(reading, member, target);
      known = true;
    }
    if (known) continue;
    std::vector<std::string_view> names;
    for (const Key<Target>& key : keys) names.push_back(key.name);
    refuse_key(reading, member, what, names);
  }
}

// Calls read(system, member) for each member of an object whose keys are systems.
template <class Read>
void for_each_system(Reading& reading, const Node& node, Read read) {
  if (!expect(reading, node, Node::Kind::object)) return;
  for (const Node& member : node.children) {
    if (const auto system = system_of_key(reading, member)) read(*system, member);
  }
}

}  // namespace truce::policy_file
