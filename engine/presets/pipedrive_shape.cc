#include "engine/presets/pipedrive_shape.h"

#include <array>
#include <utility>

#include "engine/presets/vendor_event.h"

namespace truce::vendor {

namespace {

constexpr std::size_t custom_key_length = 40;

bool is_custom_key(std::string_view key) {
  return key.size() == custom_key_length &&
         key.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "9dc8…ca0e_currency" -> "9dc8…ca0e" for the suffix "_currency".
std::string_view custom_key_before(std::string_view key, std::string_view suffix) {
  if (!key.ends_with(suffix)) return "";
  key.remove_suffix(suffix.size());
  return is_custom_key(key) ? key : std::string_view();
}

// {"id": 7, "name": …, "value": 7} -> 7
Json plain_id(const Json& node) {
  for (const auto* key : {"value", "id"}) {
    if (const Json* id = find_member(node, key)) return *id;
  }
  return node;
}

bool is_blank_list(const Json& list) { return list.is_array() && list.empty(); }

Json contact_points(const Json& list) {
  if (list.is_string()) return Json::array({{{"value", list}, {"primary", true}}});
  if (list.is_null() || is_blank_list(list)) {
    return Json::array({{{"value", nullptr}, {"primary", true}}});
  }
  if (!list.is_array()) return list;
  Json points = list;
  for (const auto& point : points) {
    if (is_true(point, "primary")) return points;
  }
  if (points[0].is_object()) points[0]["primary"] = true;
  return points;
}

// "2025-02-17 21:22:41", and nothing else.
bool is_v1_time(const Json& node) {
  constexpr std::string_view form = "dddd-dd-dd dd:dd:dd";
  if (!node.is_string()) return false;
  const auto& text = node.get_ref<const std::string&>();
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == 'd' ? !digit : text[i] != form[i]) return false;
  }
  return true;
}

Json utc_time(const Json& node) {
  auto text = node.get<std::string>();
  text[10] = 'T';
  return text + "Z";
}

// v1: null, 14, or "14,15".
Json label_ids(const Json& label) {
  Json ids = Json::array();
  if (is_number(label)) ids.push_back(label);
  if (!label.is_string()) return ids;
  const auto& text = label.get_ref<const std::string&>();
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    const auto id = text.substr(start, end - start);
    const bool digits = !id.empty() && id.find_first_not_of("0123456789") == std::string::npos;
    if (digits) ids.push_back(make_number(id));
    start = end + 1;
  }
  return ids;
}

class V2Builder {
 public:
  explicit V2Builder(const Json& record) : from_(record) {}

  Json build() {
    for (const auto& member : from_.items()) add(member.key(), member.value());
    for (const auto* prefix : {"address", "postal_address"}) join_address(prefix);
    if (!custom_.empty()) to_["custom_fields"].update(custom_);
    return std::move(to_);
  }

 private:
  bool has(const char* key) const { return find_member(from_, key) != nullptr; }

  void add(const std::string& key, const Json& value) {
    if (is_custom_key(key)) return add_custom(key, value);
    if (!custom_key_before(key, "_currency").empty()) return;  // taken with its amount
    if (key == "custom_fields") return add_custom_fields(value);
    if (key == "email" && !has("emails")) return put("emails", contact_points(value));
    if (key == "phone" && !has("phones")) return put("phones", contact_points(value));
    if (key == "emails" || key == "phones") return put(key, contact_points(value));
    if (key == "active_flag" && !has("is_deleted") && value.is_boolean()) {
      return put("is_deleted", !value.get<bool>());
    }
    if (key == "deleted" && !has("is_deleted")) return put("is_deleted", value);
    if (key == "label" && !has("label_ids")) return put("label_ids", label_ids(value));
    // In v1 a deal's owner is its user; activities have a user of their own.
    if (key == "user_id" && !has("owner_id") && has("stage_id")) {
      return put("owner_id", plain_id(value));
    }
    if (key.ends_with("_id") && value.is_object()) return put(key, plain_id(value));
    if (key.ends_with("_time") && is_v1_time(value)) return put(key, utc_time(value));
    put(key, value);
  }

  void put(const std::string& key, Json value) { to_[key] = std::move(value); }

  void add_custom(const std::string& key, const Json& value) {
    const Json* currency = find_member(from_, key + "_currency");
    custom_[key] = currency == nullptr ? value : Json{{"value", value}, {"currency", *currency}};
  }

  // Webhooks v2 wrap a custom value in {"type": …} with its `value`, `id` or `values`.
  static Json unwrapped_custom(const Json& value) {
    if (find_member(value, "type") == nullptr) return value;
    if (const Json* currency = find_member(value, "currency")) {
      const Json* amount = find_member(value, "value");
      return {{"value", amount == nullptr ? Json(nullptr) : *amount}, {"currency", *currency}};
    }
    if (const Json* options = find_member(value, "values"); options && options->is_array()) {
      Json ids = Json::array();
      for (const auto& option : *options) ids.push_back(plain_id(option));
      return ids;
    }
    for (const auto* key : {"value", "id"}) {
      if (const Json* inner = find_member(value, key)) return *inner;
    }
    return nullptr;
  }

  void add_custom_fields(const Json& fields) {
    if (!fields.is_object()) return put("custom_fields", Json::object());
    Json plain = Json::object();
    for (const auto& member : fields.items())
      plain[member.key()] = unwrapped_custom(member.value());
    put("custom_fields", std::move(plain));
  }

  // v1: postal_address "Main St 1, Bonn" beside postal_address_locality "Bonn".
  void join_address(const std::string& prefix) {
    const Json* whole = find_member(to_, prefix);
    if (whole == nullptr || !(whole->is_string() || whole->is_null())) return;
    Json address = {{"value", *whole}};
    for (const auto* part :
         {"country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality", "route",
          "street_number", "postal_code", "subpremise"}) {
      const auto key = prefix + "_" + part;
      const Json* value = find_member(to_, key);
      if (value != nullptr) {
        address[part] = *value;
        to_.erase(key);
      } else if (whole->is_null()) {
        address[part] = nullptr;  // no address at all: every part of it has been cleared
      }
    }
    to_[prefix] = std::move(address);
  }

  const Json& from_;
  Json to_ = Json::object();
  Json custom_ = Json::object();
};

const Json* primary_value(const Json& record, const char* list_name) {
  const Json* list = find_member(record, list_name);
  if (list == nullptr || !list->is_array()) return nullptr;
  for (const auto& point : *list) {
    if (is_true(point, "primary")) return find_member(point, "value");
  }
  return nullptr;
}

}  // namespace

Json pipedrive_v2_shape(const Json& record) { return V2Builder(record).build(); }

FieldChanges pipedrive_changes(const Json& before, const Json& after, Before scope) {
  auto changes = changes_between(before, after, scope);
  for (const std::string list : {"emails", "phones"}) {
    if (!changes.previous.contains(list)) continue;
    const Json* old_value = primary_value(before, list.c_str());
    const Json* new_value = primary_value(after, list.c_str());
    const Json was = old_value == nullptr ? Json(nullptr) : *old_value;
    const Json is = new_value == nullptr ? Json(nullptr) : *new_value;
    if (to_canonical(was) == to_canonical(is)) continue;
    const auto name = list + "[primary=true].value";
    changes.changed.push_back(name);
    changes.previous[name] = was;
  }
  return changes;
}

std::string pipedrive_object_of(const Json& v2_record) {
  constexpr std::array<std::pair<const char*, const char*>, 9> telling = {{
      {"stage_id", "deal"},
      {"was_seen", "lead"},
      {"organization_id", "lead"},
      {"due_date", "activity"},
      {"first_name", "person"},
      {"emails", "person"},
      {"phones", "person"},
      {"people_count", "organization"},
      {"address", "organization"},
  }};
  for (const auto& [member, object] : telling) {
    if (find_member(v2_record, member) != nullptr) return object;
  }
  return "";
}

}  // namespace truce::vendor
