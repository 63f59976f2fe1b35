#include "engine/infer/envelopes.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace truce::infer {

namespace {

// Names of the member that holds the records, or one record, with what it says of their kind.
struct ListName {
  std::string_view member;
  std::string_view entity;
};
constexpr std::array list_names = {
    ListName{"results", ""},
    ListName{"records", ""},
    ListName{"searchRecords", ""},
    ListName{"data", ""},
    ListName{"items", ""},
    ListName{"result", ""},
    ListName{"rows", ""},
    ListName{"entries", ""},
    ListName{"events", ""},
    ListName{"value", ""},
    ListName{"values", ""},
    ListName{"contacts", "contact"},
    ListName{"people", "contact"},
    ListName{"persons", "contact"},
    ListName{"users", "user"},
    ListName{"customers", "customer"},
    ListName{"leads", "lead"},
    ListName{"companies", "company"},
    ListName{"organizations", "organization"},
    ListName{"accounts", "account"},
    ListName{"deals", "deal"},
    ListName{"opportunities", "opportunity"},
    ListName{"tickets", "ticket"},
    ListName{"cases", "case"},
};
constexpr std::array single_names = {
    ListName{"data", ""},           ListName{"result", ""},
    ListName{"contact", "contact"}, ListName{"person", "person"},
    ListName{"user", "user"},       ListName{"customer", "customer"},
    ListName{"company", "company"}, ListName{"organization", "organization"},
    ListName{"deal", "deal"},       ListName{"ticket", "ticket"},
};

bool has_id(const Json& node) {
  constexpr std::array names = {"id", "Id", "ID", "_id", "vid", "uuid"};
  return std::any_of(names.begin(), names.end(),
                     [&](const char* name) { return find_member(node, name) != nullptr; });
}

bool is_list_of_objects(const Json& node) {
  return node.is_array() && !node.empty() &&
         std::all_of(node.begin(), node.end(), [](const Json& item) { return item.is_object(); });
}

bool is_event(const Json& node) {
  const Json* system = find_member(node, "system");
  const Json* entity = find_member(node, "entity");
  return system != nullptr && system->is_string() && entity != nullptr && entity->is_string();
}

const Json* n8n_item(const Json& node) {
  const Json* json = find_member(node, "json");
  const bool is_item = json != nullptr && json->is_structured() &&
                       (node.size() == 1 || find_member(node, "pairedItem") != nullptr ||
                        find_member(node, "binary") != nullptr);
  return is_item ? json : nullptr;
}

class Finder {
 public:
  // The depth is bounded by that of JSON.
  Result<void> find(const Json& node, const std::string& pointer, FoundRecord said) {
    if (node.is_array()) return find_in_list(node, pointer, said);
    if (!node.is_object()) {
      return fail(Code::schema, "expected a record (an object) or a list of them", pointer);
    }
    if (const Json* item = n8n_item(node)) return find(*item, pointer_join(pointer, "json"), said);
    if (is_event(node)) return find_in_event(node, pointer);
    if (!has_id(node)) {
      if (const auto list = list_in(node)) {
        if (!list->entity.empty()) said.entity = list->entity;
        return find(*find_member(node, list->member), pointer_join(pointer, list->member), said);
      }
    }
    if (node.empty()) return {};
    said.node = &node;
    said.pointer = pointer;
    records.push_back(std::move(said));
    return {};
  }

  std::vector<FoundRecord> records;

 private:
  Result<void> find_in_list(const Json& list, const std::string& pointer, const FoundRecord& said) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (Result<void> found = find(list[i], pointer_join(pointer, std::to_string(i)), said);
          !found) {
        return found;
      }
    }
    return {};
  }

  Result<void> find_in_event(const Json& event, const std::string& pointer) {
    const Json* record = find_member(event, "record");
    if (record == nullptr || record->is_null()) return {};
    const std::string at = pointer_join(pointer, "record");
    if (!record->is_object()) return fail(Code::schema, "expected a record (an object)", at);
    records.push_back({record, at, text_at(event, "system"), text_at(event, "entity")});
    return {};
  }

  static std::optional<ListName> list_in(const Json& node) {
    for (const ListName& name : list_names) {
      const Json* list = find_member(node, name.member);
      if (list != nullptr && list->is_array() && (list->empty() || list->front().is_object())) {
        return name;
      }
    }
    for (const ListName& name : single_names) {
      const Json* record = find_member(node, name.member);
      if (record != nullptr && record->is_object() && has_id(*record)) return name;
    }
    return only_list_in(node);
  }

  // The only member that is a list of objects, of an object that has little else.
  static std::optional<ListName> only_list_in(const Json& node) {
    std::optional<ListName> only;
    for (const auto& [key, member] : node.get_ref<const Json::object_t&>()) {
      if (!is_list_of_objects(member)) continue;
      if (only || !has_id(member.front())) return std::nullopt;
      only = ListName{key, ""};
    }
    return only;
  }
};

}  // namespace

Result<std::vector<FoundRecord>> find_records(const Json& document) {
  Finder finder;
  if (Result<void> found = finder.find(document, "", {}); !found) {
    return tl::unexpected(found.error());
  }
  return std::move(finder.records);
}

}  // namespace truce::infer
