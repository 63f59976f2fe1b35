#include "sidecar/api/query_reader.h"

#include <charconv>

#include "engine/core/model/json.h"

namespace truce::api {

std::string QueryReader::text(std::string_view name) const {
  return std::string(request_.query_parameter(name).value_or(std::string_view()));
}

std::vector<std::string> QueryReader::words(std::string_view name) const {
  std::vector<std::string> words;
  const std::string list = text(name);
  std::size_t begin = 0;
  while (begin < list.size()) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) words.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::optional<bool> QueryReader::flag(std::string_view name) {
  const std::string word = text(name);
  if (word == "true") return true;
  if (word == "false") return false;
  if (!word.empty()) note(name, "true or false is expected");
  return std::nullopt;
}

std::optional<std::int64_t> QueryReader::whole(std::string_view name, std::int64_t least,
                                               std::int64_t most) {
  const std::string digits = text(name);
  if (digits.empty()) return std::nullopt;
  std::int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stopped_at, error] = std::from_chars(digits.data(), end, number);
  if (error == std::errc() && stopped_at == end && number >= least && number <= most) {
    return number;
  }
  note(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                 " is expected");
  return std::nullopt;
}

std::optional<Time> QueryReader::time(std::string_view name) {
  const std::string spelled = text(name);
  if (spelled.empty()) return std::nullopt;
  const bool is_epoch = spelled.find_first_not_of("0123456789") == std::string::npos;
  const Result<Time> time = is_epoch ? parse_epoch(spelled) : parse_time(spelled);
  if (time) return *time;
  note(name, "a time is expected: 2026-05-12T10:00:00Z, or milliseconds since 1970");
  return std::nullopt;
}

std::size_t QueryReader::limit() {
  const auto given = whole("limit", 1, list_limit_max);
  return given ? static_cast<std::size_t>(*given) : list_limit_default;
}

std::uint64_t QueryReader::after() {
  return static_cast<std::uint64_t>(whole("after", 0, INT64_MAX).value_or(0));
}

void QueryReader::note(std::string_view name, std::string message) {
  if (!problem_) {
    problem_ = Problem{Code::unknown_query, std::string(name) + ": " + std::move(message), {}};
  }
}

}  // namespace truce::api
