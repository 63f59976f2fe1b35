// "did you mean …": the known word that a mistyped one most likely stands for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace truce::policy_file {

// Insertions, deletions, replacements and swaps of neighbours, in bytes. Words longer than 64 bytes
// are as far away as they are long.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known word with the least distance, the first of equals; nullopt when even that one needs
// changes to more than a third of the word.
std::optional<std::string> nearest_word(std::string_view word,
                                        const std::vector<std::string_view>& known);

// "a, b or c"
std::string any_of(const std::vector<std::string_view>& words);

}  // namespace truce::policy_file
