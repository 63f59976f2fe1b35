// One value bound to a statement. Refers to the caller's text, which must outlive the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/core/model/ids.h"
#include "engine/core/model/time.h"

namespace truce::sqlite {

// 64 lower-case hex characters are kept as their 32 bytes, any other text as it is.
struct Digest {
  std::string_view text;
};

using Null = std::monostate;

class Parameter {
 public:
  Parameter(std::nullptr_t) {}
  Parameter(int value) : value_(std::int64_t{value}) {}
  Parameter(std::int64_t value) : value_(value) {}
  Parameter(std::uint64_t value) : value_(clamped(value)) {}
  Parameter(Time time) : value_(time.us) {}
  Parameter(std::optional<Time> time) {
    if (time) value_ = time->us;
  }
  Parameter(std::string_view text) : value_(text) {}
  Parameter(const std::string& text) : value_(std::string_view(text)) {}
  Parameter(const char* text) : value_(std::string_view(text)) {}
  Parameter(Digest digest) : value_(digest) {}
  template <class Tag>
  Parameter(const Id<Tag>& id) : value_(std::string_view(id.text)) {}

  const std::variant<Null, std::int64_t, std::string_view, Digest>& value() const { return value_; }

 private:
  static std::int64_t clamped(std::uint64_t value) {
    constexpr std::uint64_t max = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(value < max ? value : max);
  }
  std::variant<Null, std::int64_t, std::string_view, Digest> value_;
};

// NULL for an empty id.
template <class Tag>
Parameter or_null(const Id<Tag>& id) {
  return id.empty() ? Parameter(nullptr) : Parameter(id);
}

}  // namespace truce::sqlite
