#include "engine/infer/value_shapes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "engine/core/normalize/date.h"
#include "engine/core/normalize/email.h"
#include "engine/core/normalize/text.h"
#include "engine/core/normalize/url.h"

namespace truce::infer {

namespace {

const Field any_field{};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::size_t digits_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit));
}

bool has_phone_characters(std::string_view text) {
  constexpr std::size_t longest = 40;
  const auto letters = std::count_if(text.begin(), text.end(), is_letter);
  return text.size() <= longest && digits_in(text) >= 5 && letters <= 4 &&
         text.find_first_of("@:_,") == std::string_view::npos;
}

// 2026-05-20T10:00 or with a blank between
bool begins_with_date_and_time(const std::string& text) {
  constexpr std::size_t shortest = 16;
  return text.size() >= shortest && (text[10] == 'T' || text[10] == ' ' || text[10] == 't') &&
         days_of_date(text.substr(0, 10)).has_value() && is_digit(text[11]);
}

std::optional<double> number_of(const Json& node) {
  const std::optional<std::string> text = scalar_text(node);
  if (!text || node.is_boolean()) return std::nullopt;
  const std::string_view digits = trimmed(*text);
  constexpr std::size_t longest = 15;
  if (digits.empty() || digits.size() > longest || digits_in(digits) != digits.size()) {
    return std::nullopt;
  }
  return std::stod(std::string(digits));
}

}  // namespace

bool is_email(const std::string& text) { return read_email(any_field, text).has_value(); }

bool is_url(const std::string& text) {
  return text.find("://") != std::string::npos && read_url(any_field, text).has_value();
}

bool is_domain(const std::string& text) {
  const std::string_view host = trimmed(text);
  const std::size_t dot = host.rfind('.');
  const bool has_top_level =
      dot != std::string_view::npos && dot > 0 && host.size() - dot > 2 &&
      std::all_of(host.begin() + static_cast<std::ptrdiff_t>(dot) + 1, host.end(), is_letter);
  return has_top_level && read_domain(any_field, text).has_value();
}

bool is_phone(const std::string& text) {
  const std::string_view number = trimmed(text);
  return !number.empty() && (number.front() == '+' || number.front() == '(') &&
         digits_in(number) >= 7 && has_phone_characters(number);
}

bool is_boolean_word(const std::string& text) {
  const std::string word = folded(one_line(text));
  constexpr std::array words = {"true", "false", "yes", "no"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_date_text(const std::string& text) {
  return days_of_date(std::string(trimmed(text))).has_value();
}

bool is_time_text(const std::string& text) {
  const std::string time = one_line(text);
  return begins_with_date_and_time(time) && parse_time_at_offset(time, Duration{}).has_value();
}

bool is_midnight_text(const std::string& text) {
  constexpr std::int64_t us_per_day = std::int64_t{86'400} * 1'000'000;
  const Result<Time> time = parse_time_at_offset(one_line(text), Duration{});
  return time && time->us % us_per_day == 0;
}

bool lacks_offset(const std::string& text) { return !parse_time(one_line(text)).has_value(); }

bool has_markup(const std::string& text) {
  for (const std::string_view tag : {"</", "<br", "<p>", "<p ", "<div", "<span", "<a "}) {
    if (text.find(tag) != std::string::npos) return true;
  }
  return false;
}

bool has_phone_digits(const Json& node) {
  const std::optional<std::string> text = scalar_text(node);
  return text && has_phone_characters(trimmed(*text));
}

bool is_plain_number(const Json& node) {
  if (is_number(node)) return true;
  if (!node.is_string()) return false;
  constexpr std::size_t longest = 15;
  const std::string_view text = trimmed(node.get_ref<const std::string&>());
  if (text.empty() || text.size() > longest || !normal_decimal(text)) return false;
  const std::string_view digits = text.substr(text.front() == '-' ? 1 : 0);
  if (digits.find_first_of("eE+") != std::string_view::npos) return false;
  return digits.size() < 2 || digits[0] != '0' || digits[1] == '.';
}

bool is_whole_number(const Json& node) {
  const std::optional<std::string> text = scalar_text(node);
  const auto decimal = text ? normal_decimal(trimmed(*text)) : std::nullopt;
  return decimal && decimal->find('.') == std::string::npos && text->find('.') == std::string::npos;
}

bool is_epoch_ms(const Json& node) {
  const std::optional<double> number = number_of(node);
  return number && *number >= 978'307'200e3 && *number < 4'102'444'800e3;
}

bool is_epoch_s(const Json& node) {
  const std::optional<double> number = number_of(node);
  return number && *number >= 978'307'200.0 && *number < 4'102'444'800.0;
}

SplitCount count_split(const std::vector<const Json*>& nodes, char separator) {
  SplitCount count;
  std::set<std::string> distinct;
  for (const Json* node : nodes) {
    if (!node->is_string()) continue;
    const std::string& text = node->get_ref<const std::string&>();
    if (text.find(separator) != std::string::npos) ++count.cells;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(separator, at), text.size());
      const std::string element(trimmed(std::string_view(text).substr(at, end - at)));
      at = end + 1;
      if (element.empty()) continue;
      ++count.elements;
      count.longest = std::max(count.longest, element.size());
      distinct.insert(element);
    }
  }
  count.distinct = distinct.size();
  return count;
}

std::uint64_t key_hash(std::string_view form) {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;  // FNV-1a
  for (const char c : form) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1'099'511'628'211ULL;
  }
  // FNV's low bits are good and its high ones less so; a sketch keeps the least.
  hash ^= hash >> 32U;
  hash *= 0x9E37'79B9'7F4A'7C15ULL;
  hash ^= hash >> 29U;
  return hash == 0 ? 1 : hash;
}

std::vector<std::uint64_t> element_hashes(std::string_view form) {
  if (form.find(element_end) == std::string_view::npos) return {key_hash(form)};
  std::vector<std::uint64_t> hashes;
  while (!form.empty()) {
    const std::size_t end = std::min(form.find(element_end), form.size());
    if (end > 0) hashes.push_back(key_hash(form.substr(0, end)));
    form.remove_prefix(std::min(end + 1, form.size()));
  }
  return hashes;
}

}  // namespace truce::infer
