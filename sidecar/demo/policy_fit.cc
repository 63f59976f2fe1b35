#include "sidecar/demo/policy_fit.h"

#include "sidecar/demo/contact.h"

namespace truce::demo {
namespace {

struct Wanted {
  Field field;
  const char* rule;
  const char* source;  // source_of_truth only
};
// What the oracle goes by; it does not judge the last name and the currency.
constexpr std::array<Wanted, 6> rules = {{{Field::email, "source_of_truth", "hubspot"},
                                          {Field::phone, "source_of_truth", "salesforce"},
                                          {Field::first_name, "recency", ""},
                                          {Field::stage, "recency", ""},
                                          {Field::tags, "union", ""},
                                          {Field::amount, "escalate", ""}}};

const Json& part_of(const Json& node, std::string_view key) {
  static const Json nothing;
  const Json* member = find_member(node, key);
  return member == nullptr ? nothing : *member;
}

std::string word_at(const Json& node, std::string_view key) {
  return scalar_text(part_of(node, key)).value_or("");
}

std::string path_of(const Json& entry) {
  return entry.is_string() ? scalar_text(entry).value_or("") : word_at(entry, "path");
}

}  // namespace

std::string why_unfit(const Json& policy) {
  const Json& fields = part_of(part_of(part_of(policy, "entities"), "contact"), "fields");
  for (const Field field : all_fields) {
    const Json& map = part_of(part_of(fields, to_string(field)), "map");
    for (const Side side : all_sides) {
      const std::string path =
          (side == Side::hubspot ? "properties." : "") + std::string(wire_name(side, field));
      if (path_of(part_of(map, to_string(side))) == path) continue;
      return "contact." + std::string(to_string(field)) + " does not stand at " + path + " in " +
             std::string(to_string(side));
    }
  }
  for (const auto& [field, rule, source] : rules) {
    const Json& held = part_of(fields, to_string(field));
    if (word_at(held, "rule") == rule && word_at(held, "source") == source) continue;
    return "contact." + std::string(to_string(field)) + " has another rule";
  }
  return {};
}

}  // namespace truce::demo
