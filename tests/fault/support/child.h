// Other processes: started, talked to through a pipe, killed by their id.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace truce::fault {

// A moment inside a child's work that no message marks: the time at which it is killed is the point
// of these tests, so there is no condition to wait for.
void let_work(std::chrono::microseconds time);

// Runs `work` in a child. It says numbers through `say`, which the parent hears in order. The
// child's exit status is what `work` gives. The child is killed with its owner.
class Child {
 public:
  using Say = std::function<void(std::uint64_t)>;
  explicit Child(const std::function<int(const Say&)>& work);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t id() const { return id_; }
  // Waits for the next number; nothing when the child has ended.
  std::optional<std::uint64_t> hear();
  // kill -9. What was said before can still be heard.
  void kill();
  // Waits for its end. -1: it was ended by a signal.
  int status();

 private:
  pid_t id_ = -1;
  int pipe_ = -1;
  std::optional<int> status_;
};

}  // namespace truce::fault
