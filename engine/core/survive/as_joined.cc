#include "engine/core/survive/as_joined.h"

#include <algorithm>

#include "engine/core/history/departure.h"

namespace truce {
namespace {

// What the references of one golden record's histories mean now; each is looked up once.
class Meanings {
 public:
  explicit Meanings(const SurvivorOf& survivor_of) : survivor_of_(survivor_of) {}

  bool is_another(const Value& reference) { return !meaning_of(reference).is_null(); }
  void apply(Value& reference) {
    if (const Value& now = meaning_of(reference); !now.is_null()) reference = now;
  }

 private:
  // Null: it means what it says.
  const Value& meaning_of(const Value& reference) {
    static const Value as_it_says;
    if (reference.is_null()) return as_it_says;
    const auto [known, is_new] = known_.try_emplace(reference.text());
    if (is_new) {
      const GoldenId now = survivor_of_(GoldenId(reference.text()));
      if (now.text != reference.text()) known->second = Value::of_text(now.text);
    }
    return known->second;
  }

  const SurvivorOf& survivor_of_;
  std::map<std::string, Value> known_;
};

// A history read as joined, with what the timeline points into.
struct JoinedHistory {
  FieldHistory history;
  std::shared_ptr<const Timeline> timeline;
};

bool any_is_another(const FieldHistory& history, Meanings& meanings) {
  return std::any_of(history.observations.begin(), history.observations.end(),
                     [&](const Observation& told) {
                       return meanings.is_another(told.value) ||
                              (told.previous && meanings.is_another(*told.previous));
                     }) ||
         std::any_of(history.writes.begin(), history.writes.end(),
                     [&](const Write& write) { return meanings.is_another(write.value); });
}

// Orders stay those of the facts: decisions and writes name observations by them.
FieldHistory as_joined(const FieldHistory& history, Meanings& meanings) {
  FieldHistory joined = history;
  for (Observation& told : joined.observations) {
    meanings.apply(told.value);
    if (told.previous) meanings.apply(*told.previous);
  }
  for (Write& write : joined.writes) {
    const bool is_shown = write.stored && write.stored->hash == value_hash(write.value);
    meanings.apply(write.value);
    if (is_shown) write.stored->hash = value_hash(write.value);
  }
  return joined;
}

}  // namespace

void read_as_joined(std::vector<SourceView>& views, const SurvivorOf& survivor_of) {
  if (!survivor_of) return;
  Meanings meanings(survivor_of);
  for (SourceView& view : views) {
    for (SourceView::Reading& reading : view.readings) {
      if (reading.field->type != FieldType::reference) continue;
      const FieldHistory& history = view.record->fields.at(reading.field->name);
      if (!any_is_another(history, meanings)) continue;
      const auto joined = std::make_shared<JoinedHistory>();
      joined->history = as_joined(history, meanings);
      constexpr std::size_t no_mark = 0;
      joined->timeline = timeline_while_linked(*view.record, joined->history, no_mark, *view.system,
                                               *reading.field);
      reading.as_told = std::move(reading.timeline);
      reading.timeline = {joined, joined->timeline.get()};
    }
  }
}

std::vector<Decision> decisions_as_joined(const Entity& entity,
                                          const std::vector<Decision>& decisions,
                                          const SurvivorOf& survivor_of) {
  std::vector<Decision> joined = decisions;
  if (!survivor_of) return joined;
  Meanings meanings(survivor_of);
  for (Decision& decision : joined) {
    const Field* field = entity.field(decision.field);
    if (field && field->type == FieldType::reference) meanings.apply(decision.value);
  }
  return joined;
}

}  // namespace truce
