#include "engine/app/drift.h"

#include <algorithm>
#include <set>

#include "engine/app/private_fields.h"

namespace truce {
namespace {

constexpr std::size_t page = 500;
constexpr std::size_t paths_max = 2'000;  // of one system and entity
constexpr std::size_t options_max = 20;   // more different values are no options
constexpr std::size_t option_bytes_max = 40;
constexpr int depth_max = 8;

struct ShapeSeen {
  std::uint64_t count = 0;
  Time first_seen, last_seen;
};

struct PathSeen {
  std::map<std::string, ShapeSeen> shapes;
  std::uint64_t records = 0, blanks = 0;
  std::size_t length_max = 0;
  std::map<std::string, std::uint64_t> options;
  bool too_many_options = false;
};

using Place = std::pair<SystemName, EntityName>;

std::string shape_of_text(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return "null";
  return "text";
}

std::string shape_of(const Json& node) {
  if (node.is_null()) return "null";
  if (node.is_boolean()) return "boolean";
  if (is_number(node)) {
    return number_text(node).find_first_of(".eE") == std::string::npos ? "integer" : "decimal";
  }
  if (node.is_string()) return shape_of_text(node.get_ref<const std::string&>());
  if (node.is_object()) return "object";
  for (const Json& element : node) {
    if (!element.is_null()) return "list of " + shape_of(element);
  }
  return "list";
}

// A map entry's path as far as it names members: the rest is inside what stands there.
std::string members_of(const Path& path) {
  std::string members;
  for (const PathStep& step : path.steps) {
    if (step.kind != PathStep::Kind::member) break;
    if (!members.empty()) members += '.';
    members += step.member;
  }
  return members;
}

class Drift {
 public:
  Drift(Reader& reader, const DriftWindow& window) : reader_(reader), window_(window) {}

  // False: there are more events than are looked at.
  bool look() {
    RawFilter filter;
    filter.received_at = window_.from;
    filter.limit = page;
    while (events_ < drift_events_max) {
      const auto raws = reader_.store.list_raw(filter);
      for (const RawEvent& raw : raws) {
        if (raw.received_at >= window_.to) return true;
        add(raw);
      }
      if (raws.size() < page) return true;
      filter.received_at = raws.back().received_at;
      filter.event_key = raws.back().event_key;
    }
    return false;
  }

  Json report() {
    Json fields = Json::array(), changed = Json::array();
    Json unmapped = Json::array(), unused = Json::array();
    for (const auto& [place, paths] : seen_) {
      for (const auto& [path, seen] : paths) {
        const Field* field = field_at(place, path);
        Json row = row_of(place, path, field, seen);
        if (!field && !is_named_otherwise(place, path)) unmapped.push_back(row);
        if (Json change = change_of(row, field, seen); !change.is_null()) {
          changed.push_back(std::move(change));
        }
        fields.push_back(std::move(row));
      }
      list_unused(place, paths, unused);
    }
    return {{"fields", std::move(fields)},
            {"changed", std::move(changed)},
            {"unmapped", std::move(unmapped)},
            {"unused", std::move(unused)},
            {"events", events_}};
  }

 private:
  void add(const RawEvent& raw) {
    if (!window_.system.empty() && raw.system != window_.system) return;
    if (!window_.entity.empty() && raw.entity != window_.entity) return;
    const Entity* entity = reader_.policy.entity(raw.entity);
    if (!entity || !reader_.policy.system(raw.system)) return;
    const Json event = json_of(raw.body);
    const Json* record = find_member(event, "record");
    ++events_;
    if (!record || !record->is_object()) return;
    place_ = {raw.system, raw.entity};
    mapped_ = paths_of(*entity, raw.system);
    at_ = raw.received_at;
    walk(*record, "", 0);
  }

  // Down to what the policy names; what it does not name, one level into plain objects.
  void walk(const Json& node, const std::string& prefix, int depth) {
    for (const auto& [name, value] : node.items()) {
      const std::string path = prefix.empty() ? name : prefix + '.' + name;
      const bool leads_on = value.is_object() && !mapped_.contains(path) && depth < depth_max;
      if (leads_on && !value.contains("$sealed")) {
        walk(value, path, depth + 1);
      } else {
        see(path, value);
      }
    }
  }

  void see(const std::string& path, const Json& value) {
    auto& paths = seen_[place_];
    if (!paths.contains(path) && paths.size() >= paths_max) return;
    PathSeen& seen = paths[path];
    const bool is_sealed = value.is_object() && value.contains("$sealed");
    const std::string shape = is_sealed ? "private" : shape_of(value);
    ++seen.records;
    seen.blanks += shape == "null";
    ShapeSeen& of_shape = seen.shapes[shape];
    if (of_shape.count++ == 0) of_shape.first_seen = at_;
    of_shape.last_seen = at_;
    if (!value.is_string()) return;
    const auto& text = value.get_ref<const std::string&>();
    seen.length_max = std::max(seen.length_max, text.size());
    if (seen.too_many_options || shape == "null") return;
    if (text.size() <= option_bytes_max) ++seen.options[text];
    seen.too_many_options = text.size() > option_bytes_max || seen.options.size() > options_max;
    if (seen.too_many_options) seen.options.clear();
  }

  static std::map<std::string, const Field*> paths_of(const Entity& entity,
                                                      const SystemName& system) {
    std::map<std::string, const Field*> paths;
    for (const auto& [name, field] : entity.fields) {
      const auto entry = field.map.find(system);
      if (entry != field.map.end()) paths.emplace(members_of(entry->second.path), &field);
    }
    return paths;
  }

  const Field* field_at(const Place& place, const std::string& path) const {
    const Entity* entity = reader_.policy.entity(place.second);
    if (!entity) return nullptr;
    const auto paths = paths_of(*entity, place.first);
    const auto found = paths.find(path);
    return found == paths.end() ? nullptr : found->second;
  }

  // The id and the time of the record are read, too.
  bool is_named_otherwise(const Place& place, const std::string& path) const {
    const Entity* entity = reader_.policy.entity(place.second);
    for (const auto* paths : {&entity->id, &entity->modified}) {
      const auto named = paths->find(place.first);
      if (named != paths->end() && members_of(named->second) == path) return true;
    }
    return false;
  }

  static Json row_of(const Place& place, const std::string& path, const Field* field,
                     const PathSeen& seen) {
    Json shapes = Json::array();
    for (const auto& [shape, of_shape] : seen.shapes) {
      shapes.push_back({{"shape", shape},
                        {"count", of_shape.count},
                        {"first_seen", to_rfc3339(of_shape.first_seen)},
                        {"last_seen", to_rfc3339(of_shape.last_seen)}});
    }
    Json row{{"system", place.first.text},
             {"entity", place.second.text},
             {"path", path},
             {"field", field ? Json(field->name.text) : Json()},
             {"shapes", std::move(shapes)},
             {"records", seen.records},
             {"null_share", static_cast<double>(seen.blanks) / static_cast<double>(seen.records)}};
    if (seen.length_max > 0) row["length_max"] = seen.length_max;
    const bool is_enumeration = field && field->type == FieldType::enumeration;
    if (is_enumeration && !seen.options.empty()) {
      Json options = Json::array();
      for (const auto& [option, count] : seen.options) options.push_back(option);
      row["options"] = std::move(options);
    }
    return row;
  }

  // Another shape since some time: two shapes, of which the one began when the other had ended.
  static Json change_of(const Json& row, const Field* field, const PathSeen& seen) {
    const ShapeSeen* before = nullptr;
    const ShapeSeen* after = nullptr;
    std::string from, to;
    for (const auto& [shape, of_shape] : seen.shapes) {
      if (shape == "null" || shape == "list") continue;
      if (!before || of_shape.first_seen < before->first_seen) {
        before = &of_shape;
        from = shape;
      }
      if (!after || of_shape.last_seen > after->last_seen) {
        after = &of_shape;
        to = shape;
      }
    }
    if (!before || from == to || after->first_seen <= before->last_seen) return nullptr;
    Json change{{"system", row["system"]},
                {"entity", row["entity"]},
                {"path", row["path"]},
                {"field", row["field"]},
                {"from", from},
                {"to", to},
                {"since", to_rfc3339(after->first_seen)},
                {"records", after->count}};
    if (field) change["mend"] = mend(*field, row["system"], to);
    return change;
  }

  // What to put into the policy.
  static std::string mend(const Field& field, const std::string& system, const std::string& to) {
    const std::string place = "'" + field.name.text + "' in " + system;
    if (to.starts_with("list") && field.type != FieldType::set) {
      return place +
             " holds several values now: make the field a set, or read one with [0] in its path";
    }
    if (to == "text" && field.type == FieldType::set) {
      return place + " is one text now: give its map entry a \"split\"";
    }
    if (to == "object") return place + " is an object now: let its path name the member to read";
    return place + " is " + to + " now: change the field's type, or read it with a transform";
  }

  void list_unused(const Place& place, const std::map<std::string, PathSeen>& paths,
                   Json& unused) const {
    const Entity* entity = reader_.policy.entity(place.second);
    for (const auto& [path, field] : paths_of(*entity, place.first)) {
      const bool seen = paths.contains(path) ||
                        std::any_of(paths.begin(), paths.end(), [&, &head = path](const auto& one) {
                          return one.first.starts_with(head + '.');
                        });
      if (seen || path.empty()) continue;
      unused.push_back({{"system", place.first.text},
                        {"entity", place.second.text},
                        {"field", field->name.text},
                        {"path", path}});
    }
  }

  Reader& reader_;
  const DriftWindow& window_;
  std::map<Place, std::map<std::string, PathSeen>> seen_;
  std::size_t events_ = 0;
  // Of the event in work:
  Place place_;
  std::map<std::string, const Field*> mapped_;
  Time at_;
};

}  // namespace

Result<Json> read_drift(Reader& reader, const DriftWindow& window) {
  Drift drift(reader, window);
  const bool complete = drift.look();
  if (const auto problem = reader.store.failure()) return tl::unexpected(*problem);
  Json report = drift.report();
  report["complete"] = complete;
  report["from"] = window.from == Time::beginning() ? Json() : Json(to_rfc3339(window.from));
  report["to"] = window.to == Time::end() ? Json() : Json(to_rfc3339(window.to));
  return report;
}

}  // namespace truce
