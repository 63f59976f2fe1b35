// How long a test runs: the short form in every run, a longer one where TRUCE_NIGHTLY is set, and
// the longest where TRUCE_WEEKLY is, too.
#pragma once

#include <cstdlib>

namespace truce::test {

inline bool is_nightly() { return std::getenv("TRUCE_NIGHTLY") != nullptr; }
inline bool is_weekly() { return std::getenv("TRUCE_WEEKLY") != nullptr; }

template <class T>
T at_night(T full, T otherwise) {
  return is_nightly() ? full : otherwise;
}

template <class T>
T in_a_week(T full, T nightly, T otherwise) {
  return is_weekly() ? full : at_night(nightly, otherwise);
}

}  // namespace truce::test
