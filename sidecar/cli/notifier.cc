#include "sidecar/cli/notifier.h"

#include <algorithm>

#include "engine/app/item_text.h"
#include "sidecar/log.h"

namespace truce::cli {

namespace {

constexpr const char* positions_name = "alert_channels";
constexpr const char* troubles_name = "alert_channel_troubles";
constexpr std::chrono::seconds look_every{1};
constexpr std::size_t changes_page = 1'000;
constexpr std::size_t one_by_one_max = 3;  // more than that are told in one message
constexpr std::size_t digested_max = 200;
constexpr std::chrono::minutes longest_pause{10};

bool is_unanswered(const ExceptionItem& item) {
  return item.state == ExceptionState::open || item.state == ExceptionState::claimed;
}

// Nullopt: nothing to say, or no longer.
std::optional<ChatMessage> message_of(const Change& change, Reader& reader,
                                      const Surroundings& surroundings) {
  const Result<Json> body = parse_json(change.body);
  if (!body) return std::nullopt;
  if (change.kind == "alert") return message_of_alert(*body);
  const Json* version = find_member(*body, "version");
  const bool is_new = !version || to_int64(*version) == 1;
  if (change.kind == "exception" && !is_new) return std::nullopt;
  const Json* id = find_member(*body, "id");
  if (!id || !id->is_string()) return std::nullopt;
  const auto item = reader.store.find_exception(ExceptionId(id->get<std::string>()));
  if (!item || !is_unanswered(*item)) return std::nullopt;
  return message_of_question(text_for_people(*item, surroundings.clock.now(), surroundings.secrets),
                             change.kind == "overdue");
}

Json stored_object(Reads& reads, const char* name) {
  const Result<Json> stored = reads.run([name](Reader& reader) -> Result<Json> {
    return parse_json(reader.store.find_meta(name).value_or("{}"));
  });
  return stored && stored->is_object() ? *stored : Json::object();
}

}  // namespace

Notifier::Notifier(api::Services& services, NotifierOptions options)
    : services_(services), options_(std::move(options)), webhook_(options_.origins, stop_) {
  restore(stored_object(services_.reads, positions_name),
          stored_object(services_.reads, troubles_name));
  thread_ = std::thread([this] { work(); });
}

void Notifier::restore(const Json& positions, const Json& troubles) {
  for (const auto& [name, position] : positions.items()) {
    State& state = states_[name];
    state.told_through = static_cast<std::uint64_t>(to_int64(position).value_or(0));
    state.looked_through = state.told_through;
  }
  for (const auto& [name, trouble] : troubles.items()) {
    const Json* since = find_member(trouble, "since");
    troubles_[name] = {Time{since ? to_int64(*since).value_or(0) : 0}, text_at(trouble, "why")};
  }
}

Notifier::~Notifier() { stop(); }

void Notifier::stop() {
  stop_.raise();
  if (thread_.joinable()) thread_.join();
}

std::map<std::string, ChannelTrouble> Notifier::troubles() const {
  const std::lock_guard lock(mutex_);
  return troubles_;
}

void Notifier::work() {
  do {
    const PolicyPtr policy = services_.surroundings.policy.policy();
    const std::vector<Channel> channels = channels_of(*policy);
    forget_others(channels);
    for (const Channel& channel : channels) look(channel, *policy);
  } while (!stop_.wait_for(std::min<std::chrono::milliseconds>(look_every, options_.pause)));
}

// A channel that comes again later is not told what it missed in between.
void Notifier::forget_others(const std::vector<Channel>& channels) {
  const auto is_gone = [&](const auto& named) {
    return std::none_of(channels.begin(), channels.end(),
                        [&](const Channel& channel) { return channel.name == named.first; });
  };
  const bool changed = std::erase_if(states_, is_gone) > 0;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(troubles_, is_gone);
  }
  if (changed) keep_states();
}

void Notifier::look(const Channel& channel, const Policy& policy) {
  if (!states_.contains(channel.name)) return begin(channel);
  State& state = states_.at(channel.name);
  if (Clock::now() < state.next_at || is_quiet(policy, services_.surroundings.clock.now())) return;
  const auto waiting = waiting_for(channel, state);
  if (!waiting) return;
  if (waiting->empty()) return look_at_url(channel, state);
  send(channel, state, waiting->size() <= one_by_one_max ? waiting->front() : digest_of(*waiting));
}

// What was there before the channel is not news.
void Notifier::begin(const Channel& channel) {
  std::uint64_t end = 0;
  const Result<Json> read = services_.reads.run([&](Reader& reader) -> Result<Json> {
    for (bool is_more = true; is_more;) {
      const std::vector<Change> page = reader.store.list_changes(end, changes_page);
      if (!page.empty()) end = page.back().sequence;
      is_more = page.size() == changes_page;
    }
    return Json();
  });
  if (!read) return;
  State& state = states_[channel.name];
  state.told_through = end;
  state.looked_through = end;
  keep_states();
  if (const auto objection = objection_to_url(channel)) note_trouble(channel.name, *objection);
}

std::optional<std::string> Notifier::objection_to_url(const Channel& channel) const {
  const Result<std::string> url = secret_url(channel);
  return url ? webhook_.refusal(*url) : url.error().message;
}

// Of a trouble that no post of this process has met, the URL is all that can be known.
void Notifier::look_at_url(const Channel& channel, const State& state) {
  const bool is_in_doubt = state.failures == 0 && troubles().contains(channel.name);
  if (!is_in_doubt || objection_to_url(channel)) return;
  forget_trouble(channel.name);
  keep_states();
}

std::optional<std::vector<ChatMessage>> Notifier::waiting_for(const Channel& channel,
                                                              State& state) {
  std::vector<ChatMessage> waiting;
  const Result<Json> read = services_.reads.run([&](Reader& reader) -> Result<Json> {
    std::uint64_t after = state.looked_through;
    for (bool is_more = true; is_more && waiting.size() < digested_max;) {
      const std::vector<Change> page = reader.store.list_changes(after, changes_page);
      for (const Change& change : page) {
        after = change.sequence;
        if (waiting.empty()) state.looked_through = after - 1;
        if (!channel.kinds.contains(change.kind)) continue;
        auto message = message_of(change, reader, services_.surroundings);
        if (!message) continue;
        message->told_through = after;
        waiting.push_back(*std::move(message));
      }
      is_more = page.size() == changes_page;
    }
    if (waiting.empty()) state.looked_through = after;
    return Json();
  });
  if (!read) return std::nullopt;
  return waiting;
}

void Notifier::send(const Channel& channel, State& state, const ChatMessage& message) {
  const Result<std::string> url = secret_url(channel);
  if (!url) return failed(channel, state, {0, url.error().message, {}});
  Posted posted = webhook_.post(*url, body_for(channel, message, false));
  const bool is_refused = posted.status == 400 || posted.status == 413 || posted.status == 422;
  if (is_refused) posted = webhook_.post(*url, body_for(channel, message, true));
  if (posted.was_taken()) return told(channel, state, message);
  failed(channel, state, posted);
}

void Notifier::told(const Channel& channel, State& state, const ChatMessage& message) {
  state.told_through = message.told_through;
  state.looked_through = message.told_through;
  state.failures = 0;
  state.next_at = Clock::now() + options_.pause;
  forget_trouble(channel.name);
  keep_states();
}

void Notifier::forget_trouble(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  if (troubles_.erase(channel) > 0) {
    log_line(LogLevel::info, "alert-channel-works", {{"channel", channel}});
  }
}

// What was not taken stays where it is and is told with what comes after it.
void Notifier::failed(const Channel& channel, State& state, const Posted& posted) {
  constexpr int doublings_max = 6;
  const auto doubled = options_.pause * (1 << std::min(state.failures, doublings_max));
  auto pause = std::min<std::chrono::milliseconds>(doubled, longest_pause);
  if (posted.retry_after) pause = std::max<std::chrono::milliseconds>(pause, *posted.retry_after);
  state.next_at = Clock::now() + pause;
  ++state.failures;
  note_trouble(channel.name, posted.why);
}

void Notifier::note_trouble(const std::string& channel, const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    const auto [trouble, is_new] =
        troubles_.try_emplace(channel, ChannelTrouble{services_.surroundings.clock.now(), why});
    if (!is_new && trouble->second.why == why) return;
    trouble->second.why = why;
  }
  log_line(LogLevel::warning, "alert-channel-failed", {{"channel", channel}, {"reason", why}});
  keep_states();
}

void Notifier::keep_states() {
  Json positions = Json::object(), troubles = Json::object();
  for (const auto& [name, state] : states_) positions[name] = state.told_through;
  for (const auto& [name, trouble] : this->troubles()) {
    troubles[name] = {{"since", trouble.since.us}, {"why", trouble.why}};
  }
  WriteJob job;
  job.actor = "truce";
  job.work = [&](Context& context) -> Result<Json> {
    context.store.put_meta(positions_name, to_wire(positions));
    context.store.put_meta(troubles_name, to_wire(troubles));
    return Json();
  };
  // A store that takes nothing now: a message may come again after a restart.
  (void)services_.writer.run(std::move(job));
}

}  // namespace truce::cli
