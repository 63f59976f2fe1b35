#include "engine/app/change_event.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/core/model/hash.h"

namespace truce {
namespace {

constexpr std::size_t id_bytes_max = 255;
constexpr std::size_t name_bytes_max = 255;

struct OperationName {
  EventOperation operation;
  std::string_view word;
};
constexpr std::array<OperationName, 4> operation_names{{{EventOperation::upsert, "upsert"},
                                                        {EventOperation::erase, "delete"},
                                                        {EventOperation::restore, "restore"},
                                                        {EventOperation::merge, "merge"}}};

// A record id is text, whatever JSON type it arrives in.
Result<RecordId> read_id(const Json& node, const std::string& pointer) {
  const auto text = node.is_boolean() ? std::nullopt : scalar_text(node);
  if (!text) return fail(Code::id_invalid, "an id is a string or a number", pointer);
  if (text->empty() || text->size() > id_bytes_max) {
    return fail(Code::id_invalid, "an id has 1 to 255 bytes", pointer);
  }
  const bool plain = std::none_of(text->begin(), text->end(),
                                  [](unsigned char c) { return c <= ' ' || c == 0x7f; });
  if (!plain) return fail(Code::id_invalid, "an id has no spaces or control characters", pointer);
  return RecordId(*text);
}

Result<std::string> read_text(const Json& node, const std::string& pointer) {
  const auto text = scalar_text(node);
  if (!text || node.is_boolean()) return fail(Code::schema, "expected a string", pointer);
  if (text->size() > 4 * name_bytes_max)
    return fail(Code::field_too_long, "at most 1020 bytes", pointer);
  return *text;
}

Result<Time> read_time(const Json& node, const std::string& pointer) {
  auto time = is_number(node)    ? parse_epoch(number_text(node))
              : node.is_string() ? parse_time(node.get_ref<const std::string&>())
                                 : Result<Time>(fail(Code::timestamp_invalid, "expected a time"));
  if (time) return time;
  return fail(Code::timestamp_invalid,
              time.error().message + "; use RFC 3339 with an offset, or epoch milliseconds",
              pointer);
}

class Reader {
 public:
  explicit Reader(const Json& node) : node_(node) {}

  Result<ChangeEvent> read() {
    if (!node_.is_object()) return fail(Code::schema, "an event is a JSON object");
    if (const Json* said = member("problem")) return tl::unexpected(problem_of(*said));
    read_names();
    read_identity();
    read_when();
    read_changes();
    if (problem_) return tl::unexpected(*problem_);
    return std::move(event_);
  }

 private:
  const Json* member(const char* key) {
    const Json* found = find_member(node_, key);
    return found && !found->is_null() ? found : nullptr;
  }
  // What a preset could not read comes as an event that says why, to be rejected alone.
  static Problem problem_of(const Json& said) {
    const auto text = [&](const char* key) {
      const Json* found = find_member(said, key);
      return found ? scalar_text(*found).value_or("") : std::string();
    };
    return {code_from(text("code")).value_or(Code::schema), text("message"), text("pointer")};
  }
  void note(const Problem& problem) {
    if (!problem_) problem_ = problem;
  }
  template <class T, class Target>
  void take(Result<T> result, Target& target) {
    if (result)
      target = std::move(*result);
    else
      note(result.error());
  }

  void read_names() {
    const Json* system = member("system");
    const Json* entity = member("entity");
    if (!system || !system->is_string()) {
      note({Code::schema, "'system' is missing: the name of a system of the policy", "/system"});
    } else {
      event_.system = SystemName(system->get<std::string>());
    }
    if (!entity || !entity->is_string()) {
      note({Code::schema, "'entity' is missing: the name of an entity of the policy", "/entity"});
    } else {
      event_.entity = EntityName(entity->get<std::string>());
    }
    const Json* op = member("op");
    if (!op) return;
    const std::string word = op->is_string() ? op->get<std::string>() : std::string();
    for (const OperationName& name : operation_names) {
      if (name.word == word) {
        event_.operation = name.operation;
        return;
      }
    }
    note({Code::schema, "'op' is one of upsert, delete, restore, merge", "/op"});
  }

  void read_identity() {
    if (const Json* id = member("id")) take(read_id(*id, "/id"), event_.id);
    if (const Json* into = member("merged_into"))
      take(read_id(*into, "/merged_into"), event_.merged_into);
    if (const Json* id = member("event_id")) take(read_text(*id, "/event_id"), event_.event_id);
    if (const Json* actor = member("actor")) take(read_text(*actor, "/actor"), event_.actor);
    if (const Json* version = member("version"))
      take(read_text(*version, "/version"), event_.version);
    if (event_.operation != EventOperation::merge) return;
    if (event_.merged_into.empty()) {
      note({Code::required, "a merge names the surviving record in 'merged_into'", "/merged_into"});
    } else if (event_.id && *event_.id == event_.merged_into) {
      note({Code::merge_cycle, "a record cannot be merged into itself", "/merged_into"});
    }
  }

  void read_when() {
    if (const Json* at = member("occurred_at"))
      take(read_time(*at, "/occurred_at"), event_.occurred_at);
    if (const Json* times = member("changed_at")) {
      if (!times->is_object()) return note({Code::schema, "expected an object", "/changed_at"});
      for (const auto& [name, at] : times->items()) {
        take(read_time(at, pointer_join("/changed_at", name)), event_.changed_at[name]);
      }
    }
  }

  void read_changes() {
    if (const Json* changed = member("changed")) {
      if (!changed->is_array())
        return note({Code::schema, "expected an array of names", "/changed"});
      for (const Json& name : *changed) {
        if (!name.is_string())
          return note({Code::schema, "expected an array of names", "/changed"});
        event_.changed.push_back(name.get<std::string>());
      }
    }
    if (const Json* previous = member("previous")) {
      if (!previous->is_object()) return note({Code::schema, "expected an object", "/previous"});
      for (const auto& [name, value] : previous->items()) event_.previous.emplace(name, value);
    }
    if (const Json* partial = member("partial")) {
      if (!partial->is_boolean()) return note({Code::schema, "expected true or false", "/partial"});
      event_.partial = partial->get<bool>();
    }
    if (const Json* record = member("record")) {
      if (!record->is_object()) return note({Code::schema, "a record is a JSON object", "/record"});
      event_.record = *record;
    }
  }

  const Json& node_;
  ChangeEvent event_;
  std::optional<Problem> problem_;
};

std::string key_text(const Value& value) {
  std::string text = std::to_string(static_cast<int>(value.kind())) + value.key();
  for (const auto& element : value.elements()) text += '\x1f' + element.key;
  return text;
}

}  // namespace

std::string_view to_string(EventOperation operation) {
  for (const OperationName& name : operation_names) {
    if (name.operation == operation) return name.word;
  }
  return "upsert";
}

Result<ChangeEvent> read_change_event(const Json& node) { return Reader(node).read(); }

bool names_field(const std::string& name, const Field& field, const MapEntry& entry) {
  if (name == entry.path.spelling || name == field.name.text) return true;
  for (auto step = entry.path.steps.rbegin(); step != entry.path.steps.rend(); ++step) {
    if (step->kind != PathStep::Kind::member) continue;
    // emails[0].value changes as "emails".
    if (step->member == name) return true;
    if (step->member != "value") return false;
  }
  return false;
}

EventKey event_key(const ChangeEvent& event, const RecordId& id,
                   const NormalizedRecord& normalized) {
  Json all = Json::object();
  all["system"] = event.system.text;
  all["entity"] = event.entity.text;
  all["id"] = id.text;
  all["op"] = std::string(to_string(event.operation));
  if (!event.event_id.empty()) all["event_id"] = event.event_id;
  if (event.occurred_at) all["time"] = std::to_string(event.occurred_at->us);
  for (const auto& [name, at] : event.changed_at) all["times"][name] = std::to_string(at.us);
  if (!event.changed.empty()) all["changed"] = std::set(event.changed.begin(), event.changed.end());
  for (const auto& [name, held] : event.previous) all["previous"][name] = held;
  if (normalized.modified) all["modified"] = std::to_string(normalized.modified->us);
  if (!event.version.empty()) all["version"] = event.version;
  if (!event.merged_into.empty()) all["merged_into"] = event.merged_into.text;
  Json content = Json::object();
  for (const auto& [name, value] : normalized.fields) content[name.text] = key_text(value);
  all["content"] = std::move(content);
  if ((!normalized.problems.empty() || event.wants_whole) && event.record)
    all["raw"] = sha256_hex(to_canonical(*event.record));
  return EventKey(sha256_hex(to_canonical(all)));
}

EventKey raw_event_key(const Json& event) {
  return EventKey(sha256_hex("raw\n" + to_canonical(event)));
}

}  // namespace truce
