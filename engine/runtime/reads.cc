#include "engine/runtime/reads.h"

#include <exception>

namespace truce {

namespace {

Result<Json> read_with(Reader& reader, const std::function<Result<Json>(Reader&)>& work) {
  try {
    return work(reader);
  } catch (const std::exception&) {
    return fail(Code::internal, "the request failed inside");
  }
}

}  // namespace

Result<Json> Reads::run(const std::function<Result<Json>(Reader&)>& work) {
  {
    const std::lock_guard lock(mutex_);
    if (reading_ >= concurrent_reads_max) {
      return fail(Code::busy, "too many requests are reading");
    }
    ++reading_;
  }
  const PolicyPtr policy = surroundings_.policy.policy();
  Result<Json> answer = fail(Code::internal, "not read");
  {
    const std::unique_ptr<ReadView> view = surroundings_.store.read();
    Reader reader{*view, *policy, surroundings_.secrets, surroundings_.clock.now()};
    answer = read_with(reader, work);
    // After a failure a view gives nothing, which must not pass for "there is nothing".
    if (const std::optional<Problem> failure = view->failure()) {
      answer = tl::unexpected<Problem>(*failure);
    }
  }
  const std::lock_guard lock(mutex_);
  --reading_;
  return answer;
}

}  // namespace truce
