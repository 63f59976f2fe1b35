// Chance that is the same on every machine for the same seed.
#pragma once

#include <cstdint>
#include <string_view>

namespace truce::demo {

class Dice {
 public:
  // Two purposes of one seed roll independently, so that one more roll here shifts nothing there.
  Dice(std::uint64_t seed, std::string_view purpose);

  std::uint64_t next();
  double unit();                    // uniform in [0, 1)
  int between(int low, int high);   // uniform, both ends included
  bool chance(double probability);  // always rolls once

 private:
  std::uint64_t state_;
};

}  // namespace truce::demo
