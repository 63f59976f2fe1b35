// A request's body as JSON.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "engine/core/model/json.h"
#include "sidecar/http/request.h"

namespace truce::api {

// A parsed body takes many times its bytes. So only a few large ones are in work at a time.
inline constexpr std::size_t large_body_bytes = std::size_t{1} << 20U;
inline constexpr int large_bodies_max = 4;

class LargeBodies {
 public:
  // Held while the body is in work.
  class Slot {
   public:
    Slot() = default;
    explicit Slot(std::atomic<int>* taken) : taken_(taken) {}
    Slot(Slot&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(taken_, other.taken_);
      return *this;
    }
    ~Slot() {
      if (taken_ != nullptr) --*taken_;
    }

   private:
    std::atomic<int>* taken_ = nullptr;
  };

  // nullopt: too many are in work; for a small body there is always a slot.
  std::optional<Slot> enter(std::size_t body_bytes);

 private:
  std::atomic<int> taken_ = 0;
};

// The whole body. `schema` when there is none or it is not application/json.
Result<Json> read_body(const HttpRequest& request);
// The same, and `schema` when it is no object.
Result<Json> read_object(const HttpRequest& request);
// An absent body counts as {}.
Result<Json> read_optional_object(const HttpRequest& request);

}  // namespace truce::api
