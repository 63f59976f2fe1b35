#include "engine/core/model/facts.h"

#include <algorithm>

#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr auto evidence_names = name_table<Evidence, Evidence::possible>("certain", "possible");
constexpr auto link_state_names =
    name_table<LinkState, LinkState::merged>("active", "ambiguous", "unlinked", "merged");
constexpr auto write_state_names =
    name_table<Write::State, Write::State::acknowledged>("leased", "unknown", "acknowledged");

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

// Empty, then numbers by value, then any other text by its bytes.
std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() <=> b.size();
  const bool a_is_number = all_digits(a);
  if (a_is_number != all_digits(b)) {
    return a_is_number ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (!a_is_number) return a <=> b;
  const std::string_view a_digits = without_zeros(a);
  const std::string_view b_digits = without_zeros(b);
  if (a_digits.size() != b_digits.size()) return a_digits.size() <=> b_digits.size();
  return a_digits <=> b_digits;
}

}  // namespace

std::string_view to_string(Evidence evidence) { return evidence_names.name_of(evidence); }
std::string_view to_string(LinkState state) { return link_state_names.name_of(state); }
std::string_view to_string(Write::State state) { return write_state_names.name_of(state); }
std::optional<Evidence> evidence_from(std::string_view word) {
  return evidence_names.value_of(word);
}
std::optional<LinkState> link_state_from(std::string_view word) {
  return link_state_names.value_of(word);
}
std::optional<Write::State> write_state_from(std::string_view word) {
  return write_state_names.value_of(word);
}

std::strong_ordering operator<=>(const HistoryOrder& a, const HistoryOrder& b) {
  if (const auto by_time = a.at <=> b.at; by_time != 0) return by_time;
  if (const auto by_version = compare_versions(a.version, b.version); by_version != 0) {
    return by_version;
  }
  return a.hash <=> b.hash;
}

bool operator==(const HistoryOrder& a, const HistoryOrder& b) { return (a <=> b) == 0; }

bool is_deleted(const SourceRecord& record) {
  if (!record.deleted_at) return false;
  return !record.present_at || *record.present_at <= *record.deleted_at;
}

}  // namespace truce
