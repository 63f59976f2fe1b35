// Reads the members of a request's body, and remembers the first thing that is wrong with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/model/error.h"
#include "engine/core/model/json.h"
#include "engine/core/model/time.h"

namespace truce {

// Absent and null are the same: nullopt, nullptr or an empty text. Members that nobody asks for are
// let pass.
class MemberReader {
 public:
  // `body` must outlive this. A body that is no object is a `schema` problem.
  explicit MemberReader(const Json& body);

  std::string text(std::string_view key);  // a string, or a number's characters
  std::optional<bool> flag(std::string_view key);
  std::optional<std::int64_t> whole(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<Duration> duration_ms(std::string_view key, Duration most);
  std::optional<Time> time(std::string_view key);  // RFC 3339, or epoch milliseconds
  const Json::array_t* list(std::string_view key);
  const Json* any(std::string_view key) const;
  // The same, and its absence is a `required` problem.
  std::string required_text(std::string_view key);
  std::int64_t required_whole(std::string_view key, std::int64_t least, std::int64_t most);
  const Json::array_t* required_list(std::string_view key);

  const std::optional<Problem>& problem() const { return problem_; }

 private:
  void note(Code code, std::string_view key, std::string message);

  const Json& body_;
  std::optional<Problem> problem_;
};

}  // namespace truce
