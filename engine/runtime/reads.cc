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

// One of the reads that are allowed at a time.
class Reads::Turn {
 public:
  explicit Turn(Reads& reads) : reads_(reads) {
    const std::lock_guard lock(reads_.mutex_);
    taken_ = reads_.reading_ < concurrent_reads_max;
    if (taken_) ++reads_.reading_;
  }
  ~Turn() {
    const std::lock_guard lock(reads_.mutex_);
    if (taken_) --reads_.reading_;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool is_taken() const { return taken_; }

 private:
  Reads& reads_;
  bool taken_ = false;
};

Result<Json> Reads::run(const std::function<Result<Json>(Reader&)>& work) {
  const Turn turn(*this);
  if (!turn.is_taken()) return fail(Code::busy, "too many requests are reading");
  const PolicyPtr policy = surroundings_.policy.policy();
  const std::unique_ptr<ReadView> view = surroundings_.store.read();
  Reader reader{*view, *policy, surroundings_.secrets, surroundings_.clock.now()};
  Result<Json> answer = read_with(reader, work);
  // After a failure a view gives nothing, which must not pass for "there is nothing".
  if (const std::optional<Problem> failure = view->failure()) {
    return tl::unexpected<Problem>(*failure);
  }
  return answer;
}

}  // namespace truce
