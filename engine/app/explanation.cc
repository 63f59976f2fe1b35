#include "engine/app/explanation.h"

#include <algorithm>

namespace truce {
namespace {

std::string shown_value(const Value& value) {
  const Json node = to_json(value);
  return node.is_null() ? "blank" : to_wire(node);
}

std::string whose(const SystemName& system) {
  return system.empty() ? "a decision" : system.text.str();
}

std::string list_of(const std::vector<std::string>& names, const std::string& last = " or ") {
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) all += i + 1 == names.size() ? last : ", ";
    all += names[i];
  }
  return all;
}

std::vector<std::string> texts_of(const std::vector<FieldName>& names) {
  std::vector<std::string> texts;
  for (const FieldName& name : names) texts.push_back(name.text.str());
  return texts;
}

// " of sum or coin" of a group's member.
std::string of_any(const FieldName& field, const Tuple& tuple) {
  if (tuple.others.empty()) return "";
  std::vector<std::string> names = texts_of(tuple.others);
  names.insert(names.begin(), field.text.str());
  return " of " + list_of(names);
}

std::string readers_of(const Field& field, const std::vector<SourceView>& views) {
  std::vector<std::string> names;
  for (const SourceView& view : views) {
    const std::string& name = view.system->name.text;
    if (view.record->state != LinkState::active || !field.reads(view.system->name)) continue;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names.empty() ? "a system that is read" : list_of(names);
}

std::string by_authority(const Field& field, const std::vector<SourceView>& views) {
  const bool linked = std::any_of(views.begin(), views.end(), [&](const SourceView& view) {
    return view.system->name == field.source && view.record->state == LinkState::active;
  });
  if (field.immutable) return "an operator's answer; it was set once";
  if (!linked) return "a linked record in " + field.source.text + ", which then has the say";
  const std::string own = "another value in " + field.source.text;
  return field.unless_blank ? own + ", or none there and one elsewhere" : own;
}

std::string by_union(const Field& field, const std::string& readers) {
  switch (field.removals) {
    case Removals::ignore:
      return "another element in " + readers + "; elements go only by an operator's answer";
    case Removals::propagate:
      return "an element put in or taken out in " + readers;
    case Removals::escalate:
      return "another element in " + readers + "; a removal is asked about";
  }
  return "";
}

std::string by_rule(const Field& field, const Survivor& survivor, const Tuple& tuple,
                    const std::vector<SourceView>& views) {
  const std::string readers = readers_of(field, views);
  switch (field.rule) {
    case Rule::source_of_truth:
      return by_authority(field, views);
    case Rule::recency:
      return "a change" + of_any(field.name, tuple) + " in " + readers + " after " +
             to_rfc3339(tuple.changed_at);
    case Rule::set_union:
      return by_union(field, readers);
    case Rule::escalate:
      return "the same new value in every system; a differing one in " + readers +
             " is asked about";
    case Rule::immutable:
      return "an operator's answer, or a word that turns out to be earlier; later ones are "
             "corrected back";
    case Rule::precedence:
      return "a value in a system that ranks above " + whose(survivor.field->system) +
             ", or another one there";
    case Rule::minimum:
      return "a smaller value in " + readers + ", or a greater one in " +
             whose(survivor.field->system);
    case Rule::maximum:
      return "a greater value in " + readers + ", or a smaller one in " +
             whose(survivor.field->system);
  }
  return "";
}

}  // namespace

Tuple tuple_around(const Entity& entity, const FieldName& field, const Survivors& survivors) {
  Tuple tuple{{}, Time::beginning()};
  for (const FieldName& member : tuple_of(entity, field)) {
    if (member != field) tuple.others.push_back(member);
    const auto survivor = survivors.find(member);
    if (survivor == survivors.end() || !survivor->second.field) continue;
    const GoldenField& golden = *survivor->second.field;
    if (golden.changed_at < tuple.changed_at) continue;
    tuple.changed_at = golden.changed_at;
    tuple.evidence = golden.evidence;
  }
  return tuple;
}

std::string sentence_of(const FieldName& name, const Survivor& survivor, const Tuple& tuple,
                        const Decision* decision) {
  if (!survivor.field) return name.text + " has no value: no system says anything";
  const GoldenField& field = *survivor.field;
  std::string sentence = name.text + " is " + shown_value(field.value);
  if (field.contested) sentence += ", contested and not written";
  // A decision ranks at the time of what it beat, which is not when it was made.
  const bool is_decided = field.system.empty() && decision;
  const Time since = is_decided ? decision->decided_at : tuple.changed_at;
  sentence += ": " + whose(field.system) + " says so";
  if (!tuple.others.empty())
    sentence += ", of one group with " + list_of(texts_of(tuple.others), " and ") + ",";
  sentence += " since " + to_rfc3339(since) + " (" + std::string(to_string(tuple.evidence)) +
              " evidence), rule " + field.rule + ", " + field.why;
  for (const Loser& loser : survivor.losers) {
    sentence += same(loser.value, field.value) ? "; " + whose(loser.system) + " says the same"
                                               : "; not " + shown_value(loser.value) + " of " +
                                                     whose(loser.system) + ", " + loser.why;
  }
  return sentence;
}

Json would_change(const Field& field, const Survivor& survivor, const Tuple& tuple,
                  const std::vector<SourceView>& views) {
  Json all = Json::array();
  if (!survivor.field) {
    all.push_back("a value in " + readers_of(field, views));
    return all;
  }
  if (survivor.field->contested || survivor.question) {
    all.push_back("an answer to the open question");
  }
  if (survivor.field->rule == "decision") {
    all.push_back("a word of " + readers_of(field, views) +
                  " that the decision has not seen and that differs from it");
  } else {
    all.push_back(by_rule(field, survivor, tuple, views));
  }
  return all;
}

}  // namespace truce
