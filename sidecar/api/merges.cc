// POST /v1/merge, and /v1/merges for what does not fit into one call.
#include "sidecar/api/calls.h"
#include "sidecar/api/open_merges.h"
#include "sidecar/api/writing.h"
#include "sidecar/dto/member_reader.h"

namespace truce::api {

namespace {

constexpr std::int64_t groups_default = 10'000;
constexpr std::int64_t groups_max = 100'000;

HttpReply json_text(std::string text) {
  HttpReply reply;
  reply.body = std::move(text);
  return reply;
}

std::string id_of(const HttpRequest& request) { return std::string(request.path_parameter("id")); }

Answer merge_now(Services& services, const HttpRequest& request) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  const Result<Json> body = read_object(request);
  if (!body) return refuse(body.error());
  Result<std::string> merged =
      merge_once(services.surroundings.policy.policy(), services.transforms, *body);
  if (!merged) return refuse(merged.error());
  return json_text(std::move(*merged));
}

Answer open_merge(Services& services, const HttpRequest& request) {
  const Result<Json> body = read_object(request);
  if (!body) return refuse(body.error());
  const PolicyPtr policy = services.surroundings.policy.policy();
  const Result<MergeOrder> order = merge_order(*policy, *body);
  if (!order) return refuse(order.error());
  const std::string id = services.surroundings.ids.next("m");
  const auto opened = services.merges.open(id, Merge(policy, *order->entity, order->output));
  if (!opened) return refuse(opened.error());
  const Time expires_at = services.surroundings.clock.now() +
                          Duration::of_ms(OpenMerges::kept_for / std::chrono::milliseconds(1));
  return json_reply({{"merge", {{"id", id}, {"expires_at", to_rfc3339(expires_at)}}}});
}

Answer add_page(Services& services, const HttpRequest& request) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  const Result<Json> body = read_object(request);
  if (!body) return refuse(body.error());
  const auto merge = services.merges.find(id_of(request));
  if (!merge) return refuse(merge.error());
  MemberReader reader(*body);
  const std::string system = reader.required_text("system");
  const std::int64_t from = reader.required_whole("from", 0, OpenMerges::records_max);
  const Json::array_t* records = reader.required_list("records");
  if (reader.problem()) return refuse(*reader.problem());
  if (const auto room = services.merges.check_room_for(records->size()); !room) {
    return refuse(room.error());
  }
  const auto added = (*merge)->add(system, static_cast<std::size_t>(from), *reader.any("records"),
                                   services.transforms);
  if (!added) return refuse(added.error());
  return json_reply({{"records", (*merge)->count()}});
}

Answer complete_merge(Services& services, const HttpRequest& request) {
  const Result<Json> body = read_optional_object(request);
  if (!body) return refuse(body.error());
  const auto merge = services.merges.find(id_of(request));
  if (!merge) return refuse(merge.error());
  MemberReader reader(*body);
  const auto after = reader.whole("after", 0, OpenMerges::records_max);
  const auto limit = reader.whole("limit", 1, groups_max);
  if (reader.problem()) return refuse(*reader.problem());
  const Merge::Page page =
      (*merge)->answer(static_cast<std::size_t>(after.value_or(0)),
                       static_cast<std::size_t>(limit.value_or(groups_default)));
  return json_text('{' + page.text +
                   ",\"next\":" + (page.next ? std::to_string(*page.next) : "null") + '}');
}

Answer close_merge(Services& services, const HttpRequest& request) {
  const std::string id = id_of(request);
  const auto closed = services.merges.close(id);
  if (!closed) return refuse(closed.error());
  return json_reply({{"merge", {{"id", id}}}});
}

}  // namespace

std::vector<Call> merge_calls(Services& services) {
  return {
      {"POST",
       "/v1/merge",
       Scope::ingest,
       "Records of several systems, matched by the policy's keys and merged by its rules.",
       {},
       "MergeBody",
       "Merged",
       [&services](const HttpRequest& request) { return merge_now(services, request); }},
      {"POST",
       "/v1/merges",
       Scope::ingest,
       "Begins a merge that takes more than one call; it is kept in memory only.",
       {},
       "OpenMergeBody",
       "OpenMerge",
       [&services](const HttpRequest& request) { return open_merge(services, request); }},
      {"POST",
       "/v1/merges/{id}/pages",
       Scope::ingest,
       "Records of one system; in any order of pages, and a page that comes again replaces itself.",
       {},
       "MergePageBody",
       "MergePage",
       [&services](const HttpRequest& request) { return add_page(services, request); }},
      {"POST",
       "/v1/merges/{id}/complete",
       Scope::ingest,
       "What came of it, page by page; may be asked again.",
       {},
       "CompleteMergeBody",
       "Merged",
       [&services](const HttpRequest& request) { return complete_merge(services, request); }},
      {"DELETE",
       "/v1/merges/{id}",
       Scope::ingest,
       "Forgets it.",
       {},
       "",
       "OpenMerge",
       [&services](const HttpRequest& request) { return close_merge(services, request); }},
  };
}

}  // namespace truce::api
