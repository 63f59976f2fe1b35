#include "sidecar/demo/dice.h"

namespace truce::demo {

Dice::Dice(std::uint64_t seed, std::string_view purpose) : state_(seed * 0x9e3779b97f4a7c15U) {
  for (const char character : purpose) {
    state_ = (state_ ^ static_cast<unsigned char>(character)) * 0x100000001b3U;
  }
}

// splitmix64: the standard library's distributions differ between implementations.
std::uint64_t Dice::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

double Dice::unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

int Dice::between(int low, int high) {
  const auto width = static_cast<std::uint64_t>(high - low) + 1;
  return low + static_cast<int>(next() % width);
}

bool Dice::chance(double probability) { return unit() < probability; }

}  // namespace truce::demo
