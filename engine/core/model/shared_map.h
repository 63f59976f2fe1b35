// A map whose copies share their content until one of them changes: records are handed around and
// kept more often than their fields are touched.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <utility>

namespace truce {

// As safe between threads as std::map: one object by one thread at a time, copies by any.
template <class Key, class T>
class SharedMap {
 public:
  using Map = std::map<Key, T>;
  using const_iterator = typename Map::const_iterator;

  SharedMap() = default;
  SharedMap(Map map) : content_(new Content(std::move(map))) {}  // NOLINT: a map is one
  SharedMap(const SharedMap& other) noexcept : content_(other.content_) {
    if (content_) content_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  SharedMap(SharedMap&& other) noexcept : content_(std::exchange(other.content_, nullptr)) {}
  SharedMap& operator=(SharedMap other) noexcept {
    std::swap(content_, other.content_);
    return *this;
  }
  ~SharedMap() {
    if (content_ && content_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete content_;
  }

  const Map& map() const {
    static const Map nothing;
    return content_ ? content_->map : nothing;
  }
  const_iterator begin() const { return map().begin(); }
  const_iterator end() const { return map().end(); }
  const_iterator find(const Key& key) const { return map().find(key); }
  const T& at(const Key& key) const { return map().at(key); }
  bool contains(const Key& key) const { return map().contains(key); }
  std::size_t size() const { return map().size(); }
  bool empty() const { return map().empty(); }

  // This copy's own from now on. Iterators that it gave before are no longer into it.
  Map& edit() {
    if (!content_) {
      content_ = new Content(Map());
    } else if (content_->owners.load(std::memory_order_acquire) != 1) {
      *this = SharedMap(content_->map);
    }
    return content_->map;
  }
  T& operator[](const Key& key) { return edit()[key]; }

 private:
  struct Content {
    explicit Content(Map content) : map(std::move(content)) {}
    std::atomic<std::size_t> owners{1};
    Map map;
  };

  Content* content_ = nullptr;  // null: empty
};

}  // namespace truce
