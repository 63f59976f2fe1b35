#include "engine/app/answer.h"

#include <algorithm>

#include "engine/app/discard.h"
#include "engine/app/event_answer.h"
#include "engine/app/item_text.h"
#include "engine/app/migrating.h"
#include "engine/app/open_writes.h"
#include "engine/app/outbox.h"
#include "engine/app/pauses.h"
#include "engine/app/render.h"
#include "engine/app/trail.h"
#include "engine/app/watch_shapes.h"
#include "engine/core/plan/unshown.h"

namespace truce {
namespace {

constexpr std::size_t released_at_once_max = 10'000;

// Answering it takes events in that waited.
bool takes_events(Category category) {
  return category == Category::held_change || category == Category::parked ||
         category == Category::rejected || category == Category::drift;
}

class Answer {
 public:
  Answer(Context& context, ExceptionItem item, const Json& body)
      : context_(context), item_(std::move(item)), body_(body), word_(answer_word(body)) {}

  Result<Json> run() {
    const Json* hands_out = find_member(body_, "hand_out");
    if (hands_out && !hands_out->is_boolean()) {
      return fail(Code::type_mismatch, "true or false is expected", "/hand_out");
    }
    leaves_writes_ = hands_out && !hands_out->get<bool>();
    if (word_ == "dismiss") {
      return item_.category == Category::held_change ? unknown_action() : dismiss();
    }
    if (context_.migrating && takes_events(item_.category)) {
      return fail(Code::busy, "events wait for the end of a migration; answer then");
    }
    switch (item_.category) {
      case Category::conflict:
      case Category::immutable:
        return decide();
      case Category::oscillation:
        return release_field();
      case Category::erase:
        return decide_delete();
      case Category::ambiguous_match:
        return link_records();
      case Category::duplicate:
      case Category::merge:
        return join_or_part();
      case Category::held_change:
        return word_ == "discard" ? discard_held() : release_held();
      case Category::dead_letter:
      case Category::lookup:
      case Category::association:
        return redeliver();
      case Category::parked:
        return let_parked_go();
      case Category::drift:
        return item_.subject.starts_with(paused_field) ? resume_field() : replay_event();
      case Category::rejected:
        return replay_event();
      case Category::clock:
        return close("acknowledged");
    }
    return unknown_action();
  }

 private:
  Result<Json> unknown_action() const {
    std::string known;
    for (const std::string& action : answers_to(item_))
      known += (known.empty() ? "" : ", ") + action;
    return fail(Code::action_unknown, "this item takes: " + known, "/action");
  }

  Result<Json> close(const std::string& how) { return close(how, nullptr); }

  // The facts may have closed it already; the person's word is what stays.
  void settle_item(ExceptionState answered, const std::string& how) {
    item_.state = answered;
    item_.closed_at = item_.updated_at = context_.now;
    item_.closed_by = actor_of(context_, body_);
    item_.resolution = how;
    ++item_.version;
    context_.store.put_exception(item_);
    announce(context_, "exception",
             {{"id", item_.id.text},
              {"category", std::string(to_string(item_.category))},
              {"state", std::string(to_string(item_.state))},
              {"version", item_.version}});
  }

  Result<Json> close(const std::string& how, RecordState* state) {
    settle_item(ExceptionState::resolved, how);
    Json deliveries = Json::array();
    if (state && !leaves_writes_) {
      for (Delivery* delivery : due_of(*state, context_.now)) {
        hand_out(context_, *state, *delivery, std::nullopt);
        deliveries.push_back(render(*delivery));
      }
    }
    Json note{
        {"exception", item_.id.text},      {"category", std::string(to_string(item_.category))},
        {"field", item_.field.text},       {"resolution", how},
        {"by", item_.closed_by},           {"opened_at", to_rfc3339(item_.opened_at)},
        {"policy", context_.policy.sha256}};
    const std::string said = text_of(body_, "note");
    if (!said.empty()) note["note"] = said;
    if (!changes_.empty()) note["changes"] = changes_;
    const Json* records = find_member(item_.detail, "records");
    if (item_.category == Category::ambiguous_match && records) note["records"] = *records;
    if (state) {
      note["to_write"] = to_write(*state);
      if (Json held = held_fields(*state); !held.empty()) note["held"] = std::move(held);
    }
    const auto sequence =
        write_audit(context_, {"decision", item_.entity, item_.golden, {}, std::move(note)});
    return Json{{"exception", render(item_, context_.now, context_.secrets)},
                {"deliveries", std::move(deliveries)},
                {"audit_seq", sequence}};
  }

  Result<Json> dismiss() {
    if (item_.subject.starts_with(refused_arrival)) forgo_refusal(context_, item_);
    if (item_.subject.starts_with(paused_field)) {
      answer_pause(context_, item_, PauseAnswer::dismissed);
    }
    // What it may have done would stand in the way of the record for ever: nothing asks any more.
    if (item_.category == Category::lookup) discard_delivery(context_, item_.delivery);
    auto state = item_.golden.empty() ? std::nullopt : load_state(context_, item_.golden);
    if (state) {
      Decision decision;
      decision.id = DecisionId(context_.ids.next("c"));
      decision.field = FieldName(dismissed_prefix + item_.subject);
      decision.note = fingerprint(item_.candidates);
      decision.decided_at = context_.now;
      decision.actor = actor_of(context_, body_);
      // One answer a question: an older dismissal of it says nothing any more.
      std::erase_if(state->golden.decisions,
                    [&](const Decision& other) { return other.field == decision.field; });
      state->golden.decisions.push_back(std::move(decision));
      context_.store.put_golden(state->golden);
    }
    settle_item(ExceptionState::dismissed, "dismissed");
    const bool is_merge = item_.category == Category::merge;
    if (is_merge) place_heir(context_, item_, nullptr);
    if (state && (is_merge || item_.subject.starts_with(refused_arrival))) {
      // Nothing is in the way any more of what the systems say.
      std::erase_if(state->items, [&](const ExceptionItem& other) { return other.id == item_.id; });
      derive_noted(context_, *state,
                   is_merge ? "a merge was kept apart" : "a refusal was dismissed");
    }
    if (item_.category == Category::duplicate && item_.system.empty()) {
      for (const Json& id : item_.detail.value("golden_ids", Json::array())) {
        derive_again(context_, GoldenId(id.get<std::string>()), "two records were kept apart");
      }
    }
    const auto sequence =
        write_audit(context_, {"decision",
                               item_.entity,
                               item_.golden,
                               {},
                               {{"exception", item_.id.text},
                                {"category", std::string(to_string(item_.category))},
                                {"resolution", "dismissed"},
                                {"by", item_.closed_by},
                                {"opened_at", to_rfc3339(item_.opened_at)}}});
    return Json{{"exception", render(item_, context_.now, context_.secrets)},
                {"deliveries", Json::array()},
                {"audit_seq", sequence}};
  }

  // conflict, immutable: a value, or a system's present one.
  Result<Json> decide() {
    auto state = load_state(context_, item_.golden);
    const Entity* entity = context_.policy.entity(item_.entity);
    if (!state || !entity) return fail(Code::not_found, "the golden record is gone");
    std::vector<FieldName> members{item_.field};
    if (const Json* group = find_member(item_.detail, "group"); group && group->is_array()) {
      members.clear();
      for (const Json& member : *group) members.emplace_back(member.get<std::string>());
    }
    std::vector<Value> values;
    for (const FieldName& member : members) {
      const Field* field = entity->field(member);
      if (!field) return fail(Code::not_found, "the field left the policy");
      auto value = value_for(*state, *field, members.size() > 1);
      if (!value) return tl::unexpected(value.error());
      values.push_back(std::move(*value));
    }
    const DecisionId id(context_.ids.next("c"));
    for (std::size_t i = 0; i < members.size(); ++i) {
      Decision decision{id,
                        members[i],
                        values[i],
                        context_.now,
                        actor_of(context_, body_),
                        text_of(body_, "note"),
                        {}};
      for (const Candidate& candidate : item_.candidates) see(decision, candidate);
      // The item asks about what is new; what was beaten before stays beaten.
      for (const Decision& before : state->golden.decisions) {
        if (before.field != decision.field) continue;
        for (const auto& [system, order] : before.seen) see(decision, system, order);
      }
      state->golden.decisions.push_back(std::move(decision));
    }
    return derive_and_close(*state, word_);
  }

  static void see(Decision& decision, const Candidate& candidate) {
    if (!candidate.system.empty()) see(decision, candidate.system, candidate.order);
  }
  static void see(Decision& decision, const SystemName& system, const HistoryOrder& order) {
    const auto [place, fresh] = decision.seen.emplace(system, order);
    if (!fresh && place->second < order) place->second = order;
  }

  // What the item of a private field does not say of its candidate.
  Result<Value> hidden_value(RecordState state, const Candidate& chosen) {
    const Entity& entity = *context_.policy.entity(state.golden.entity);
    const Plan plan = make_plan(plan_context(context_, entity), state);
    for (const auto& [name, survivor] : plan.survivors) {
      if (!survivor.question) continue;
      for (const Candidate& candidate : survivor.question->candidates) {
        const bool is_it = candidate.system == chosen.system && candidate.order == chosen.order &&
                           same(unshown(candidate.value), chosen.value);
        if (is_it) return candidate.value;
      }
    }
    return fail(Code::version_moved, "the values have moved since they were asked about");
  }

  Result<Value> typed_value(const Field& field, bool in_group) {
    std::string pointer = "/value";
    const Json* typed = find_member(body_, "value");
    if (!typed) return fail(Code::required, "say the 'value'", pointer);
    if (in_group) {
      typed = typed->is_object() ? find_member(*typed, field.name.text) : nullptr;
      if (!typed) {
        return fail(Code::schema, "a group takes an object with a value for each member", pointer);
      }
      pointer = pointer_join(pointer, field.name.text);
    }
    auto value = value_from_person(field, *typed);
    if (!value) value.error().pointer = pointer;
    return value;
  }

  Result<Value> value_for(const RecordState& state, const Field& field, bool in_group) {
    if (word_ == value_answer) return typed_value(field, in_group);
    auto value = word_ == keep_answer ? standing_value() : chosen_value(state);
    if (!value || !in_group) return value;
    const auto tuple = parse_json(value->text(), JsonLimits::of_store());
    const Json* member = tuple ? find_member(*tuple, field.name.text) : nullptr;
    if (!member) return fail(Code::internal, "the candidate has no such member");
    return value_from_person(field, *member);
  }

  Result<Value> standing_value() const {
    if (!item_.base) return tl::unexpected(unknown_action().error());
    return *item_.base;
  }

  Result<Value> chosen_value(const RecordState& state) {
    if (!word_.starts_with("choose:")) return tl::unexpected(unknown_action().error());
    const SystemName system(word_.substr(7));
    const Candidate* chosen = nullptr;
    for (const Candidate& candidate : item_.candidates) {
      if (candidate.system != system) continue;
      if (!chosen || chosen->order < candidate.order) chosen = &candidate;
    }
    if (!chosen) return fail(Code::action_unknown, "no candidate is from that system", "/choose");
    if (item_.detail.contains(private_item)) return hidden_value(state, *chosen);
    return chosen->value;
  }

  // What is asked of the same subject from now on is a new item.
  void close_first() {
    ExceptionItem closed = item_;
    closed.state = ExceptionState::resolved;
    closed.closed_at = context_.now;
    context_.store.put_exception(closed);
  }

  Result<Json> derive_and_close(RecordState& state, const std::string& how) {
    std::erase_if(state.items, [&](const ExceptionItem& held) { return held.id == item_.id; });
    close_first();
    const Plan plan = derive(context_, state);
    changes_ = sealed_changes(context_, *context_.policy.entity(state.golden.entity), plan);
    return close(how, &state);
  }

  Result<Json> resume_field() {
    if (word_ != resume_action) return unknown_action();
    answer_pause(context_, item_, PauseAnswer::resumed);
    return close("resumed");
  }

  Result<Json> release_field() {
    if (word_ != "release") return unknown_action();
    auto state = load_state(context_, item_.golden);
    if (!state) return fail(Code::not_found, "the golden record is gone");
    state->golden.flips.erase(item_.field);
    return derive_and_close(*state, "released");
  }

  Result<Json> decide_delete() {
    if (word_ != "propagate" && word_ != "restore" && word_ != "ignore") return unknown_action();
    auto state = load_state(context_, item_.golden);
    if (!state) return fail(Code::not_found, "the golden record is gone");
    Decision decision;
    decision.id = DecisionId(context_.ids.next("c"));
    decision.field = delete_question;
    decision.value = Value::of_text(word_);
    decision.decided_at = context_.now;
    decision.actor = actor_of(context_, body_);
    for (const Candidate& candidate : item_.candidates) see(decision, candidate);
    state->golden.decisions.push_back(std::move(decision));
    return derive_and_close(*state, word_);
  }

  // ambiguous_match: the records of the item are linked to one golden record, or stand alone.
  Result<Json> link_records() {
    const Entity* entity = context_.policy.entity(item_.entity);
    if (!entity) return fail(Code::not_found, "the entity left the policy");
    std::optional<RecordState> state;
    if (word_.starts_with("link:")) {
      state = load_state(context_, GoldenId(word_.substr(5)));
      if (!state) return fail(Code::not_found, "there is no such golden record", "/action");
    } else if (word_ != "create") {
      return unknown_action();
    }
    std::vector<GoldenId> others;
    for (const Json& id : item_.detail.value("golden_ids", Json::array())) {
      others.emplace_back(id.get<std::string>());
    }
    const auto make_another = [&] {
      return make_golden_apart(context_, *entity, actor_of(context_, body_), others);
    };
    for (const Json& record : item_.detail.value("records", Json::array())) {
      auto source = find_carried(context_, SystemName(record.value("system", "")), item_.entity,
                                 RecordId(record.value("id", "")));
      if (!source || source->state != LinkState::ambiguous) continue;
      if (!state) state = make_another();
      const SourceRecord* in_slot = linked_source(*state, source->system);
      if (in_slot && !is_deleted(*in_slot)) {
        if (word_ != "create") {
          return fail(Code::action_unknown,
                      "that golden record has a record of " + source->system.text + " already",
                      "/action");
        }
        derive_noted(context_, *state, "a record was linked by an answer");
        state = make_another();
      }
      take_slot(context_, *state, *source);
      context_.store.put_source(*source);
      index_keys(context_, *entity, *state, *source, {});
      release_waiting(context_, *source, true);
    }
    if (!state) return close(word_);
    item_.golden = state->golden.id;
    return derive_and_close(*state, word_);
  }

  Result<Json> join_or_part() {
    if (word_ == "keep_apart") return keep_apart();
    if (word_ != "join") return unknown_action();
    const Json ids = item_.detail.value("golden_ids", Json::array());
    if (ids.size() != 2) return unknown_action();
    // The item's own golden record stays; of a merge that is the winner's.
    const bool is_first = ids[0] == Json(item_.golden.text);
    auto from = load_state(context_, GoldenId(ids[is_first ? 1 : 0].get<std::string>()));
    auto into = load_state(context_, item_.golden);
    if (!from || !into) return fail(Code::not_found, "a golden record is gone");
    if (from->golden.id == into->golden.id) return close("joined already");
    std::erase_if(from->items, [&](const ExceptionItem& held) { return held.id == item_.id; });
    std::erase_if(into->items, [&](const ExceptionItem& held) { return held.id == item_.id; });
    join_goldens(context_, *from, *into, context_.now);
    place_heir(context_, item_, &*into);
    item_.golden = into->golden.id;
    return derive_and_close(*into, "joined");
  }

  // Where another's record stands in its place, this one is not made again.
  Result<Json> keep_apart() {
    auto state = item_.system.empty() ? std::nullopt : load_state(context_, item_.golden);
    if (item_.category == Category::duplicate && state && !linked_source(*state, item_.system)) {
      state->golden.no_create.push_back(item_.system);
      context_.store.put_golden(state->golden);
    }
    return dismiss();
  }

  std::vector<ParkedEvent> held_events() {
    return context_.store.parked_for("exception/" + item_.id.text, released_at_once_max);
  }

  Result<Json> release_held() {
    if (word_ != "release") return unknown_action();
    std::size_t released = 0;
    for (auto events = held_events(); !events.empty(); events = held_events()) {
      for (const ParkedEvent& parked : events) {
        context_.store.unpark(parked.event_key);
        ingest_released(context_, parked);
        ++released;
      }
    }
    return close("released " + std::to_string(released) + " events");
  }

  Result<Json> discard_held() {
    Discard discard(context_, actor_of(context_, body_));
    std::size_t discarded = 0;
    for (auto events = held_events(); !events.empty(); events = held_events()) {
      for (const ParkedEvent& parked : events) {
        context_.store.unpark(parked.event_key);
        discard.overrule(parked);
        ++discarded;
      }
    }
    return close("discarded " + std::to_string(discarded) + " events");
  }

  // The events go on without what they wait for; should it come after all, they are told of it.
  Result<Json> let_parked_go() {
    const std::string cause = text_of(item_.detail, "waits_for");
    const bool released = word_ == "release";
    if (!released && word_ != "discard") return unknown_action();
    std::size_t events = 0;
    for (const ParkedEvent& parked : context_.store.parked_for(cause, released_at_once_max)) {
      if (released)
        ingest_released(context_, parked, MissingParent::leave_out);
      else
        context_.store.unpark(parked.event_key);
      ++events;
    }
    if (!released) close_parked_question(context_, cause, "discarded");
    return close((released ? "released " : "discarded ") + std::to_string(events) + " events");
  }

  Result<Json> redeliver() {
    const auto done = word_ == "replay"    ? replay_delivery(context_, item_.delivery)
                      : word_ == "discard" ? discard_delivery(context_, item_.delivery)
                                           : unknown_action();
    if (!done) return tl::unexpected(done.error());
    auto state = load_state(context_, item_.golden);
    return close(word_, state ? &*state : nullptr);
  }

  // The event again under the present policy, as it came.
  Result<Json> replay_event() {
    if (word_ != "replay") return unknown_action();
    const std::string key = text_of(item_.detail, "event_key");
    const auto raw = key.empty() ? std::nullopt : context_.store.find_raw(EventKey(key));
    if (!raw) return fail(Code::not_found, "the raw event is past its retention");
    close_first();
    const Processed processed =
        ingest_released(context_, {raw->event_key, "", raw->received_at, raw->body});
    if (processed.kind == OutcomeKind::rejected || processed.key.empty()) {
      return fail(Code::format, "the event is refused under the present policy too");
    }
    if (context_.store.unanswered_exception(item_.subject)) {
      return fail(Code::format, "the field is refused under the present policy too");
    }
    auto state = processed.golden.empty() ? std::nullopt : load_state(context_, processed.golden);
    return close("replayed", state ? &*state : nullptr);
  }

  Context& context_;
  ExceptionItem item_;
  const Json& body_;
  std::string word_;
  bool leaves_writes_ = false;  // in the outbox: whoever answers carries nothing out
  Json changes_ = Json::array();
};

}  // namespace

std::string text_of(const Json& body, const char* key) {
  const Json* node = find_member(body, key);
  return node && node->is_string() ? node->get<std::string>() : "";
}

std::string actor_of(const Context& context, const Json& body) {
  const std::string named = text_of(body, "actor");
  return named.empty() ? context.actor : named;
}

// What a person may answer, as one word: "choose:SYSTEM", "value" or the action's own name.
std::string answer_word(const Json& body) {
  const std::string chosen = text_of(body, "choose");
  if (!chosen.empty()) return chosen.starts_with("choose:") ? chosen : "choose:" + chosen;
  if (find_member(body, "value")) return value_answer;
  return text_of(body, "action");
}

Result<Json> answer_item(Context& context, ExceptionItem item, const Json& body) {
  return Answer(context, std::move(item), body).run();
}

}  // namespace truce
