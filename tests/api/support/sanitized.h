// Whether this build carries a sanitizer: it takes time and memory of its own, so that bounds on
// either say nothing, and it does not work under strace.
#pragma once

namespace truce::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace truce::test
