#include "sidecar/demo/strategy.h"

namespace truce::demo {

Answer with_retries(const std::function<Answer()>& request) {
  constexpr int tries = 3;
  Answer answer;
  for (int attempt = 0; attempt < tries; ++attempt) {
    answer = request();
    const bool worth_repeating = !answer.answered() || answer.status == 429 || answer.status >= 500;
    if (!worth_repeating) return answer;
  }
  return answer;
}

}  // namespace truce::demo
