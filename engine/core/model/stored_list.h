// What several members of one stored document have alike stands in it once, in a list, and is
// elsewhere its place in that list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace truce {

template <class T>
class StoredList {
 public:
  // Where it stands; it is listed where none of the last ones `is_alike`. `one` must outlive this.
  template <class IsAlike>
  std::size_t place_of(const T& one, const IsAlike& is_alike) {
    const auto is_it = [&](const T* listed) { return is_alike(*listed, one); };
    std::size_t place = next_;
    if (place >= listed_.size() || !is_it(listed_[place])) {
      const auto begin =
          listed_.end() - static_cast<std::ptrdiff_t>(std::min(listed_.size(), look_back_max));
      place = static_cast<std::size_t>(std::find_if(begin, listed_.end(), is_it) - listed_.begin());
      if (place == listed_.size()) listed_.push_back(&one);
    }
    next_ = place + 1;
    return place;
  }

  const std::vector<const T*>& all() const { return listed_; }

 private:
  // How far back one is looked for. What is further away is listed again.
  static constexpr std::size_t look_back_max = 64;

  std::vector<const T*> listed_;
  std::size_t next_ = 0;  // fields tell of the same events in the same order
};

}  // namespace truce
