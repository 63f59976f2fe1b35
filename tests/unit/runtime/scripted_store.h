// A store of named values only, whose disk does what a test says. What it can do wrong: refuse a
// commit cleanly (full disk), lose track of a commit (failed fsync), fail in the middle of a job,
// and take long, so that others come to wait.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "engine/port/store.h"

namespace truce {

class ScriptedStore final : public Store {
 public:
  std::unique_ptr<Transaction> begin() override;
  std::unique_ptr<ReadView> read() override;
  Result<void> backup(const std::string&) override { return {}; }
  std::uint64_t size_bytes() override { return 0; }

  // The next commits that would have written something give these, one each.
  void fail_next_commit(Code code);
  // Until open_gate(), commits wait. wait_at_gate() comes back when one does.
  void close_gate();
  void open_gate();
  void wait_at_gate();

  std::map<std::string, std::string> committed() const;
  int commits() const;
  // Writing this value breaks the transaction, as a caller's mistake does.
  static constexpr const char* poison = "poison";

 private:
  friend class ScriptedTransaction;
  Result<void> commit(std::map<std::string, std::string> values, bool wrote);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> values_;
  std::deque<Code> failures_;
  int commits_ = 0;
  bool gate_closed_ = false;
  bool at_gate_ = false;
};

}  // namespace truce
