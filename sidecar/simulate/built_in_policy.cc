#include "sidecar/simulate/built_in_policy.h"

#include <array>

#include "engine/core/model/json.h"

namespace truce::simulate {
namespace {

constexpr std::int64_t history_wait_ms = 75'000;
constexpr std::array<const char*, 4> systems = {"crm", "desk", "bill", "mail"};

class PolicyMaker {
 public:
  explicit PolicyMaker(const Scenario& scenario)
      : scenario_(scenario), count_(static_cast<std::size_t>(scenario.systems)) {}

  std::string make() {
    Json policy{{"version", 1}};
    for (std::size_t i = 0; i < count_; ++i) {
      policy["systems"][systems[i]] = {
          {"precedence", i + 1},
          {"clock_skew_ms", ms(scenario_.apis.clock_error_s)},
          {"settle_window_ms", ms(scenario_.apis.lag_s)},
          {"lease_ms", 120'000},
          {"history_wait_ms", history_wait_ms},
          {"retry", {{"attempts", 12}, {"first_ms", 1'000}, {"max_ms", 300'000}}}};
    }
    policy["entities"]["contact"] = contact();
    policy["entities"]["company"] = company();
    return to_wire(policy);
  }

 private:
  static std::int64_t ms(double seconds) { return static_cast<std::int64_t>(seconds * 1000); }
  bool rewrites() const { return scenario_.apis.rewrites > 0; }
  const char* last() const { return systems[count_ - 1]; }

  Json entity() const {
    Json made;
    for (std::size_t i = 0; i < count_; ++i) {
      made["id"][systems[i]] = "id";
      made["modified"][systems[i]] = i == 0 ? "updatedAt" : "modified";
      made["create_in"].push_back(systems[i]);
    }
    return made;
  }

  // crm keeps its fields as properties, the others at the top.
  Json field(const std::string& name, Json keys) const {
    for (std::size_t i = 0; i < count_; ++i) {
      keys["map"][systems[i]] = i == 0 ? "properties." + name : name;
    }
    return keys;
  }

  // `more` goes into the map entry of one system.
  void special(Json& field, const char* system, const Json& more) const {
    if (!field["map"].contains(system)) return;
    Json entry = field["map"][system];
    if (!entry.is_object()) entry = {{"path", entry}};
    entry.update(more);
    field["map"][system] = std::move(entry);
  }
  void rewritten(Json& field, const char* system, const Json& more) const {
    if (rewrites()) special(field, system, more);
  }

  Json contact() const {
    Json made = entity();
    made["match"] = Json::array({Json::array({"email"})});
    made["delete"] = "propagate";
    // An edit whose webhook was lost is still heard of before the delete is carried out.
    made["delete_grace_ms"] = ms(2 * scenario_.loops.catch_up_s);
    Json& fields = made["fields"];
    fields["email"] = field(
        "email",
        {{"type", "email"}, {"rule", "source_of_truth"}, {"source", "crm"}, {"required", true}});
    fields["name"] = field("name", {{"type", "text"}, {"rule", "recency"}});
    rewritten(fields["name"], "desk", {{"lossy", {"lower"}}});
    rewritten(fields["name"], "mail", {{"lossy", {"upper"}}});
    fields["phone"] = field("phone", {{"type", "text"},
                                      {"rule", "source_of_truth"},
                                      {"source", "desk"},
                                      {"unless_blank", true}});
    fields["stage"] = field("stage", {{"type", "enum"}, {"rule", "recency"}});
    special(fields["stage"], "crm", {{"values", stages("")}});
    special(fields["stage"], "desk", {{"values", stages("S-")}});
    special(fields["stage"], "bill", {{"values", stages("bill ")}});
    special(fields["stage"], "mail", {{"values", stages("")}});
    for (const char* name : {"street", "city"}) {
      fields[name] = field(name, {{"type", "text"}, {"rule", "recency"}, {"group", "address"}});
    }
    fields["tags"] = field("tags", {{"type", "set"}, {"rule", "union"}});
    special(fields["tags"], "crm", {{"split", ";"}});
    fields["since"] = field("since", {{"type", "date"}, {"rule", "immutable"}});
    fields["owner"] = field("owner", {{"type", "text"}, {"rule", "precedence"}});
    fields["note"] =
        field("note",
              {{"type", "text"}, {"rule", "recency"}, {"on_tie", "escalate"}, {"blank", "clear"}});
    rewritten(fields["note"], "desk", {{"max_length", 24}});
    fields["opened"] = field("opened", {{"type", "integer"}, {"rule", "recency"}});
    fields["opened"]["direction"][last()] = "in";
    for (std::size_t i = 0; i + 1 < count_; ++i) fields["opened"]["direction"][systems[i]] = "out";
    return made;
  }

  static Json stages(const std::string& prefix) {
    Json values = Json::object();
    for (const char* stage : {"lead", "contacted", "qualified", "offer", "customer", "renewal",
                              "paused", "lost", "partner", "former"}) {
      values[prefix + stage] = stage;
    }
    return values;
  }

  Json company() const {
    Json made = entity();
    made["match"] = Json::array({Json::array({"domain"})});
    made["delete"] = "escalate";
    Json& fields = made["fields"];
    fields["domain"] = field(
        "domain",
        {{"type", "domain"}, {"rule", "source_of_truth"}, {"source", "crm"}, {"required", true}});
    fields["title"] = field("title", {{"type", "text"}, {"rule", "recency"}});
    fields["plan"] =
        field("plan", {{"type", "text"}, {"rule", "source_of_truth"}, {"source", last()}});
    fields["seats"] = field("seats", {{"type", "integer"}, {"rule", "recency"}});
    fields["lists"] =
        field("lists", {{"type", "set"}, {"rule", "union"}, {"removals", "propagate"}});
    special(fields["lists"], "bill", {{"split", ","}});
    fields["consents"] =
        field("consents", {{"type", "set"}, {"rule", "union"}, {"removals", "escalate"}});
    fields["credit"] = field("credit", {{"type", "decimal"}, {"rule", "escalate"}});
    fields["terms"] =
        field("terms", {{"type", "text"}, {"rule", "escalate"}, {"when", "concurrent"}});
    fields["price"] = field("price", {{"type", "decimal"}, {"rule", "recency"}});
    rewritten(fields["price"], "bill", {{"lossy", {"round:2"}}});
    fields["score"] = field("score", {{"type", "integer"}, {"rule", "max"}});
    fields["first_seen"] = field("first_seen", {{"type", "date"}, {"rule", "min"}});
    fields["origin"] = field(
        "origin",
        {{"type", "text"}, {"rule", "source_of_truth"}, {"source", "crm"}, {"immutable", true}});
    return made;
  }

  const Scenario& scenario_;
  std::size_t count_;
};

}  // namespace

std::string built_in_policy(const Scenario& scenario) { return PolicyMaker(scenario).make(); }

}  // namespace truce::simulate
