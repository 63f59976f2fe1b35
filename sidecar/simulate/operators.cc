#include "sidecar/simulate/operators.h"

#include <algorithm>

#include "engine/app/queue.h"

namespace truce::simulate {
namespace {

constexpr std::size_t looked_at_max = 1'000;

std::vector<ExceptionItem> unanswered(ReadView& view) {
  ExceptionFilter filter;
  filter.unanswered = true;
  filter.limit = looked_at_max;
  return view.list_exceptions(filter);
}

Text text_of_value(const Value& value) {
  if (!value.is_set()) return value.text();
  std::vector<std::string> elements;
  for (const Value::Element& element : value.elements()) elements.push_back(element.text);
  return set_of(std::move(elements));
}

}  // namespace

Operators::Operators(Office& office, SidecarProcess& sidecar, std::uint64_t seed,
                     CarryOut carry_out)
    : office_(office), sidecar_(sidecar), seed_(seed), carry_out_(std::move(carry_out)) {}

Thing Operators::thing_of(ReadView& view, const GoldenId& golden) const {
  for (const SourceRecord& source : view.sources_of(golden)) {
    const std::size_t system = office_.model().system_of(source.system);
    const Record* record = office_.system(system).find(source.id.text);
    if (record) return record->thing;
  }
  return SIZE_MAX;
}

std::vector<std::size_t> Operators::fields_of(const ExceptionItem& item) const {
  std::vector<std::size_t> fields;
  const std::size_t entity = office_.model().entity_of(item.entity);
  if (entity == office_.model().entities.size()) return fields;
  std::set<std::string> names{item.field.text};
  for (const char* list : {"group", "fields"}) {
    const Json* members = find_member(item.detail, list);
    if (!members || !members->is_array()) continue;
    for (const Json& member : *members) {
      if (member.is_string()) names.insert(member.get<std::string>());
    }
  }
  for (const FieldModel& field : office_.model().entities[entity].fields) {
    if (names.contains(field.rule->name.text)) fields.push_back(field.index);
  }
  return fields;
}

void Operators::look() {
  std::vector<ExceptionItem> items;
  {
    const auto view = sidecar_.store().read();
    items = unanswered(*view);
  }
  for (const ExceptionItem& item : items) {
    const auto [plan, is_new] = plans_.try_emplace(item.id);
    if (is_new) {
      Chronicle& chronicle = office_.chronicle();
      ++chronicle.asked;
      ++chronicle.asked_by_category[std::string(to_string(item.category))];
      // Dice of its own: a question more here shifts no answer there.
      demo::Dice dice(seed_, "answer/" + item.id.text);
      plan->second.answers = dice.chance(office_.scenario().people.answers);
      plan->second.at =
          office_.now() + office_.up_to(dice, office_.scenario().people.answer_after_s);
      plan->second.choice = dice.next();
    }
    // What was given up is sent again by somebody in the end.
    const bool routine = item.category == Category::dead_letter ||
                         item.category == Category::lookup ||
                         item.category == Category::held_change;
    if ((plan->second.answers || routine) && plan->second.at <= office_.now()) {
      answer(item, plan->second.choice);
    }
  }
}

void Operators::answer(const ExceptionItem& item, std::uint64_t choice) {
  switch (item.category) {
    case Category::conflict:
      return choose(item, choice);
    case Category::erase: {
      const std::string word = choice % 2 == 0 ? "propagate" : "restore";
      const auto view = sidecar_.store().read();
      const Thing thing = thing_of(*view, item.golden);
      return send(item, {{"action", word}}, [this, thing, word] {
        office_.chronicle().delete_answers.push_back({thing, word});
      });
    }
    case Category::dead_letter:
    case Category::lookup:
      return send(item, {{"action", "replay"}}, {});
    case Category::held_change:
      return send(item, {{"action", "release"}}, {});
    case Category::immutable:
      return send(item, {{"action", "dismiss"}}, {});
    default:
      return;  // settled in the systems themselves, or left open
  }
}

Text Operators::text_of_candidate(const ExceptionItem& item, const Candidate& candidate,
                                  const FieldName& member) const {
  if (!find_member(item.detail, "group")) return text_of_value(candidate.value);
  const Json tuple = json_of(candidate.value.text());
  const Json* value = find_member(tuple, member.text);
  return value ? scalar_text(*value).value_or("") : "";
}

void Operators::choose(const ExceptionItem& item, std::uint64_t choice) {
  const std::size_t entity = office_.model().entity_of(item.entity);
  std::vector<const Candidate*> named;
  for (const Candidate& candidate : item.candidates) {
    if (!candidate.system.empty()) named.push_back(&candidate);
  }
  const std::vector<std::size_t> fields = fields_of(item);
  if (named.empty() || fields.empty()) return;
  const Candidate& chosen = *named[choice % named.size()];
  const Field& rule = *office_.model().entities[entity].fields[fields.front()].rule;
  if (rule.rule == Rule::set_union) return;  // left open
  Answered answered;
  answered.entity = entity;
  answered.fields = fields;
  {
    const auto view = sidecar_.store().read();
    answered.thing = thing_of(*view, item.golden);
  }
  for (const std::size_t field : fields) {
    answered.values.push_back(
        text_of_candidate(item, chosen, office_.model().entities[entity].fields[field].rule->name));
  }
  for (const Candidate* candidate : named) {
    Time& seen =
        answered.seen.try_emplace(office_.model().system_of(candidate->system), Time::beginning())
            .first->second;
    seen = std::max(seen, candidate->order.at);
  }
  send(item, {{"choose", chosen.system.text}}, [this, answered] {
    Chronicle& chronicle = office_.chronicle();
    for (const std::size_t field : answered.fields) {
      ++chronicle.edits_of[{answered.thing, field}];
      chronicle.edited_at[{answered.thing, field}] = office_.now();
    }
    chronicle.answers.push_back(answered);
  });
}

void Operators::send(const ExceptionItem& item, Json body, std::function<void()> committed) {
  body["version"] = item.version;
  body["actor"] = "operator";
  const auto work = [id = item.id, body](Context& context) {
    const Result<Json> done = resolve_exception(context, id, body, {});
    return done ? *done : Json();
  };
  sidecar_.request(
      work,
      office_.step(
          std::function<void(std::optional<Json>)>([this](const std::optional<Json>& reply) {
            const Json* deliveries = reply ? find_member(*reply, "deliveries") : nullptr;
            if (deliveries && !deliveries->empty()) carry_out_(*deliveries);
          })),
      [committed = std::move(committed)](const Json& done) {
        if (committed && !done.is_null()) committed();
      });
}

OpenQuestions Operators::open_questions() {
  OpenQuestions open;
  const auto view = sidecar_.store().read();
  for (const ExceptionItem& item : unanswered(*view)) {
    ++open.count;
    Thing thing = thing_of(*view, item.golden);
    if (thing == SIZE_MAX && !item.record.empty()) {
      const std::size_t system = office_.model().system_of(item.system);
      const Record* record = office_.system(system).find(item.record.text);
      if (record) thing = record->thing;
    }
    switch (item.category) {
      case Category::conflict:
      case Category::oscillation:
        for (const std::size_t field : fields_of(item)) open.fields.insert({thing, field});
        break;
      case Category::dead_letter:
      case Category::rejected:
      case Category::drift:
      case Category::association:
        for (const std::size_t field : fields_of(item)) open.undelivered.insert({thing, field});
        break;
      case Category::merge:
      case Category::duplicate:
      case Category::ambiguous_match:
        open.doubles.insert(thing);
        open.things.insert(thing);
        break;
      case Category::erase:
      case Category::held_change:
      case Category::lookup:
        open.things.insert(thing);
        break;
      case Category::immutable:
      case Category::clock:
      case Category::parked:
        break;
    }
  }
  return open;
}

}  // namespace truce::simulate
