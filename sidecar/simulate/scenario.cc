#include "sidecar/simulate/scenario.h"

#include <charconv>
#include <functional>

#include "engine/core/model/json.h"
#include "engine/core/policy/source_text.h"

namespace truce::simulate {
namespace {

using policy_file::Node;

struct Member {
  std::string section;  // empty: the top
  std::string key;
  std::function<double&(Scenario&)> place;
  double least = 0;
  double most = 1;
};

template <class Section>
Member of(const char* name, Section Scenario::*section, const char* key, double Section::*member,
          double least, double most) {
  return {name, key,
          [section, member](Scenario& scenario) -> double& { return (scenario.*section).*member; },
          least, most};
}

const std::vector<Member>& members() {
  constexpr double day_s = 86'400;
  static const std::vector<Member> all = {
      {"", "systems", [](Scenario& scenario) -> double& { return scenario.systems; }, 2, 4},
      of("people", &Scenario::people, "things", &People::things, 1, 1000),
      of("people", &Scenario::people, "edits", &People::edits, 1, 100'000),
      of("people", &Scenario::people, "hours", &People::hours, 0.01, 240),
      of("people", &Scenario::people, "collisions", &People::collisions, 0, 1),
      of("people", &Scenario::people, "collision_s", &People::collision_s, 0, day_s),
      of("people", &Scenario::people, "blanks", &People::blanks, 0, 1),
      of("people", &Scenario::people, "newcomers", &People::newcomers, 0, 1),
      of("people", &Scenario::people, "duplicates", &People::duplicates, 0, 1),
      of("people", &Scenario::people, "deletes", &People::deletes, 0, 1),
      of("people", &Scenario::people, "restores", &People::restores, 0, 1),
      of("people", &Scenario::people, "answers", &People::answers, 0, 1),
      of("people", &Scenario::people, "answer_after_s", &People::answer_after_s, 0, day_s),
      of("people", &Scenario::people, "automations", &People::automations, 0, 1),
      of("network", &Scenario::network, "webhooks_lost_min", &Network::webhooks_lost_min, 0, 1),
      of("network", &Scenario::network, "webhooks_lost_max", &Network::webhooks_lost_max, 0, 1),
      of("network", &Scenario::network, "webhooks_twice", &Network::webhooks_twice, 0, 1),
      of("network", &Scenario::network, "webhooks_slow", &Network::webhooks_slow, 0, 1),
      of("network", &Scenario::network, "webhook_s", &Network::webhook_s, 0.001, day_s),
      of("network", &Scenario::network, "slow_s", &Network::slow_s, 0.001, day_s),
      of("network", &Scenario::network, "requests_lost", &Network::requests_lost, 0, 0.9),
      of("network", &Scenario::network, "answers_lost", &Network::answers_lost, 0, 0.9),
      of("network", &Scenario::network, "request_s", &Network::request_s, 0.001, 30),
      of("apis", &Scenario::apis, "too_many", &Apis::too_many, 0, 0.9),
      of("apis", &Scenario::apis, "broken", &Apis::broken, 0, 0.9),
      of("apis", &Scenario::apis, "conflicts", &Apis::conflicts, 0, 0.9),
      of("apis", &Scenario::apis, "partial_batches", &Apis::partial_batches, 0, 0.9),
      of("apis", &Scenario::apis, "lagging_reads", &Apis::lagging_reads, 0, 1),
      of("apis", &Scenario::apis, "lag_s", &Apis::lag_s, 0, 3600),
      of("apis", &Scenario::apis, "skipped_rows", &Apis::skipped_rows, 0, 0.9),
      of("apis", &Scenario::apis, "page_size", &Apis::page_size, 1, 1000),
      of("apis", &Scenario::apis, "clock_error_s", &Apis::clock_error_s, 0, 60),
      of("apis", &Scenario::apis, "rewrites", &Apis::rewrites, 0, 1),
      of("crashes", &Scenario::crashes, "n8n_steps", &Crashes::n8n_steps, 0, 0.5),
      of("crashes", &Scenario::crashes, "n8n_down_s", &Crashes::n8n_down_s, 0, day_s),
      of("crashes", &Scenario::crashes, "sidecar_requests", &Crashes::sidecar_requests, 0, 0.5),
      of("crashes", &Scenario::crashes, "sidecar_down_s", &Crashes::sidecar_down_s, 0, day_s),
      of("loops", &Scenario::loops, "outbox_s", &Loops::outbox_s, 1, day_s),
      of("loops", &Scenario::loops, "catch_up_s", &Loops::catch_up_s, 10, day_s),
      of("loops", &Scenario::loops, "reconcile_s", &Loops::reconcile_s, 10, day_s),
      of("loops", &Scenario::loops, "operators_s", &Loops::operators_s, 1, day_s),
  };
  return all;
}

std::string shortest(double value) {
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  return error == std::errc() ? std::string(digits, end) : "0";
}

const Member* find(const std::string& section, const std::string& key) {
  for (const Member& member : members()) {
    if (member.section == section && member.key == key) return &member;
  }
  return nullptr;
}

bool is_section(const std::string& name) {
  for (const Member& member : members()) {
    if (!name.empty() && member.section == name) return true;
  }
  return false;
}

class Reading {
 public:
  explicit Reading(std::string_view text) : text_(text) {}

  Result<Scenario> run() {
    const auto root = policy_file::read_source(text_);
    if (!root) return trouble(root.error().offset, "", root.error().message);
    if (root->kind != Node::Kind::object) return trouble(0, "", "a scenario is a JSON object");
    for (const Node& child : root->children) {
      const std::string pointer = pointer_join("", child.key);
      if (child.key == "name") {
        scenario_.name = child.text;
      } else if (is_section(child.key)) {
        if (child.kind != Node::Kind::object) {
          return trouble(child.begin, pointer, "expected an object");
        }
        for (const Node& member : child.children) {
          if (auto done = take(child.key, member, pointer_join(pointer, member.key)); !done) {
            return tl::unexpected(done.error());
          }
        }
      } else if (auto done = take("", child, pointer); !done) {
        return tl::unexpected(done.error());
      }
    }
    if (scenario_.network.webhooks_lost_min > scenario_.network.webhooks_lost_max) {
      return trouble(0, "/network/webhooks_lost_min", "greater than webhooks_lost_max");
    }
    return scenario_;
  }

 private:
  tl::unexpected<Problem> trouble(std::size_t offset, const std::string& pointer,
                                  const std::string& message) const {
    const auto place = policy_file::position_of(text_, offset);
    return fail(Code::schema,
                std::to_string(place.line) + ":" + std::to_string(place.column) +
                    (pointer.empty() ? "" : " at " + pointer) + ": " + message,
                pointer);
  }

  static std::string known_in(const std::string& section) {
    std::string known;
    for (const Member& member : members()) {
      if (member.section != section) continue;
      known += (known.empty() ? "" : ", ") + member.key;
    }
    return section.empty() ? known + ", name, people, network, apis, crashes, loops" : known;
  }

  Result<void> take(const std::string& section, const Node& node, const std::string& pointer) {
    const Member* member = find(section, node.key);
    if (!member) {
      return trouble(node.key_begin, pointer,
                     "\"" + shown(node.key) + "\" is no key here; known are " + known_in(section));
    }
    double value = 0;
    const char* begin = node.text.data();
    const char* end = begin + node.text.size();
    const auto [rest, error] = std::from_chars(begin, end, value);
    const bool is_number = node.kind == Node::Kind::number && error == std::errc() && rest == end;
    if (!is_number || value < member->least || value > member->most) {
      return trouble(
          node.begin, pointer,
          "expected a number from " + shortest(member->least) + " to " + shortest(member->most));
    }
    member->place(scenario_) = value;
    return {};
  }

  std::string_view text_;
  Scenario scenario_;
};

}  // namespace

Result<Scenario> read_scenario(std::string_view text) { return Reading(text).run(); }

std::string scenario_text(const Scenario& scenario) {
  Scenario copy = scenario;
  std::string text = "{\n  \"name\": " + to_wire(Json(copy.name));
  std::string section;
  for (const Member& member : members()) {
    if (member.section != section) {
      text += section.empty() ? "" : "\n  }";
      section = member.section;
      text += ",\n  \"" + section + "\": {\n    ";
    } else {
      text += section.empty() ? ",\n  " : ",\n    ";
    }
    text += "\"" + member.key + "\": " + shortest(member.place(copy));
  }
  return text + "\n  }\n}\n";
}

}  // namespace truce::simulate
