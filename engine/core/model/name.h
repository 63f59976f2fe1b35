// The text of a name out of a policy: a system's, an entity's, a field's. There are few of them,
// and they stand in everything that is read, decided and kept, so equal names share one text and
// are compared by where it stands.
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace truce {

// The first `names_kept_max` different names of a process are never forgotten, so that its own
// policy's cost least. Further ones, which only bad input brings, live as long as they are in use.
inline constexpr std::size_t names_kept_max = 4096;
// A longer one is never kept, nor one with a slash: what a decision is about stands in the place of
// a field's name, and has one.
inline constexpr std::size_t kept_name_bytes_max = 256;

// As safe between threads as a text: one object by one thread at a time, copies by any.
class Name {
 public:
  Name() = default;  // empty
  explicit Name(std::string_view text);
  Name(const Name& other) noexcept : entry_(other.entry_) { hold(); }
  Name(Name&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  Name& operator=(Name other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  ~Name() {
    if (entry_ && !entry_->is_kept) release();
  }

  const std::string& str() const { return entry_ ? entry_->text : nothing; }
  operator const std::string&() const { return str(); }  // NOLINT: it is one
  operator std::string_view() const { return str(); }    // NOLINT
  bool empty() const { return entry_ == nullptr; }
  std::size_t size() const { return str().size(); }

  friend bool operator==(const Name& a, const Name& b) {
    if (a.entry_ == b.entry_) return true;
    if (!a.entry_ || !b.entry_ || (a.entry_->is_kept && b.entry_->is_kept)) return false;
    return a.entry_->text == b.entry_->text;
  }
  // By bytes, as texts are.
  friend std::strong_ordering operator<=>(const Name& a, const Name& b) {
    if (a.entry_ == b.entry_) return std::strong_ordering::equal;
    const std::uint64_t first = a.start(), second = b.start();
    if (first != second) return first <=> second;
    return a.str() <=> b.str();
  }
  friend bool operator==(const Name& a, std::string_view b) { return a.str() == b; }
  friend std::strong_ordering operator<=>(const Name& a, std::string_view b) {
    return a.str() <=> b;
  }
  friend std::string operator+(const Name& a, std::string_view b) { return joined(a.str(), b); }
  friend std::string operator+(const Name& a, char b) { return a.str() + b; }
  friend std::string operator+(std::string a, const Name& b) { return std::move(a += b.str()); }
  friend std::string operator+(char a, const Name& b) { return a + b.str(); }
  friend std::ostream& operator<<(std::ostream& out, const Name& name) { return out << name.str(); }
  template <class J>
  friend void to_json(J& node, const Name& name) {
    node = name.str();
  }

 private:
  struct Entry {
    explicit Entry(std::string_view name);
    const std::string text;
    const std::uint64_t
        start;             // its first eight bytes as a number, so that most names differ there
    bool is_kept = false;  // for ever; set before others see it
    std::atomic<std::size_t> owners{1};  // of one that is not
  };

  static Entry* entry_of(std::string_view text);
  static std::string joined(std::string_view a, std::string_view b);
  std::uint64_t start() const { return entry_ ? entry_->start : 0; }
  void hold() {
    if (entry_ && !entry_->is_kept) entry_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  void release();

  static const std::string nothing;
  Entry* entry_ = nullptr;  // null: empty
};

}  // namespace truce
