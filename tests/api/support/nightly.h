// How long a test runs: the short form in every run, the full one where TRUCE_NIGHTLY is set.
#pragma once

#include <cstdlib>

namespace truce::test {

inline bool is_nightly() { return std::getenv("TRUCE_NIGHTLY") != nullptr; }

template <class T>
T at_night(T full, T otherwise) {
  return is_nightly() ? full : otherwise;
}

}  // namespace truce::test
