#include "engine/infer/words.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/infer/vocabulary.h"

namespace truce::infer {

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_word_character(char c) {
  return is_upper(c) || is_lower(c) || static_cast<unsigned char>(c) >= 0x80;
}

// "firstName", "HTTPUrl", "first_name2" -> first name; http url; first name
std::vector<std::string> pieces_of(std::string_view name) {
  std::vector<std::string> pieces;
  std::string piece;
  const auto end_piece = [&] {
    if (!piece.empty()) pieces.push_back(std::move(piece));
    piece.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_word_character(name[i])) {
      end_piece();
      continue;
    }
    const bool after_lower = i > 0 && is_lower(name[i - 1]);
    const bool before_lower = i + 1 < name.size() && is_lower(name[i + 1]);
    const bool after_upper = i > 0 && is_upper(name[i - 1]);
    if (is_upper(name[i]) && (after_lower || (after_upper && before_lower))) end_piece();
    piece += lower(name[i]);
  }
  end_piece();
  return pieces;
}

void add_words(std::string_view name, std::vector<std::string>& words) {
  for (const std::string& piece : pieces_of(name)) {
    for (const std::string& part : split_compound(piece)) {
      for (std::string& word : usual_words(part)) words.push_back(std::move(word));
    }
  }
}

// The bounds keep a hostile name from costing more than others.
constexpr std::size_t words_max = 12;

double weight_of(const std::string& word) { return is_weak_word(word) ? 0.25 : 1.0; }

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// No word of a name stands in it twice.
double shared_weight(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  double shared = 0.0;
  double all = 0.0;
  for (const std::string& word : a) {
    all += weight_of(word);
    if (contains(b, word)) shared += weight_of(word);
  }
  for (const std::string& word : b) {
    if (!contains(a, word)) all += weight_of(word);
  }
  return all == 0.0 ? 0.0 : shared / all;
}

// How far down the lists of likely meanings the first common one stands; nullopt: there is none.
std::optional<std::size_t> common_rank(const std::vector<std::string>& a,
                                       const std::vector<std::string>& b) {
  std::optional<std::size_t> least;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      if (a[i] == b[j] && (!least || i + j < *least)) least = i + j;
    }
  }
  return least;
}

std::string joined(const std::vector<std::string>& words) {
  std::string phrase;
  for (const std::string& word : words) phrase += (phrase.empty() ? "" : " ") + word;
  return phrase;
}

// Known only without the kind of record that it names first.
bool names_an_entity(const std::vector<std::string>& words) {
  return words.size() > 1 && is_entity_word(words.front()) && known_phrase(joined(words)).empty();
}

}  // namespace

std::vector<std::string> words_of(const Path& path) {
  std::vector<std::string> words;
  for (const PathStep& step : path.steps) {
    if (words.size() > words_max) break;
    if (step.kind == PathStep::Kind::where && step.equals != "true") {
      add_words(step.equals, words);
    } else if (step.kind == PathStep::Kind::member) {
      add_words(step.member, words);
    }
  }
  // A name that is nothing but such a word keeps it.
  std::vector<std::string> telling;
  for (const std::string& word : words) {
    if (!is_empty_word(word) && !contains(telling, word)) telling.push_back(word);
  }
  if (telling.empty()) telling = std::move(words);
  if (telling.size() > words_max) telling.erase(telling.begin(), telling.end() - words_max);
  return telling;
}

std::vector<std::string> concepts_of(const std::vector<std::string>& words) {
  std::string phrase = joined(words);
  std::vector<std::string> known = known_phrase(phrase);
  // "mailing city", "work phone", "deal name"
  for (std::size_t from = 1; known.empty() && from < words.size(); ++from) {
    if (!is_qualifier(words[from - 1])) break;
    phrase.erase(0, words[from - 1].size() + 1);
    known = known_phrase(phrase);
  }
  return known;
}

bool ColumnName::is(std::string_view concept_name) const {
  return std::find(concepts.begin(), concepts.end(), concept_name) != concepts.end();
}

bool ColumnName::has(std::string_view word) const {
  return std::find(words.begin(), words.end(), word) != words.end();
}

ColumnName name_of(const Path& path) {
  ColumnName name;
  name.words = words_of(path);
  name.concepts = concepts_of(name.words);
  name.is_of_an_entity = !name.concepts.empty() && names_an_entity(name.words);
  return name;
}

double similarity(const ColumnName& a, const ColumnName& b) {
  const double shared = shared_weight(a.words, b.words);
  if (const auto rank = common_rank(a.concepts, b.concepts)) {
    const double of_another = a.is_of_an_entity != b.is_of_an_entity ? 0.1 : 0.0;
    return 0.9 + 0.1 * shared - 0.08 * static_cast<double>(*rank) - of_another;
  }
  constexpr double known_apart = 0.2;
  if (!a.concepts.empty() && !b.concepts.empty()) return std::min(shared, known_apart);
  return shared;
}

}  // namespace truce::infer
