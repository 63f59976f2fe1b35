// What a simulation is made of: how much people do, and how often what goes wrong. A file, so that
// nobody has to take a preset's word for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/error.h"

namespace truce::simulate {

// Shares are probabilities from 0 to 1; what ends in _s are seconds of the virtual clock.
struct People {
  double things = 12;        // real persons and companies that exist in every system at the start
  double edits = 120;        // by people, of all systems together
  double hours = 1;          // in which they are made
  double collisions = 0.08;  // edits that somebody in another system follows within collision_s
  double collision_s = 20;
  double blanks = 0.04;      // edits that empty the field
  double newcomers = 0.05;   // edits that enter a new person instead
  double duplicates = 0.01;  // edits that enter a person a second time; merged by hand later
  double deletes = 0.01;     // edits that delete a record instead
  double restores = 0.3;     // deletes that somebody takes back
  double answers = 0.5;      // open questions that somebody answers
  double answer_after_s = 600;
  double automations = 0.5;  // text fields that an automation writes in its own spelling
};

struct Network {
  double webhooks_lost_min = 0;  // each story has its own rate between the two
  double webhooks_lost_max = 0;
  double webhooks_twice = 0;
  double webhooks_slow = 0;  // far enough to be overtaken by later ones
  double webhook_s = 1;      // at most, in the usual case
  double slow_s = 60;        // at most
  double requests_lost = 0;  // never arrive
  double answers_lost = 0;   // arrive and are carried out; their answer is not
  double request_s = 0.4;    // at most, one way
};

struct Apis {
  double too_many = 0;         // 429
  double broken = 0;           // 500
  double conflicts = 0;        // 409: somebody else holds the record just now
  double partial_batches = 0;  // each item of a bulk call fails by itself
  double lagging_reads = 0;    // reads that show the state of up to lag_s ago
  double lag_s = 0;
  double skipped_rows = 0;  // of a list that is read page by page
  double page_size = 50;
  double clock_error_s = 0;  // at most, either way; the policy knows the bound
  double rewrites = 1;       // 1: systems keep values in their own case, length and scale
};

struct Crashes {
  double n8n_steps = 0;  // of a workflow, that n8n does not outlive
  double n8n_down_s = 30;
  double sidecar_requests = 0;  // that the sidecar does not outlive: before, in or after its commit
  double sidecar_down_s = 5;
};

struct Loops {
  double outbox_s = 10;      // between two runs of the outbox workflow
  double catch_up_s = 300;   // between two runs of the slow loop's catch-up
  double reconcile_s = 900;  // between two comparisons of everything
  double operators_s = 60;   // between two looks at the operator's queue
};

struct Scenario {
  std::string name;
  double systems = 2;  // 2 to 4; of the built-in policy
  People people;
  Network network;
  Apis apis;
  Crashes crashes;
  Loops loops;
};

// The names of the presets, the mildest first.
const std::vector<std::string>& preset_names();
// The preset as a file, comments and all; empty: there is none of that name.
std::string_view preset_text(std::string_view name);

// JSON with comments. What is left out has the value of `calm`. An unknown key, or a value out of
// its bounds, is a Problem with its pointer that says what would do.
Result<Scenario> read_scenario(std::string_view text);
// Every member with its value, as read_scenario takes it.
std::string scenario_text(const Scenario& scenario);

}  // namespace truce::simulate
