#include "engine/core/policy/parse_policy.h"

#include "engine/core/model/hash.h"
#include "engine/core/policy/lint.h"
#include "engine/core/policy/sections.h"

namespace truce {
namespace policy_file {
namespace {

constexpr std::int64_t format_version = 1;

void read_systems(Reading& reading, const Node& node, Policy& policy) {
  if (!expect(reading, node, Node::Kind::object)) return;
  for (const Node& member : node.children) {
    if (!check_name(reading, member)) continue;
    System& system = policy.systems[SystemName(member.key)];
    system.name = SystemName(member.key);
    read_system_section(reading, member, system);
  }
  if (!node.children.empty()) return;
  reading.findings.error(Code::policy_missing, value_of(node), "the policy has no systems");
}

void read_entities(Reading& reading, const Node& node, Policy& policy) {
  if (!expect(reading, node, Node::Kind::object)) return;
  for (const Node& member : node.children) {
    if (!check_name(reading, member)) continue;
    Entity& entity = policy.entities[EntityName(member.key)];
    entity.name = EntityName(member.key);
    read_entity(reading, member, entity);
  }
  if (!node.children.empty()) return;
  reading.findings.error(Code::policy_missing, value_of(node), "the policy has no entities");
}

constexpr std::array<Key<Policy>, 8> policy_keys = {{
    {"$schema", [](Reading& reading, const Node& node, Policy&) { read_text(reading, node); }},
    {"version",
     [](Reading& reading, const Node& node, Policy& policy) {
       if (const auto version = read_whole(reading, node, format_version, format_version)) {
         policy.version = static_cast<int>(*version);
       }
     }},
    // Read before everything else, because all other parts name systems.
    {"systems", [](Reading&, const Node&, Policy&) {}},
    {"entities", read_entities},
    {"history_window",
     [](Reading& reading, const Node& node, Policy& policy) {
       keep(policy.history_window, read_duration(reading, node));
     }},
    {"raw_retention",
     [](Reading& reading, const Node& node, Policy& policy) {
       keep(policy.raw_retention, read_duration(reading, node));
     }},
    {"alerts", [](Reading& reading, const Node& node,
                  Policy& policy) { policy.alerts = read_alerts(reading, node); }},
    {"sla", [](Reading& reading, const Node& node,
               Policy& policy) { policy.sla = read_sla(reading, node); }},
}};

void read_policy(Reading& reading, const Node& root) {
  if (const Node* systems = root.member("systems")) read_systems(reading, *systems, reading.policy);
  read_members(reading, root, policy_keys, "the policy", reading.policy);
  if (root.kind != Node::Kind::object) return;
  for (const char* key : {"version", "systems", "entities"}) {
    if (root.member(key) != nullptr) continue;
    reading.findings.error(Code::policy_missing, value_of(root),
                           "the policy has no " + in_quotes(key),
                           R"(write {"version": 1, "systems": {…}, "entities": {…}})");
  }
}

void lint_policy(Findings& findings, const Policy& policy, const Node& root) {
  Linting linting{findings, policy};
  const Node& entities = *root.member("entities");
  lint_systems(linting, *root.member("systems"));
  for (const Node& member : entities.children) {
    lint_entity(linting, policy.entities.at(EntityName(member.key)), member);
  }
  const Node* sla = root.member("sla");
  if (sla && sla->member("agreement")) lint_agreement(linting, *sla->member("agreement"));
  // A reference to an unknown entity has been reported, and leads nowhere.
  if (findings.error_count() == 0) lint_references(linting, entities);
}

Finding about_the_file(Code code, LineAndColumn place, std::string message, std::string mend) {
  return {Finding::Severity::error, code,           "", place.line, place.column,
          std::move(message),       std::move(mend)};
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace
}  // namespace policy_file

PolicyReading parse_policy(std::string_view text) {
  using namespace policy_file;
  if (text.size() > file_bytes_max) {
    return {nullptr,
            {about_the_file(Code::policy_file, {}, "the file is larger than 1 MiB",
                            "a policy is a few pages; is this the right file?")}};
  }
  if (is_blank(text)) {
    return {nullptr,
            {about_the_file(Code::policy_file, {}, "the file is empty",
                            R"(write {"version": 1, "systems": {…}, "entities": {…}})")}};
  }
  const auto root = read_source(text);
  if (!root) {
    return {nullptr,
            {about_the_file(Code::policy_syntax, position_of(text, root.error().offset),
                            root.error().message, root.error().mend)}};
  }
  auto policy = std::make_shared<Policy>();
  Findings findings(text, *root);
  Reading reading{findings, *policy};
  read_policy(reading, *root);
  // What a part says is judged before what the parts say about each other: half-read fields would
  // give findings that go away by themselves.
  if (findings.error_count() == 0) lint_policy(findings, *policy, *root);
  policy->sha256 = sha256_hex(text);
  return {findings.error_count() == 0 ? policy : nullptr, findings.in_file_order()};
}

}  // namespace truce
