#include "engine/presets/hubspot_objects.h"

#include <array>
#include <utility>

namespace truce::vendor {

std::string hubspot_object_of_type_id(std::string_view type_id) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> standard_objects = {{
      {"0-1", "contact"},
      {"0-2", "company"},
      {"0-3", "deal"},
      {"0-4", "engagement"},
      {"0-5", "ticket"},
      {"0-7", "product"},
      {"0-8", "line_item"},
      {"0-27", "task"},
      {"0-46", "note"},
      {"0-47", "meeting"},
      {"0-48", "call"},
      {"0-49", "email"},
  }};
  for (const auto& [id, name] : standard_objects) {
    if (id == type_id) return std::string(name);
  }
  return std::string(type_id);
}

}  // namespace truce::vendor
