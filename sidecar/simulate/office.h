// One strategy's own world: systems, people, the network, n8n. What the simulation knows of it, and
// no strategy may ask, is its chronicle.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sidecar/demo/dice.h"
#include "sidecar/simulate/chronicle.h"
#include "sidecar/simulate/happenings.h"
#include "sidecar/simulate/scenario.h"
#include "sidecar/simulate/script.h"

namespace truce::simulate {

// What an API answers. status 0: nothing came.
struct Answer {
  int status = 0;
  std::string id;                    // of a created record; 409 on a create: the one that is there
  std::shared_ptr<const Json> body;  // the record
  FieldHistory history;              // of a record that was fetched with it
  std::vector<std::shared_ptr<const Json>> rows;
  std::vector<std::string> row_ids;
  std::size_t count = 0;
  bool done() const { return status >= 200 && status < 300; }
};

class Office {
 public:
  using Call = std::function<Answer(SimulatedSystem&)>;
  using Receiver = std::function<void(const Webhook&)>;

  // `model`, `scenario` and `script` must outlive it.
  Office(const Model& model, const Scenario& scenario, const Script& script, std::uint64_t seed);

  const Model& model() const { return model_; }
  const Scenario& scenario() const { return scenario_; }
  Happenings& happenings() { return happenings_; }
  Time now() const { return happenings_.now(); }
  SimulatedSystem& system(std::size_t index) { return *systems_[index]; }
  const SimulatedSystem& system(std::size_t index) const { return *systems_[index]; }
  Chronicle& chronicle() { return chronicle_; }
  const Chronicle& chronicle() const { return chronicle_; }

  // Puts the first records into the systems, long before the people begin.
  void begin(Receiver receiver);
  // Puts everything that people do into the happenings.
  void schedule_people();
  // From now on nothing goes wrong any more.
  void calm_down() { calm_ = true; }
  bool is_calm() const { return calm_; }

  // A call to a system's API, with everything that may become of it. `done` comes exactly once.
  void call(std::size_t system, Call call, std::function<void(const Answer&)> done);
  // One bulk call: fails as a whole or item by item.
  void call_bulk(std::size_t system, std::vector<Call> calls,
                 std::function<void(const std::vector<Answer>&)> done);
  // Now, or as long ago as this read lags behind.
  Time read_time();
  bool skips_row();

  // n8n. A step that is made of n8n's is lost when n8n does not live until then.
  bool n8n_is_up() const { return happenings_.now() >= n8n_down_until_; }
  template <class... Arguments>
  std::function<void(Arguments...)> step(std::function<void(Arguments...)> body) {
    return [this, life = n8n_life_, body = std::move(body)](Arguments... arguments) {
      if (life == n8n_life_ && lives_on()) body(std::move(arguments)...);
    };
  }
  // Runs `body` every `period`, where n8n is up then.
  void every(double period_s, std::function<void()> body);

  // A roll of a fault, counted by its name. Never in calm weather.
  bool goes_wrong(demo::Dice& dice, double share, const char* fault);
  Duration up_to(demo::Dice& dice, double seconds);
  demo::Dice& sidecar_dice() { return sidecar_dice_; }

 private:
  void choose_automations(demo::Dice& dice);
  void perform(const Act& act);
  void perform_edit(const Act& act, Record& record);
  void note_change(const Webhook& webhook, const Record& record);
  void note_turn(const Webhook& webhook, const Record& record);
  void note_write(const Record& record, std::size_t field);
  void spread(const Webhook& webhook);
  void deliver(const Webhook& webhook, int tries_left);
  void automate(const Webhook& webhook);
  bool lives_on();
  int refusal();

  const Model& model_;
  const Scenario& scenario_;
  const Script& script_;
  Happenings happenings_;
  std::vector<std::unique_ptr<SimulatedSystem>> systems_;
  Receiver receiver_;
  Chronicle chronicle_;
  std::uint64_t seed_;
  demo::Dice api_dice_, read_dice_, n8n_dice_, sidecar_dice_, automation_dice_;
  // (system, (entity, field)): where an automation writes in its own spelling
  std::set<std::pair<std::size_t, std::pair<std::size_t, std::size_t>>> automations_;
  std::set<std::string> erased_, again_records_;  // by people
  bool again_ = false;
  double webhooks_lost_ = 0;
  bool calm_ = true;
  bool begun_ = false;
  std::uint64_t n8n_life_ = 0;
  Time n8n_down_until_ = Time::beginning();
};

}  // namespace truce::simulate
