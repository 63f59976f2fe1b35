// POST /v1/undo.
#include "engine/app/undo/undo.h"

#include <algorithm>

#include "engine/app/known_names.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/roles.h"
#include "sidecar/api/writing.h"

namespace truce::api {

namespace {

constexpr std::int64_t records_max = 1'000;  // of one call
constexpr std::size_t records_a_job = 50;    // the writer is for others, too

struct UndoBody {
  UndoOrder order;
  bool apply = false;
  GoldenId after;
  std::size_t limit = records_max;
};

Result<std::string> text_of(const Json& body, const char* key) {
  const Json* node = find_member(body, key);
  if (node == nullptr || node->is_null()) return std::string();
  if (node->is_string()) return node->get<std::string>();
  return fail(Code::schema, std::string("'") + key + "' is a text", std::string("/") + key);
}

Result<void> read_texts(const Json& body, UndoBody& undo) {
  std::string after;
  const std::pair<const char*, std::string*> texts[] = {{"id", &undo.order.id},
                                                        {"actor", &undo.order.actor},
                                                        {"note", &undo.order.note},
                                                        {"after", &after}};
  for (const auto& [key, target] : texts) {
    Result<std::string> text = text_of(body, key);
    if (!text) return tl::unexpected<Problem>(text.error());
    if (!text->empty()) *target = *std::move(text);
  }
  undo.after = GoldenId(after);
  return {};
}

Result<UndoBody> read_undo(Services& services, const HttpRequest& request) {
  const Result<Json> body = read_object(request);
  if (!body) return tl::unexpected<Problem>(body.error());
  UndoBody undo;
  const Json* select = find_member(*body, "select");
  auto selected = read_undo_select(select ? *select : Json());
  if (!selected) return tl::unexpected<Problem>(selected.error());
  undo.order.select = *std::move(selected);
  undo.order.actor = request.token_name;
  if (const auto read = read_texts(*body, undo); !read) {
    return tl::unexpected<Problem>(read.error());
  }
  const Result<std::string> mode = text_of(*body, "mode");
  if (!mode) return tl::unexpected<Problem>(mode.error());
  if (!mode->empty() && *mode != "plan" && *mode != "apply") {
    return fail(Code::schema, "'mode' is plan or apply", "/mode");
  }
  undo.apply = *mode == "apply";
  if (const Json* limit = find_member(*body, "limit")) {
    const auto number = to_int64(*limit);
    if (!number || *number < 1 || *number > records_max) {
      return fail(Code::schema, "'limit' is 1 to " + std::to_string(records_max), "/limit");
    }
    undo.limit = static_cast<std::size_t>(*number);
  }
  if (undo.order.id.empty()) undo.order.id = services.surroundings.ids.next("u");
  return undo;
}

// Of the policy in force, which may be another one by the next piece.
UndoOrder with_roles(UndoOrder order, const HttpRequest& request, const Policy& policy) {
  order.roles = roles_of(request, policy);
  return order;
}

// A piece that cannot be stored ends it; what was stored before stays, and the answer says where to
// go on.
Result<Json> apply_pieces(Services& services, const HttpRequest& request, const UndoOrder& order,
                          const UndoPage& page) {
  Json answer;
  GoldenId done;
  for (std::size_t begin = 0; begin < page.records.size(); begin += records_a_job) {
    const auto first = page.records.begin() + static_cast<std::ptrdiff_t>(begin);
    const std::size_t size = std::min(records_a_job, page.records.size() - begin);
    const std::vector<GoldenId> piece(first, first + static_cast<std::ptrdiff_t>(size));
    WriteJob job = job_for(request);
    job.events = size;
    job.work = [&](Context& context) -> Result<Json> {
      return apply_undo(context, with_roles(order, request, context.policy), piece);
    };
    Result<Json> part = services.writer.run(std::move(job));
    if (!part && answer.is_null()) return part;
    if (!part) {
      answer["next"] = done.text;
      answer["problem"] = {{"code", std::string(to_string(part.error().code))},
                           {"message", part.error().message}};
      return answer;
    }
    append_undo(answer, *std::move(part));
    done = piece.back();
  }
  answer["next"] = page.next.empty() ? Json() : Json(page.next.text);
  return answer;
}

Result<Json> plan_page(Services& services, const HttpRequest& request, const UndoOrder& order,
                       const UndoPage& page) {
  return services.reads.run([&](Reader& reader) -> Result<Json> {
    const UndoParts parts{reader.store,   reader.policy,
                          reader.secrets, services.surroundings.ids,
                          reader.now,     services.transforms};
    Json answer = plan_undo(parts, with_roles(order, request, reader.policy), page.records);
    answer["next"] = page.next.empty() ? Json() : Json(page.next.text);
    return answer;
  });
}

Answer post_undo(Services& services, const HttpRequest& request) {
  const Result<UndoBody> undo = read_undo(services, request);
  if (!undo) return refuse(undo.error());
  const UndoSelect& select = undo->order.select;
  const Result<Json> asked = services.reads.run([&](Reader& reader) -> Result<Json> {
    const auto known = check_asked(reader.store, reader.policy, select.system, select.entity);
    if (!known) return tl::unexpected<Problem>(known.error());
    return Json();
  });
  if (!asked) return refuse(asked.error());
  const Result<UndoPage> page =
      select_undo(services.surroundings.store, select, undo->after, undo->limit);
  if (!page) return refuse(page.error());
  if (!undo->apply || page->records.empty()) {
    return answer_with(plan_page(services, request, undo->order, *page));
  }
  return answer_with(apply_pieces(services, request, undo->order, *page));
}

}  // namespace

std::vector<Call> undo_calls(Services& services) {
  return {{"POST",
           "/v1/undo",
           Scope::operate,
           "Takes back what the selected entries of the audit trail changed, where nobody has "
           "changed it since; mode plan (the default) only says what it would do.",
           {},
           "UndoBody",
           "Undo",
           [&services](const HttpRequest& request) { return post_undo(services, request); }}};
}

}  // namespace truce::api
