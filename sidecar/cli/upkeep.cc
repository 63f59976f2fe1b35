#include "sidecar/cli/upkeep.h"

#include "engine/app/trail.h"
#include "sidecar/log.h"

namespace truce::cli {

namespace {

constexpr const char* stored_alerts_name = "alerts";
constexpr const char* recent_work_name = "recent_work";

using Clock = std::chrono::steady_clock;

std::map<std::string, SettledCounts> totals(const api::EventCounts& counts) {
  std::map<std::string, SettledCounts> totals;
  for (const auto& [key, count] : counts.settled()) {
    totals[key.first].all += count;
    if (key.second == "failed") totals[key.first].failed += count;
  }
  return totals;
}

Json object_of(const std::string& stored) { return parse_json(stored).value_or(Json::object()); }

}  // namespace

Upkeep::Upkeep(api::Services& services,
               std::function<std::map<std::string, ChannelTrouble>()> channel_troubles)
    : services_(services), channel_troubles_(std::move(channel_troubles)) {
  (void)services_.reads.run([this](Reader& reader) -> Result<Json> {
    services_.alerts.restore(object_of(reader.store.find_meta(stored_alerts_name).value_or("{}")));
    recent_noted_ = reader.store.find_meta(recent_work_name).value_or("{}");
    recent_work_.restore(object_of(recent_noted_), reader.store, reader.now);
    return Json();
  });
}

void Upkeep::tick() {
  keep_checkpoint();
  if (Clock::now() < alerts_due_at_) return;
  alerts_due_at_ = Clock::now() + alerts_every;
  look_at_alerts();
  note_and_announce();
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
  inputs.trouble = services_.writer.trouble();
  inputs.channels = channel_troubles_();
  bool agreement_is_known = false;
  const Result<Json> read = services_.reads.run([&](Reader& reader) -> Result<Json> {
    inputs.counts = reader.store.count_all();
    if (const auto last = reader.store.last_audit()) last_entry_ = last->sequence;
    AgreementState agreement = services_.agreement.read(reader);
    agreement_is_known = agreement.complete;
    if (agreement.complete) inputs.agreement = std::move(agreement.reports);
    return Json();
  });
  // Counts that could not be read are not zero: what the board shows stays.
  if (!read && !inputs.trouble) return;
  add_recent_work(inputs.now);
  const PolicyPtr policy = services_.surroundings.policy.policy();
  recent_work_.keep(*policy, inputs.now);
  inputs.settled = recent_work_.settled();
  inputs.last_heard = recent_work_.last_heard();
  const std::string_view unknown = agreement_is_known ? "" : "agreement";
  for (AlertState& moved :
       services_.alerts.update(judge_alerts(*policy, inputs), inputs.now, unknown)) {
    log_line(moved.firing ? LogLevel::warning : LogLevel::info, "alert", to_json(moved));
    to_announce_.push_back(std::move(moved));
  }
}

void Upkeep::add_recent_work(Time now) {
  for (const auto& [system, at] : services_.event_counts.last_events()) {
    recent_work_.hear(system, at);
  }
  for (const auto& [system, total] : totals(services_.event_counts)) {
    SettledCounts& before = counted_[system];
    recent_work_.settle(system, {total.all - before.all, total.failed - before.failed}, now);
    before = total;
  }
}

void Upkeep::note_and_announce() {
  const std::string recent = to_wire(recent_work_.stored(last_entry_));
  const bool to_note = Clock::now() >= note_due_at_ && recent != recent_noted_;
  if (to_announce_.empty() && !to_note) return;
  WriteJob job;
  job.actor = "truce";
  job.work = [&](Context& context) -> Result<Json> {
    for (const AlertState& alert : to_announce_) announce(context, "alert", to_json(alert));
    context.store.put_meta(stored_alerts_name, to_wire(services_.alerts.stored()));
    context.store.put_meta(recent_work_name, recent);
    return Json();
  };
  // A store that takes nothing now is told of as soon as it takes something again.
  if (!services_.writer.run(std::move(job))) return;
  to_announce_.clear();
  recent_noted_ = recent;
  note_due_at_ = Clock::now() + recent_work_noted_every;
}

}  // namespace truce::cli
