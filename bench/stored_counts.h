// What the sidecar's database says of a run, read when the sidecar has ended.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace truce::bench {

struct StoredCounts {
  std::map<std::string, std::uint64_t> outcomes;  // receipts by kind
  std::uint64_t receipts = 0;
  std::uint64_t audited = 0;  // entries of events
  std::uint64_t goldens = 0;
};

StoredCounts read_counts(const std::string& database);

}  // namespace truce::bench
