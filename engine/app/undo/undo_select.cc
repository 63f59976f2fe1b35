#include "engine/app/undo/undo_select.h"

namespace truce {
namespace {

Result<Time> time_of(const Json& node, const std::string& pointer) {
  const Result<Time> time = node.is_string() ? parse_time(node.get_ref<const std::string&>())
                                             : parse_epoch(scalar_text(node).value_or(""));
  if (!time) {
    return fail(Code::timestamp_invalid, time.error().message + "; write 2026-05-12T10:00:00Z",
                pointer);
  }
  return time;
}

Result<void> read_member(const std::string& key, const Json& node, UndoSelect& select) {
  const std::string pointer = "/select/" + key;
  if (key == "since" || key == "until") {
    const Result<Time> time = time_of(node, pointer);
    if (!time) return tl::unexpected(time.error());
    (key == "since" ? select.since : select.until) = *time;
    return {};
  }
  if (!node.is_string() || node.get_ref<const std::string&>().empty()) {
    return fail(Code::schema, "'" + shown(key) + "' is a text that is not empty", pointer);
  }
  const std::string text = node.get<std::string>();
  if (key == "event_key") {
    select.event_key = EventKey(text);
  } else if (key == "batch") {
    select.batch = text;
  } else if (key == "rule") {
    select.rule = text;
  } else if (key == "actor") {
    select.actor = text;
  } else if (key == "undo") {
    select.undo = text;
  } else if (key == "entity") {
    select.entity = EntityName(text);
  } else if (key == "golden_id") {
    select.golden = GoldenId(text);
  } else if (key == "system") {
    select.system = SystemName(text);
  } else {
    return fail(Code::schema,
                "'" + shown(key) +
                    "' selects nothing; take since, until, event_key, batch, rule, actor, entity, "
                    "golden_id, system or undo",
                pointer);
  }
  return {};
}

bool is_or_empty(const std::string& wanted, std::initializer_list<std::string> texts) {
  if (wanted.empty()) return true;
  for (const std::string& text : texts) {
    if (text == wanted) return true;
  }
  return false;
}

}  // namespace

Result<UndoSelect> read_undo_select(const Json& node) {
  if (!node.is_object() || node.empty()) {
    return fail(Code::required,
                "'select' says what to undo: an object with since, until, event_key, batch, rule, "
                "actor, entity, golden_id, system or undo",
                "/select");
  }
  UndoSelect select;
  for (const auto& [key, member] : node.items()) {
    if (const auto read = read_member(key, member, select); !read) {
      return tl::unexpected(read.error());
    }
  }
  return select;
}

bool selects(const UndoSelect& select, const AuditEntry& entry, const Json& body) {
  return entry.at >= select.since && entry.at <= select.until &&
         is_or_empty(select.event_key.text(), {entry.event_key.text(), text_at(body, "event")}) &&
         is_or_empty(select.batch, {text_at(body, "batch"), text_at(body, "run")}) &&
         is_or_empty(select.actor, {entry.actor, text_at(body, "actor"), text_at(body, "by")}) &&
         is_or_empty(select.undo, {text_at(body, "undo")}) &&
         is_or_empty(select.entity.text, {entry.entity.text}) &&
         is_or_empty(select.golden.text, {entry.golden.text}) &&
         is_or_empty(select.system.text, {text_at(body, "system")});
}

bool selects_change(const UndoSelect& select, const Json& change) {
  return is_or_empty(select.rule, {text_at(change, "rule")});
}

}  // namespace truce
