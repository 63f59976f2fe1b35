#include "engine/core/policy/agreement.h"
#include "engine/core/policy/sections.h"

namespace truce::policy_file {
namespace {

struct Written {
  std::optional<Duration> within;
  std::optional<Duration> window;
};

void read_target(Reading& reading, const Node& node, Written&) {
  if (node.kind == Node::Kind::text || node.kind == Node::Kind::number) {
    if (agreement_target(to_json(node))) return;
  }
  reading.findings.error(Code::policy_value, value_of(node),
                         "this is no target: a share between nothing and all, without either",
                         "write \"99.9%\" or 0.999");
}

void read_window(Reading& reading, const Node& node, Written& written) {
  written.window = read_duration(reading, node);
  if (!written.window) return;
  if (*written.window >= agreement_window_min && *written.window <= agreement_window_max) return;
  written.window.reset();
  reading.findings.error(Code::policy_value, value_of(node),
                         "the window of an objective is from 1 to 90 days", "write \"30d\"");
}

constexpr std::array<Key<Written>, 7> objective_keys = {{
    {"name", [](Reading& reading, const Node& node, Written&) { read_text(reading, node); }},
    {"entity", [](Reading& reading, const Node& node, Written&) { read_text(reading, node); }},
    {"fields", [](Reading& reading, const Node& node, Written&) { read_texts(reading, node); }},
    {"group", [](Reading& reading, const Node& node, Written&) { read_text(reading, node); }},
    {"within", [](Reading& reading, const Node& node,
                  Written& written) { written.within = read_duration(reading, node); }},
    {"target", read_target},
    {"window", read_window},
}};

void need(Reading& reading, const Node& node, std::string_view key, const std::string& mend) {
  if (node.member(key) != nullptr) return;
  reading.findings.error(Code::policy_missing, value_of(node),
                         "an objective needs " + in_quotes(key), mend);
}

void read_objective(Reading& reading, const Node& node) {
  Written written;
  read_members(reading, node, objective_keys, "an objective of agreement", written);
  if (node.kind != Node::Kind::object) return;
  need(reading, node, "entity", "write \"entity\": \"deal\"");
  need(reading, node, "within", "write \"within\": \"15m\"");
  need(reading, node, "target", "write \"target\": \"99.9%\"");
  const Node* group = node.member("group");
  if (node.member("fields") == nullptr && group == nullptr) {
    reading.findings.error(Code::policy_missing, value_of(node),
                           "an objective needs the fields that it is about",
                           R"(write "fields": ["amount"], or "group" and a group's name)");
  } else if (node.member("fields") != nullptr && group != nullptr) {
    reading.findings.error(Code::policy_conflict, key_of(*group),
                           "an objective names its fields or their group, not both",
                           "keep one of the two");
  }
  const Duration window = written.window.value_or(agreement_window_default);
  if (!written.within || *written.within <= window) return;
  reading.findings.error(Code::policy_conflict, value_of(*node.member("within")),
                         "the time that a change has is longer than the window it is counted in",
                         "make \"within\" shorter, or the window longer");
}

}  // namespace

void read_agreement(Reading& reading, const Node& node) {
  if (!expect(reading, node, Node::Kind::array)) return;
  if (node.children.size() > agreement_objectives_max) {
    reading.findings.error(
        Code::policy_value, value_of(node),
        "there are more than " + std::to_string(agreement_objectives_max) + " objectives",
        "keep those that somebody acts upon");
    return;
  }
  for (const Node& child : node.children) read_objective(reading, child);
}

}  // namespace truce::policy_file
