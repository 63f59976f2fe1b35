// The running sidecar: every part of it, made in order and ended in the reverse order.
#pragma once

#include <atomic>
#include <memory>

#include "engine/runtime/sweeper.h"
#include "sidecar/api/calls.h"
#include "sidecar/cli/notifier.h"
#include "sidecar/cli/open_engine.h"
#include "sidecar/cli/serve_options.h"
#include "sidecar/cli/upkeep.h"
#include "sidecar/http/server.h"

namespace truce::cli {

class Sidecar {
 public:
  // Makes everything and listens. `on_fatal`: the store is lost, the process must end; called on
  // another thread, at most once.
  static Result<std::unique_ptr<Sidecar>> start(const ServeOptions& options,
                                                LoadedPolicy file_policy,
                                                std::function<void()> on_fatal);
  ~Sidecar();

  // /readyz goes red; requests are still taken.
  void start_draining() { readiness_->start_draining(); }
  // Takes nothing more, finishes what was taken, stores it, closes. Again: nothing.
  void stop(std::chrono::milliseconds patience);

  std::vector<Endpoint> endpoints() const { return server_->endpoints(); }
  const std::string& token_file() const { return token_file_; }

 private:
  Sidecar() = default;
  Result<void> open(const ServeOptions& options, LoadedPolicy file_policy);
  Result<KeyRing> open_keys(const ServeOptions& options);
  Result<void> adopt_policy_of(const LoadedPolicy& file_policy);
  // `file_text`: the policy file that was looked at for it, if one counts.
  Result<void> put_in_force(const LoadedPolicy& chosen, const std::string* file_text);
  // Once all records have been migrated, nothing works under that any more.
  void note_arrival();
  Result<TokenTable> open_tokens(const ServeOptions& options);
  Result<void> listen(const ServeOptions& options, TokenTable tokens);

  std::function<void()> on_fatal_;
  std::string token_file_;
  Engine engine_;
  std::unique_ptr<CheckpointKeeper> checkpoints_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Reads> reads_;
  std::unique_ptr<Reconciler> reconciler_;
  std::unique_ptr<api::Readiness> readiness_;
  api::EventCounts event_counts_;
  api::LargeBodies large_bodies_;
  api::OpenMerges merges_;
  AlertBoard alerts_;
  AgreementKeeper agreement_;
  std::unique_ptr<api::Services> services_;
  std::unique_ptr<Notifier> notifier_;
  std::unique_ptr<Upkeep> upkeep_;
  std::unique_ptr<Sweeper> sweeper_;
  std::unique_ptr<HttpServer> server_;
  bool has_new_secrets_ = false;  // instead of lost ones
  bool stopped_ = false;
};

}  // namespace truce::cli
