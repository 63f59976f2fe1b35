// POST /v1/merge, and /v1/merges for what does not fit into one call.
#include "sidecar/api/calls.h"
#include "sidecar/api/open_merges.h"
#include "sidecar/api/query_reader.h"
#include "sidecar/api/writing.h"
#include "sidecar/dto/json_lines.h"
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

// {system, from, records: […]}.
Result<std::vector<Merge::Input>> read_page(const Merge& merge, const HttpRequest& request,
                                            Transforms* transforms) {
  const Result<Json> body = read_object(request);
  if (!body) return tl::unexpected(body.error());
  MemberReader reader(*body);
  const std::string name = reader.required_text("system");
  const std::int64_t from = reader.required_whole("from", 0, OpenMerges::records_max);
  reader.required_list("records");
  if (reader.problem()) return tl::unexpected(*reader.problem());
  const auto system = merge.system(name, "/system");
  if (!system) return tl::unexpected(system.error());
  return merge.read_list(**system, static_cast<std::size_t>(from), *reader.any("records"),
                         transforms, "/records");
}

// A record a line, with ?system= and ?from=: no more than one of them is held as it came.
Result<std::vector<Merge::Input>> read_lines(const Merge& merge, const HttpRequest& request,
                                             Transforms* transforms) {
  QueryReader query(request);
  const auto from = query.whole("from", 0, OpenMerges::records_max);
  if (query.problem()) return tl::unexpected(*query.problem());
  const auto system = merge.system(query.text("system"), "?system");
  if (!system) return tl::unexpected(system.error());
  std::vector<Merge::Input> inputs;
  const auto read = each_json_line(request.body, [&](const Json& record) -> Result<void> {
    const std::size_t index = static_cast<std::size_t>(from.value_or(0)) + inputs.size();
    Result<Merge::Input> input = merge.read(**system, index, record, transforms);
    if (!input) return tl::unexpected(input.error());
    inputs.push_back(std::move(*input));
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return inputs;
}

Answer add_page(Services& services, const HttpRequest& request) {
  const auto slot = services.large_bodies.enter(request.body.size());
  if (!slot) return tl::unexpected<Failure>(too_busy());
  const auto open = services.merges.find(id_of(request));
  if (!open) return refuse(open.error());
  const auto read = request.media_type == MediaType::ndjson ? read_lines : read_page;
  auto inputs = read((*open)->merge(), request, services.transforms);
  if (!inputs) return refuse(inputs.error());
  if (const auto room = services.merges.check_room_for(inputs->size()); !room) {
    return refuse(room.error());
  }
  (*open)->add(std::move(*inputs));
  return json_reply({{"records", (*open)->count()}});
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
       "Records of one system, JSON or lines; in any order of pages, and a page that comes again "
       "replaces itself.",
       {{"system", "lines of records: whose they are"},
        {"from", "lines of records: the place of the first one in its system's list"}},
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
