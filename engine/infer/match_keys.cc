#include "engine/infer/match_keys.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>

#include "engine/infer/value_shapes.h"

namespace truce::infer {

namespace {

constexpr double blank_max = 0.9;
constexpr double duplicate_max = 0.2;
constexpr std::size_t keys_proposed_max = 3;

// The key's hash a record; 0 where a field is blank.
std::vector<std::uint64_t> keys_of(const Described& system,
                                   const std::vector<const FieldProposal*>& fields,
                                   std::size_t position) {
  std::vector<std::uint64_t> keys(system.table.records(), 0);
  for (std::uint32_t record = 0; record < keys.size(); ++record) {
    std::string joined;
    for (const FieldProposal* field : fields) {
      const Column& column = system.table.columns[field->pairing.columns.at(position)];
      const std::uint64_t key = column.key_of(record);
      if (key == 0) {
        joined.clear();
        break;
      }
      joined += std::to_string(key) + ' ';
    }
    if (!joined.empty()) keys[record] = key_hash(joined);
  }
  return keys;
}

KeySide side_of(const std::vector<std::uint64_t>& keys) {
  std::map<std::uint64_t, std::size_t> times;
  std::size_t filled = 0;
  for (const std::uint64_t key : keys) {
    if (key == 0) continue;
    ++times[key];
    ++filled;
  }
  std::size_t repeated = 0;
  for (const auto& [key, count] : times) repeated += count > 1 ? count : 0;
  KeySide side;
  const auto share = [](std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  side.blank = share(keys.size() - filled, keys.size());
  side.duplicate = share(repeated, filled);
  return side;
}

double overlap_of(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::set<std::uint64_t> first(a.begin(), a.end());
  std::set<std::uint64_t> second(b.begin(), b.end());
  first.erase(0);
  second.erase(0);
  const std::size_t least = std::min(first.size(), second.size());
  if (least == 0) return 0.0;
  std::size_t shared = 0;
  for (const std::uint64_t key : first) shared += second.contains(key) ? 1 : 0;
  return static_cast<double>(shared) / static_cast<double>(least);
}

struct Candidate {
  std::vector<const FieldProposal*> fields;
  double prior = 0.0;  // how good a key of this kind usually is
};

const FieldProposal* named(const std::vector<FieldProposal>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldProposal& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

bool can_be_key(const FieldProposal& field) {
  switch (field.type) {
    case FieldType::email:
    case FieldType::phone:
    case FieldType::url:
    case FieldType::domain:
    case FieldType::text:
    case FieldType::integer:
      return true;
    default:
      return false;
  }
}

// Called like a number that somebody gives out once. Names, sums and places also differ from record
// to record in a small sample, and would join strangers in a large one.
bool is_called_like_a_number(const ColumnName& name) {
  constexpr std::array words = {"number", "id",  "code", "key",  "reference",
                                "sku",    "vat", "tax",  "uuid", "guid"};
  return name.concepts.empty() &&
         std::any_of(words.begin(), words.end(), [&](const char* word) { return name.has(word); });
}

bool is_unique(const std::vector<Described>& systems, const FieldProposal& field) {
  constexpr double unique_enough = 0.95;
  constexpr std::size_t few = 10;
  return std::all_of(field.pairing.columns.begin(), field.pairing.columns.end(),
                     [&](const auto& member) {
                       const Described& system = systems[member.first];
                       const Column& column = system.table.columns[member.second];
                       return column.cells.size() >= few && column.uniqueness() >= unique_enough &&
                              is_called_like_a_number(system.roles.names[member.second]);
                     });
}

std::vector<Candidate> candidates_of(const std::vector<Described>& systems,
                                     const std::vector<FieldProposal>& fields) {
  std::vector<Candidate> candidates;
  std::set<const FieldProposal*> taken;
  const bool are_people =
      named(fields, "last_name") != nullptr || named(fields, "email") != nullptr;
  const auto add = [&](std::vector<std::string_view> names, double prior) {
    Candidate candidate{{}, prior};
    for (const std::string_view name : names) {
      const FieldProposal* field = named(fields, name);
      if (field == nullptr || !can_be_key(*field)) return;
      candidate.fields.push_back(field);
    }
    if (candidate.fields.size() == 1) taken.insert(candidate.fields.front());
    candidates.push_back(std::move(candidate));
  };
  add({"external_id"}, 0.35);
  add({"customer_number"}, 0.35);
  add({"email"}, 0.4);
  if (!are_people) add({"domain"}, 0.3);
  if (!are_people) add({"website"}, 0.25);
  add({"phone", "last_name"}, 0.2);
  add({"mobile", "last_name"}, 0.15);
  add({"first_name", "last_name", "company"}, 0.05);
  if (!are_people) add({"name"}, 0.1);
  for (const FieldProposal& field : fields) {
    if (!taken.contains(&field) && can_be_key(field) && is_unique(systems, field)) {
      candidates.push_back({{&field}, 0.0});
    }
  }
  return candidates;
}

std::optional<MatchKey> weighed(const std::vector<Described>& systems, const Candidate& candidate) {
  MatchKey key;
  for (const FieldProposal* field : candidate.fields) key.fields.push_back(field->name);
  std::vector<std::vector<std::uint64_t>> all;
  for (std::size_t system = 0; system < systems.size(); ++system) {
    const bool has_all = std::all_of(
        candidate.fields.begin(), candidate.fields.end(),
        [&](const FieldProposal* field) { return field->pairing.columns.contains(system); });
    if (!has_all) continue;
    auto keys = keys_of(systems[system], candidate.fields, system);
    key.sides[system] = side_of(keys);
    for (const auto& other : all) key.overlap = std::max(key.overlap, overlap_of(keys, other));
    all.push_back(std::move(keys));
  }
  if (key.sides.size() < 2) return std::nullopt;
  return key;
}

bool is_good(const KeySide& side) {
  return side.blank <= blank_max && side.duplicate <= duplicate_max;
}

// At least two systems hold it often enough and rarely twice.
bool is_usable(const MatchKey& key) {
  return std::count_if(key.sides.begin(), key.sides.end(),
                       [](const auto& side) { return is_good(side.second); }) >= 2;
}

double quality(const MatchKey& key, double prior) {
  double blank = 0.0;
  double duplicate = 0.0;
  for (const auto& [system, side] : key.sides) {
    blank = std::max(blank, side.blank);
    duplicate = std::max(duplicate, side.duplicate);
  }
  return prior + 0.4 * key.overlap + 0.15 * (1.0 - blank) + 0.3 * (1.0 - duplicate);
}

bool holds_all_of(const MatchKey& key, const MatchKey& other) {
  return std::all_of(other.fields.begin(), other.fields.end(), [&](const std::string& name) {
    return std::find(key.fields.begin(), key.fields.end(), name) != key.fields.end();
  });
}

// Without a known kind or a value that both have, nothing says that it is a key at all.
bool is_told(const MatchKey& key, double prior) { return prior >= 0.1 || key.overlap >= 0.3; }

}  // namespace

std::vector<MatchKey> match_keys(const std::vector<Described>& systems,
                                 const std::vector<FieldProposal>& fields) {
  struct Ranked {
    MatchKey key;
    double prior;
    double quality;
  };
  std::vector<Ranked> ranked;
  for (const Candidate& candidate : candidates_of(systems, fields)) {
    if (auto key = weighed(systems, candidate)) {
      const double worth = quality(*key, candidate.prior);
      ranked.push_back({*std::move(key), candidate.prior, worth});
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.quality > b.quality; });
  std::vector<MatchKey> proposed;
  std::vector<MatchKey> others;
  for (Ranked& candidate : ranked) {
    MatchKey& key = candidate.key;
    const bool adds = std::none_of(proposed.begin(), proposed.end(),
                                   [&](const MatchKey& taken) { return holds_all_of(key, taken); });
    key.is_proposed = adds && is_usable(key) && is_told(key, candidate.prior) &&
                      proposed.size() < keys_proposed_max;
    key.is_sure = key.is_proposed && candidate.prior >= 0.2 && key.overlap > 0.0 &&
                  std::all_of(key.sides.begin(), key.sides.end(),
                              [](const auto& side) { return is_good(side.second); }) &&
                  std::all_of(key.fields.begin(), key.fields.end(), [&](const std::string& name) {
                    return named(fields, name)->is_sure();
                  });
    (key.is_proposed ? proposed : others).push_back(std::move(key));
  }
  proposed.insert(proposed.end(), others.begin(), others.end());
  return proposed;
}

}  // namespace truce::infer
