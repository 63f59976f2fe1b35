#include "engine/infer/score.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/infer/value_shapes.h"
#include "engine/infer/value_type.h"

namespace truce::infer {

namespace {

constexpr std::size_t few_records = 3;    // fewer say nothing
constexpr std::size_t many_records = 10;  // so many are enough without a name

struct Agreement {
  std::size_t compared = 0;
  std::size_t agreeing = 0;
  std::size_t distinct = 0;  // different values among them, of the column that has fewer
};

using Pairs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

std::uint64_t key_as(const ColumnType& type, const Column& column, std::uint32_t record) {
  if (column.type.type == type.type) return column.key_of(record);
  const Json* node = column.value_of(record);
  if (node == nullptr) return 0;
  ColumnType how = column.type;
  how.type = type.type;
  const std::string form = compared_form(type.type, how, *node);
  return form.empty() ? 0 : key_hash(form);
}

Pairs linked_keys(const Column& a, const Column& b, const Links& links) {
  const ColumnType type = joined(a.type, b.type);
  Pairs keys;
  for (const auto& [first, second] : links.records) {
    const std::uint64_t one = key_as(type, a, first);
    const std::uint64_t other = one == 0 ? 0 : key_as(type, b, second);
    if (other != 0) keys.emplace_back(one, other);
  }
  return keys;
}

std::size_t same_in(const Pairs& keys) {
  return static_cast<std::size_t>(std::count_if(
      keys.begin(), keys.end(), [](const auto& pair) { return pair.first == pair.second; }));
}

// Options are called differently in each system: how many records go with the counterpart that
// their option has most often, both ways. Only where each has counterparts that repeat.
std::size_t consistent_in(const Pairs& keys) {
  std::map<std::uint64_t, std::map<std::uint64_t, std::size_t>> forth;
  std::map<std::uint64_t, std::map<std::uint64_t, std::size_t>> back;
  for (const auto& [one, other] : keys) {
    ++forth[one][other];
    ++back[other][one];
  }
  const auto most_in = [](const auto& table) {
    std::size_t sum = 0;
    for (const auto& [key, counterparts] : table) {
      std::size_t most = 0;
      for (const auto& [counterpart, count] : counterparts) most = std::max(most, count);
      sum += most;
    }
    return sum;
  };
  const bool repeats = keys.size() >= 2 * std::max(forth.size(), back.size());
  const bool tells = std::min(forth.size(), back.size()) > 1;
  return repeats && tells ? std::min(most_in(forth), most_in(back)) : 0;
}

std::size_t distinct_in(const Pairs& keys) {
  std::map<std::uint64_t, bool> first;
  std::map<std::uint64_t, bool> second;
  for (const auto& [one, other] : keys) {
    first[one] = true;
    second[other] = true;
  }
  return std::min(first.size(), second.size());
}

Agreement agreement(const Column& a, const Column& b, const Links& links) {
  const Pairs keys = linked_keys(a, b, links);
  Agreement found;
  found.compared = keys.size();
  found.agreeing = same_in(keys);
  found.distinct = distinct_in(keys);
  if (joined(a.type, b.type).type == FieldType::enumeration) {
    found.agreeing = std::max(found.agreeing, consistent_in(keys));
  }
  return found;
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

// A few records repeat or differ by chance.
double uniqueness_alike(const Column& a, const Column& b) {
  constexpr double telling_values = 20.0;
  const auto least = static_cast<double>(std::min(a.cells.size(), b.cells.size()));
  const double difference = std::abs(a.uniqueness() - b.uniqueness());
  return 1.0 - difference * std::min(1.0, least / telling_values);
}

// What the values say, 0.5 where they say nothing.
double values_say(const Agreement& found, const Evidence& evidence, const Links& links,
                  const Column& one, const Column& other) {
  constexpr double nothing = 0.5;
  if (found.compared >= few_records) return share(found.agreeing, found.compared);
  // Two columns of yes and no share all their values.
  if (!evidence.overlap || std::min(one.distinct, other.distinct) < few_records) return nothing;
  if (links.records.empty()) return std::max(nothing, *evidence.overlap);
  return *evidence.overlap >= nothing ? *evidence.overlap : nothing;
}

// Values alone, where the names say nothing: many records that agree in a value that tells.
double by_values_alone(const Agreement& found, const Evidence& evidence) {
  const double agreeing = share(found.agreeing, found.compared);
  if (found.compared < few_records || found.distinct < few_records || agreeing < 0.8) return 0.0;
  const double most = found.compared >= many_records && found.distinct >= 5 ? 0.9 : 0.7;
  return most * agreeing * std::max(0.8, evidence.type);
}

}  // namespace

Evidence score(const Described& first, std::size_t a, const Described& second, std::size_t b,
               const Links& links) {
  const Column& one = first.table.columns[a];
  const Column& other = second.table.columns[b];
  Evidence evidence;
  evidence.type = compatibility(one.type, other.type);
  if (evidence.type == 0.0) return evidence;
  evidence.name = similarity(first.roles.names[a], second.roles.names[b]);
  evidence.overlap = overlap(one, other);
  evidence.both_filled = !one.cells.empty() && !other.cells.empty();
  constexpr double worth_comparing = 0.2;
  Agreement found;
  if (evidence.both_filled &&
      (evidence.name >= worth_comparing || evidence.overlap.value_or(0.0) >= worth_comparing ||
       joined(one.type, other.type).type == FieldType::enumeration)) {
    found = agreement(one, other, links);
  }
  evidence.compared = found.compared;
  evidence.agreeing = found.agreeing;
  evidence.uniqueness = evidence.both_filled ? uniqueness_alike(one, other) : 0.5;
  const bool is_reference =
      first.roles.of[a] == Role::reference || second.roles.of[b] == Role::reference;
  const double by_all = is_reference ? 0.0
                                     : 0.5 * evidence.name + 0.15 * evidence.type +
                                           0.25 * values_say(found, evidence, links, one, other) +
                                           0.1 * evidence.uniqueness;
  evidence.score = std::max(by_all, by_values_alone(found, evidence));
  return evidence;
}

}  // namespace truce::infer
