#include "engine/app/outbox.h"

#include <algorithm>
#include <map>

#include "engine/app/derive.h"
#include "engine/app/migrating.h"
#include "engine/app/open_writes.h"
#include "engine/app/render.h"
#include "engine/app/retry_budget.h"
#include "engine/app/settle.h"
#include "engine/app/trail.h"

namespace truce {
namespace {

Json state_of(const Delivery& delivery) {
  return {{"id", delivery.id.text}, {"state", std::string(to_string(delivery.state))}};
}

std::string id_of(const Json& node) {
  const Json* id = find_member(node, "id");
  return id && id->is_string() ? id->get<std::string>() : "";
}

// The delivery, if the caller still holds its lease.
Result<Delivery> held_by_caller(Context& context, const Json& node) {
  const std::string id = id_of(node);
  if (id.empty()) return fail(Code::schema, "'id' is missing", "/id");
  auto delivery = find_carried(context, DeliveryId(id));
  if (!delivery) return fail(Code::not_found, "there is no such delivery", "/id");
  const Json* attempt = find_member(node, "attempt");
  const auto given = attempt ? to_int64(*attempt) : std::nullopt;
  if (attempt && !attempt->is_null() && !given) {
    return fail(Code::schema, "'attempt' is a whole number", "/attempt");
  }
  const bool same_attempt = !given || *given == delivery->attempt;
  if (delivery->state != DeliveryState::leased || !same_attempt) {
    return fail(Code::lease_lost, "the lease is gone: the delivery is " +
                                      std::string(to_string(delivery->state)) + " at attempt " +
                                      std::to_string(delivery->attempt) + "; claim it again");
  }
  return std::move(*delivery);
}

// A record's own entries among so many of the trail's last ones.
constexpr std::uint64_t entries_looked_back_max = 1'000'000;
constexpr std::size_t own_entries_max = 10'000;

// The entry of the result that ended this attempt; null: it ended otherwise.
Json told_of(Context& context, const Delivery& delivery, std::int64_t attempt) {
  AuditFilter filter;
  const std::uint64_t last = context.store.last_audit_of(delivery.golden);
  filter.after = last > entries_looked_back_max ? last - entries_looked_back_max : 0;
  filter.golden = delivery.golden;
  filter.limit = own_entries_max;
  for (const AuditEntry& entry : context.store.list_audit(filter)) {
    if (entry.kind != "delivery" || entry.body.find(delivery.id.text) == std::string::npos)
      continue;
    auto body = parse_json(entry.body, JsonLimits::of_store());
    if (!body || body->contains("refused") || !body->contains("status")) continue;
    const Json* id = find_member(*body, "delivery");
    const Json* ended = find_member(*body, "attempt");
    if (id && ended && *id == delivery.id.text && to_int64(*ended) == attempt)
      return *std::move(body);
  }
  return {};
}

bool names_another_record(const Json& told, const DeliveryResult& result) {
  const std::string made = told.value("record_id", "");
  return told.value("op", "") == to_string(Operation::create) && !made.empty() &&
         !result.record_id.empty() && made != result.record_id.text;
}

bool is_told_again(const Json& told, const DeliveryResult& result) {
  if (told.value("status", "") != to_string(result.status)) return false;
  if (result.status == ResultStatus::failed) {
    const std::string error = told.value("error", "");
    return error == result.message || error == result.withheld;
  }
  return !names_another_record(told, result);
}

void note_refused(Context& context, const Delivery& delivery, const Json& node, Code why) {
  Json body{{"delivery", delivery.id.text},
            {"refused", std::string(to_string(why))},
            {"by", context.actor}};
  for (const char* said : {"status", "attempt", "record_id"}) {
    if (const Json* member = find_member(node, said)) body[said] = *member;
  }
  write_audit(context, {"delivery", delivery.entity, delivery.golden, {}, std::move(body)});
}

// Of a result without its lease. The same one told again is no fault: the first one counted.
// Anything else is refused and stands in the audit trail, where whoever asks later what became of
// that worker's write finds it. `lost` is what is wrong with the lease.
Result<Json> answer_late(Context& context, const Json& node, const DeliveryResult& result,
                         Problem lost) {
  const DeliveryId id(find_member(node, "id")->get<std::string>());
  const auto delivery = context.store.find_delivery(id);
  if (!delivery) return tl::unexpected(std::move(lost));
  const Json* attempt = find_member(node, "attempt");
  const auto given = attempt ? to_int64(*attempt) : std::nullopt;
  const Json told = told_of(context, *delivery, given.value_or(delivery->attempt));
  if (!told.is_null() && is_told_again(told, result)) {
    return Json{{"id", id.text}, {"state", told.at("state")}};
  }
  if (!told.is_null() && names_another_record(told, result)) {
    lost = {Code::already_settled,
            "this attempt was settled with record '" + told.value("record_id", "") +
                "'; the other one may be a second record of it",
            "/record_id"};
  }
  note_refused(context, *delivery, node, lost.code);
  return tl::unexpected(std::move(lost));
}

Json grouped(const std::vector<Delivery>& deliveries, std::size_t group_max) {
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<Json>> groups;
  for (const Delivery& delivery : deliveries) {
    groups[{delivery.system.text, delivery.entity.text, std::string(to_string(delivery.operation))}]
        .push_back(render(delivery));
  }
  Json all = Json::array();
  for (const auto& [key, members] : groups) {
    for (std::size_t start = 0; start < members.size(); start += group_max) {
      Json part = Json::array();
      for (std::size_t i = start; i < std::min(start + group_max, members.size()); ++i) {
        part.push_back(members[i]);
      }
      all.push_back({{"system", std::get<0>(key)},
                     {"entity", std::get<1>(key)},
                     {"op", std::get<2>(key)},
                     {"deliveries", std::move(part)}});
    }
  }
  return all;
}

// Its golden record is gone, or another policy knows its entity no more: nothing can be planned.
void end_unplanned(Context& context, Delivery delivery, DeliveryState state) {
  delivery.state = state;
  delivery.lease_expires_at.reset();
  delivery.settled_at = context.now;
  context.store.put_delivery(delivery);
  write_audit(context, {"delivery",
                        delivery.entity,
                        delivery.golden,
                        {},
                        {{"delivery", delivery.id.text},
                         {"state", std::string(to_string(state))},
                         {"why", "its record is gone, or the policy has its entity no more"},
                         {"policy", context.policy.sha256}}});
}

// Derives under the present policy and leases; nullopt: nothing is left to send.
std::optional<Delivery> lease_one(Context& context, const Delivery& due,
                                  std::optional<Duration> lease) {
  auto state = load_state(context, due.golden);
  if (!state) {
    end_unplanned(context, due, DeliveryState::withdrawn);
    return std::nullopt;
  }
  if (state->golden.policy_sha256 != context.policy.sha256) {
    derive_noted(context, *state, "another policy came into force");
  }
  withdraw_paused(context, *state);
  for (Delivery& delivery : state->deliveries) {
    if (delivery.id != due.id || delivery.state == DeliveryState::leased) continue;
    if (delivery.due_at > context.now) return std::nullopt;  // it waits for an answer now
    hand_out(context, *state, delivery, lease);
    return delivery;
  }
  return std::nullopt;
}

// What it says now is what the present asks for; where nothing is left to say it is withdrawn.
Json derive_and_answer(Context& context, const DeliveryId& id, RecordState& state) {
  const Plan plan = derive(context, state);
  const auto delivery = context.store.find_delivery(id);
  Json body{{"delivery", id.text},
            {"state", std::string(to_string(delivery->state))},
            {"by", context.actor}};
  put_derivation(context, state, plan, body);
  write_audit(context, {"delivery", state.golden.entity, state.golden.id, {}, std::move(body)});
  return {{"delivery", render(*delivery)}};
}

Result<std::pair<Delivery, RecordState>> given_up(Context& context, const DeliveryId& id,
                                                  bool queued_too) {
  auto delivery = find_carried(context, id);
  if (!delivery) return fail(Code::not_found, "there is no such delivery");
  const bool fits =
      delivery->state == DeliveryState::dead || delivery->state == DeliveryState::discarded ||
      (queued_too &&
       (delivery->state == DeliveryState::pending || delivery->state == DeliveryState::waiting));
  if (!fits) {
    return fail(Code::already_settled,
                "the delivery is " + std::string(to_string(delivery->state)));
  }
  auto state = load_state(context, delivery->golden);
  if (!state) return fail(Code::not_found, "its golden record is gone");
  return std::pair(std::move(*delivery), std::move(*state));
}

void close_dead_letter(Context& context, const DeliveryId& id, const std::string& how) {
  if (auto item = context.store.unanswered_exception("dead_letter/" + id.text)) {
    close_item(context, *item, context.actor, how);
  }
}

void replace(RecordState& state, const Delivery& delivery) {
  for (Delivery& held : state.deliveries) {
    if (held.id == delivery.id) held = delivery;
  }
  std::erase_if(state.items,
                [&](const ExceptionItem& item) { return item.delivery == delivery.id; });
}

}  // namespace

Json item_error(const std::string& id, const Problem& problem) {
  Json error{{"code", std::string(to_string(problem.code))}, {"message", problem.message}};
  if (!problem.pointer.empty()) error["pointer"] = problem.pointer;
  return {{"id", id}, {"error", std::move(error)}};
}

Json claim(Context& context, const ClaimRequest& request) {
  std::vector<Delivery> leased;
  for (const Delivery& due :
       context.store.due_deliveries(request.system, context.now, request.limit)) {
    auto delivery = lease_one(context, due, request.lease);
    if (delivery) leased.push_back(std::move(*delivery));
  }
  if (request.group) return {{"groups", grouped(leased, *request.group)}};
  Json deliveries = Json::array();
  for (const Delivery& delivery : leased) deliveries.push_back(render(delivery));
  return {{"deliveries", std::move(deliveries)}};
}

Json settle(Context& context, const Json& node) {
  if (!node.is_object()) return item_error("", {Code::schema, "a result is a JSON object", ""});
  const std::string id = id_of(node);
  const auto result = read_result(node);
  if (!result) return item_error(id, result.error());
  auto delivery = held_by_caller(context, node);
  if (!delivery) {
    if (delivery.error().code != Code::lease_lost) return item_error(id, delivery.error());
    const auto late = answer_late(context, node, *result, delivery.error());
    return late ? *late : item_error(id, late.error());
  }
  auto state = load_state(context, delivery->golden);
  if (!state) {
    const bool arrived = result->status == ResultStatus::delivered;
    end_unplanned(context, *delivery,
                  arrived ? DeliveryState::delivered : DeliveryState::withdrawn);
    return state_of(*context.store.find_delivery(delivery->id));
  }
  const DeliveryId delivery_id = delivery->id;
  const auto applied = apply_result(context, *state, std::move(*delivery), *result);
  if (!applied) {
    // What was written into another record may be asked about later.
    if (applied.error().code == Code::id_invalid)
      note_refused(context, *context.store.find_delivery(delivery_id), node, Code::id_invalid);
    return item_error(id, applied.error());
  }
  const auto settled = context.store.find_delivery(delivery_id);
  Json answer = state_of(*settled);
  if (*applied) answer["fetch"] = to_json(**applied);
  return answer;
}

Json extend(Context& context, const Json& node, std::optional<Duration> lease) {
  auto delivery = held_by_caller(context, node);
  if (!delivery) return item_error(id_of(node), delivery.error());
  const System* system = context.policy.system(delivery->system);
  const Duration own = system ? system->lease : Duration::of_ms(60'000);
  const Time ends = context.now + lease.value_or(own);
  delivery->lease_expires_at = std::max(delivery->lease_expires_at.value_or(ends), ends);
  context.store.put_delivery(*delivery);
  Json answer = state_of(*delivery);
  answer["lease_expires_at"] = to_rfc3339(*delivery->lease_expires_at);
  return answer;
}

Result<Json> replay_delivery(Context& context, const DeliveryId& id) {
  auto found = given_up(context, id, false);
  if (!found) return tl::unexpected(found.error());
  auto& [delivery, state] = *found;
  const bool looks = delivery.operation == Operation::lookup;
  delivery.state = looks ? DeliveryState::verifying : DeliveryState::pending;
  delivery.refused.clear();
  delivery.forgiven = delivery.attempt;
  delivery.due_at = context.now;
  delivery.settled_at.reset();
  context.store.put_delivery(delivery);
  close_dead_letter(context, id, "replayed");
  replace(state, delivery);
  return derive_and_answer(context, id, state);
}

Result<Json> discard_delivery(Context& context, const DeliveryId& id) {
  auto found = given_up(context, id, true);
  if (!found) return tl::unexpected(found.error());
  auto& [delivery, state] = *found;
  delivery.state = DeliveryState::discarded;
  delivery.settled_at = context.now;
  context.store.put_delivery(delivery);
  close_dead_letter(context, id, "discarded");
  replace(state, delivery);
  return derive_and_answer(context, id, state);
}

std::size_t expire_leases(Context& context, std::size_t limit) {
  const auto expired = context.store.expired_leases(context.now, limit);
  for (const Delivery& found : expired) {
    const Delivery one = find_carried(context, found.id).value_or(found);
    auto state = load_state(context, one.golden);
    Delivery delivery = one;
    delivery.lease_expires_at.reset();
    delivery.due_at = context.now;
    const System* system = context.policy.system(delivery.system);
    const int attempts = system ? system->retry.attempts : 1;
    // A create that may have been sent is looked up first: sent again, it would make a second
    // record.
    const bool look_up =
        delivery.operation == Operation::lookup || delivery.intended == Operation::create;
    if (!state) {
      end_unplanned(context, std::move(delivery), DeliveryState::withdrawn);
      continue;
    }
    if (delivery.attempt - delivery.forgiven >= attempts) {
      delivery.error = "the lease ran out " + std::to_string(attempts) + " times";
      delivery.state = DeliveryState::dead;
      if (look_up) delivery.operation = Operation::lookup;
      bury(context, *state, delivery);
    } else {
      delivery.state = look_up ? DeliveryState::verifying : DeliveryState::waiting;
      const Duration unseen = look_up && system ? system->settle_window : Duration();
      if (system) delivery.due_at = book_retry(context, *system, context.now + unseen);
    }
    context.store.put_delivery(delivery);
    mark_unknown(context, *state, one, one.lease_expires_at.value_or(context.now));
    replace(*state, delivery);
    state->items = context.store.unanswered_exceptions_of(state->golden.id);
    const Plan plan = derive(context, *state);
    Json body{{"delivery", delivery.id.text},
              {"state", std::string(to_string(delivery.state))},
              {"why", "the lease ran out"}};
    put_derivation(context, *state, plan, body);
    write_audit(context, {"delivery", delivery.entity, delivery.golden, {}, std::move(body)});
  }
  return expired.size();
}

}  // namespace truce
