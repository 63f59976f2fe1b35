#include "sidecar/demo/demo.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sidecar/demo/last_write_wins.h"
#include "sidecar/demo/naive_copy.h"
#include "sidecar/demo/oracle.h"
#include "sidecar/demo/policy_fit.h"
#include "sidecar/demo/report.h"
#include "sidecar/demo/truce_sync.h"
#include "sidecar/demo/world.h"

namespace truce::demo {
namespace {

constexpr int exit_done = 0;
constexpr int exit_found = 1;
constexpr int exit_misuse = 2;
constexpr int exit_could_not = 3;

// After the last edit: long enough for the slowest webhook, so that the poll is the last word.
constexpr Duration drain = Duration::of_ms(2'600);
constexpr Duration quiet_after_poll = Duration::of_ms(1'500);
constexpr Duration step = Duration::of_ms(300);
// Three failures in a row wait 1 + 2 + 4 seconds.
constexpr Duration settle_at_most = Duration::of_ms(12'000);
constexpr Duration progress_every = Duration::of_ms(200);
// Back to before the first edit, whatever a CRM's clock says.
constexpr Duration poll_margin = Duration::of_ms(5'000);

Time wall_clock() {
  using namespace std::chrono;
  return Time{duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

class Demo {
 public:
  Demo(const DemoOptions& options, std::ostream& out)
      : options_(options),
        out_(out),
        started_(wall_clock()),
        live_(!options.plain && !options.json),
        progress_(out, live_),
        sidecar_(options.url, options.token) {
    // Seconds, so that two runs of one sidecar are about different people.
    const auto run = static_cast<std::uint32_t>((started_.us / 1'000'000) % 100'000'000);
    script_ = make_script({options.seed, options.people, options.edits, run});
    truth_ = truth_of(script_);
    world_options_.seed = options.seed;
    world_options_.id_prefix = std::to_string(run);
  }

  int run() {
    introduce();
    const SidecarReply ready = sidecar_.get("/readyz");
    if (!ready.done()) return could_not(ready.trouble() + " (" + options_.url + ")");
    const SidecarReply policy = sidecar_.get("/v1/policy");
    if (!policy.done()) return could_not(policy.trouble());
    if (const std::string why = why_unfit(policy.body.value("policy", Json())); !why.empty()) {
      return could_not("the sidecar's policy is not the demo's, workflows/policies/demo.json: " +
                       why + ". Nothing was sent to it.");
    }
    if (!run_baseline(naive_copy, Poll::none)) return could_not("no free port on loopback");
    if (!run_baseline(last_write_wins, Poll::at_the_end))
      return could_not("no free port on loopback");
    const std::optional<std::string> trouble = run_truce();
    progress_.clear();
    if (trouble) return could_not(*trouble);
    report();
    const Score& score = rows_.back().score;
    const bool clean = score.wrong_fields == 0 && score.lost_edits == 0 && score.duplicates == 0 &&
                       (facts_.answered == 0 || facts_.answer_arrived);
    return clean ? exit_done : exit_found;
  }

 private:
  enum class Poll { none, at_the_end };

  void introduce() {
    if (options_.json) return;
    out_ << "Two fake CRMs, " << script_.people.size() << " people, " << script_.edits.size()
         << " edits in " << script_.length.ms() / 1000 << " s, seed " << options_.seed
         << ". Webhooks get lost, come twice and out of order;\n"
            "the CRMs answer 429 and 500, and some writes are done but never answered.\n\n";
  }

  int could_not(const std::string& why) {
    progress_.clear();
    if (options_.json) {
      out_ << to_wire({{"error", why}}) << '\n';
    } else {
      out_ << "truce demo: " << why << '\n';
    }
    return exit_could_not;
  }

  void follow(Schedule& schedule, const World& world, Duration until) {
    while (schedule.elapsed() < until) {
      const Duration next = schedule.elapsed() + progress_every;
      schedule.run_until(next < until ? next : until);
      progress_.show(world, static_cast<int>(script_.edits.size()), schedule.elapsed());
    }
  }

  // Simulated time: these two ask nobody for the time, and so every number of theirs repeats.
  bool run_baseline(const World::MakeStrategy& make, Poll poll) {
    Schedule schedule(Pace::simulated, started_);
    World world(schedule, script_, world_options_, make);
    if (!world.ready()) return false;
    world.schedule_edits();
    follow(schedule, world, script_.length + drain);
    if (poll == Poll::at_the_end) world.poll(started_ - poll_margin);
    follow(schedule, world, schedule.elapsed() + quiet_after_poll);
    rows_.push_back({world.name(), judge(world, script_, truth_, {})});
    return true;
  }

  // Why it could not; nullopt: it ran.
  std::optional<std::string> run_truce() {
    const Time began = wall_clock();
    Schedule schedule(Pace::real, began);
    std::shared_ptr<TruceSync> sync;
    World world(schedule, script_, world_options_, [&](CrmPair crms, Ledger& ledger) {
      sync = std::make_shared<TruceSync>(sidecar_, crms, ledger);
      return truce_strategy(sync);
    });
    if (!world.ready()) return "no free port on loopback";
    sync->import_all();
    sync->begin_counting();
    if (!world.ledger().failure.empty()) return world.ledger().failure;
    if (sync->refused_at_import() > 0) {
      return "the sidecar refuses the demo's records: it needs workflows/policies/demo.json";
    }
    world.schedule_edits();
    world.schedule_ticks(script_.length + drain);
    follow(schedule, world, script_.length + drain);
    world.poll(began - poll_margin);
    settle(schedule, world);
    const std::vector<OpenQuestion> questions = sync->open_questions();
    rows_.push_back({world.name(), judge(world, script_, truth_, questions)});
    facts_.other_items = sync->other_items();
    answer_one(schedule, world, *sync, questions);
    facts_.network = world.network();
    facts_.faults = world.faults();
    facts_.ledger = world.ledger();
    if (!world.ledger().failure.empty()) return world.ledger().failure;
    return std::nullopt;
  }

  void settle(Schedule& schedule, World& world) {
    const Duration latest = schedule.elapsed() + settle_at_most;
    do {
      world.schedule_ticks(schedule.elapsed() + step);
      follow(schedule, world, schedule.elapsed() + step);
    } while (schedule.elapsed() < latest && !world.idle());
  }

  void answer_one(Schedule& schedule, World& world, TruceSync& sync,
                  const std::vector<OpenQuestion>& questions) {
    if (questions.empty()) return;
    const OpenQuestion& question = questions.front();
    const Side choose = Side::salesforce;
    facts_.answered_text = std::string(to_string(question.field)) + " (hubspot says " +
                           question.candidates.at(Side::hubspot) + ", salesforce says " +
                           question.candidates.at(Side::salesforce) + ") with salesforce's";
    facts_.answered = 1;
    if (!sync.answer(question, choose)) return;
    settle(schedule, world);
    const std::string chosen = meaning(choose, question.field, question.candidates.at(choose));
    facts_.answer_arrived = true;
    for (const auto& [side, id] : question.record_ids) {
      const std::optional<CrmRecord> record = world.store(side).find(id);
      const bool there =
          record && record->content.contains(question.field) &&
          meaning(side, question.field, record->content.at(question.field)) == chosen;
      if (!there) facts_.answer_arrived = false;
    }
  }

  void report() {
    if (options_.json) {
      Json document = to_json(rows_, facts_);
      document["seed"] = options_.seed;
      out_ << to_wire(document) << '\n';
      return;
    }
    print_table(out_, rows_);
    out_
        << "\nwrong fields: a person's field that either CRM shows otherwise than the policy asks "
           "for, "
           "or that was decided\n  where the policy asks a person. lost edits: edits that should "
           "stand and are nowhere any more.\n  loop writes: writes that answered another write and "
           "brought only what the record holds or held.\n  duplicates: records beyond one per "
           "person "
           "and CRM. Last write wins has the same catch-up poll as Truce, of the records.\n\n";
    print_facts(out_, facts_);
    constexpr std::size_t findings_shown = 20;
    if (!rows_.back().score.findings.empty()) print_findings(out_, rows_.back(), findings_shown);
  }

  const DemoOptions& options_;
  std::ostream& out_;
  Time started_;
  bool live_;
  Progress progress_;
  SidecarClient sidecar_;
  Script script_;
  std::vector<PersonTruth> truth_;
  WorldOptions world_options_;
  std::vector<Row> rows_;
  TruceFacts facts_;
};

bool in_range(const DemoOptions& options) {
  return options.people >= 4 && options.people <= 200 && options.edits >= 10 &&
         options.edits <= 2'000;
}

}  // namespace

int run_demo(const DemoOptions& options, std::ostream& out) {
  if (!in_range(options)) {
    out << "truce demo: people must be 4 to 200 and edits 10 to 2000\n";
    return exit_misuse;
  }
  return Demo(options, out).run();
}

}  // namespace truce::demo
