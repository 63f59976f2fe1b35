// Sends alerts and questions to the policy's channels, so that a stopped n8n does not silence them.
// On a thread of its own: a messenger that hangs holds up nothing.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sidecar/alerts/channel.h"
#include "sidecar/alerts/chat_message.h"
#include "sidecar/alerts/judge_alerts.h"
#include "sidecar/alerts/webhook.h"
#include "sidecar/api/services.h"

namespace truce::cli {

struct NotifierOptions {
  std::vector<std::string> origins;         // see Webhook
  std::chrono::milliseconds pause{10'000};  // between two messages of a channel, at least
};

class Notifier {
 public:
  // `services` must outlive it. Begins at once.
  Notifier(api::Services& services, NotifierOptions options);
  ~Notifier();  // stop()
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Ends the post that is on its way. Again: nothing.
  void stop();

  // The channels that cannot be told, since when and why. Any thread.
  std::map<std::string, ChannelTrouble> troubles() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct State {
    std::uint64_t told_through = 0;    // of the feed, stored
    std::uint64_t looked_through = 0;  // what came until there was for other kinds
    Clock::time_point next_at;
    int failures = 0;  // in a row
  };

  void restore(const Json& positions, const Json& troubles);
  void work();
  void look(const Channel& channel, const Policy& policy);
  void begin(const Channel& channel);
  std::optional<std::string> objection_to_url(const Channel& channel) const;
  void look_at_url(const Channel& channel, const State& state);
  // Nullopt: it could not be read.
  std::optional<std::vector<ChatMessage>> waiting_for(const Channel& channel, State& state);
  void send(const Channel& channel, State& state, const ChatMessage& message);
  void told(const Channel& channel, State& state, const ChatMessage& message);
  void failed(const Channel& channel, State& state, const Posted& posted);
  void forget_trouble(const std::string& channel);
  void forget_others(const std::vector<Channel>& channels);
  void keep_states();
  void note_trouble(const std::string& channel, const std::string& why);

  api::Services& services_;
  const NotifierOptions options_;
  StopSignal stop_;
  Webhook webhook_;
  std::map<std::string, State> states_;  // by the channel's name
  mutable std::mutex mutex_;
  std::map<std::string, ChannelTrouble> troubles_;  // stored
  std::thread thread_;                              // last: it uses all of the above
};

}  // namespace truce::cli
