// The strategies that people build first: a copy of what a webhook says, with or without a look at
// who was last.
#pragma once

#include "sidecar/simulate/strategy.h"

namespace truce::simulate {

// A copy that answers itself never ends. Behind so many webhooks a story it is switched off, as an
// account's limit of calls or its owner would do (a calm story of 120 edits has about 300).
inline constexpr std::size_t copied_webhooks_max = 20'000;

class CopySync : public Strategy {
 public:
  CopySync(StrategyKind kind, Office& office) : kind_(kind), office_(office) {}

  void begin() override;
  void receive(const Webhook& webhook) override;

 private:
  // Records that it takes for one thing.
  struct Family {
    explicit Family(std::size_t systems) : ids(systems) {}
    std::vector<std::string> ids;            // by system; empty: none
    Time modified = Time::beginning();       // of the record that was copied last
    std::map<std::size_t, Time> changed_at;  // by field
    std::map<std::size_t, Text> last;        // by field: what was copied last
  };
  using Values = std::map<std::size_t, Text>;

  std::size_t family_of(const Webhook& webhook);
  Values news_of(const Webhook& webhook, Family& family) const;
  void copy(std::size_t family, std::size_t entity, std::size_t to, const Values& news,
            const Values& all);
  void find_or_create(std::size_t family, std::size_t entity, std::size_t to, const Values& all);
  void create(std::size_t family, std::size_t entity, std::size_t to, const Values& all);
  void remove(std::size_t family, std::size_t from);
  // A workflow's "retry on fail": three times at most, then it gives up.
  void with_retries(std::size_t system, Office::Call call, std::function<void(Answer)> done,
                    int tries = 3);

  StrategyKind kind_;
  Office& office_;
  std::size_t received_ = 0;
  std::vector<Family> families_;
  std::map<std::pair<std::size_t, std::string>, std::size_t> family_by_record_;
};

}  // namespace truce::simulate
