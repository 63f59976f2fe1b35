#include "engine/core/policy/nearest_word.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace truce::policy_file {
namespace {

constexpr std::size_t word_bytes_max = 64;

std::string plain(std::string_view word) {
  std::string out;
  for (const char c : word) {
    out +=
        c == '-' || c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > word_bytes_max || b.size() > word_bytes_max) return std::max(a.size(), b.size());
  using Row = std::array<std::size_t, word_bytes_max + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::optional<std::string> nearest_word(std::string_view word,
                                        const std::vector<std::string_view>& known) {
  const std::string wanted = plain(word);
  std::optional<std::string> nearest;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t difference = wanted.size() > candidate.size()
                                       ? wanted.size() - candidate.size()
                                       : candidate.size() - wanted.size();
    if (difference >= least) continue;
    const std::size_t distance = edit_distance(wanted, plain(candidate));
    if (distance >= least) continue;
    least = distance;
    nearest = std::string(candidate);
  }
  return nearest;
}

std::string any_of(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace truce::policy_file
