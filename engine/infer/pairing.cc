#include "engine/infer/pairing.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "engine/infer/bounds.h"

namespace truce::infer {

namespace {

bool has_values(const Described& system, std::size_t column) {
  return !system.table.columns[column].cells.empty();
}

bool takes_part(const Roles& roles, std::size_t column) {
  const Role role = roles.of[column];
  const bool is_copy_of_field =
      role == Role::copy && roles.of[roles.copy_of[column]] == Role::field;
  return role == Role::field || role == Role::reference || is_copy_of_field;
}

// What a column holds, whichever of its copies it is: only one of them gets into a field.
std::size_t content_of(const Roles& roles, std::size_t column) {
  return roles.of[column] == Role::copy ? roles.copy_of[column] : column;
}

// Two columns that may be one field.
struct Candidate {
  std::size_t pair = 0;  // of systems
  std::size_t first = 0;
  std::size_t second = 0;
  double rank = 0.0;
};

bool goes_before(const Candidate& a, const Candidate& b) {
  return std::tuple(-a.rank, a.pair, a.first, a.second) <
         std::tuple(-b.rank, b.pair, b.first, b.second);
}

double rank_of(const Evidence& evidence, Role first, Role second) {
  constexpr double less_for_a_copy = 0.03;
  return evidence.score - less_for_a_copy * (static_cast<int>(first == Role::copy) +
                                             static_cast<int>(second == Role::copy));
}

std::vector<Candidate> candidates_of(const std::vector<Described>& systems,
                                     const std::vector<SystemPair>& pairs) {
  std::vector<Candidate> candidates;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    const Described& first = systems[pairs[p].first];
    const Described& second = systems[pairs[p].second];
    for (std::size_t i = 0; i < first.table.columns.size(); ++i) {
      if (!takes_part(first.roles, i)) continue;
      for (std::size_t j = 0; j < second.table.columns.size(); ++j) {
        if (!takes_part(second.roles, j)) continue;
        if (!has_values(first, i) && !has_values(second, j)) continue;
        const Evidence evidence = score(first, i, second, j, pairs[p].links);
        if (evidence.score < score_paired) continue;
        candidates.push_back({p, i, j, rank_of(evidence, first.roles.of[i], second.roles.of[j])});
      }
    }
  }
  std::sort(candidates.begin(), candidates.end(), goes_before);
  return candidates;
}

class Grouping {
 public:
  Grouping(const std::vector<Described>& systems, const std::vector<SystemPair>& pairs)
      : systems_(systems), pairs_(pairs) {}

  void take(const Candidate& candidate) {
    const SystemPair& pair = pairs_[candidate.pair];
    const Member one{pair.first, candidate.first};
    const Member other{pair.second, candidate.second};
    if (!is_free(one) || !is_free(other) || has_system(one, other.first) ||
        has_system(other, one.first)) {
      return;
    }
    FieldPairing joined;
    for (const Member& member : {one, other}) {
      const std::optional<std::size_t> group = group_of(member);
      const auto columns = group
                               ? groups_[*group].columns
                               : std::map<std::size_t, std::size_t>{{member.first, member.second}};
      for (const auto& [system, column] : columns) {
        if (!joined.columns.emplace(system, column).second) return;
      }
    }
    if (!weigh(joined)) return;
    remove(one);
    remove(other);
    for (const auto& member : joined.columns) {
      owner_[member] = groups_.size();
      holder_[{member.first, content_of(systems_[member.first].roles, member.second)}] =
          member.second;
    }
    groups_.push_back(std::move(joined));
  }

  std::vector<FieldPairing> finish() {
    std::vector<FieldPairing> fields;
    for (FieldPairing& group : groups_) {
      if (!group.columns.empty()) fields.push_back(std::move(group));
    }
    std::stable_sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) {
      return std::tuple(-a.score, a.columns) < std::tuple(-b.score, b.columns);
    });
    return fields;
  }

 private:
  using Member = std::pair<std::size_t, std::size_t>;  // system, column

  std::optional<std::size_t> group_of(const Member& member) const {
    const auto owner = owner_.find(member);
    return owner == owner_.end() ? std::nullopt : std::optional(owner->second);
  }

  // No other copy of it is in a field.
  bool is_free(const Member& member) const {
    const auto& [system, column] = member;
    const auto holder = holder_.find({system, content_of(systems_[system].roles, column)});
    return holder == holder_.end() || holder->second == column;
  }

  // The field that has this column has one of that system already.
  bool has_system(const Member& member, std::size_t system) const {
    const auto group = group_of(member);
    return group && groups_[*group].columns.contains(system);
  }

  void remove(const Member& member) {
    if (const auto group = group_of(member)) groups_[*group].columns.clear();
  }

  // False when two of its columns do not go together at all.
  bool weigh(FieldPairing& field) const {
    field.score = 1.0;
    for (const SystemPair& pair : pairs_) {
      const auto first = field.columns.find(pair.first);
      const auto second = field.columns.find(pair.second);
      if (first == field.columns.end() || second == field.columns.end()) continue;
      const Evidence evidence = score(systems_[pair.first], first->second, systems_[pair.second],
                                      second->second, pair.links);
      if (evidence.score < score_paired) return false;
      field.score = std::min(field.score, evidence.score);
      field.pairs.push_back({&pair, evidence});
    }
    return true;
  }

  const std::vector<Described>& systems_;
  const std::vector<SystemPair>& pairs_;
  std::vector<FieldPairing> groups_;  // without columns: joined into a later one
  std::map<Member, std::size_t> owner_;
  std::map<Member, std::size_t> holder_;  // system and content -> the column that is in a field
};

bool is_in_the_way(const std::vector<Described>& systems, const FieldPairing& a,
                   const FieldPairing& b) {
  return std::any_of(a.columns.begin(), a.columns.end(), [&](const auto& member) {
    const auto other = b.columns.find(member.first);
    if (other == b.columns.end()) return false;
    const auto& columns = systems[member.first].table.columns;
    return overlaps(columns[member.second].path, columns[other->second].path);
  });
}

}  // namespace

bool FieldPairing::is_sure() const {
  return score >= score_sure && std::all_of(pairs.begin(), pairs.end(), [](const auto& pair) {
           return pair.evidence.both_filled;
         });
}

std::vector<SystemPair> pair_systems(const std::vector<Described>& systems) {
  std::vector<SystemPair> pairs;
  for (std::size_t i = 0; i < systems.size(); ++i) {
    for (std::size_t j = i + 1; j < systems.size(); ++j) {
      pairs.push_back({i, j, link_records(systems[i], systems[j])});
    }
  }
  return pairs;
}

std::vector<FieldPairing> pair_columns(const std::vector<Described>& systems,
                                       const std::vector<SystemPair>& pairs) {
  Grouping grouping(systems, pairs);
  for (const Candidate& candidate : candidates_of(systems, pairs)) grouping.take(candidate);
  std::vector<FieldPairing> fields;
  for (FieldPairing& field : grouping.finish()) {
    if (fields.size() == fields_max) break;
    const bool is_free = std::none_of(fields.begin(), fields.end(), [&](const FieldPairing& taken) {
      return is_in_the_way(systems, field, taken);
    });
    if (is_free) fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace truce::infer
