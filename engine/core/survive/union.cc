// The union of a set field, element by element. Each system is compared with its own history only:
// a system that has not received an element yet can never remove it. One that keeps elements in a
// form of its own has received every element that it would show as it does.
#include <algorithm>
#include <set>

#include "engine/core/normalize/lossy.h"
#include "engine/core/normalize/normalize.h"
#include "engine/core/normalize/set.h"
#include "engine/core/survive/contender.h"

namespace truce {
namespace {

struct Stamp {
  Time at;
  int precedence = 0;
  SystemName system;
  Evidence evidence = Evidence::possible;
  EventKey event_key;
  std::string text;
};

bool later(const Stamp& a, const Stamp& b) {
  if (a.at != b.at) return a.at > b.at;
  if (a.precedence != b.precedence) return a.precedence < b.precedence;
  return a.system > b.system;
}

bool earlier(const Stamp& a, const Stamp& b) {
  if (a.at != b.at) return a.at < b.at;
  if (a.precedence != b.precedence) return a.precedence < b.precedence;
  return a.system < b.system;
}

struct Element {
  Stamp first_added;             // whose word the element is
  Stamp added;                   // the latest
  std::optional<Stamp> removed;  // the latest
};

// What one system makes of the elements that it is given.
class Keeping {
 public:
  Keeping(const Field& field, const MapEntry& map)
      : field_(&field), map_(rewrites(field, map) ? &map : nullptr) {}

  // The element's key there.
  const std::string& key_of(const Value::Element& element) const {
    if (!map_) return element.key;
    const auto [known, is_new] = keys_.try_emplace(element.key, element.key);
    if (is_new) {
      const Value held = as_held(*field_, *map_, Value::of_set({element}));
      if (held.is_set()) known->second = held.elements().front().key;
    }
    return known->second;
  }

 private:
  const Field* field_;
  const MapEntry* map_;  // null: it keeps them as they are
  mutable std::map<std::string, std::string> keys_;
};

// What one system took away: by the key there, when last.
struct Taken {
  Keeping keeping;
  std::map<std::string, Stamp> last = {};
};

bool holds(const Value& set, const std::string& key) {
  return std::any_of(set.elements().begin(), set.elements().end(),
                     [&](const Value::Element& element) { return element.key == key; });
}

Provenance word_of(const Stamp& stamp) {
  return {stamp.system, stamp.at, stamp.evidence, stamp.event_key};
}

Loser loser_of(const Value::Element& element, const Provenance& word, std::string why) {
  return {word.system, Value::of_set({element}), word.changed_at, word.event_key, std::move(why)};
}

class Union {
 public:
  Union(const Field& field, const std::vector<SourceView>& sources, const Decision* decision)
      : field_(field), decision_(decision) {
    if (decision) start_from(*decision);
    for (const SourceView& source : sources) {
      const Timeline* timeline = source.timeline(field.name);
      if (timeline && field.reads(source.system->name)) add(source, *timeline);
    }
    for (const Taken& taken : taken_) take_away(taken);
  }

  Survivor run() const {
    Survivor survivor;
    if (!anybody_) return survivor;
    std::vector<Value::Element> kept;
    const Stamp* latest = nullptr;
    bool removal_open = false;
    for (const auto& [key, element] : elements_) {
      const bool removed = element.removed && element.removed->at > element.added.at;
      if (removed && field_.removals == Removals::propagate) {
        survivor.losers.push_back(loser_of({element.first_added.text, key},
                                           word_of(element.first_added),
                                           "taken away in " + element.removed->system.text.str()));
        continue;
      }
      removal_open |= removed && field_.removals == Removals::escalate;
      kept.push_back({element.first_added.text, key});
      survivor.elements[key] = word_of(element.first_added);
      if (!latest || later(element.added, *latest)) latest = &element.added;
    }
    GoldenField golden = golden_field(std::move(kept), latest);
    golden.contested = removal_open;
    golden.why = why(golden, survivor.losers);
    survivor.field = std::move(golden);
    if (removal_open)
      survivor.question =
          Question{Category::conflict, survivor.field->value, candidates_, true, {}, {}};
    return survivor;
  }

 private:
  void start_from(const Decision& decision) {
    anybody_ = true;
    const Value decided = as_set({}, decision.value);
    for (const Value::Element& element : decided.elements()) {
      Stamp stamp;
      stamp.at = decision.decided_at;
      for (const auto& [system, order] : decision.seen) stamp.at = std::min(stamp.at, order.at);
      stamp.evidence = Evidence::certain;
      stamp.text = element.text;
      elements_[element.key] = {stamp, stamp, std::nullopt};
    }
  }

  void add(const SourceView& source, const Timeline& timeline) {
    taken_.push_back({Keeping(field_, field_.map.at(source.system->name))});
    const Entry* last = nullptr;
    std::set<std::string> own, ours;
    for (const Entry& entry : timeline.entries) {
      if (entry.kind == EntryKind::write || entry.kind == EntryKind::echo) {
        for (const Value::Element& element : entry.value.elements()) {
          if (!own.contains(element.key)) ours.insert(element.key);
        }
      }
      if (entry.kind == EntryKind::assertion) last = &entry;
      if (entry.kind == EntryKind::assertion || entry.kind == EntryKind::repeat ||
          entry.kind == EntryKind::stale) {
        if (!seen(source, entry) && !shows_what_was_seen(source, timeline, entry)) {
          add(source, entry, own, ours);
        }
      }
    }
    if (!last) return;
    candidates_.push_back({source.system->name, last->value, last->at, last->observation->evidence,
                           last->observation->actor, last->observation->order});
  }

  bool seen(const SourceView& source, const Entry& entry) const {
    if (!decision_) return false;
    const auto until = decision_->seen.find(source.system->name);
    return until != decision_->seen.end() && entry.observation->order <= until->second;
  }

  // A picture from before our write, of what the decision that it carried had seen.
  bool shows_what_was_seen(const SourceView& source, const Timeline& timeline,
                           const Entry& stale) const {
    return stale.kind == EntryKind::stale &&
           std::any_of(timeline.entries.begin(), timeline.entries.end(), [&](const Entry& entry) {
             return entry.observation && seen(source, entry) && same(entry.value, stale.value);
           });
  }

  // An element that stands in this system because we wrote it there is not its word, also in the
  // form that the system gave it: else a system that writes in lower case would add "beta" beside
  // "Beta".
  bool is_ours(const Entry& entry, const std::string& key, const std::set<std::string>& own,
               const std::set<std::string>& ours) const {
    if (own.contains(key) || !stood_in_any(entry.before, key)) return false;
    if (ours.contains(key)) return true;
    if (entry.observation->previous) return false;
    // Or it crossed a write of ours.
    return std::any_of(entry.before.begin() + (entry.before_is_known ? 1 : 0), entry.before.end(),
                       [&](const Value& set) { return stood_in(set, key); });
  }

  // As it was shown, or as the system has rewritten it since: some take our spelling first.
  bool stood_in(const Value& set, const std::string& key) const {
    return holds(set, key) || is_shown_as(set, key);
  }

  bool stood_in_any(const std::vector<Value>& sets, const std::string& key) const {
    return std::any_of(sets.begin(), sets.end(),
                       [&](const Value& set) { return stood_in(set, key); });
  }

  // Whether the system shows one of the elements by this key.
  bool is_shown_as(const Value& set, const std::string& key) const {
    return std::any_of(set.elements().begin(), set.elements().end(),
                       [&](const Value::Element& element) {
                         return taken_.back().keeping.key_of(element) == key;
                       });
  }

  // Shown as it is, or in the form that the system has given it or will give it.
  bool stands_in(const Value& set, const Value::Element& element) const {
    return holds(set, element.key) || is_shown_as(set, taken_.back().keeping.key_of(element));
  }

  bool stands_in_all(const std::vector<Value>& sets, const Value::Element& element) const {
    return std::all_of(sets.begin(), sets.end(),
                       [&](const Value& set) { return stands_in(set, element); });
  }

  void add(const SourceView& source, const Entry& entry, std::set<std::string>& own,
           const std::set<std::string>& ours) {
    // A blank says nothing, however often it is told.
    anybody_ |= !entry.value.is_null() || field_.blank == Blank::clear;
    const Observation& observation = *entry.observation;
    Stamp stamp{entry.at,
                source.system->precedence,
                source.system->name,
                observation.evidence,
                observation.event_key,
                {}};
    const bool news = entry.kind == EntryKind::assertion;
    for (const Value::Element& element : entry.value.elements()) {
      if (is_ours(entry, element.key, own, ours)) continue;
      own.insert(element.key);
      // `propagate` counts additions; `ignore` counts whatever was ever seen.
      const bool added = news && !stood_in_any(entry.before, element.key);
      if (!added && field_.removals != Removals::ignore) continue;
      stamp.text = element.text;
      Element& known = elements_.try_emplace(element.key, Element{stamp, stamp, {}}).first->second;
      if (earlier(stamp, known.first_added)) known.first_added = stamp;
      if (later(stamp, known.added)) known.added = stamp;
    }
    // A lagging system removes nothing that it may not have received.
    if (!news || entry.before.empty() || !entry.before_is_known) return;
    for (const Value::Element& element : entry.before.front().elements()) {
      if (stands_in(entry.value, element) || !stands_in_all(entry.before, element)) continue;
      Taken& taken = taken_.back();
      Stamp& last = taken.last.try_emplace(taken.keeping.key_of(element), stamp).first->second;
      if (later(stamp, last)) last = stamp;
    }
  }

  void take_away(const Taken& taken) {
    if (taken.last.empty()) return;
    for (auto& [key, element] : elements_) {
      const auto last = taken.last.find(taken.keeping.key_of({element.first_added.text, key}));
      if (last == taken.last.end()) continue;
      if (!element.removed || later(last->second, *element.removed)) element.removed = last->second;
    }
  }

  GoldenField golden_field(std::vector<Value::Element> kept, const Stamp* latest) const {
    GoldenField golden;
    golden.value = kept.empty() ? Value::null() : Value::of_set(std::move(kept));
    const bool only_decided = decision_ && (!latest || latest->system.empty());
    golden.rule = only_decided ? "decision" : "union";
    if (latest) {
      golden.system = latest->system;
      golden.changed_at = latest->at;
      golden.evidence = latest->evidence;
      golden.event_key = latest->event_key;
    }
    return golden;
  }

  std::string why(const GoldenField& golden, const std::vector<Loser>& losers) const {
    if (golden.contested) return "a removal waits for a person";
    const std::string decided = decision_ ? "decided by " + decision_->actor : "";
    if (golden.rule == "decision") return decided;
    const std::string added = "every element that a system added";
    if (decision_) return decided + ", with " + added + " since";
    return losers.empty() ? added : added + " and none took away since";
  }

  const Field& field_;
  const Decision* decision_;
  std::map<std::string, Element> elements_;
  std::vector<Taken> taken_;  // the last one's system is the one that is read
  std::vector<Candidate> candidates_;
  bool anybody_ = false;
};

bool is_named(const Survivor& survivor, const std::string& key) {
  return survivor.elements.contains(key) ||
         std::any_of(survivor.losers.begin(), survivor.losers.end(),
                     [&](const Loser& loser) { return holds(loser.value, key); });
}

// What would be shown without the decision, and is not; and what would not be shown either.
void add_overruled(Survivor& survivor, const Survivor& undecided, const Decision& decision) {
  if (!undecided.field) return;
  for (const Loser& loser : undecided.losers) {
    if (!is_named(survivor, loser.value.elements().front().key)) survivor.losers.push_back(loser);
  }
  for (const Value::Element& element : undecided.field->value.elements()) {
    if (is_named(survivor, element.key)) continue;
    survivor.losers.push_back(
        loser_of(element, undecided.elements.at(element.key), "decided by " + decision.actor));
  }
}

}  // namespace

Survivor survive_union(const Field& field, const std::vector<SourceView>& sources,
                       const Decision* decision) {
  Survivor survivor = Union(field, sources, decision).run();
  if (decision) add_overruled(survivor, Union(field, sources, nullptr).run(), *decision);
  return survivor;
}

}  // namespace truce
