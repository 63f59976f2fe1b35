#include "engine/core/policy/sections.h"

namespace truce::policy_file {
namespace {

constexpr std::size_t match_keys_max = 16;
constexpr std::size_t match_fields_max = 8;

void read_paths(Reading& reading, const Node& node, std::map<SystemName, Path>& paths) {
  for_each_system(reading, node, [&](const SystemName& system, const Node& member) {
    if (auto path = read_path(reading, member)) paths[system] = std::move(*path);
  });
}

void read_match_key(Reading& reading, const Node& node, Entity& entity) {
  if (node.kind == Node::Kind::text) {
    return reading.findings.error(Code::policy_value, value_of(node),
                                  "a match key is a list of fields",
                                  "write [" + in_quotes(node.text) + "]");
  }
  if (!expect(reading, node, Node::Kind::array)) return;
  if (node.children.size() > match_fields_max) {
    return reading.findings.error(
        Code::policy_value, value_of(node),
        "a match key has at most " + std::to_string(match_fields_max) + " fields");
  }
  std::vector<FieldName> key;
  for (std::string& name : read_texts(reading, node)) key.emplace_back(std::move(name));
  entity.match.push_back(std::move(key));
}

void read_match(Reading& reading, const Node& node, Entity& entity) {
  if (!expect(reading, node, Node::Kind::array)) return;
  if (node.children.size() > match_keys_max) {
    return reading.findings.error(
        Code::policy_value, value_of(node),
        "an entity has at most " + std::to_string(match_keys_max) + " match keys");
  }
  for (const Node& child : node.children) read_match_key(reading, child, entity);
}

void read_match_also(Reading& reading, const Node& node, Entity& entity) {
  if (!expect(reading, node, Node::Kind::object)) return;
  for (const Node& member : node.children) {
    std::vector<FieldName>& also = entity.match_also[FieldName(member.key)];
    for (std::string& name : read_texts(reading, member)) also.emplace_back(std::move(name));
    if (also.size() <= match_fields_max) continue;
    reading.findings.error(
        Code::policy_value, value_of(member),
        "at most " + std::to_string(match_fields_max) + " fields count as one other");
  }
}

void read_create_in(Reading& reading, const Node& node, Entity& entity) {
  if (!expect(reading, node, Node::Kind::array)) return;
  for (const Node& child : node.children) {
    const auto system = read_system(reading, child);
    if (!system) continue;
    if (!entity.creates_in(*system)) {
      entity.create_in.push_back(*system);
      continue;
    }
    reading.findings.error(Code::policy_value, value_of(child),
                           in_quotes(child.text) + " stands twice in this list",
                           "keep one of the two");
  }
}

void read_objects(Reading& reading, const Node& node, Entity& entity) {
  for_each_system(reading, node, [&](const SystemName& system, const Node& member) {
    entity.objects[system] = read_texts(reading, member);
  });
}

void read_owner(Reading& reading, const Node& node, Entity& entity) {
  if (node.kind == Node::Kind::text) {
    keep(entity.owner, read_text(reading, node));
    return;
  }
  if (node.kind != Node::Kind::object) {
    return reading.findings.error(Code::policy_value, value_of(node),
                                  "an owner is a name, or an object with one name per system",
                                  R"(write "sales-ops" or {"hubspot": "marketing"})");
  }
  for_each_system(reading, node, [&](const SystemName& system, const Node& member) {
    keep(entity.owner_of[system], read_text(reading, member));
  });
}

constexpr std::array<Key<Guard>, 3> guard_keys = {{
    {"count",
     [](Reading& reading, const Node& node, Guard& guard) {
       if (const auto count = read_whole(reading, node, 1)) {
         guard.count = static_cast<std::size_t>(*count);
       }
     }},
    {"share", [](Reading& reading, const Node& node,
                 Guard& guard) { keep(guard.share, read_share(reading, node)); }},
    {"window", [](Reading& reading, const Node& node,
                  Guard& guard) { keep(guard.window, read_duration(reading, node)); }},
}};

constexpr std::array<Key<Entity>, 2> breaker_keys = {{
    {"flips",
     [](Reading& reading, const Node& node, Entity& entity) {
       if (const auto flips = read_whole(reading, node, 2, 1'000)) {
         entity.breaker_flips = static_cast<std::size_t>(*flips);
       }
     }},
    {"window", [](Reading& reading, const Node& node,
                  Entity& entity) { keep(entity.breaker_window, read_duration(reading, node)); }},
}};

void read_fields(Reading& reading, const Node& node, Entity& entity) {
  if (!expect(reading, node, Node::Kind::object)) return;
  if (node.children.empty()) {
    reading.findings.error(Code::policy_missing, value_of(node), "the entity has no fields");
  }
  for (const Node& member : node.children) {
    if (!check_name(reading, member)) continue;
    Field& field = entity.fields[FieldName(member.key)];
    field.name = FieldName(member.key);
    read_field(reading, member, field);
  }
}

constexpr std::array<Key<Entity>, 14> entity_keys = {{
    {"id", [](Reading& reading, const Node& node,
              Entity& entity) { read_paths(reading, node, entity.id); }},
    {"modified", [](Reading& reading, const Node& node,
                    Entity& entity) { read_paths(reading, node, entity.modified); }},
    {"objects", read_objects},
    {"match", read_match},
    {"match_also", read_match_also},
    {"ambiguous",
     [](Reading& reading, const Node& node, Entity& entity) {
       keep(entity.ambiguous,
            read_word<AmbiguousPolicy>(reading, node, "way to treat ambiguous matches"));
     }},
    {"create_in", read_create_in},
    {"delete",
     [](Reading& reading, const Node& node, Entity& entity) {
       keep(entity.on_delete, read_word<DeletePolicy>(reading, node, "way to treat deletes"));
     }},
    {"delete_grace_ms",
     [](Reading& reading, const Node& node, Entity& entity) {
       keep(entity.delete_grace, read_ms(reading, node, 0));
     }},
    {"reference_wait",
     [](Reading& reading, const Node& node, Entity& entity) {
       keep(entity.reference_wait, read_duration(reading, node));
     }},
    {"guard",
     [](Reading& reading, const Node& node, Entity& entity) {
       entity.guard.given = true;
       read_members(reading, node, guard_keys, "guard", entity.guard);
     }},
    {"breaker",
     [](Reading& reading, const Node& node, Entity& entity) {
       read_members(reading, node, breaker_keys, "breaker", entity);
     }},
    {"owner", read_owner},
    {"fields", read_fields},
}};

}  // namespace

void read_entity(Reading& reading, const Node& node, Entity& entity) {
  read_members(reading, node, entity_keys, "an entity", entity);
  if (node.kind != Node::Kind::object || node.member("fields") != nullptr) return;
  reading.findings.error(Code::policy_missing, key_of(node), "the entity has no fields",
                         "write \"fields\": {NAME: {\"type\": …, \"rule\": …, \"map\": …}}");
}

}  // namespace truce::policy_file
