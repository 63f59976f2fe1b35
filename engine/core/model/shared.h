// A value whose copies share it until one of them changes: records are handed around and kept more
// often than anything in them is touched.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace truce {

// As safe between threads as the value itself: one object by one thread at a time, copies by any.
template <class T>
class Shared {
 public:
  Shared() = default;                                           // none
  Shared(T value) : content_(new Content(std::move(value))) {}  // NOLINT: a value is one
  Shared(const Shared& other) noexcept : content_(other.content_) {
    if (content_) content_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  Shared(Shared&& other) noexcept : content_(std::exchange(other.content_, nullptr)) {}
  Shared& operator=(Shared other) noexcept {
    std::swap(content_, other.content_);
    return *this;
  }
  ~Shared() {
    if (content_ && content_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete content_;
  }

  explicit operator bool() const { return content_ != nullptr; }
  const T& operator*() const { return content_->value; }
  const T* operator->() const { return &content_->value; }
  // True where both are copies of one, or none.
  bool is_one_with(const Shared& other) const { return content_ == other.content_; }

  // This copy's own from now on; where there was none, a new one. A value that remembers what was
  // derived from it is told.
  T& edit() {
    if (!content_) {
      content_ = new Content(T());
    } else if (content_->owners.load(std::memory_order_acquire) != 1) {
      *this = Shared(T(content_->value));
    }
    if constexpr (requires(T & value) { value.about_to_change(); }) {
      content_->value.about_to_change();
    }
    return content_->value;
  }

 private:
  struct Content {
    explicit Content(T content) : value(std::move(content)) {}
    std::atomic<std::size_t> owners{1};
    T value;
  };

  Content* content_ = nullptr;
};

}  // namespace truce
