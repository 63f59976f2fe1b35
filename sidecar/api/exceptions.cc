// The operator's queue.
#include "engine/app/queue.h"
#include "engine/app/render.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/query_reader.h"
#include "sidecar/api/roles.h"
#include "sidecar/api/writing.h"

namespace truce::api {

namespace {

ExceptionId id_of(const HttpRequest& request) {
  return ExceptionId{std::string(request.path_parameter("id"))};
}

Result<Json> read_item(Reader& reader, const ExceptionId& id) {
  const std::optional<ExceptionItem> item = reader.store.find_exception(id);
  if (!item) return fail(Code::not_found, "no such exception");
  return render(*item, reader.now, reader.secrets);
}

Answer get_exceptions(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  ExceptionFilter filter;
  filter.unanswered = query.text("state") == "unanswered";
  if (!filter.unanswered) {
    filter.state = query.word<ExceptionState>("state", exception_state_from);
  }
  filter.category = query.word<Category>("category", category_from);
  filter.after = query.after();
  const std::size_t limit = query.limit();
  filter.limit = limit + 1;
  if (query.problem()) return refuse(*query.problem());
  return answer_with(services.reads.run([&](Reader& reader) -> Result<Json> {
    return page_of(
        "exceptions", reader.store.list_exceptions(filter), limit,
        [&](const ExceptionItem& item) { return render(item, reader.now, reader.secrets); });
  }));
}

Answer get_exception(Services& services, const HttpRequest& request) {
  return answer_with(
      services.reads.run([&](Reader& reader) { return read_item(reader, id_of(request)); }));
}

// A caller whose picture is old gets the new one with the refusal.
Answer with_fresh_item(Services& services, const HttpRequest& request, Answer answer) {
  if (answer) return answer;
  const Code code = answer.error().problems.front().code;
  if (code != Code::version_moved && code != Code::already_settled) return answer;
  Result<Json> fresh =
      services.reads.run([&](Reader& reader) { return read_item(reader, id_of(request)); });
  if (fresh) answer.error().more["exception"] = *std::move(fresh);
  return answer;
}

Answer post_resolve(Services& services, const HttpRequest& request) {
  Answer answer = write_object(services, request, [&](Context& context, const Json& body) {
    return resolve_exception(context, id_of(request), body, roles_of(request, context.policy));
  });
  return with_fresh_item(services, request, std::move(answer));
}

using PerItem = Result<Json> (*)(Context&, const ExceptionId&, const Json&,
                                 const std::vector<std::string>& roles);

Result<Json> claim_for_anybody(Context& context, const ExceptionId& id, const Json& body,
                               const std::vector<std::string>&) {
  return claim_exception(context, id, body);
}

Answer post_to_item(Services& services, const HttpRequest& request, PerItem apply) {
  Answer answer =
      write_optional_object(services, request, [&, apply](Context& context, const Json& body) {
        return apply(context, id_of(request), body, roles_of(request, context.policy));
      });
  return with_fresh_item(services, request, std::move(answer));
}

Answer post_bulk(Services& services, const HttpRequest& request) {
  return write_object(services, request, [&](Context& context, const Json& body) {
    return work_in_bulk(context, body, roles_of(request, context.policy));
  });
}

Call item_call(Services& services, std::string verb, std::string summary, PerItem apply) {
  return {"POST",
          "/v1/exceptions/{id}/" + std::move(verb),
          Scope::operate,
          std::move(summary),
          {},
          "WorkBody",
          "Worked",
          [&services, apply](const HttpRequest& request) {
            return post_to_item(services, request, apply);
          }};
}

}  // namespace

std::vector<Call> exception_calls(Services& services) {
  return {
      {"GET",
       "/v1/exceptions",
       Scope::read,
       "The operator's queue, oldest first.",
       {{"state", "open, claimed, resolved, dismissed, or unanswered for open and claimed"},
        {"category", "only of this category"},
        {"limit", "1 to 1000; 100 if not given"},
        {"after", "the `next` of the page before"}},
       "",
       "Exceptions",
       [&services](const HttpRequest& request) { return get_exceptions(services, request); }},
      {"GET",
       "/v1/exceptions/{id}",
       Scope::read,
       "One item of the queue.",
       {},
       "",
       "Exception",
       [&services](const HttpRequest& request) { return get_exception(services, request); }},
      {"POST",
       "/v1/exceptions/{id}/resolve",
       Scope::operate,
       "An answer: a system, a value or an action; refused with the fresh item when it has moved.",
       {},
       "ResolveExceptionBody",
       "ResolvedException",
       [&services](const HttpRequest& request) { return post_resolve(services, request); }},
      item_call(services, "claim", "Somebody takes care of it.", claim_for_anybody),
      item_call(services, "dismiss", "No answer is needed.", dismiss_exception),
      item_call(services, "replay", "The rejected event or the dead letter once more.",
                replay_exception),
      {"POST",
       "/v1/exceptions/bulk",
       Scope::operate,
       "One answer to many items.",
       {},
       "BulkBody",
       "BulkResults",
       [&services](const HttpRequest& request) { return post_bulk(services, request); }},
  };
}

}  // namespace truce::api
