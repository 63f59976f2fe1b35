// A small office for the edge cases: systems crm, desk and bill with contacts that share an e-mail
// address, and whatever fields a case is about. Every saying is a second later than the one before.
#pragma once

#include <map>
#include <string>

#include "tests/unit/app/world.h"

namespace truce::test {

struct Terms {
  std::string fields;                         // of contact, beside "email"; see one_field
  std::string entity = R"("create_in": [])";  // further keys of contact
  std::string systems = R"("crm": {"precedence": 1}, "desk": {"precedence": 2})";
  std::string more_entities = {};  // beside contact
  std::string match = R"([["email"]])";
};

// "NAME": {BODY, "map": …} with the same place in crm and desk.
inline std::string one_field(const std::string& name, const std::string& body) {
  return '"' + name + "\": {" + body + ", \"map\": {\"crm\": \"" + name + "\", \"desk\": \"" +
         name + "\"}}";
}
inline std::string text_field(const std::string& name, const std::string& rule = "recency") {
  return one_field(name, R"("type": "text", "rule": ")" + rule + '"');
}

inline const std::string into_both = R"("create_in": ["crm", "desk"])";

// crm knows further addresses, which are read and never written.
inline Terms with_other_addresses() {
  return {R"("others": {"type": "set", "rule": "union", "direction": {"crm": "in"},
             "map": {"crm": "emails"}})",
          into_both + R"(, "match_also": {"email": ["others"]})"};
}

// Contacts that refer to a company (crm: company_id, desk: org), which desk gets when it is made in
// crm.
inline Terms with_companies(const std::string& entity, const std::string& more_fields = {}) {
  Terms terms{R"("company": {"type": "reference", "entity": "company", "rule": "recency",
                 "map": {"crm": "company_id", "desk": "org"}})" +
                  more_fields,
              entity};
  terms.more_entities = R"("company": {"id": {"crm": "id", "desk": "id"}, "match": [["name"]],
      "create_in": ["desk"], "fields": {"name": {"type": "text", "rule": "recency",
      "map": {"crm": "name", "desk": "name"}}}})";
  return terms;
}

// What a target that is too busy says.
inline const Json slow_down{
    {"error", {{"class", "transient"}, {"status", 429}, {"message", "slow down"}}}};

class Office : public World {
 public:
  explicit Office(const Terms& terms) : World(policy_text(terms)) {}

  static std::string policy_text(const Terms& terms) {
    const bool bill = terms.systems.find("bill") != std::string::npos;
    const std::string places = bill ? R"("crm": "email", "desk": "email", "bill": "email")"
                                    : R"("crm": "email", "desk": "email")";
    const std::string ids =
        bill ? R"("crm": "id", "desk": "id", "bill": "id")" : R"("crm": "id", "desk": "id")";
    return R"({"version": 1, "systems": {)" + terms.systems +
           R"(}, "entities": {"contact": {"id": {)" + ids + R"(}, "match": )" + terms.match + ", " +
           terms.entity + R"(, "fields": {"email": {"type": "email", "rule": "recency", "map": {)" +
           places + "}}" + (terms.fields.empty() ? "" : ", " + terms.fields) + "}}" +
           (terms.more_entities.empty() ? "" : ", " + terms.more_entities) + "}}";
  }

  Json event(const std::string& system, const std::string& id, const Json& record) {
    advance(1000);
    return {{"system", system},
            {"entity", "contact"},
            {"id", id},
            {"occurred_at", to_rfc3339(now)},
            {"record", record}};
  }
  Json says(const std::string& system, const std::string& id, const Json& record,
            const Json& more = Json::object(), bool hand_out = false) {
    Json node = event(system, id, record);
    node.update(more);
    const Json answer = send(node, hand_out);
    if (answer["golden_id"].is_string()) golden = answer["golden_id"].get<std::string>();
    return answer;
  }
  // delete, restore or merge.
  Json happens(const std::string& op, const std::string& system, const std::string& id,
               const Json& more = Json::object()) {
    Json node = event(system, id, {});
    node.erase("record");
    node["op"] = op;
    node.update(more);
    return send(node, false);
  }
  // One contact in both systems, as both were first heard of.
  void both_know(const Json& record, const std::string& email = "ada@example.com") {
    Json full = record;
    full["email"] = email;
    says("crm", "c1", full);
    says("desk", "d1", full);
  }

  // The name was changed in crm; its write to desk is leased. It needs a field "name".
  Json name_in_flight(const std::string& name = "Grace") {
    both_know({{"name", "Ada"}});
    const Json answer = says("crm", "c1", {{"name", name}}, Json::object(), true);
    REQUIRE(answer["deliveries"].size() == 1);
    advance(1000);
    return answer["deliveries"][0];
  }
  // Contacts c0, c1, … of crm and d0, d1, … of desk, whose names were then changed in crm.
  void many_know_and_change(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string n = std::to_string(i);
      const Json record{{"email", "p" + n + "@example.com"}, {"name", "old"}};
      says("crm", "c" + n, record);
      says("desk", "d" + n, record);
      says("crm", "c" + n, {{"name", "new"}});
    }
    advance(1000);
  }
  // The company k1 of crm.
  Json company_comes() {
    Json parent = event("crm", "k1", {{"name", "Analytical Engines"}});
    parent["entity"] = "company";
    return send(parent, false);
  }
  SourceRecord source_of(const std::string& system, const std::string& id) {
    const auto found =
        store->read()->find_source(SystemName(system), EntityName("contact"), RecordId(id));
    REQUIRE(found);
    return *found;
  }

  // Hands out and settles everything as delivered until nothing is due; what is looked for is not
  // there. A create in SYSTEM gets the ids SYSTEM-new-1, SYSTEM-new-2, … Gives what was written, in
  // order.
  std::vector<Json> deliver_all() {
    std::vector<Json> written;
    for (int round = 0; round < 50; ++round) {
      advance(1000);
      const Json due = claim_all();
      if (due.empty()) return written;
      advance(1000);
      for (const Json& delivery : due) {
        if (delivery["op"] == "lookup") {
          settle_as(delivery, "absent");
          continue;
        }
        const std::string system = delivery["system"];
        const std::string id =
            delivery["op"] == "create" ? system + "-new-" + std::to_string(++created_[system]) : "";
        const Json settled = delivered(delivery, id);
        INFO(to_wire(settled));
        REQUIRE(settled["state"] == "delivered");
        written.push_back(delivery);
      }
    }
    FAIL("the engine goes on writing");
    return written;
  }

  Json shown(const std::string& field) { return record(golden)["record"].value(field, Json()); }
  Json linked() { return record(golden)["links"]; }
  // What waits to be written where: {"desk": {"name": "Ada"}}.
  Json waiting() {
    Json all = Json::object();
    for (const auto state : {DeliveryState::pending, DeliveryState::waiting}) {
      for (const Delivery& delivery : deliveries_in(state))
        all[delivery.system.text] = *delivery.body;
    }
    return plain(all);
  }
  // Numbers that carry their digits as ordinary numbers, to be compared with.
  static Json plain(const Json& node) { return Json::parse(to_wire(node)); }
  std::vector<ExceptionItem> items_of(Category category) {
    std::vector<ExceptionItem> found;
    for (ExceptionItem& item : open_items()) {
      if (item.category == category) found.push_back(std::move(item));
    }
    return found;
  }
  ExceptionItem the_item(Category category) {
    const auto found = items_of(category);
    REQUIRE(found.size() == 1);
    return found.front();
  }
  Json act(const ExceptionItem& item, const std::string& action) {
    const auto done = answer(item.id.text, {{"action", action}, {"version", item.version}});
    if (!done) FAIL(done.error().message);
    return *done;
  }
  std::size_t golden_count() {
    return static_cast<std::size_t>(store->read()->count_goldens(EntityName("contact")));
  }
  std::vector<AuditEntry> audit() {
    AuditFilter filter;
    filter.limit = 10'000;
    return store->read()->list_audit(filter);
  }
  Json settle_as(const Json& delivery, const std::string& status, Json more = Json::object()) {
    more["id"] = delivery["id"];
    more["attempt"] = delivery["attempt"];
    more["status"] = status;
    return settle_one(more);
  }

  std::string golden;  // of the last event that had one

 private:
  std::map<std::string, int> created_;
};

}  // namespace truce::test
