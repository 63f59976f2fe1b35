#include "sidecar/cli/upkeep.h"

#include "engine/app/trail.h"
#include "sidecar/log.h"

namespace truce::cli {

namespace {

constexpr const char* stored_alerts_name = "alerts";

using Clock = std::chrono::steady_clock;

std::map<std::string, SettledCounts> totals(const api::EventCounts& counts) {
  std::map<std::string, SettledCounts> totals;
  for (const auto& [key, count] : counts.settled()) {
    totals[key.first].all += count;
    if (key.second == "failed") totals[key.first].failed += count;
  }
  return totals;
}

}  // namespace

Upkeep::Upkeep(api::Services& services,
               std::function<std::map<std::string, ChannelTrouble>()> channel_troubles)
    : services_(services),
      channel_troubles_(std::move(channel_troubles)),
      started_at_(services.surroundings.clock.now()) {
  const Result<Json> stored = services_.reads.run([](Reader& reader) -> Result<Json> {
    return Json(reader.store.find_meta(stored_alerts_name).value_or("{}"));
  });
  if (!stored) return;
  services_.alerts.restore(parse_json(stored->get<std::string>()).value_or(Json::object()));
}

void Upkeep::tick() {
  keep_checkpoint();
  if (Clock::now() < alerts_due_at_) return;
  alerts_due_at_ = Clock::now() + alerts_every;
  look_at_alerts();
  announce_moved();
}

void Upkeep::finish() {
  const Result<Json> kept = services_.reads.run([&](Reader& reader) -> Result<Json> {
    const Result<void> written = services_.checkpoints.keep_now(reader.store);
    if (!written) return tl::unexpected<Problem>(written.error());
    return Json();
  });
  if (!kept) log_line(LogLevel::error, "checkpoint-failed", {{"reason", kept.error().message}});
}

void Upkeep::keep_checkpoint() {
  const Result<Json> kept = services_.reads.run([&](Reader& reader) -> Result<Json> {
    const Result<void> written = services_.checkpoints.keep(reader.store);
    if (!written) return tl::unexpected<Problem>(written.error());
    return Json();
  });
  if (!kept && !checkpoint_failed_) {
    log_line(LogLevel::error, "checkpoint-failed", {{"reason", kept.error().message}});
  }
  checkpoint_failed_ = !kept;
}

void Upkeep::look_at_alerts() {
  AlertInputs inputs;
  inputs.now = services_.surroundings.clock.now();
  inputs.started_at = started_at_;
  inputs.settled = settled_lately();
  inputs.last_events = services_.event_counts.last_events();
  inputs.trouble = services_.writer.trouble();
  inputs.channels = channel_troubles_();
  bool agreement_is_known = false;
  const Result<Json> read = services_.reads.run([&](Reader& reader) -> Result<Json> {
    inputs.counts = reader.store.count_all();
    AgreementState agreement = services_.agreement.read(reader);
    agreement_is_known = agreement.complete;
    if (agreement.complete) inputs.agreement = std::move(agreement.reports);
    return Json();
  });
  // Counts that could not be read are not zero: what the board shows stays.
  if (!read && !inputs.trouble) return;
  const PolicyPtr policy = services_.surroundings.policy.policy();
  const std::string_view unknown = agreement_is_known ? "" : "agreement";
  for (AlertState& moved : services_.alerts.update(judge_alerts(*policy, inputs), unknown)) {
    log_line(moved.firing ? LogLevel::warning : LogLevel::info, "alert", to_json(moved));
    to_announce_.push_back(std::move(moved));
  }
}

std::map<std::string, SettledCounts> Upkeep::settled_lately() {
  const Clock::time_point now = Clock::now();
  std::map<std::string, SettledCounts> settled = totals(services_.event_counts);
  samples_.push_back({now, settled});
  while (samples_.size() > 1 && now - samples_.front().at > failure_window) samples_.pop_front();
  for (const auto& [system, before] : samples_.front().settled) {
    settled[system].all -= before.all;
    settled[system].failed -= before.failed;
  }
  return settled;
}

void Upkeep::announce_moved() {
  if (to_announce_.empty()) return;
  WriteJob job;
  job.actor = "truce";
  job.work = [this](Context& context) -> Result<Json> {
    for (const AlertState& alert : to_announce_) announce(context, "alert", to_json(alert));
    context.store.put_meta(stored_alerts_name, to_wire(services_.alerts.stored()));
    return Json();
  };
  // A store that takes nothing now is told of as soon as it takes something again.
  if (services_.writer.run(std::move(job))) to_announce_.clear();
}

}  // namespace truce::cli
