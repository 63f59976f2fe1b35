// The words that business systems name their fields with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace truce::infer {

// "lifecyclestage" -> lifecycle, stage; a word that is not made of known ones stays whole.
std::vector<std::string> split_compound(const std::string& word);

// A word in the usual spelling: "telephone" -> phone, "surname" -> last name, "plz" -> postal code.
std::vector<std::string> usual_words(const std::string& word);

// What a phrase in the usual spelling is known as, the likeliest first; empty: nothing.
std::vector<std::string> known_phrase(std::string_view phrase);

bool is_empty_word(std::string_view word);   // says nothing in a path: "properties", "value", "c"
bool is_weak_word(std::string_view word);    // says little: "number", "is", "contact"
bool is_entity_word(std::string_view word);  // "person", "deal"
bool is_qualifier(std::string_view word);    // may stand before a phrase: "work", "mailing", "deal"

}  // namespace truce::infer
