#include "engine/app/whatif/record_replay.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/app/ingestion.h"
#include "engine/app/joined.h"
#include "engine/core/history/departure.h"

namespace truce {
namespace {

constexpr Duration never_forgets = Duration::of_ms(std::int64_t{100} * 365 * 86'400'000);
constexpr std::size_t items_max = 100'000;

// Ids of a world that nobody sees.
class ScratchIds : public Ids {
 public:
  std::string next(const char* prefix) override {
    const std::string digits = std::to_string(++count_);
    return prefix + std::string("scratch") +
           std::string(16 - std::min<std::size_t>(16, digits.size()), '0') + digits;
  }
  double chance() override { return 0.5; }

 private:
  std::uint64_t count_ = 0;
};

Policy without_guards(Policy policy) {
  policy.history_window = never_forgets;
  for (auto& [name, entity] : policy.entities) {
    entity.breaker_flips = std::numeric_limits<std::size_t>::max();
  }
  return policy;
}

SourceRecord link_of(const SourceRecord& source) {
  SourceRecord link = source;
  link.fields = {};
  return link;
}

// What plan() asks by the facts alone; the other items belong to what is given.
bool is_question(const ExceptionItem& item) {
  if (item.subject.starts_with(refused_arrival)) return false;
  return item.category == Category::conflict || item.category == Category::immutable ||
         item.category == Category::erase || item.category == Category::drift;
}

AskedQuestion asked_by(const ExceptionItem& item) {
  AskedQuestion asked{item.category, item.field, {}, fingerprint(item.candidates)};
  for (const Candidate& candidate : item.candidates) {
    const auto& known = asked.systems;
    if (std::find(known.begin(), known.end(), candidate.system) == known.end()) {
      asked.systems.push_back(candidate.system);
    }
  }
  return asked;
}

}  // namespace

RecordReplay::RecordReplay(const ReplayParts& parts, ReadView& view, const RecordLog& log,
                           const Policy& policy)
    : parts_(parts), log_(log), policy_(without_guards(policy)) {
  golden_.id = log.golden.id;
  golden_.entity = log.golden.entity;
  golden_.no_create = log.golden.no_create;
  golden_.unread_in = log.golden.unread_in;
  golden_.created_at = log.golden.created_at;
  for (const auto& [name, flips] : log.golden.flips) {
    if (flips.frozen) golden_.flips.emplace(name, flips);
  }
  for (const SourceRecord& source : log.sources) sources_.push_back(link_of(source));
  read_events();
  clear_stamps();
  add_references(view);
  list_steps();
}

void RecordReplay::read_events() {
  for (const LoggedEvent& event : log_.events) {
    if (!event.arrived && !event.was_refused) continue;
    ReadEvent read = read_raw_event({policy_, parts_.transforms, parts_.secrets}, event.raw);
    if (read.refusal || read.event.operation == EventOperation::merge) continue;
    // What was refused counts under a policy that refuses less of it.
    if (event.was_refused && read.record.problems.size() >= event.problems) continue;
    read.key = event.key;
    readings_.push_back({std::move(read), event.received_at});
  }
}

// A record's own stamps are given only where no event of the log gives them again.
void RecordReplay::clear_stamps() {
  for (SourceRecord& source : sources_) {
    Time deleted = Time::beginning(), present = Time::beginning();
    for (const Reading& reading : readings_) {
      if (reading.read.event.system != source.system || reading.read.id != source.id) continue;
      const Time at = arrival_of(policy_, reading.read, reading.received_at).at;
      const bool erases = reading.read.event.operation == EventOperation::erase;
      Time& stamp = erases ? deleted : present;
      stamp = std::max(stamp, at);
    }
    if (source.deleted_at == deleted) source.deleted_at.reset();
    if (source.present_at == present) source.present_at.reset();
  }
}

void RecordReplay::add_references(ReadView& view) {
  for (const Reading& reading : readings_) {
    const Entity* entity = policy_.entity(reading.read.event.entity);
    for (const auto& [name, value] : reading.read.record.fields) {
      const Field* field = entity->field(name);
      if (field->type != FieldType::reference || value.is_null()) continue;
      const auto source =
          view.find_source(reading.read.event.system, field->entity, RecordId(value.text()));
      if (source && !source->golden.empty()) add_referred(view, referred_to(view, *source));
    }
  }
  const Entity* entity = policy_.entity(golden_.entity);
  const auto add = [&](const FieldName& name, const Value& value) {
    const Field* field = entity ? entity->field(name) : nullptr;
    if (!field || field->type != FieldType::reference || value.is_null()) return;
    add_referred(view, GoldenId(value.text()));
  };
  for (const auto& given : log_.observations) add(given.field, given.fact.value);
  for (const auto& given : log_.writes) add(given.field, given.fact.value);
  for (const Decision& decision : log_.golden.decisions) add(decision.field, decision.value);
}

void RecordReplay::add_referred(ReadView& view, const GoldenId& golden) {
  const bool known = golden == golden_.id ||
                     std::any_of(referred_.begin(), referred_.end(),
                                 [&](const GoldenRecord& one) { return one.id == golden; });
  auto record = known ? std::nullopt : view.find_golden(golden);
  if (!record) return;
  for (const SourceRecord& source : view.sources_of(golden)) {
    SourceRecord link = link_of(source);
    if (const auto left = source.fields.find(departure_field); left != source.fields.end()) {
      link.fields[departure_field] = left->second;
    }
    referred_sources_.push_back(std::move(link));
  }
  const GoldenId survivor = record->merged_into;
  referred_.push_back(std::move(*record));
  if (!survivor.empty()) add_referred(view, survivor);
}

void RecordReplay::list_steps() {
  for (std::size_t i = 0; i < readings_.size(); ++i) {
    steps_.push_back({Kind::event, i, readings_[i].received_at});
  }
  for (std::size_t i = 0; i < log_.observations.size(); ++i) {
    steps_.push_back({Kind::observation, i, log_.observations[i].fact.received_at});
  }
  for (std::size_t i = 0; i < log_.writes.size(); ++i) {
    steps_.push_back({Kind::write, i, log_.writes[i].fact.handed_out_at});
  }
  for (std::size_t i = 0; i < log_.golden.decisions.size(); ++i) {
    steps_.push_back({Kind::decision, i, log_.golden.decisions[i].decided_at});
  }
}

std::vector<std::size_t> RecordReplay::recorded_order() const {
  std::vector<std::size_t> order(steps_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [this](std::size_t a, std::size_t b) { return steps_[a].at < steps_[b].at; });
  return order;
}

Picture RecordReplay::run(const std::vector<std::size_t>& order) const {
  const auto scratch = parts_.scratch();
  const auto store = scratch->begin();
  populate(*store);
  ScratchIds ids;
  Context context{*store, policy_, ids, parts_.now, parts_.transforms, parts_.secrets, "replay"};
  for (const std::size_t place : order) take(context, steps_[place]);
  return picture_of(context);
}

void RecordReplay::populate(Transaction& store) const {
  store.put_golden(golden_);
  for (const SourceRecord& source : sources_) store.put_source(source);
  for (const GoldenRecord& referred : referred_) store.put_golden(referred);
  for (const SourceRecord& source : referred_sources_) store.put_source(source);
  put_given_deliveries(store);
}

void RecordReplay::put_given_deliveries(Transaction& store) const {
  for (Delivery delivery : log_.deliveries) store.put_delivery(delivery);
  for (ExceptionItem item : log_.items) {
    if (!item.delivery.empty()) store.put_exception(item);
  }
}

void RecordReplay::take(Context& context, const Step& step) const {
  switch (step.kind) {
    case Kind::event:
      return take_event(context, readings_[step.place]);
    case Kind::observation:
      return take_given(context, log_.observations[step.place]);
    case Kind::write:
      return take_given(context, log_.writes[step.place]);
    case Kind::decision:
      return take_decision(context, log_.golden.decisions[step.place]);
  }
}

void RecordReplay::take_event(Context& context, const Reading& reading) const {
  if (reading.read.event.operation == EventOperation::restore) {
    const auto source = context.store.find_source(reading.read.event.system,
                                                  reading.read.event.entity, reading.read.id);
    // It would be linked again, and links are given.
    if (source && source->state == LinkState::unlinked) return;
  }
  take_again(context, reading.read, reading.received_at, MissingParent::leave_out);
}

void RecordReplay::take_decision(Context& context, const Decision& decision) const {
  auto state = load_state(context, golden_.id);
  if (!state) return;
  auto& decisions = state->golden.decisions;
  const bool known = std::any_of(decisions.begin(), decisions.end(), [&](const Decision& one) {
    return one.id == decision.id && one.field == decision.field;
  });
  if (known) return;
  decisions.push_back(decision);
  derive(context, *state);
}

template <class Fact>
void RecordReplay::take_given(Context& context, const GivenFact<Fact>& given) const {
  auto state = load_state(context, golden_.id);
  if (!state) return;
  const SourceRecord& link = sources_[given.source];
  for (SourceRecord& source : state->sources) {
    if (source.system != link.system || source.id != link.id) continue;
    join(source.fields[given.field], given.fact);
    context.store.put_source(source);
  }
  derive(context, *state);
}

// A refused write goes when another value leaves it nothing to say, and is then wanted afresh. Here
// values come and go in any order, and what was refused or handed out is given.
void RecordReplay::plan_writes_afresh(Context& context) const {
  for (Delivery delivery : context.store.open_deliveries(golden_.id)) {
    delivery.state = DeliveryState::withdrawn;
    delivery.settled_at = context.now;
    context.store.put_delivery(delivery);
  }
  put_given_deliveries(context.store);
}

// A person's dismissal closes the item that it answered, and no other; here they come in any order.
void RecordReplay::ask_afresh(Context& context) const {
  auto state = load_state(context, golden_.id);
  if (!state) return;
  for (const ExceptionItem& item : state->items) {
    if (is_question(item)) close_item(context, item, "replay", "asked again");
  }
  std::erase_if(state->items, is_question);
  derive(context, *state);
}

Picture RecordReplay::picture_of(Context& context) const {
  Picture picture;
  ExceptionFilter all;
  all.limit = items_max;
  for (const ExceptionItem& item : context.store.list_exceptions(all)) {
    if (item.golden == golden_.id && is_question(item))
      picture.asked[item.subject] = asked_by(item);
  }
  plan_writes_afresh(context);
  ask_afresh(context);
  for (const ExceptionItem& item : context.store.unanswered_exceptions_of(golden_.id)) {
    if (is_question(item)) picture.questions[item.subject] = asked_by(item);
  }
  for (const Delivery& delivery : context.store.open_deliveries(golden_.id)) {
    if (delivery.state != DeliveryState::pending) continue;
    auto& fields =
        picture.writes[delivery.system.text + ' ' + std::string(to_string(delivery.operation))];
    for (const auto& [name, field] : delivery.fields) fields.emplace(name, field.value);
  }
  for (const Reading& reading : readings_) {
    picture.refused_values += reading.read.record.problems.size();
  }
  if (!policy_.entity(golden_.entity)) return picture;
  const auto golden = context.store.find_golden(golden_.id);
  for (const auto& [name, field] : golden->fields) picture.fields.emplace(name, field);
  picture.deleted = golden->deleted_at.has_value();
  return picture;
}

}  // namespace truce
