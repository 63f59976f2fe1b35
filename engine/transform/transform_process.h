// Transforms in confined child processes (truce-jq), so that no jq program can harm truce, read its
// secrets or hold it up.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/core/model/time.h"
#include "engine/core/normalize/normalize.h"

namespace truce {

class JqChild;

struct TransformLimits {
  // Of one run, in the child's own CPU time, so that a busy machine fails nothing.
  Duration cpu = Duration::of_ms(200);
  // On the wall clock, for compiling and reading the input, and then for the run. A child that is
  // late is killed.
  Duration preparation_wall = Duration::of_ms(10'000);
  Duration run_wall = Duration::of_ms(5'000);
  std::size_t children = 4;  // at most at once; further runs wait for one
};

// Thread-safe. Children start when first needed, stay, and are started anew after a program killed
// theirs; a program that fails harms no other run.
class TransformProcess : public Transforms {
 public:
  // `child_program`: the path of truce-jq. Whether it is there shows with the first run.
  explicit TransformProcess(std::string child_program, TransformLimits limits = {});
  ~TransformProcess() override;
  TransformProcess(const TransformProcess&) = delete;
  TransformProcess& operator=(const TransformProcess&) = delete;

  // Numbers anywhere in `input` reach the program as strings with all their digits. The answer's
  // numbers are those that the program made itself (tonumber, length). `transform-timeout` when the
  // program passes its time or its 256 MiB, `transform-failed` for the rest; the message says why
  // and may quote the input.
  Result<Json> run(const std::string& program, const Json& input) override;

 private:
  Result<std::unique_ptr<JqChild>> take_child();
  void give_back(std::unique_ptr<JqChild> child);

  const std::string child_program_;
  const TransformLimits limits_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<JqChild>> idle_;  // guarded by mutex_
  std::size_t busy_ = 0;                        // guarded by mutex_
};

// truce-jq in the folder of the running program.
std::string child_program_beside_this_one();

}  // namespace truce
