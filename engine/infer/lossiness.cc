#include "engine/infer/lossiness.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/core/normalize/number.h"
#include "engine/core/normalize/text.h"

namespace truce::infer {

namespace {

constexpr std::size_t seen_enough = 2;

// The texts of linked records; `kept` is the system that may have rewritten what `whole` holds.
struct TextPair {
  std::string whole;
  std::string kept;
};

std::vector<TextPair> texts_of(const Column& whole, const Column& kept, const Links& links,
                               bool is_swapped) {
  std::vector<TextPair> texts;
  for (const auto& [first, second] : links.records) {
    const Json* one = whole.value_of(is_swapped ? second : first);
    const Json* other = kept.value_of(is_swapped ? first : second);
    if (one == nullptr || other == nullptr) continue;
    const auto a = scalar_text(*one);
    const auto b = scalar_text(*other);
    if (a && b) texts.push_back({std::string(trimmed(*a)), std::string(trimmed(*b))});
  }
  return texts;
}

// How many differ only so; 0 when one differs in another way.
template <class Rewriting>
std::size_t explained(const std::vector<TextPair>& texts, Rewriting rewritten) {
  std::size_t seen = 0;
  for (const TextPair& text : texts) {
    if (rewritten(text.whole) != text.kept) return 0;
    if (text.whole != text.kept) ++seen;
  }
  return seen;
}

std::size_t code_points(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::size_t longest_kept(const std::vector<TextPair>& texts) {
  std::size_t longest = 0;
  for (const TextPair& text : texts) longest = std::max(longest, code_points(text.kept));
  return longest;
}

std::size_t most_places(const std::vector<TextPair>& texts) {
  std::size_t most = 0;
  for (const TextPair& text : texts) {
    const std::size_t point = text.kept.find('.');
    if (point != std::string::npos) most = std::max(most, text.kept.size() - point - 1);
  }
  return most;
}

Lossiness text_loss(const std::vector<TextPair>& texts) {
  if (const std::size_t seen = explained(texts, lower_case); seen >= seen_enough) {
    return {"lower", seen, "keeps it in lower case"};
  }
  if (const std::size_t seen = explained(texts, upper_case); seen >= seen_enough) {
    return {"upper", seen, "keeps it in upper case"};
  }
  const std::size_t length = longest_kept(texts);
  const auto cut = [&](const std::string& whole) { return first_code_points(whole, length); };
  if (const std::size_t seen = length == 0 ? 0 : explained(texts, cut); seen >= seen_enough) {
    return {"truncate:" + std::to_string(length), seen,
            "keeps only " + std::to_string(length) + " characters"};
  }
  return {};
}

Lossiness number_loss(const std::vector<TextPair>& texts) {
  constexpr std::size_t places_max = 18;
  const std::size_t places = std::min(most_places(texts), places_max);
  std::size_t seen = 0;
  for (const TextPair& text : texts) {
    const auto whole = normal_decimal(text.whole);
    const auto kept = normal_decimal(text.kept);
    if (!whole || !kept) return {};
    if (*whole == *kept) continue;
    if (normal_decimal(round_decimal(*whole, static_cast<int>(places))) != kept) return {};
    ++seen;
  }
  if (seen < seen_enough) return {};
  return {"round:" + std::to_string(places), seen,
          "keeps only " + std::to_string(places) + " decimal places"};
}

// What the type itself cannot hold.
std::string type_loss(FieldType whole, FieldType kept) {
  if (whole == FieldType::instant && kept == FieldType::date) return "keeps the day and no time";
  if (whole == FieldType::html && kept == FieldType::text) return "keeps no markup";
  if (whole == FieldType::decimal && kept == FieldType::integer) return "shows whole numbers only";
  if (whole == FieldType::set && kept == FieldType::text) return "shows single values only";
  if (whole == FieldType::url && kept == FieldType::domain) return "shows the host only";
  return {};
}

Lossiness loss_of(FieldType type, const Column& whole, const Column& kept, const Links& links,
                  bool is_swapped) {
  Lossiness loss;
  if (!whole.type.is_known || !kept.type.is_known) return loss;
  const auto texts = texts_of(whole, kept, links, is_swapped);
  if (type == FieldType::text || type == FieldType::email) loss = text_loss(texts);
  if (type == FieldType::decimal) loss = number_loss(texts);
  if (loss.what.empty()) loss.what = type_loss(whole.type.type, kept.type.type);
  return loss;
}

}  // namespace

void note_losses(const std::vector<Described>& systems, FieldProposal& field) {
  for (const PairedColumns& paired : field.pairing.pairs) {
    const SystemPair& pair = *paired.systems;
    const auto column = [&](std::size_t system) -> const Column& {
      return systems[system].table.columns[field.pairing.columns.at(system)];
    };
    const Column& first = column(pair.first);
    const Column& second = column(pair.second);
    const auto keep = [&](std::size_t system, Lossiness loss) {
      if (field.sides[system].loss.what.empty()) field.sides[system].loss = std::move(loss);
    };
    keep(pair.second, loss_of(field.type, first, second, pair.links, false));
    keep(pair.first, loss_of(field.type, second, first, pair.links, true));
  }
}

}  // namespace truce::infer
