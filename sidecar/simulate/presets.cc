#include <array>

#include "sidecar/simulate/scenario.h"

namespace truce::simulate {
namespace {

// What a file leaves out has the defaults of scenario.h, and those are calm.
constexpr std::string_view calm = R"({
  // Two systems, and nothing goes wrong: what a strategy does when it is not disturbed.
  "name": "calm"
}
)";

constexpr std::string_view seeds = R"({
  // An ordinary day. Of webhooks 0.1 % to 0.5 % are lost, each story has its own rate.
  "name": "seeds",
  "systems": 2,
  "network": {
    "webhooks_lost_min": 0.001,
    "webhooks_lost_max": 0.005,
    "webhooks_twice": 0.01,    // HubSpot and Stripe say so of their own
    "webhooks_slow": 0.02,
    "slow_s": 60,
    "requests_lost": 0.001,
    "answers_lost": 0.001
  },
  "apis": {
    "too_many": 0.005,
    "broken": 0.002,
    "conflicts": 0.001,
    "partial_batches": 0.005,
    "lagging_reads": 0.02,
    "lag_s": 10,
    "skipped_rows": 0.0005,
    "clock_error_s": 0.2
  },
  "crashes": {
    "n8n_steps": 0.0005,
    "sidecar_requests": 0.0002
  }
}
)";

constexpr std::string_view bad_day = R"({
  // Three systems, one of them in trouble all day.
  "name": "bad-day",
  "systems": 3,
  "people": {
    "collisions": 0.12,
    "duplicates": 0.02,
    "deletes": 0.02
  },
  "network": {
    "webhooks_lost_min": 0.01,
    "webhooks_lost_max": 0.05,
    "webhooks_twice": 0.05,
    "webhooks_slow": 0.1,
    "slow_s": 180,
    "requests_lost": 0.01,
    "answers_lost": 0.02
  },
  "apis": {
    "too_many": 0.05,
    "broken": 0.03,
    "conflicts": 0.02,
    "partial_batches": 0.03,
    "lagging_reads": 0.2,
    "lag_s": 20,
    "skipped_rows": 0.005,
    "clock_error_s": 1
  },
  "crashes": {
    "n8n_steps": 0.003,
    "sidecar_requests": 0.002
  }
}
)";

constexpr std::string_view hell = R"({
  // Four systems, and everything at once.
  "name": "hell",
  "systems": 4,
  "people": {
    "collisions": 0.25,
    "duplicates": 0.03,
    "deletes": 0.04,
    "automations": 1
  },
  "network": {
    "webhooks_lost_min": 0.1,
    "webhooks_lost_max": 0.3,
    "webhooks_twice": 0.2,
    "webhooks_slow": 0.3,
    "slow_s": 600,
    "requests_lost": 0.05,
    "answers_lost": 0.08
  },
  "apis": {
    "too_many": 0.1,
    "broken": 0.1,
    "conflicts": 0.05,
    "partial_batches": 0.1,
    "lagging_reads": 0.5,
    "lag_s": 60,
    "skipped_rows": 0.02,
    "page_size": 5,
    "clock_error_s": 3
  },
  "crashes": {
    "n8n_steps": 0.01,
    "n8n_down_s": 120,
    "sidecar_requests": 0.01,
    "sidecar_down_s": 30
  }
}
)";

struct Preset {
  const char* name;
  std::string_view text;
};
constexpr std::array<Preset, 4> presets = {
    {{"calm", calm}, {"seeds", seeds}, {"bad-day", bad_day}, {"hell", hell}}};

}  // namespace

const std::vector<std::string>& preset_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Preset& preset : presets) all.emplace_back(preset.name);
    return all;
  }();
  return names;
}

std::string_view preset_text(std::string_view name) {
  for (const Preset& preset : presets) {
    if (preset.name == name) return preset.text;
  }
  return {};
}

}  // namespace truce::simulate
