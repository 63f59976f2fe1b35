#include "engine/app/shape_book.h"

#include <algorithm>
#include <charconv>

#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr auto kind_words = name_table<PauseKind, PauseKind::missing>("shape", "missing");
constexpr auto answer_words =
    name_table<PauseAnswer, PauseAnswer::resumed>("none", "dismissed", "resumed");
constexpr auto presence_words =
    name_table<Presence::Kind, Presence::Kind::sparse>("L", "S", "M", "X");

std::string name_of(const EntityName& entity) { return "shapes/" + entity.text; }

Json json_of_pause(const Pause& pause) {
  Json node{{"system", pause.system.text},
            {"field", pause.field.text},
            {"kind", std::string(kind_words.name_of(pause.kind))},
            {"answer", std::string(answer_words.name_of(pause.answer))},
            {"shape", pause.shape},
            {"was", pause.was},
            {"since", pause.since.us},
            {"from", pause.from.us},
            {"last_at", pause.last_at.us},
            {"bad", pause.bad},
            {"good", pause.good},
            {"item", pause.item.text},
            {"example", pause.example.text()},
            {"likely_name", pause.likely_name},
            {"policy", pause.policy_sha256}};
  if (pause.rereading) {
    const Rereading& reading = *pause.rereading;
    node["rereading"] = {{"at", reading.at.us},        {"key", reading.key.text()},
                         {"until", reading.until.us},  {"taken", reading.taken},
                         {"refused", reading.refused}, {"why", reading.why}};
  }
  if (pause.replanning) {
    node["replanning"] = {{"state", std::string(to_string(*pause.replanning))},
                          {"to", pause.replanned_to}};
  }
  return node;
}

std::int64_t number_at(const Json& node, const char* key) {
  const Json* found = find_member(node, key);
  return found ? to_int64(*found).value_or(0) : 0;
}

Time time_at(const Json& node, const char* key) { return {number_at(node, key)}; }

std::size_t count_at(const Json& node, const char* key) {
  return static_cast<std::size_t>(number_at(node, key));
}

Pause pause_of_json(const Json& node) {
  Pause pause;
  pause.system = SystemName(text_at(node, "system"));
  pause.field = FieldName(text_at(node, "field"));
  pause.kind = kind_words.value_of(text_at(node, "kind")).value_or(PauseKind::shape);
  pause.answer = answer_words.value_of(text_at(node, "answer")).value_or(PauseAnswer::none);
  pause.shape = text_at(node, "shape");
  pause.was = text_at(node, "was");
  pause.since = time_at(node, "since");
  pause.from = time_at(node, "from");
  pause.last_at = time_at(node, "last_at");
  pause.bad = count_at(node, "bad");
  pause.good = count_at(node, "good");
  pause.item.text = text_at(node, "item");
  pause.example = EventKey(text_at(node, "example"));
  pause.likely_name = text_at(node, "likely_name");
  pause.policy_sha256 = text_at(node, "policy");
  if (const Json* reading = find_member(node, "rereading")) {
    pause.rereading = Rereading{time_at(*reading, "at"),       EventKey(text_at(*reading, "key")),
                                time_at(*reading, "until"),    count_at(*reading, "taken"),
                                count_at(*reading, "refused"), text_at(*reading, "why")};
  }
  if (const Json* replanning = find_member(node, "replanning")) {
    pause.replanning = delivery_state_from(text_at(*replanning, "state"));
    pause.replanned_to = static_cast<std::uint64_t>(number_at(*replanning, "to"));
  }
  return pause;
}

// The text up to `separator`; `rest` goes on behind it.
std::string_view next_part(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::int64_t next_number(std::string_view& rest) {
  const std::string_view digits = next_part(rest, ':');
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// "NAME:KIND:COUNT:GAPS:SINCE", one behind the other.
Presences read_presences(std::string_view line) {
  Presences presences;
  while (!line.empty()) {
    std::string_view token = next_part(line, ' ');
    const std::string_view name = next_part(token, ':');
    Presence presence;
    presence.kind =
        presence_words.value_of(next_part(token, ':')).value_or(Presence::Kind::learning);
    presence.count = static_cast<std::size_t>(next_number(token));
    presence.gaps = static_cast<std::size_t>(next_number(token));
    presence.since = {next_number(token)};
    presences.emplace_hint(presences.end(), name, presence);
  }
  return presences;
}

std::string_view line_of(std::string_view text, const SystemName& system) {
  next_part(text, '\n');
  while (!text.empty()) {
    std::string_view line = next_part(text, '\n');
    if (next_part(line, ' ') == system.text) return line;
  }
  return {};
}

void put_presences(std::string& text, const Presences& presences) {
  for (const auto& [name, presence] : presences) {
    text += ' ' + name + ':' + std::string(presence_words.name_of(presence.kind)) + ':' +
            std::to_string(presence.count) + ':' + std::to_string(presence.gaps) + ':' +
            std::to_string(presence.since.us);
  }
}

}  // namespace

// Behind all fields' names, in the order of bytes.
std::string lists_of(const FieldName& field) { return '~' + field.text; }

Pause* ShapeBook::find(const SystemName& system, const FieldName& field) {
  const auto found = std::find_if(pauses.begin(), pauses.end(), [&](const Pause& pause) {
    return pause.system == system && pause.field == field;
  });
  return found == pauses.end() ? nullptr : &*found;
}

void ShapeBook::end(const SystemName& system, const FieldName& field) {
  std::erase_if(pauses,
                [&](const Pause& pause) { return pause.system == system && pause.field == field; });
  deriving = Derived{};
}

std::string book_text(ReadView& store, const EntityName& entity) {
  return store.find_meta(name_of(entity)).value_or("");
}

bool is_quiet(std::string_view text) { return text.empty() || text.front() == '\n'; }

PresenceLine::PresenceLine(std::string_view text, const SystemName& system)
    : line_(line_of(text, system)), rest_(line_) {}

std::optional<Presence::Kind> PresenceLine::next(std::string_view field) {
  while (!rest_.empty()) {
    std::string_view rest = rest_;
    std::string_view token = next_part(rest, ' ');
    const std::string_view name = next_part(token, ':');
    if (name > field) return std::nullopt;
    rest_ = rest;
    if (name == field) return presence_words.value_of(next_part(token, ':'));
  }
  return std::nullopt;
}

std::optional<Presence::Kind> PresenceLine::of_lists(const FieldName& field) const {
  PresenceLine again = *this;
  again.rest_ = line_;
  return again.next(lists_of(field));
}

Presences presences_in(std::string_view text, const SystemName& system) {
  return read_presences(line_of(text, system));
}

ShapeBook read_book(std::string_view text) {
  ShapeBook book;
  const std::string_view first = next_part(text, '\n');
  if (!first.empty()) {
    const Json node = json_of(first);
    if (const Json* pauses = find_member(node, "pauses")) {
      for (const Json& pause : *pauses) book.pauses.push_back(pause_of_json(pause));
    }
    if (const Json* deriving = find_member(node, "deriving")) {
      book.deriving = ShapeBook::Derived{SystemName(text_at(*deriving, "system")),
                                         RecordId(text_at(*deriving, "record"))};
    }
  }
  while (!text.empty()) {
    std::string_view line = next_part(text, '\n');
    const SystemName system{std::string(next_part(line, ' '))};
    book.presences.emplace(system, read_presences(line));
  }
  return book;
}

void put_book(Transaction& store, const EntityName& entity, const ShapeBook& book) {
  std::string text;
  if (!book.pauses.empty() || book.deriving) {
    Json first{{"pauses", Json::array()}};
    for (const Pause& pause : book.pauses) first["pauses"].push_back(json_of_pause(pause));
    if (book.deriving) {
      first["deriving"] = {{"system", book.deriving->system.text},
                           {"record", book.deriving->record.text}};
    }
    text = to_wire(first);
  }
  for (const auto& [system, presences] : book.presences) {
    text += '\n' + system.text;
    put_presences(text, presences);
  }
  if (book_text(store, entity) != text) store.put_meta(name_of(entity), text);
}

PausedFields paused_in(const ShapeBook& book, const Entity& entity) {
  PausedFields paused;
  for (const Pause& pause : book.pauses) {
    if (pause.holds_writes()) paused.emplace(pause.system, pause.field);
    const Field* field = pause.rereading ? entity.field(pause.field) : nullptr;
    if (!field) continue;
    for (const auto& [system, entry] : field->map) paused.emplace(system, pause.field);
  }
  return paused;
}

PausedFields paused_fields(ReadView& store, const Entity& entity) {
  const std::string text = book_text(store, entity.name);
  return is_quiet(text) ? PausedFields() : paused_in(read_book(text), entity);
}

}  // namespace truce
