#include "engine/runtime/read_ahead.h"

#include <algorithm>
#include <future>
#include <thread>

namespace truce {

std::vector<ReadEvent> read_ahead(const EventReader& reader, const std::vector<Json>& nodes) {
  std::vector<ReadEvent> events(nodes.size());
  const auto read_slice = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) events[i] = read_event(reader, nodes[i]);
  };
  const std::size_t threads = std::clamp<std::size_t>(
      nodes.size() / slice_events_min, 1, std::max(1U, std::thread::hardware_concurrency()));
  const std::size_t slice = (nodes.size() + threads - 1) / threads;
  std::vector<std::future<void>> slices;
  for (std::size_t begin = slice; begin < nodes.size(); begin += slice) {
    slices.push_back(
        std::async(std::launch::async, read_slice, begin, std::min(begin + slice, nodes.size())));
  }
  read_slice(0, std::min(slice, nodes.size()));
  for (std::future<void>& done : slices) done.get();
  return events;
}

}  // namespace truce
