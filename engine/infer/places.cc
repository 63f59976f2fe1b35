#include "engine/infer/places.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/core/policy/parse_policy.h"
#include "engine/infer/bounds.h"

namespace truce::infer {

namespace {

// What tells the elements of a list of fields apart.
constexpr std::array discriminators = {"id", "key", "field", "code", "type", "name", "label"};
// What a tag or label that is an object is called by.
constexpr std::array element_names = {"name", "label", "value", "id"};
constexpr std::size_t fields_in_list_max = 300;

bool is_plain_name(std::string_view name) {
  return name.find_first_of(".[]/") == std::string_view::npos && parse_path(name);
}

bool all_objects(const Json& list) {
  return std::all_of(list.begin(), list.end(), [](const Json& item) { return item.is_object(); });
}

const Json* true_member(const Json& item, const char* name) {
  const Json* member = find_member(item, name);
  return member != nullptr && member->is_boolean() && member->get<bool>() ? member : nullptr;
}

// The member that has another text in every element, beside a `value`.
std::optional<std::string> discriminator_of(const Json& list) {
  if (list.size() > fields_in_list_max) return std::nullopt;
  for (const char* name : discriminators) {
    std::set<std::string> texts;
    for (const Json& item : list) {
      const Json* member = find_member(item, name);
      const auto text = member == nullptr ? std::nullopt : scalar_text(*member);
      if (!text || text->empty() || text->find_first_of("[]") != std::string::npos) break;
      if (find_member(item, "value") == nullptr) break;
      texts.insert(*text);
    }
    if (texts.size() == list.size()) return name;
  }
  return std::nullopt;
}

// Small objects that differ by name: tags, labels, groups.
std::optional<std::string> element_of(const Json& list) {
  constexpr std::size_t members_max = 3;
  for (const char* name : element_names) {
    const bool in_all = std::all_of(list.begin(), list.end(), [&](const Json& item) {
      const Json* member = find_member(item, name);
      return item.size() <= members_max && member != nullptr && member->is_string();
    });
    if (in_all) return name;
  }
  return std::nullopt;
}

class Walk {
 public:
  explicit Walk(const std::function<void(const Place&)>& take) : take_(take) {}

  // `dotted` and `pointer` are two spellings of one place; dots cannot spell every name, pointers
  // cannot choose an element.
  void visit(const Json& node, const std::string& dotted, const std::string& pointer,
             std::size_t depth) {
    if (depth > flatten_depth_max) return;
    if (node.is_object()) {
      for (const auto& [name, member] : node.get_ref<const Json::object_t&>()) {
        visit_member(name, member, dotted, pointer, depth);
      }
    } else if (node.is_array() && !node.empty() && all_objects(node)) {
      visit_list(node, dotted, pointer, depth);
    } else {
      emit(node, dotted, pointer, std::nullopt);
    }
  }

 private:
  // Salesforce's {"attributes": {"type", "url"}} tells of the row and is no part of it.
  static bool is_about_row(const std::string& name, const Json& member) {
    return name == "attributes" && find_member(member, "type") != nullptr &&
           find_member(member, "url") != nullptr;
  }

  void visit_member(const std::string& name, const Json& member, const std::string& dotted,
                    const std::string& pointer, std::size_t depth) {
    if (is_about_row(name, member)) return;
    const bool plain = is_plain_name(name) && (!dotted.empty() || pointer.empty());
    const std::string next = dotted.empty() ? name : dotted + "." + name;
    // An empty pointer says that pointers cannot spell it; at the root it is "" too.
    visit(member, plain ? next : std::string(),
          pointer == no_pointer ? no_pointer : pointer_join(pointer, name), depth + 1);
  }

  void visit_list(const Json& list, const std::string& dotted, const std::string& pointer,
                  std::size_t depth) {
    const auto primary = std::find_if(list.begin(), list.end(), [](const Json& item) {
      return true_member(item, "primary") != nullptr;
    });
    if (primary != list.end() && !dotted.empty()) {
      return visit(*primary, dotted + "[primary=true]", no_pointer, depth + 1);
    }
    if (const auto name = discriminator_of(list); name && !dotted.empty()) {
      for (const Json& item : list) {
        const std::string which = "[" + *name + "=" + *scalar_text(item[*name]) + "].value";
        visit(item["value"], dotted + which, no_pointer, depth + 1);
      }
      return;
    }
    if (const auto element = element_of(list)) return emit(list, dotted, pointer, element);
    visit(list.front(), dotted.empty() ? dotted : dotted + "[0]",
          pointer == no_pointer ? no_pointer : pointer_join(pointer, "0"), depth + 1);
  }

  void emit(const Json& node, const std::string& dotted, const std::string& pointer,
            std::optional<std::string> element) {
    // Where neither can spell it, the place is one that no path names.
    const std::string& spelling = dotted.empty() && pointer != no_pointer ? pointer : dotted;
    take_({spelling, &node, std::move(element)});
  }

  static inline const std::string no_pointer = "-";
  const std::function<void(const Place&)>& take_;
};

}  // namespace

void for_each_place(const Json& record, const std::function<void(const Place&)>& take) {
  Walk(take).visit(record, "", "", 0);
}

}  // namespace truce::infer
