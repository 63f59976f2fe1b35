#include "engine/infer/option_map.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "engine/core/normalize/text.h"
#include "engine/infer/bounds.h"

namespace truce::infer {

namespace {

constexpr std::size_t seen_enough = 2;
constexpr double share_enough = 0.8;
constexpr std::size_t option_chars_max = 200;  // what a policy's texts may have

std::optional<std::string> option_of(const Json* node) {
  if (node == nullptr) return std::nullopt;
  auto text = scalar_text(*node);
  if (text && is_number(*node)) text = normal_decimal(*text).value_or(*text);
  return text ? std::optional(std::string(trimmed(*text))) : std::nullopt;
}

bool is_writable(const std::string& option) {
  return !option.empty() && option.size() <= option_chars_max && shown(option) == option;
}

std::set<std::string> options_in(const Column& column) {
  std::set<std::string> options;
  for (const Cell& cell : column.cells) {
    const auto option = option_of(cell.node);
    if (option && is_writable(*option) && options.size() < options_max) options.insert(*option);
  }
  return options;
}

// "Marketing Qualified" and "marketingqualified" are spelled alike.
std::string spelling_of(const std::string& option) {
  std::string spelling;
  for (const char c : folded(option)) {
    const bool is_letter_or_digit =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (is_letter_or_digit) spelling += c;
  }
  return spelling.empty() ? option : spelling;
}

std::string canonical_name(const std::string& option) {
  std::string name;
  for (const char c : folded(option)) {
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (fits) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name.empty() ? option : name;
}

// How often two systems' options stand in linked records together.
class Together {
 public:
  Together(const Column& first, const Column& second, const Links& links) {
    for (const auto& [one, other] : links.records) {
      const auto a = option_of(first.value_of(one));
      const auto b = option_of(second.value_of(other));
      if (!a || !b) continue;
      ++both_[{*a, *b}];
      ++first_[*a];
      ++second_[*b];
    }
  }

  // The option of the first system that stands beside `option` most often.
  std::optional<std::string> counterpart(const std::string& option) const {
    std::optional<std::string> best;
    std::size_t most = 0;
    for (const auto& [pair, count] : both_) {
      if (pair.second != option || count <= most) continue;
      best = pair.first;
      most = count;
    }
    return best;
  }

  std::size_t count(const std::string& first, const std::string& second) const {
    const auto found = both_.find({first, second});
    return found == both_.end() ? 0 : found->second;
  }
  std::size_t of_second(const std::string& option) const {
    const auto found = second_.find(option);
    return found == second_.end() ? 0 : found->second;
  }

  bool is_sure(const std::string& first, const std::string& second) const {
    const auto often = static_cast<double>(count(first, second));
    return count(first, second) >= seen_enough &&
           often >= share_enough * static_cast<double>(first_.at(first)) &&
           often >= share_enough * static_cast<double>(second_.at(second));
  }

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> both_;
  std::map<std::string, std::size_t> first_;
  std::map<std::string, std::size_t> second_;
};

class OptionPairer {
 public:
  OptionPairer(const std::vector<Described>& systems, FieldProposal& field)
      : systems_(systems), field_(field) {}

  void pair() {
    for (const auto& [system, column] : field_.pairing.columns) {
      for (const std::string& option : options_in(column_of(system))) {
        field_.sides[system].options.push_back(pairing_of(system, option));
      }
    }
    mark_alone();
  }

 private:
  const Column& column_of(std::size_t system) const {
    return systems_[system].table.columns[field_.pairing.columns.at(system)];
  }

  OptionPairing pairing_of(std::size_t system, const std::string& option) {
    if (auto known = by_spelling(system, option)) return *known;
    if (auto known = by_records(system, option)) return *known;
    return {option, unused_name(system, canonical_name(option)), false, ""};
  }

  std::optional<OptionPairing> by_spelling(std::size_t system, const std::string& option) const {
    for (const auto& [earlier, side] : field_.sides) {
      if (earlier == system) continue;
      for (const OptionPairing& other : side.options) {
        if (spelling_of(other.system_value) != spelling_of(option)) continue;
        if (is_taken(system, other.canonical)) continue;
        return OptionPairing{option, other.canonical, true, "spelled alike"};
      }
    }
    return std::nullopt;
  }

  std::optional<OptionPairing> by_records(std::size_t system, const std::string& option) const {
    for (const PairedColumns& paired : field_.pairing.pairs) {
      const SystemPair& pair = *paired.systems;
      if (pair.second != system) continue;
      const Together together(column_of(pair.first), column_of(system), pair.links);
      const auto other = together.counterpart(option);
      const auto canonical = other ? canonical_of(pair.first, *other) : std::nullopt;
      if (!canonical || is_taken(system, *canonical)) continue;
      const std::string why = "together in " + std::to_string(together.count(*other, option)) +
                              " of " + std::to_string(together.of_second(option)) + " records";
      return OptionPairing{option, *canonical, together.is_sure(*other, option), why};
    }
    return std::nullopt;
  }

  std::optional<std::string> canonical_of(std::size_t system, const std::string& option) const {
    const auto side = field_.sides.find(system);
    if (side == field_.sides.end()) return std::nullopt;
    for (const OptionPairing& known : side->second.options) {
      if (known.system_value == option) return known.canonical;
    }
    return std::nullopt;
  }

  bool is_taken(std::size_t system, const std::string& canonical) const {
    const auto side = field_.sides.find(system);
    return side != field_.sides.end() &&
           std::any_of(side->second.options.begin(), side->second.options.end(),
                       [&](const OptionPairing& known) { return known.canonical == canonical; });
  }

  // Two options of one system must not become one value unseen.
  std::string unused_name(std::size_t system, const std::string& name) const {
    std::string unused = name;
    for (int number = 2; is_taken(system, unused); ++number) {
      unused = name + "_" + std::to_string(number);
    }
    return unused;
  }

  // An option of the first system is as sure as its counterparts; one without any is not.
  void mark_alone() {
    for (auto& [system, side] : field_.sides) {
      for (OptionPairing& option : side.options) {
        if (!option.why.empty()) continue;
        std::size_t counterparts = 0;
        bool all_sure = true;
        for (const auto& [other, other_side] : field_.sides) {
          if (other == system) continue;
          for (const OptionPairing& counterpart : other_side.options) {
            if (counterpart.canonical != option.canonical) continue;
            ++counterparts;
            all_sure = all_sure && counterpart.is_sure;
          }
        }
        option.is_sure = counterparts > 0 && all_sure;
        if (counterparts == 0) option.why = "no counterpart in the samples";
      }
    }
  }

  const std::vector<Described>& systems_;
  FieldProposal& field_;
};

}  // namespace

void pair_options(const std::vector<Described>& systems, FieldProposal& field) {
  OptionPairer(systems, field).pair();
}

}  // namespace truce::infer
