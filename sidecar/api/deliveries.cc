// The outbox and its dead letters.
#include "engine/app/known_names.h"
#include "engine/app/outbox.h"
#include "engine/app/render.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/query_reader.h"
#include "sidecar/api/writing.h"
#include "sidecar/dto/claim_body.h"
#include "sidecar/dto/event_batch.h"
#include "sidecar/dto/member_reader.h"

namespace truce::api {

namespace {

Answer post_claim(Services& services, const HttpRequest& request) {
  return write_optional_object(services, request, [](Context& context, const Json& body) {
    const Result<ClaimRequest> claim_request = read_claim(body);
    if (!claim_request) return Result<Json>(tl::unexpected<Problem>(claim_request.error()));
    const SystemName& system = claim_request->system;
    if (!system.empty() && context.policy.system(system) == nullptr) {
      return Result<Json>(
          tl::unexpected<Problem>(unknown_system(context.policy, system, "/system")));
    }
    return Result<Json>(claim(context, *claim_request));
  });
}

using PerItem = std::function<Json(Context&, const Json&)>;

Json extend_item(Context& context, const Json& item, std::optional<Duration> lease_of_all) {
  MemberReader reader(item);
  const auto lease = reader.duration_ms("lease_ms", lease_max);
  if (reader.problem()) return item_error(reader.text("id"), *reader.problem());
  return extend(context, item, lease ? lease : lease_of_all);
}

// Item by item: one that is refused does not stop the others.
Result<Json> apply_to_results(Context& context, const Json& body, const PerItem& apply) {
  MemberReader reader(body);
  const Json::array_t* items = reader.required_list("results");
  if (reader.problem()) return tl::unexpected<Problem>(*reader.problem());
  if (items->empty() || items->size() > batch_events_max) {
    return fail(Code::batch_size, "1 to " + std::to_string(batch_events_max) + " results",
                "/results");
  }
  Json answers = Json::array();
  for (const Json& item : *items) answers.push_back(apply(context, item));
  Json answer = Json::object();
  answer["results"] = std::move(answers);
  return answer;
}

// (system, status) of the results that were taken.
using Taken = std::vector<std::pair<std::string, std::string>>;

Taken taken_results(ReadView& store, const Json& body, const Json& answer) {
  Taken taken;
  const Json& items = body.at("results");
  const Json& answers = answer.at("results");
  for (std::size_t index = 0; index < answers.size(); ++index) {
    if (find_member(answers[index], "error") != nullptr) continue;
    MemberReader item(items[index]);
    const auto delivery = store.find_delivery(DeliveryId(item.text("id")));
    if (delivery) taken.emplace_back(delivery->system.text, item.text("status"));
  }
  return taken;
}

Answer post_settle(Services& services, const HttpRequest& request) {
  const auto taken = std::make_shared<Taken>();
  Answer answer = write_object(services, request, [taken](Context& context, const Json& body) {
    Result<Json> settled = apply_to_results(context, body, settle);
    if (settled) *taken = taken_results(context.store, body, *settled);
    return settled;
  });
  if (!answer) return answer;
  for (const auto& [system, status] : *taken) services.event_counts.count_settled(system, status);
  return answer;
}

Answer post_extend(Services& services, const HttpRequest& request) {
  return write_object(services, request, [](Context& context, const Json& body) -> Result<Json> {
    MemberReader reader(body);
    const auto lease = reader.duration_ms("lease_ms", lease_max);
    if (reader.problem()) return tl::unexpected<Problem>(*reader.problem());
    return apply_to_results(context, body, [lease](Context& inner, const Json& item) {
      return extend_item(inner, item, lease);
    });
  });
}

Answer get_deliveries(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  DeliveryFilter filter;
  filter.state = query.word<DeliveryState>("state", delivery_state_from);
  filter.system = SystemName(query.text("system"));
  filter.after = query.after();
  const std::size_t limit = query.limit();
  filter.limit = limit + 1;
  if (query.problem()) return refuse(*query.problem());
  return answer_with(services.reads.run([&](Reader& reader) -> Result<Json> {
    const auto asked = check_asked(reader.store, reader.policy, filter.system, {});
    if (!asked) return tl::unexpected<Problem>(asked.error());
    return page_of("deliveries", reader.store.list_deliveries(filter), limit,
                   [](const Delivery& delivery) { return render(delivery); });
  }));
}

using PerDelivery = Result<Json> (*)(Context&, const DeliveryId&);

Answer post_to_delivery(Services& services, const HttpRequest& request, PerDelivery apply) {
  const DeliveryId id{std::string(request.path_parameter("id"))};
  return write_optional_object(
      services, request, [apply, id](Context& context, const Json&) { return apply(context, id); });
}

}  // namespace

std::vector<Call> delivery_calls(Services& services) {
  return {
      {"POST",
       "/v1/deliveries/claim",
       Scope::ingest,
       "Deliveries that are due, leased to the caller; in groups for a system's bulk calls.",
       {},
       "ClaimBody",
       "Claimed",
       [&services](const HttpRequest& request) { return post_claim(services, request); }},
      {"POST",
       "/v1/deliveries/settle",
       Scope::ingest,
       "What became of leased deliveries, item by item.",
       {},
       "SettleBody",
       "Settled",
       [&services](const HttpRequest& request) { return post_settle(services, request); }},
      {"POST",
       "/v1/deliveries/extend",
       Scope::ingest,
       "Longer leases, item by item.",
       {},
       "ExtendBody",
       "Settled",
       [&services](const HttpRequest& request) { return post_extend(services, request); }},
      {"GET",
       "/v1/deliveries",
       Scope::read,
       "The outbox and its dead letters.",
       {{"state", "pending, leased, waiting, verifying, delivered, dead, withdrawn or discarded"},
        {"system", "only to this system"},
        {"limit", "1 to 1000; 100 if not given"},
        {"after", "the `next` of the page before"}},
       "",
       "Deliveries",
       [&services](const HttpRequest& request) { return get_deliveries(services, request); }},
      {"POST",
       "/v1/deliveries/{id}/replay",
       Scope::operate,
       "A dead letter once more, resolved against the present.",
       {},
       "Nothing",
       "OneDelivery",
       [&services](const HttpRequest& request) {
         return post_to_delivery(services, request, replay_delivery);
       }},
      {"POST",
       "/v1/deliveries/{id}/discard",
       Scope::operate,
       "A dead letter given up for good.",
       {},
       "Nothing",
       "OneDelivery",
       [&services](const HttpRequest& request) {
         return post_to_delivery(services, request, discard_delivery);
       }},
  };
}

}  // namespace truce::api
