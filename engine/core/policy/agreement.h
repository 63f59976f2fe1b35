// Objectives of agreement: how soon which share of a field's changes must be held by every system
// that the field flows to. In the policy: sla.agreement, see docs/policy.md.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/core/policy/policy.h"

namespace truce {

inline constexpr std::size_t agreement_objectives_max = 50;
inline constexpr Duration agreement_window_default = Duration::of_ms(std::int64_t{30} * 86'400'000);
inline constexpr Duration agreement_window_min = Duration::of_ms(86'400'000);
inline constexpr Duration agreement_window_max = Duration::of_ms(std::int64_t{90} * 86'400'000);

struct AgreementObjective {
  std::string name;  // as given, else "deal.amount", "deal.amount+currency" or "deal.GROUP"
  EntityName entity;
  std::set<FieldName> fields;  // those of the group, where a group is named
  Duration within;
  double target = 0;  // share of the changes that agree in time: more than 0, less than 1
  Duration window = agreement_window_default;

  bool operator==(const AgreementObjective&) const = default;
};

// Those of the policy, in its order. `policy` was made by parse_policy.
std::vector<AgreementObjective> agreement_objectives(const Policy& policy);

// "99.9%" or 0.999 as a share; nullopt where it is not more than 0 and less than 1.
std::optional<double> agreement_target(const Json& written);

// The fields of a group; empty: the entity has no such group.
std::set<FieldName> fields_of_group(const Entity& entity, const std::string& group);

}  // namespace truce
