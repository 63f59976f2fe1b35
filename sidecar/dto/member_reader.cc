#include "sidecar/dto/member_reader.h"

namespace truce {

MemberReader::MemberReader(const Json& body) : body_(body) {
  if (!body.is_object()) problem_ = Problem{Code::schema, "an object is expected", {}};
}

const Json* MemberReader::any(std::string_view key) const {
  const Json* member = find_member(body_, key);
  return member == nullptr || member->is_null() ? nullptr : member;
}

std::string MemberReader::text(std::string_view key) {
  const Json* member = any(key);
  if (member == nullptr) return {};
  if (member->is_string()) return member->get<std::string>();
  if (is_number(*member)) return number_text(*member);
  note(Code::type_mismatch, key, "a text is expected");
  return {};
}

std::optional<bool> MemberReader::flag(std::string_view key) {
  const Json* member = any(key);
  if (member == nullptr) return std::nullopt;
  if (member->is_boolean()) return member->get<bool>();
  note(Code::type_mismatch, key, "true or false is expected");
  return std::nullopt;
}

std::optional<std::int64_t> MemberReader::whole(std::string_view key, std::int64_t least,
                                                std::int64_t most) {
  const Json* member = any(key);
  if (member == nullptr) return std::nullopt;
  const std::optional<std::int64_t> number = to_int64(*member);
  if (number && *number >= least && *number <= most) return number;
  note(is_number(*member) ? Code::number_out_of_range : Code::type_mismatch, key,
       "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
           " is expected");
  return std::nullopt;
}

std::optional<Duration> MemberReader::duration_ms(std::string_view key, Duration most) {
  const auto milliseconds = whole(key, 1, most.ms());
  if (!milliseconds) return std::nullopt;
  return Duration::of_ms(*milliseconds);
}

std::optional<Time> MemberReader::time(std::string_view key) {
  const Json* member = any(key);
  if (member == nullptr) return std::nullopt;
  const auto time = is_number(*member) ? parse_epoch(number_text(*member))
                    : member->is_string()
                        ? parse_time(member->get_ref<const std::string&>())
                        : Result<Time>(fail(Code::timestamp_invalid, "expected a time"));
  if (time) return *time;
  note(Code::timestamp_invalid, key, time.error().message);
  return std::nullopt;
}

const Json::array_t* MemberReader::list(std::string_view key) {
  const Json* member = any(key);
  if (member == nullptr) return nullptr;
  if (member->is_array()) return member->get_ptr<const Json::array_t*>();
  note(Code::type_mismatch, key, "a list is expected");
  return nullptr;
}

std::string MemberReader::required_text(std::string_view key) {
  std::string found = text(key);
  if (found.empty()) note(Code::required, key, "this member is needed");
  return found;
}

std::int64_t MemberReader::required_whole(std::string_view key, std::int64_t least,
                                          std::int64_t most) {
  if (any(key) == nullptr) note(Code::required, key, "this member is needed");
  return whole(key, least, most).value_or(least);
}

const Json::array_t* MemberReader::required_list(std::string_view key) {
  const Json::array_t* found = list(key);
  if (found == nullptr) note(Code::required, key, "this list is needed");
  return found;
}

void MemberReader::note(Code code, std::string_view key, std::string message) {
  if (!problem_) problem_ = Problem{code, std::move(message), pointer_join("", key)};
}

}  // namespace truce
