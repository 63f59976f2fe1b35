// A contact of three systems with its golden record, planned again and again.
#pragma once

#include "engine/core/plan/plan.h"
#include "tests/unit/survive/company_of.h"

namespace truce::test {

class Planned : public Company {
 public:
  explicit Planned(Rule rule = Rule::recency, FieldType type = FieldType::text)
      : Company(rule, type) {
    policy.sha256 = "p1";
    state.golden.id = GoldenId("g1");
    state.golden.entity = entity.name;
  }

  // Derives from what the systems have said by now.
  Plan plan() {
    state.sources = records;
    for (; decisions_taken_ < decisions.size(); ++decisions_taken_) {
      state.golden.decisions.push_back(decisions[decisions_taken_]);
    }
    PlanContext context{policy, entity, at(now_s), nullptr, {}, {}};
    context.linked_id = [this](const SystemName& system, const EntityName&,
                               const GoldenId& golden) -> std::optional<RecordId> {
      const auto found = parents.find({system.text, golden.text});
      if (found == parents.end()) return std::nullopt;
      return RecordId(found->second);
    };
    context.next_id = [this](const char* prefix) { return prefix + std::to_string(++ids_); };
    return make_plan(context, state);
  }

  void all_say(const std::string& value, std::int64_t seconds) {
    for (const char* name : {"crm", "desk", "bill"}) says(name, value, seconds);
  }

  // What stands in the outbox after planning: "bill update bill1 {f: B}; desk create {f: B}".
  std::string outbox() {
    plan();
    std::vector<std::string> lines;
    for (const Delivery& delivery : state.deliveries) lines.push_back(told_of(delivery));
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const std::string& line : lines) all += (all.empty() ? "" : "; ") + line;
    return all;
  }
  static std::string told_of(const Delivery& delivery) {
    std::string told = delivery.system.text + ' ' + std::string(to_string(delivery.operation));
    if (!delivery.record_id.empty()) told += ' ' + delivery.record_id.text;
    return told + ' ' + to_wire(*delivery.body);
  }

  Delivery& delivery_to(const std::string& name) {
    for (Delivery& delivery : state.deliveries) {
      if (delivery.system.text == name) return delivery;
    }
    FAIL("nothing is to be delivered to " << name);
    return state.deliveries.front();
  }
  std::string states_of(const Plan& plan) const {
    std::string all;
    for (const Delivery& delivery : plan.deliveries) {
      all += (all.empty() ? "" : ", ") + delivery.system.text + ' ' +
             std::string(to_string(delivery.state));
    }
    return all;
  }

  // The open items: "conflict f; delete".
  std::string items() const {
    std::string all;
    for (const ExceptionItem& item : state.items) {
      all += (all.empty() ? "" : "; ") + std::string(to_string(item.category));
      if (!item.field.empty()) all += ' ' + item.field.text;
    }
    return all;
  }
  ExceptionItem& item() {
    REQUIRE(state.items.size() == 1);
    return state.items.front();
  }

  void is_deleted_in(const std::string& name, std::int64_t seconds) {
    record(name).deleted_at = at(seconds);
  }

  RecordState state;
  std::int64_t now_s = 1000;
  std::map<std::pair<std::string, std::string>, std::string> parents;  // (system, golden) to id

 private:
  int ids_ = 0;
  std::size_t decisions_taken_ = 0;
};

}  // namespace truce::test
