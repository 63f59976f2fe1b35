#include "engine/core/model/name.h"

#include <array>
#include <functional>

namespace truce {
namespace {

// Twice as many places as names, so that a search is short and always meets an empty one.
constexpr std::size_t places = 2 * names_kept_max;
static_assert((places & (places - 1)) == 0);

std::uint64_t first_bytes(std::string_view text) {
  std::uint64_t start = 0;
  for (std::size_t i = 0; i < sizeof start; ++i) {
    start = start << 8U | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
  }
  return start;
}

}  // namespace

constinit const std::string Name::nothing;

Name::Entry::Entry(std::string_view name) : text(name), start(first_bytes(name)) {}

Name::Name(std::string_view text) : entry_(text.empty() ? nullptr : entry_of(text)) {}

Name::Entry* Name::entry_of(std::string_view text) {
  static std::array<std::atomic<Entry*>, places> kept{};
  static std::atomic<std::size_t> count = 0;
  const bool may_be_kept =
      text.size() <= kept_name_bytes_max && text.find('/') == std::string_view::npos;
  if (!may_be_kept) return new Entry(text);
  Entry* made = nullptr;
  std::size_t at = std::hash<std::string_view>{}(text) % places;
  for (;; at = (at + 1) % places) {
    Entry* found = kept[at].load(std::memory_order_acquire);
    if (!found) {
      if (!made) made = new Entry(text);
      if (count.fetch_add(1, std::memory_order_relaxed) >= names_kept_max) {
        count.fetch_sub(1, std::memory_order_relaxed);
        return made;
      }
      made->is_kept = true;
      if (kept[at].compare_exchange_strong(found, made, std::memory_order_acq_rel)) return made;
      count.fetch_sub(1, std::memory_order_relaxed);
      made->is_kept = false;
    }
    if (found->text == text) {
      delete made;
      return found;
    }
  }
}

std::string Name::joined(std::string_view a, std::string_view b) {
  std::string both;
  both.reserve(a.size() + b.size());
  return both.append(a).append(b);
}

void Name::release() {
  if (entry_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete entry_;
}

}  // namespace truce
