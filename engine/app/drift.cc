#include "engine/app/drift.h"

#include <algorithm>
#include <set>

#include "engine/app/known_names.h"
#include "engine/app/shape.h"

namespace truce {
namespace {

constexpr std::size_t page = 500;
constexpr std::size_t paths_max = 2'000;  // of one system and entity
constexpr std::size_t options_max = 20;   // more different values are no options
constexpr std::size_t option_bytes_max = 40;

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
        if (!field && !names_record(*reader_.policy.entity(place.second), place.first, path)) {
          unmapped.push_back(row);
        }
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
    at_ = raw.received_at;
    for_each_place(*record, paths_of(*entity, raw.system),
                   [this](const std::string& path, const Json& value) { see(path, value); });
  }

  void see(const std::string& path, const Json& value) {
    auto& paths = seen_[place_];
    if (!paths.contains(path) && paths.size() >= paths_max) return;
    PathSeen& seen = paths[path];
    const std::string shape = shape_of(value);
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

  const Field* field_at(const Place& place, const std::string& path) const {
    const Entity* entity = reader_.policy.entity(place.second);
    if (!entity) return nullptr;
    const auto paths = paths_of(*entity, place.first);
    const auto found = paths.find(path);
    return found == paths.end() ? nullptr : found->second;
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
    if (field) change["mend"] = mend_of(*field, SystemName(text_at(row, "system")), to);
    return change;
  }

  void list_unused(const Place& place, const std::map<std::string, PathSeen>& paths,
                   Json& unused) const {
    const Entity* entity = reader_.policy.entity(place.second);
    for (const auto& [path, field] : paths_of(*entity, place.first)) {
      const bool seen = paths.contains(path) ||
                        std::any_of(paths.begin(), paths.end(), [&, &head = path](const auto& one) {
                          return one.first.starts_with(head + '.');
                        });
      if (seen || path.empty() || !field->reads(place.first)) continue;
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
  Time at_;
};

}  // namespace

Result<Json> read_drift(Reader& reader, const DriftWindow& window) {
  const auto asked = check_asked(reader.store, reader.policy, window.system, window.entity);
  if (!asked) return tl::unexpected(asked.error());
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
