// One contact in the systems crm, desk and bill (ranks 1, 2, 3), and what they said of it. Times
// are seconds.
#pragma once

#include <algorithm>

#include "engine/core/survive/survive.h"
#include "tests/unit/history/history_of.h"

namespace truce::test {

class Company {
 public:
  // With one field, "f".
  explicit Company(Rule rule, FieldType type = FieldType::text) {
    entity.name = EntityName("contact");
    for (const char* name : {"crm", "desk", "bill"}) {
      System& added = policy.systems[SystemName(name)];
      added.name = SystemName(name);
      added.precedence = static_cast<int>(policy.systems.size());
    }
    system("crm").precedence = 1;
    system("desk").precedence = 2;
    system("bill").precedence = 3;
    add_field("f", rule, type);
  }

  Field& add_field(const std::string& name, Rule rule, FieldType type = FieldType::text) {
    Field& added = entity.fields[FieldName(name)];
    added.name = FieldName(name);
    added.rule = rule;
    added.type = type;
    for (const auto& [its_name, system] : policy.systems) {
      added.map[its_name].path.steps = {{PathStep::Kind::member, name, 0, {}}};
    }
    return added;
  }

  Field& field(const std::string& name = "f") { return entity.fields.at(FieldName(name)); }
  System& system(const std::string& name) { return policy.systems.at(SystemName(name)); }

  // The record of that system, linked; its id is the system's name and `number`.
  SourceRecord& record(const std::string& name, int number = 1) {
    const RecordId id(name + std::to_string(number));
    for (SourceRecord& known : records) {
      if (known.id == id) return known;
    }
    SourceRecord added;
    added.system = SystemName(name);
    added.entity = entity.name;
    added.id = id;
    added.golden = GoldenId("g1");
    added.present_at = at(0);
    records.push_back(added);
    std::sort(records.begin(), records.end(), [](const SourceRecord& a, const SourceRecord& b) {
      return std::tie(a.system, a.id) < std::tie(b.system, b.id);
    });
    return record(name, number);
  }

  HistoryOrder says(const std::string& name, const Value& value, std::int64_t seconds,
                    Telling telling = {}, const std::string& field_name = "f") {
    if (telling.key.empty()) telling.key = name + '@' + std::to_string(seconds);
    const Observation observation = observation_of(value, seconds, telling);
    join(record(name).fields[FieldName(field_name)], observation);
    return observation.order;
  }
  HistoryOrder says(const std::string& name, const std::string& value, std::int64_t seconds,
                    const Telling& telling = {}, const std::string& field_name = "f") {
    return says(name, word(value), seconds, telling, field_name);
  }

  // We put `value`, which `author` said at second 90, into that system.
  void writes(const std::string& name, const Value& value, std::int64_t handed_out,
              std::int64_t settled, const std::string& author = "crm",
              const std::string& field_name = "f", int number = 1) {
    FieldHistory& history = record(name, number).fields[FieldName(field_name)];
    Write write;
    write.delivery = DeliveryId("d" + std::to_string(++writes_) + "/1");
    write.state = Write::State::acknowledged;
    write.value = value;
    if (!history.observations.empty()) write.planned_after = history.observations.back().order;
    write.handed_out_at = at(handed_out);
    write.settled_at = at(settled);
    write.provenance = {SystemName(author), at(90), Evidence::certain, EventKey(author + "@90")};
    join(history, write);
  }
  void writes(const std::string& name, const std::string& value, std::int64_t handed_out,
              std::int64_t settled, const std::string& author = "crm",
              const std::string& field_name = "f", int number = 1) {
    writes(name, word(value), handed_out, settled, author, field_name, number);
  }

  // A person who has seen all that the systems have said so far.
  void decides(const Value& value, std::int64_t seconds, const std::string& field_name = "f") {
    Decision decision;
    decision.id = DecisionId("c" + std::to_string(decisions.size() + 1));
    decision.field = FieldName(field_name);
    decision.value = value;
    decision.decided_at = at(seconds);
    decision.actor = "Ada";
    for (const SourceView& view : views()) {
      const Timeline* timeline = view.timeline(decision.field);
      if (!timeline || timeline->assertions.empty()) continue;
      decision.seen[view.system->name] = timeline->assertions.back().order;
    }
    decisions.push_back(std::move(decision));
  }
  void decides(const std::string& value, std::int64_t seconds) { decides(word(value), seconds); }

  std::vector<SourceView> views() const {
    std::vector<SourceView> all;
    for (const SourceRecord& one : records) all.push_back(view_source(policy, entity, one));
    return all;
  }
  Survivors outcomes() const {
    return survive(policy, entity, views(), decisions);
  }
  Survivor outcome(const std::string& name = "f") const { return outcomes().at(FieldName(name)); }

  // "A of crm", "A of crm?" while it is contested, "B by decision", "nobody".
  std::string told(const std::string& name = "f") const {
    const Survivor survivor = outcome(name);
    if (!survivor.field) return "nobody";
    const GoldenField& golden = *survivor.field;
    const std::string whose =
        golden.system.empty() ? " by " + golden.rule : " of " + golden.system.text;
    return text_of(golden.value) + whose + (golden.contested ? "?" : "");
  }
  // Who lost and why: "desk B: ranks lower; bill C: ranks lower".
  std::string lost(const std::string& name = "f") const {
    std::string all;
    for (const Loser& loser : outcome(name).losers) {
      all += (all.empty() ? "" : "; ") + loser.system.text + ' ' + text_of(loser.value) + ": " +
             loser.why;
    }
    return all;
  }
  // The candidates of the open question: "crm A, desk B"; "" where nothing is asked.
  std::string asked(const std::string& name = "f") const {
    const Survivor survivor = outcome(name);
    std::string all;
    if (!survivor.question) return all;
    for (const Candidate& candidate : survivor.question->candidates) {
      all += (all.empty() ? "" : ", ") + candidate.system.text + ' ' + text_of(candidate.value);
    }
    return all;
  }

  Policy policy;
  Entity entity;
  std::vector<SourceRecord> records;  // in the order (system, id)
  std::vector<Decision> decisions;

 private:
  int writes_ = 0;
};

}  // namespace truce::test
