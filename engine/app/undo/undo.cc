#include "engine/app/undo/undo.h"

#include <algorithm>
#include <set>

#include "engine/app/derive.h"
#include "engine/app/open_writes.h"
#include "engine/app/trail.h"

namespace truce {
namespace {

constexpr std::size_t audit_page = 1'000;

Json begin_answer(const UndoOrder& order, const char* mode) {
  return {{"id", order.id},
          {"mode", mode},
          {"undone", Json::array()},
          {"conflicts", Json::array()},
          {"deliveries", Json::array()},
          {"records", 0}};
}

Json delivery_line(const Delivery& delivery) {
  Json line{{"system", delivery.system.text},
            {"op", std::string(to_string(delivery.operation))},
            {"state", std::string(to_string(delivery.state))},
            {"golden_id", delivery.golden.text}};
  return line;
}

void add(Json& answer, RecordUndo& undo) {
  for (Json& line : undo.undone) answer["undone"].push_back(std::move(line));
  for (Json& line : undo.conflicts) answer["conflicts"].push_back(std::move(line));
  if (!undo.is_empty()) answer["records"] = answer["records"].get<std::size_t>() + 1;
}

// A record that was joined into another has its trail under its own id.
void tell_joined(Json& answer, const GoldenId& id, const RecordState& state) {
  answer["conflicts"].push_back({{"entity", state.golden.entity.text},
                                 {"golden_id", id.text},
                                 {"why", "it was joined into another golden record"},
                                 {"do", "undo what is to go back of " + state.golden.id.text},
                                 {"joined_into", state.golden.id.text}});
}

void undo_one(Context& context, const UndoParts& parts, const UndoOrder& order, RecordState& state,
              Json& answer) {
  RecordUndo undo = weigh_undo(parts, order, state);
  if (undo.is_empty()) return add(answer, undo);
  apply(undo, state.golden);
  const Plan plan = derive(context, state);
  for (const Delivery& delivery : plan.deliveries) {
    Json line = delivery_line(delivery);
    line["id"] = delivery.id.text;
    answer["deliveries"].push_back(std::move(line));
  }
  Json body{{"undo", order.id},
            {"by", order.actor},
            {"entries", undo.entries},
            {"policy", context.policy.sha256}};
  put_derivation(context, state, plan, body);
  if (!order.note.empty()) body["note"] = order.note;
  for (const Json& line : undo.undone) {
    if (line.contains("restored_in")) body["restored"].push_back(line["restored_in"]);
  }
  write_audit(context, {"undo", state.golden.entity, state.golden.id, {}, std::move(body)});
  add(answer, undo);
}

class Selecting {
 public:
  Selecting(Store& store, const UndoSelect& select) : store_(store), select_(select) {}

  Result<std::set<GoldenId>> run() {
    AuditFilter filter;
    filter.limit = audit_page;
    filter.golden = select_.golden;
    while (true) {
      const auto view = store_.read();
      const auto page = view->list_audit(filter);
      if (const auto failure = view->failure()) return tl::unexpected(*failure);
      for (const AuditEntry& entry : page) take(entry);
      if (page.size() < audit_page) return std::move(found_);
      filter.after = page.back().sequence;
    }
  }

 private:
  void take(const AuditEntry& entry) {
    if (entry.golden.empty() || entry.at < select_.since || entry.at > select_.until) return;
    if (found_.contains(entry.golden)) return;
    const Json body = json_of(entry.body);
    if (selects(select_, entry, body) && has_selected_change(body)) found_.insert(entry.golden);
  }

  // Only where a rule is asked for; else an entry without changes may be a delete or a merge.
  bool has_selected_change(const Json& body) const {
    if (select_.rule.empty()) return true;
    const Json* changes = find_member(body, "changes");
    return changes && std::any_of(changes->begin(), changes->end(), [this](const Json& change) {
             return selects_change(select_, change);
           });
  }

  Store& store_;
  const UndoSelect& select_;
  std::set<GoldenId> found_;
};

}  // namespace

Result<UndoPage> select_undo(Store& store, const UndoSelect& select, const GoldenId& after,
                             std::size_t limit) {
  const auto found = Selecting(store, select).run();
  if (!found) return tl::unexpected(found.error());
  UndoPage page;
  for (auto golden = found->upper_bound(after); golden != found->end(); ++golden) {
    if (page.records.size() == limit) {
      page.next = page.records.back();
      break;
    }
    page.records.push_back(*golden);
  }
  return page;
}

Json plan_undo(const UndoParts& parts, const UndoOrder& order,
               const std::vector<GoldenId>& records) {
  Json answer = begin_answer(order, "plan");
  for (const GoldenId& golden : records) {
    const auto state = read_state(parts.store, parts.policy, golden);
    if (!state) continue;
    if (state->golden.id != golden) {
      tell_joined(answer, golden, *state);
      continue;
    }
    RecordUndo undo = weigh_undo(parts, order, *state);
    if (!undo.is_empty()) {
      const Plan plan = try_plan(parts, *state, undo);
      for (const Delivery& delivery : plan.deliveries) {
        answer["deliveries"].push_back(delivery_line(delivery));
      }
    }
    add(answer, undo);
  }
  return answer;
}

Json apply_undo(Context& context, const UndoOrder& order, const std::vector<GoldenId>& records) {
  Json answer = begin_answer(order, "apply");
  const UndoParts parts{context.store, context.policy, context.secrets,
                        context.ids,   context.now,    context.transforms};
  for (const GoldenId& golden : records) {
    auto state = load_state(context, golden);
    if (!state) continue;
    if (state->golden.id != golden) {
      tell_joined(answer, golden, *state);
      continue;
    }
    undo_one(context, parts, order, *state, answer);
  }
  return answer;
}

void append_undo(Json& answer, Json part) {
  if (answer.is_null()) {
    answer = std::move(part);
    return;
  }
  for (const char* list : {"undone", "conflicts", "deliveries"}) {
    for (Json& line : part[list]) answer[list].push_back(std::move(line));
  }
  // One of them may be an answer of the sidecar, whose numbers are characters.
  answer["records"] =
      to_int64(answer["records"]).value_or(0) + to_int64(part["records"]).value_or(0);
}

}  // namespace truce
