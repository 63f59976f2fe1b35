#include "engine/core/normalize/set.h"

#include <cctype>
#include <string_view>

#include "engine/core/normalize/enumeration.h"
#include "engine/core/normalize/pattern.h"
#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr std::size_t most_elements = 10'000;

// "^,^" is a separator whose first and last character also stand around the whole list.
std::string_view quote_of(const std::string& separator) {
  const bool quoted = separator.size() >= 3 && separator.front() == separator.back() &&
                      std::ispunct(static_cast<unsigned char>(separator.front())) != 0;
  return quoted ? std::string_view(separator).substr(0, 1) : std::string_view{};
}

bool starts_and_ends_with(std::string_view text, std::string_view quote) {
  return text.size() >= 2 * quote.size() && text.substr(0, quote.size()) == quote &&
         text.substr(text.size() - quote.size()) == quote;
}

std::string_view without_quotes(std::string_view text, std::string_view quote) {
  if (quote.empty() || !starts_and_ends_with(text, quote)) return text;
  return text.substr(quote.size(), text.size() - 2 * quote.size());
}

// "^a^" in a list that is split at plain commas.
std::string_view without_carets(std::string_view text) {
  while (starts_and_ends_with(text, "^")) text = trimmed(without_quotes(text, "^"));
  return text;
}

std::vector<std::string> split_text(std::string_view text, const std::string& separator) {
  const std::string_view quote = quote_of(separator);
  text = without_quotes(trimmed(text), quote);
  std::vector<std::string> pieces;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    const std::string_view piece = trimmed(text.substr(begin, end - begin));
    pieces.emplace_back(quote.empty() ? without_carets(piece) : piece);
    begin = end + separator.size();
  }
  return pieces;
}

std::string joined_text(const std::vector<std::string>& words, const std::string& separator) {
  const std::string quote(quote_of(separator));
  std::string joined = quote;
  for (const std::string& word : words) {
    if (&word != &words.front()) joined += separator;
    joined += word;
  }
  return joined + quote;
}

Result<std::vector<std::string>> pieces_of_array(const Field& field, const MapEntry& entry,
                                                 const Json& raw) {
  std::vector<std::string> pieces;
  for (const Json& item : raw) {
    const Json* piece =
        item.is_object() && entry.element ? find_member(item, *entry.element) : &item;
    if (piece == nullptr || piece->is_null()) continue;
    std::optional<std::string> text = scalar_text(*piece);
    if (!text) return refuse_type(field, *piece, "text elements; name their member with `element`");
    pieces.push_back(std::move(*text));
  }
  return pieces;
}

Result<std::vector<std::string>> pieces_of(const Field& field, const MapEntry& entry,
                                           const Json& raw) {
  if (raw.is_array()) return pieces_of_array(field, entry, raw);
  const Json* scalar = raw.is_object() && entry.element ? find_member(raw, *entry.element) : &raw;
  if (scalar == nullptr || scalar->is_null()) return std::vector<std::string>{};
  const std::optional<std::string> text = scalar_text(*scalar);
  if (!text)
    return refuse_type(field, *scalar, "an array or a string; name the member with `element`");
  if (!entry.split || entry.split->empty()) return std::vector<std::string>{*text};
  return split_text(*text, *entry.split);
}

}  // namespace

Result<void> check_elements(const Field& field, const MapEntry& entry, const Json& form) {
  const Result<std::vector<std::string>> pieces = pieces_of(field, entry, form);
  if (!pieces) return tl::unexpected(pieces.error());
  for (const std::string& piece : *pieces) {
    if (is_blank(piece)) continue;
    if (Result<void> fine = check_pattern(field, entry, piece); !fine) return fine;
  }
  return {};
}

Result<Value> read_set(const Field& field, const MapEntry& entry, const Json& raw) {
  const Result<std::vector<std::string>> pieces = pieces_of(field, entry, raw);
  if (!pieces) return tl::unexpected(pieces.error());
  if (pieces->size() > most_elements) {
    return fail(Code::field_too_long, field.name.text + ": has more than 10000 elements");
  }
  std::vector<Value::Element> elements;
  for (const std::string& piece : *pieces) {
    if (Result<void> fine = check_text(field, piece); !fine) return tl::unexpected(fine.error());
    if (is_blank(piece)) continue;
    if (Result<void> fine = check_pattern(field, entry, piece); !fine) {
      return tl::unexpected(fine.error());
    }
    Result<std::string> option = read_option(field, entry, piece);
    if (!option) return tl::unexpected(option.error());
    std::string key = comparable(*option);
    if (!key.empty()) elements.push_back({std::move(*option), std::move(key)});
  }
  if (elements.empty()) return Value::null();
  return Value::of_set(std::move(elements));
}

Value as_set(const MapEntry& entry, const Value& value) {
  if (value.is_null() || value.is_set()) return value;
  const bool is_list = entry.split && !entry.split->empty();
  std::vector<Value::Element> elements;
  for (const std::string& piece :
       is_list ? split_text(value.text(), *entry.split) : std::vector<std::string>{value.text()}) {
    std::string key = comparable(piece);
    if (!key.empty()) elements.push_back({piece, std::move(key)});
  }
  return elements.empty() ? Value::null() : Value::of_set(std::move(elements));
}

Result<std::vector<std::string>> written_elements(const Field& field, const MapEntry& entry,
                                                  const Value& value) {
  std::vector<std::string> words;
  for (const Value::Element& element : value.elements()) {
    Result<std::string> word = written_option(field, entry, element.text);
    if (!word) return tl::unexpected(word.error());
    words.push_back(std::move(*word));
  }
  return words;
}

Result<Json> written_set(const Field& field, const MapEntry& entry, const Value& value) {
  const Result<std::vector<std::string>> words = written_elements(field, entry, value);
  if (!words) return tl::unexpected(words.error());
  if (!entry.split || entry.split->empty()) {
    Json array = Json::array();
    for (const std::string& word : *words) {
      Json form = option_form(entry, word);
      array.push_back(entry.element ? Json{{*entry.element, std::move(form)}} : std::move(form));
    }
    return array;
  }
  const std::string joined = joined_text(*words, *entry.split);
  if (split_text(joined, *entry.split) != *words) {
    return refuse(field, Code::lossy_value, joined,
                  "would be read as other elements; one of them holds the separator " +
                      shown(*entry.split) + " of this system's list");
  }
  return Json(joined);
}

}  // namespace truce
