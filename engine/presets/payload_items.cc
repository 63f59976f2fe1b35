#include "engine/presets/payload_items.h"

namespace truce::vendor {

namespace {

class ItemFinder {
 public:
  explicit ItemFinder(std::span<const Envelope> envelopes) : envelopes_(envelopes) {}

  // Depth is bounded by JsonLimits.
  void find(const Json& node, const std::string& pointer, std::string_view listed_as) {
    if (node.is_array()) return find_in_array(node, pointer, listed_as);
    if (const auto key = wrapper_of(node); !key.empty()) {
      return find(*find_member(node, key), pointer_join(pointer, key), listed_as);
    }
    if (find_in_envelopes(node, pointer)) return;
    items.push_back({{&node, listed_as, std::nullopt}, pointer});
  }

  std::vector<LocatedItem> items;

 private:
  void find_in_array(const Json& array, const std::string& pointer, std::string_view listed_as) {
    for (std::size_t index = 0; index < array.size(); ++index) {
      find(array[index], pointer_join(pointer, std::to_string(index)), listed_as);
    }
  }

  static std::string_view wrapper_of(const Json& node) {
    const Json* json = find_member(node, "json");
    const bool is_item = json != nullptr && json->is_structured() &&
                         (node.size() == 1 || find_member(node, "pairedItem") != nullptr ||
                          find_member(node, "binary") != nullptr);
    if (is_item) return "json";
    const Json* body = find_member(node, "body");
    const bool is_request =
        body != nullptr && body->is_structured() && find_member(node, "headers") != nullptr;
    return is_request ? "body" : "";
  }

  bool find_in_envelopes(const Json& node, const std::string& pointer) {
    bool found = false;
    for (const auto& envelope : envelopes_) {
      const Json* content = find_member(node, envelope.member);
      if (content == nullptr || !(content->is_structured() || content->is_null())) continue;
      found = true;
      if (content->is_null()) continue;
      find(*content, pointer_join(pointer, envelope.member), envelope.object);
    }
    return found;
  }

  std::span<const Envelope> envelopes_;
};

}  // namespace

std::vector<LocatedItem> payload_items(const Json& payload, std::span<const Envelope> envelopes) {
  ItemFinder finder(envelopes);
  finder.find(payload, "", "");
  return std::move(finder.items);
}

}  // namespace truce::vendor
