#include "sidecar/simulate/office.h"

#include <algorithm>

namespace truce::simulate {
namespace {

const Time origin = Time::of_ms(1'780'000'000'000);
constexpr std::int64_t first_records_before_ms = 3'600'000;
constexpr std::int64_t patience_ms = 10'000;  // a client's, with a call that is not answered
constexpr std::int64_t webhook_again_ms = 20'000;
constexpr int webhook_tries = 4;  // of a system whose subscriber does not answer
constexpr std::int64_t automation_least_ms = 80;
constexpr double automation_most_s = 2;

std::string spelled_by_automation(const Text& value) {
  constexpr std::string_view end = " valley";
  if (!value.ends_with(end)) return value;
  return value.substr(0, value.size() - end.size()) + " Valley";
}

}  // namespace

Office::Office(const Model& model, const Scenario& scenario, const Script& script,
               std::uint64_t seed)
    : model_(model),
      scenario_(scenario),
      script_(script),
      happenings_(origin),
      seed_(seed),
      api_dice_(seed, "api"),
      read_dice_(seed, "reads"),
      n8n_dice_(seed, "n8n"),
      sidecar_dice_(seed, "sidecar"),
      automation_dice_(seed, "automation") {
  demo::Dice dice(seed, "office");
  const Network& network = scenario.network;
  webhooks_lost_ = network.webhooks_lost_min +
                   dice.unit() * (network.webhooks_lost_max - network.webhooks_lost_min);
  for (std::size_t i = 0; i < model.systems.size(); ++i) {
    const double error_s = (2 * dice.unit() - 1) * scenario.apis.clock_error_s;
    systems_.push_back(std::make_unique<SimulatedSystem>(
        model, i, Duration::of_ms(static_cast<std::int64_t>(error_s * 1000)),
        [this](const Webhook& webhook, const Record& record) {
          note_change(webhook, record);
          spread(webhook);
        }));
  }
  choose_automations(dice);
}

void Office::choose_automations(demo::Dice& dice) {
  for (std::size_t e = 0; e < model_.entities.size(); ++e) {
    for (const FieldModel& field : model_.entities[e].fields) {
      const Field& rule = *field.rule;
      const bool chosen = dice.chance(scenario_.people.automations);
      const auto system = static_cast<std::size_t>(dice.next() % model_.systems.size());
      const Place& place = field.in[system];
      if (!chosen || rule.type != FieldType::text || rule.rule != Rule::recency ||
          !rule.group.empty() || !place.read || !place.written) {
        continue;
      }
      if (!place.entry->lossy.empty() || place.entry->max_length) continue;
      automations_.insert({system, {e, field.index}});
    }
  }
}

void Office::begin(Receiver receiver) {
  receiver_ = std::move(receiver);
  // System by system, so that the highest-ranked one, which keeps everything as it is, was last.
  for (std::size_t back = systems_.size(); back-- > 0;) {
    const Time at = origin - Duration::of_ms(first_records_before_ms +
                                             static_cast<std::int64_t>(back) * 600'000);
    for (Thing thing = 0; thing < script_.things.size(); ++thing) {
      const Beginning& first = script_.things[thing];
      if (!model_.entities[first.entity].has_part[back]) continue;
      systems_[back]->enter(at + Duration::of_ms(static_cast<std::int64_t>(thing) * 1000),
                            first.entity, thing, first.values, Author::person);
    }
  }
  begun_ = true;
}

void Office::schedule_people() {
  calm_ = false;
  for (const Act& act : script_.acts) {
    happenings_.at(origin + act.at, [this, &act] { perform(act); });
  }
}

void Office::perform(const Act& act) {
  SimulatedSystem& system = *systems_[act.system];
  if (act.kind != Act::Kind::merge && act.kind != Act::Kind::restore) ++chronicle_.acts;
  if (act.kind == Act::Kind::enter) {
    system.enter(now(), act.entity, act.thing, act.more, Author::person);
    return;
  }
  Record* first = nullptr;
  Record* second = nullptr;
  Record* deleted = nullptr;
  for (Record* record : system.records_of(act.thing)) {
    if (record->alive() && first) second = second ? second : record;
    if (record->alive() && !first) first = record;
    if (record->deleted_at && record->merged_into.empty() && erased_.contains(record->id)) {
      deleted = record;
    }
  }
  if (act.kind == Act::Kind::restore) {
    if (deleted) system.restore(now(), *deleted);
    return;
  }
  if (!first) {
    ++chronicle_.void_acts;
    return;
  }
  switch (act.kind) {
    case Act::Kind::again: {
      std::map<std::size_t, Text> values;
      for (std::size_t i = 0; i < first->values.size(); ++i) values.emplace(i, first->values[i]);
      again_ = true;
      system.enter(now(), act.entity, act.thing, values, Author::person);
      again_ = false;
      break;
    }
    case Act::Kind::merge:
      if (second && again_records_.contains(second->id)) system.merge(now(), *second, *first);
      break;
    case Act::Kind::erase:
      erased_.insert(first->id);
      system.erase(now(), *first, Author::person);
      break;
    default:
      perform_edit(act, *first);
  }
}

void Office::perform_edit(const Act& act, Record& record) {
  std::map<std::size_t, Text> values = act.more;
  Text& value = values[act.field];
  value = act.value;
  if (act.kind != Act::Kind::set) {
    std::vector<std::string> elements = elements_of(record.values[act.field]);
    if (act.kind == Act::Kind::add) {
      elements.push_back(act.value);
    } else if (elements.size() > 1) {  // an emptied set is a blank, which is another matter
      elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(act.choice % elements.size()));
    }
    value = set_of(std::move(elements));
  }
  if (systems_[act.system]->change(now(), record, values, Author::person).empty()) {
    ++chronicle_.void_acts;
  }
}

void Office::note_change(const Webhook& webhook, const Record& record) {
  if (webhook.kind != Webhook::Kind::upsert) return note_turn(webhook, record);
  const EntityModel& entity = model_.entities[record.entity];
  if (webhook.author == Author::api) {
    ++chronicle_.writes;
  } else if (webhook.is_new) {
    if (again_) again_records_.insert(record.id);
    chronicle_.turns.push_back({again_ ? Turn::Kind::entered_again : Turn::Kind::entered,
                                record.thing, record.entity, webhook.system, record.id, now(),
                                webhook.occurred_at});
  }
  // What is typed into the second record of a thing stays there.
  if (again_records_.contains(record.id)) return;
  const std::size_t revisions = record.revisions.size();
  for (const std::size_t index : webhook.changed) {
    const auto place = std::pair(record.thing, index);
    chronicle_.changed_at[place] = now();
    if (webhook.author == Author::api) {
      note_write(record, index);
      continue;
    }
    if (begun_) chronicle_.edited_at[place] = now();
    // A group's tuple is edited as a whole.
    for (const std::size_t member : entity.fields[index].members) {
      ++chronicle_.edits_of[{record.thing, member}];
    }
    Saying saying{record.thing,
                  record.entity,
                  webhook.system,
                  index,
                  {},
                  record.values[index],
                  {},
                  record.id,
                  now(),
                  webhook.occurred_at,
                  webhook.author};
    if (revisions > 1) saying.before = record.revisions[revisions - 2].values[index];
    for (const std::size_t member : entity.fields[index].members) {
      saying.group.push_back(record.values[member]);
    }
    chronicle_.sayings.push_back(std::move(saying));
  }
}

void Office::note_write(const Record& record, std::size_t field) {
  const std::size_t revisions = record.revisions.size();
  if (revisions < 2) return;
  Written& written = chronicle_.written[{record.id, field}];
  const std::uint64_t edits = chronicle_.edits_of[{record.thing, field}];
  if (written.edits != edits) written = {edits, {}};
  const std::string step =
      record.revisions[revisions - 2].values[field] + '\n' + record.values[field];
  if (std::count(written.steps.begin(), written.steps.end(), step) > 0) {
    const EntityModel& entity = model_.entities[record.entity];
    chronicle_.loops.push_back(entity.rules->name.text + " " + std::to_string(record.thing) + "." +
                               entity.fields[field].rule->name.text + " in record " + record.id);
  }
  written.steps.push_back(step);
}

void Office::note_turn(const Webhook& webhook, const Record& record) {
  if (webhook.author == Author::api) {
    ++chronicle_.writes;
    return;
  }
  const Turn::Kind kind = webhook.kind == Webhook::Kind::erase     ? Turn::Kind::erased
                          : webhook.kind == Webhook::Kind::restore ? Turn::Kind::restored
                                                                   : Turn::Kind::merged;
  chronicle_.turns.push_back(
      {kind, record.thing, record.entity, webhook.system, record.id, now(), webhook.occurred_at});
}

void Office::spread(const Webhook& webhook) {
  if (!begun_) return;
  automate(webhook);
  // Dice of its own for each: the same edit has the same luck, whatever a strategy did before.
  demo::Dice dice(
      seed_, "webhook/" + std::to_string(webhook.system) + "/" +
                 std::to_string(systems_[webhook.system]->find(webhook.record_id)->thing) + "/" +
                 std::to_string(webhook.occurred_at.us));
  const Network& network = scenario_.network;
  if (goes_wrong(dice, webhooks_lost_, "webhook_lost")) return;
  const int copies = goes_wrong(dice, network.webhooks_twice, "webhook_twice") ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    const bool slow = goes_wrong(dice, network.webhooks_slow, "webhook_slow");
    const Duration delay = up_to(dice, slow ? network.slow_s : network.webhook_s);
    happenings_.after(delay, [this, webhook] { deliver(webhook, webhook_tries); });
  }
}

void Office::deliver(const Webhook& webhook, int tries_left) {
  if (n8n_is_up()) return receiver_(webhook);
  ++chronicle_.faults["webhook_refused"];
  if (tries_left <= 1) return;
  happenings_.after(Duration::of_ms(webhook_again_ms),
                    [this, webhook, tries_left] { deliver(webhook, tries_left - 1); });
}

void Office::automate(const Webhook& webhook) {
  if (webhook.kind != Webhook::Kind::upsert) return;
  for (const std::size_t index : webhook.changed) {
    if (!automations_.contains({webhook.system, {webhook.entity, index}})) continue;
    const Duration delay =
        Duration::of_ms(automation_least_ms) + up_to(automation_dice_, automation_most_s);
    happenings_.after(delay, [this, index, id = webhook.record_id, s = webhook.system] {
      Record* record = systems_[s]->find(id);
      if (!record->alive()) return;
      systems_[s]->change(now(), *record, {{index, spelled_by_automation(record->values[index])}},
                          Author::automation);
    });
  }
}

bool Office::goes_wrong(demo::Dice& dice, double share, const char* fault) {
  const bool rolled = dice.chance(share) && !calm_;
  if (rolled) ++chronicle_.faults[fault];
  return rolled;
}

// A fifth of the time at least.
Duration Office::up_to(demo::Dice& dice, double seconds) {
  return {static_cast<std::int64_t>(seconds * 1e6 * (0.2 + 0.8 * dice.unit()))};
}

Time Office::read_time() {
  if (!goes_wrong(read_dice_, scenario_.apis.lagging_reads, "lagging_read")) return now();
  return now() - up_to(read_dice_, scenario_.apis.lag_s);
}

bool Office::skips_row() {
  return goes_wrong(read_dice_, scenario_.apis.skipped_rows, "skipped_row");
}

// 0: it goes through.
int Office::refusal() {
  const Apis& apis = scenario_.apis;
  if (goes_wrong(api_dice_, apis.too_many, "429")) return 429;
  if (goes_wrong(api_dice_, apis.broken, "500")) return 500;
  if (goes_wrong(api_dice_, apis.conflicts, "409")) return 409;
  return 0;
}

void Office::call(std::size_t system, Call call, std::function<void(const Answer&)> done) {
  std::vector<Call> calls;
  calls.push_back(std::move(call));
  call_bulk(system, std::move(calls), [done = std::move(done)](const std::vector<Answer>& answers) {
    done(answers.front());
  });
}

void Office::call_bulk(std::size_t system, std::vector<Call> calls,
                       std::function<void(const std::vector<Answer>&)> done) {
  const std::size_t count = calls.size();
  const auto unheard = [this, count, done] {
    happenings_.after(Duration::of_ms(patience_ms),
                      [count, done] { done(std::vector<Answer>(count)); });
  };
  if (goes_wrong(api_dice_, scenario_.network.requests_lost, "request_lost")) return unheard();
  const Duration there = up_to(api_dice_, scenario_.network.request_s);
  happenings_.after(there, [this, system, calls = std::move(calls), done, unheard] {
    const int refused = refusal();
    std::vector<Answer> answers;
    for (const Call& call : calls) {
      Answer answer;
      answer.status = refused;
      const bool partial = calls.size() > 1 && refused == 0 &&
                           goes_wrong(api_dice_, scenario_.apis.partial_batches, "partial_batch");
      if (partial) answer.status = 500;
      answers.push_back(answer.status == 0 ? call(*systems_[system]) : std::move(answer));
    }
    if (goes_wrong(api_dice_, scenario_.network.answers_lost, "answer_lost")) return unheard();
    happenings_.after(up_to(api_dice_, scenario_.network.request_s),
                      [done, answers = std::move(answers)] { done(answers); });
  });
}

bool Office::lives_on() {
  if (!n8n_is_up()) return false;
  if (!goes_wrong(n8n_dice_, scenario_.crashes.n8n_steps, "n8n_crash")) return true;
  ++n8n_life_;
  n8n_down_until_ = now() + up_to(n8n_dice_, scenario_.crashes.n8n_down_s);
  return false;
}

void Office::every(double period_s, std::function<void()> body) {
  const auto period = Duration{static_cast<std::int64_t>(period_s * 1e6)};
  happenings_.after(period, [this, period_s, body = std::move(body)] {
    if (n8n_is_up()) body();
    every(period_s, body);
  });
}

}  // namespace truce::simulate
