// A map whose copies share their content, entry by entry, until one of them changes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine/core/model/shared.h"

namespace truce {

// Small ones: an entry is found by halving, and put in by moving those behind it. As safe between
// threads as Shared.
template <class Key, class T>
class SharedMap {
  struct Slot {
    Key key;
    Shared<T> value;
  };
  using Slots = std::vector<Slot>;  // by key

 public:
  using Entry = std::pair<const Key&, const T&>;
  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = Entry;
    using reference = Entry;
    struct pointer {
      Entry entry;
      const Entry* operator->() const { return &entry; }
    };

    const_iterator() = default;
    Entry operator*() const { return {slot_->key, *slot_->value}; }
    pointer operator->() const { return {**this}; }
    const_iterator& operator++() {
      ++slot_;
      return *this;
    }
    const_iterator operator++(int) {
      const const_iterator before = *this;
      ++slot_;
      return before;
    }
    bool operator==(const const_iterator&) const = default;

    // To be put into another map, which shares it then.
    const Shared<T>& shared() const { return slot_->value; }

   private:
    friend class SharedMap;
    explicit const_iterator(typename Slots::const_iterator slot) : slot_(slot) {}
    typename Slots::const_iterator slot_{};
  };

  SharedMap() = default;
  SharedMap(std::map<Key, T> map) {  // NOLINT: a map is one
    if (map.empty()) return;
    Slots& slots = slots_.edit();
    slots.reserve(map.size());
    while (!map.empty()) {
      auto node = map.extract(map.begin());
      slots.push_back({std::move(node.key()), std::move(node.mapped())});
    }
  }

  const_iterator begin() const { return const_iterator(slots().begin()); }
  const_iterator end() const { return const_iterator(slots().end()); }
  std::size_t size() const { return slots().size(); }
  bool empty() const { return slots().empty(); }
  bool contains(const Key& key) const { return find(key) != end(); }
  const_iterator find(const Key& key) const {
    const auto place = place_of(slots(), key);
    return const_iterator(is_at(slots(), place, key) ? place : slots().end());
  }
  const T& at(const Key& key) const {
    const auto place = place_of(slots(), key);
    if (!is_at(slots(), place, key)) throw std::out_of_range("no such entry");
    return *place->value;
  }

  // This copy's own from now on, its other entries still shared. What iterators and references it
  // gave before does not stay valid, but for references to entries that no copy shares.
  T& operator[](const Key& key) { return slot_of(key).value.edit(); }
  // Shares the value with whoever it comes from.
  void put(const Key& key, Shared<T> value) { slot_of(key).value = std::move(value); }
  // False where there was one.
  bool emplace(const Key& key, T value) {
    if (contains(key)) return false;
    put(key, std::move(value));
    return true;
  }
  void erase(const Key& key) {
    const auto place = place_of(slots(), key);
    if (!is_at(slots(), place, key)) return;
    const auto offset = place - slots().begin();
    Slots& own = slots_.edit();
    own.erase(own.begin() + offset);
  }
  // True when there was any.
  template <class Predicate>
  bool erase_if(Predicate&& is_meant) {
    if (std::none_of(begin(), end(), is_meant)) return false;
    std::erase_if(slots_.edit(),
                  [&](const Slot& slot) { return is_meant(Entry(slot.key, *slot.value)); });
    return true;
  }
  void clear() { slots_ = {}; }
  // Those that are meant become this copy's own; true when there was any.
  template <class Predicate, class Change>
  bool edit_where(Predicate&& is_meant, Change&& change) {
    bool any = false;
    for (std::size_t i = 0; i < size(); ++i) {
      const Slot& slot = slots()[i];
      if (!is_meant(slot.key, *slot.value)) continue;
      Slot& own = slots_.edit()[i];
      change(own.key, own.value.edit());
      any = true;
    }
    return any;
  }

 private:
  const Slots& slots() const {
    static const Slots nothing;
    return slots_ ? *slots_ : nothing;
  }
  template <class Some>
  static auto place_of(Some& slots, const Key& key) {
    return std::lower_bound(slots.begin(), slots.end(), key,
                            [](const Slot& slot, const Key& wanted) { return slot.key < wanted; });
  }
  template <class Place>
  static bool is_at(const Slots& slots, Place place, const Key& key) {
    return place != slots.end() && place->key == key;
  }
  Slot& slot_of(const Key& key) {
    Slots& own = slots_.edit();
    auto place = place_of(own, key);
    if (!is_at(own, place, key)) place = own.insert(place, {key, {}});
    return *place;
  }

  Shared<Slots> slots_;
};

}  // namespace truce
