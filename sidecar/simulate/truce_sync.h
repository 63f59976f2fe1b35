// Truce as the workflows drive it: webhooks and the outbox (the fast loop), and, where it is asked
// for, the slow loop. Operators answer some questions.
#pragma once

#include <functional>
#include <memory>

#include "sidecar/simulate/operators.h"
#include "sidecar/simulate/sidecar_process.h"
#include "sidecar/simulate/slow_loop.h"
#include "sidecar/simulate/strategy.h"

namespace truce::simulate {

enum class LoopsRun { fast_only, both };
enum class HandOut { now, later };

class TruceSync : public Strategy {
 public:
  TruceSync(LoopsRun loops, Office& office, std::uint64_t seed);

  void begin() override;
  void receive(const Webhook& webhook) override;
  OpenQuestions open_questions() override;

  // One request of a workflow, three times at most; `done` comes when there was an answer.
  void ask(SidecarProcess::Work work, std::function<void(const Json&)> done);
  // `taken` may be empty; it comes when they are committed.
  void take_events(std::vector<Json> events, HandOut hand_out, std::function<void()> taken);
  Json event_about(std::size_t system, std::size_t entity, const std::string& id) const;
  void add_previous(Json& event, std::size_t system, std::size_t entity, std::size_t field,
                    const Json& body_before) const;
  // The names of these fields, and the record or only this part of it.
  void add_changed(Json& event, std::size_t system, std::size_t entity,
                   const std::vector<std::size_t>& changed, const Json& body,
                   bool only_these) const;
  SidecarProcess& sidecar() { return sidecar_; }

 private:
  // Held once, however often it is handed on: it may hold a page of records.
  struct Request {
    SidecarProcess::Work work;
    std::function<void(const Json&)> done;
  };
  struct Fetch {
    std::size_t system;
    std::size_t entity;
    std::string id;
    // Both by the system's own clock.
    std::optional<Time> not_older_than;
    std::optional<Time> since;
  };
  void ask_again(const std::shared_ptr<const Request>& request, int tries);
  void fetch(const Json& wanted);  // as an answer names it
  void fetch(const Fetch& wanted, int tries);
  // The fetched record with when its fields were changed lately, or since then, and from what;
  // before it what was written over since.
  std::vector<Json> events_of(const Fetch& wanted, const Answer& answer) const;
  Json event_of(const Fetch& wanted, const Change& change,
                const std::vector<std::size_t>& fields) const;
  // The system lags: what it shows is from before what is asked about.
  bool is_outdated(const Fetch& wanted, const Json& body) const;
  // One by one, or system by system in bulk calls.
  void carry_out(const Json& deliveries, bool in_bulk);
  Office::Call call_for(const Json& delivery);
  Json result_of(const Json& delivery, const Answer& answer) const;
  void settle_all(std::vector<Json> results);
  void empty_outbox();
  void sweep_sidecar();

  LoopsRun loops_;
  Office& office_;
  SidecarProcess sidecar_;
  Operators operators_;
  SlowLoop slow_loop_;
  Time swept_at_ = Time::beginning();
};

}  // namespace truce::simulate
