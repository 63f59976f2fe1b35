// All questions of an entity, of which those are decided again that rest on something new.
#include <algorithm>

#include "engine/core/history/departure.h"
#include "engine/core/survive/contender.h"

namespace truce {
namespace {

std::vector<Members> questions_of(const Entity& entity) {
  std::vector<Members> all;
  std::map<std::string, Members> groups;
  for (const auto& [name, field] : entity.fields) {
    if (field.group.empty())
      all.push_back({&field});
    else
      groups[field.group].push_back(&field);
  }
  for (auto& [name, members] : groups) all.push_back(std::move(members));
  return all;
}

class Deriving {
 public:
  Deriving(const Policy& policy, const Entity& entity, const std::vector<SourceView>& sources,
           const std::vector<Decision>& decisions, const Derivation* last)
      : sources_(sources), decisions_(decisions), derived_(std::make_shared<Derivation>()) {
    derived_->policy = mark_of(policy);
    derived_->entity = &entity;
    for (const SourceView& source : sources) {
      derived_->sources.push_back({source.system, source.record->state});
    }
    const bool is_of_use = last && derived_->policy != 0 && last->policy == derived_->policy &&
                           last->entity == &entity && last->sources == derived_->sources;
    if (is_of_use) last_ = last;
  }

  void answer(const Members& members) {
    const bool is_decided = std::any_of(members.begin(), members.end(), [&](const Field* member) {
      return latest_of(member->name, decisions_) != nullptr;
    });
    if (!is_decided) {
      bool is_as_it_was = true;
      for (const Field* member : members) is_as_it_was &= note_words(member->name);
      if (is_as_it_was) return take_over(members);
    }
    decide(members);
  }

  std::shared_ptr<const Derivation> take() { return std::move(derived_); }

 private:
  // True where they are the last time's.
  bool note_words(const FieldName& name) {
    std::vector<std::shared_ptr<const Timeline>>& words = derived_->words[name];
    words.reserve(sources_.size());
    for (const SourceView& source : sources_) words.push_back(source.shared_timeline(name));
    if (!last_) return false;
    const auto before = last_->words.find(name);
    return before != last_->words.end() && before->second == words;
  }

  void take_over(const Members& members) {
    for (const Field* member : members) {
      derived_->survivors.put(member->name, last_->survivors.find(member->name).shared());
    }
  }

  void decide(const Members& members) {
    for (auto& [name, survivor] : decide_question(members, sources_, decisions_)) {
      derived_->survivors.put(name, std::move(survivor));
    }
  }

  const std::vector<SourceView>& sources_;
  const std::vector<Decision>& decisions_;
  const Derivation* last_ = nullptr;  // null: of no use
  std::shared_ptr<Derivation> derived_;
};

}  // namespace

const SourceView::Reading* SourceView::reading(const FieldName& field) const {
  const auto found = std::lower_bound(
      readings.begin(), readings.end(), field,
      [](const Reading& one, const FieldName& name) { return one.field->name < name; });
  return found == readings.end() || found->field->name != field ? nullptr : &*found;
}

const std::shared_ptr<const Timeline>& SourceView::shared_timeline(const FieldName& field) const {
  static const std::shared_ptr<const Timeline> none;
  const Reading* found = reading(field);
  return found ? found->timeline : none;
}

const Timeline* SourceView::timeline_as_told(const FieldName& field) const {
  const Reading* found = reading(field);
  if (!found) return nullptr;
  return found->as_told ? found->as_told.get() : found->timeline.get();
}

Survivors survive(const Policy& policy, const Entity& entity,
                  const std::vector<SourceView>& sources, const std::vector<Decision>& decisions) {
  std::shared_ptr<const Derivation> none;
  return survive(policy, entity, sources, decisions, none);
}

Survivors survive(const Policy& policy, const Entity& entity,
                  const std::vector<SourceView>& sources, const std::vector<Decision>& decisions,
                  std::shared_ptr<const Derivation>& last) {
  Deriving deriving(policy, entity, sources, decisions, last.get());
  for (const Members& members : questions_of(entity)) deriving.answer(members);
  last = deriving.take();
  return last->survivors;
}

SourceView view_source(const Policy& policy, const Entity& entity, const SourceRecord& record,
                       Remember remember) {
  SourceView view;
  view.record = &record;
  view.system = policy.system(record.system);
  if (!view.system) return view;
  const std::size_t mark = remember == Remember::yes ? mark_of(policy) : 0;
  view.readings.reserve(record.fields.size());
  for (const auto& [name, history] : record.fields) {
    const Field* field = entity.field(name);
    if (!field) continue;
    view.readings.push_back(
        {field, timeline_while_linked(record, history, mark, *view.system, *field)});
  }
  return view;
}

}  // namespace truce
