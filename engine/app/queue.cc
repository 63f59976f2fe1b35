#include "engine/app/queue.h"

#include <algorithm>

#include "engine/app/answer.h"
#include "engine/app/deciders.h"
#include "engine/app/item_text.h"
#include "engine/app/migrating.h"
#include "engine/app/render.h"
#include "engine/app/trail.h"
#include "engine/core/model/hash.h"

namespace truce {
namespace {

constexpr std::size_t bulk_max = 1'000;
constexpr std::uint64_t versions_back_max = 1'000;  // of an item, to which an old token is known
constexpr std::size_t token_head = 32;  // characters: all that a button of Telegram has room for

bool is_unanswered(const ExceptionItem& item) {
  return item.state == ExceptionState::open || item.state == ExceptionState::claimed;
}

Result<ExceptionItem> find_unanswered(Context& context, const ExceptionId& id) {
  auto item = find_carried(context, id);
  if (!item) return fail(Code::not_found, "there is no such item");
  if (!is_unanswered(*item)) {
    return fail(Code::already_settled, "the item is " + std::string(to_string(item->state)) +
                                           " by " +
                                           (item->closed_by.empty() ? "truce" : item->closed_by));
  }
  return std::move(*item);
}

bool is_token_of(const std::string& token, const ExceptionItem& item, const std::string& word,
                 const Secrets& secrets) {
  const std::string wanted = action_token(item, word, secrets);
  return equal_in_constant_time(token,
                                token.size() == token_head ? wanted.substr(0, token_head) : wanted);
}

// Bound to what the person saw: the version, or the token that was made of it.
Result<void> check_freshness(const Context& context, const ExceptionItem& item, const Json& body,
                             const std::string& word) {
  const std::string token = text_of(body, "token");
  if (!token.empty()) {
    if (is_token_of(token, item, word, context.secrets)) return {};
    return fail(Code::version_moved,
                "the token is of another version or another answer; look again");
  }
  const Json* version = find_member(body, "version");
  const auto number = version ? to_int64(*version) : std::nullopt;
  if (!number) {
    return fail(Code::required, "an answer carries the 'version' (or a 'token') of what was seen",
                "/version");
  }
  if (static_cast<std::uint64_t>(*number) != item.version) {
    return fail(Code::version_moved, "the item is at version " + std::to_string(item.version) +
                                         " now: the values have moved since they were shown");
  }
  return {};
}

// The token alone may name the action: a chat's button sends nothing else.
Json with_action_of_token(const Context& context, const ExceptionItem& item, Json body) {
  const std::string token = text_of(body, "token");
  if (token.empty() || !answer_word(body).empty()) return body;
  for (const std::string& action : answers_to(item)) {
    if (action == value_answer || !is_token_of(token, item, action, context.secrets)) continue;
    if (action.starts_with("choose:"))
      body["choose"] = action.substr(7);
    else
      body["action"] = action;
  }
  return body;
}

// Whether the token was one of this item before it moved.
bool is_outdated(const Context& context, ExceptionItem item, const std::string& token) {
  std::vector<std::string> words = answers_to(item);
  for (const auto& [name, system] : context.policy.systems) words.push_back("choose:" + name.text);
  for (std::uint64_t back = 0; back < versions_back_max && item.version > 1; ++back) {
    --item.version;
    for (const std::string& word : words) {
      if (is_token_of(token, item, word, context.secrets)) return true;
    }
  }
  return false;
}

// One answer; `action` may name the kind of the other.
Result<void> check_agreement(const Json& body) {
  const std::string word = answer_word(body), action = text_of(body, "action");
  if (find_member(body, "value") && word != value_answer) {
    return fail(Code::schema, "'choose' and 'value' are two answers; say one", "/value");
  }
  if (!action.empty() && action != word) {
    return fail(Code::schema, "the 'action' is another answer than the rest; say one", "/action");
  }
  return {};
}

// Nothing says what the answer is.
Problem lacks_answer(const Context& context, const ExceptionItem& item, const Json& body) {
  const std::string token = text_of(body, "token");
  if (token.empty() || is_token_of(token, item, value_answer, context.secrets)) {
    return {Code::required, "say 'choose', 'value' or 'action'", "/action"};
  }
  if (is_outdated(context, item, token)) {
    return {Code::version_moved, "the values have moved since the button was shown", ""};
  }
  return {Code::format, "the token is none of this item", "/token"};
}

// The answer is named by the call; what was seen may be, too.
Result<Json> answer_with(Context& context, const ExceptionId& id, const char* action,
                         const Json& body, const std::vector<std::string>& roles) {
  auto item = find_unanswered(context, id);
  if (!item) return tl::unexpected(item.error());
  Json answer = body.is_object() ? body : Json::object();
  answer["action"] = action;
  answer.erase("choose");
  answer.erase("value");
  if (answer.contains("version") || answer.contains("token")) {
    if (const auto fresh = check_freshness(context, *item, answer, action); !fresh) {
      return tl::unexpected(fresh.error());
    }
  }
  if (const auto may = check_decides(item->roles, roles); !may) return tl::unexpected(may.error());
  return answer_item(context, std::move(*item), answer);
}

}  // namespace

Result<Json> resolve_exception(Context& context, const ExceptionId& id, const Json& body,
                               const std::vector<std::string>& roles) {
  if (!body.is_object()) return fail(Code::schema, "an answer is a JSON object");
  if (const auto agreed = check_agreement(body); !agreed) return tl::unexpected(agreed.error());
  auto item = find_unanswered(context, id);
  if (!item) return tl::unexpected(item.error());
  const Json answer = with_action_of_token(context, *item, body);
  const std::string word = answer_word(answer);
  if (word.empty()) return tl::unexpected(lacks_answer(context, *item, body));
  if (const auto fresh = check_freshness(context, *item, answer, word); !fresh) {
    return tl::unexpected(fresh.error());
  }
  if (const auto may = check_decides(item->roles, roles); !may) return tl::unexpected(may.error());
  return answer_item(context, std::move(*item), answer);
}

Result<Json> claim_exception(Context& context, const ExceptionId& id, const Json& body) {
  auto item = find_unanswered(context, id);
  if (!item) return tl::unexpected(item.error());
  const std::string actor = actor_of(context, body);
  if (item->state == ExceptionState::claimed && item->claimed_by != actor) {
    return fail(Code::already_settled, "the item is claimed by " + item->claimed_by);
  }
  item->state = ExceptionState::claimed;
  item->claimed_by = actor;
  item->updated_at = context.now;
  context.store.put_exception(*item);
  write_audit(context, {"exception",
                        item->entity,
                        item->golden,
                        {},
                        {{"exception", id.text}, {"claimed_by", actor}}});
  return Json{{"exception", render(*item, context.now, context.secrets)}};
}

Result<Json> dismiss_exception(Context& context, const ExceptionId& id, const Json& body,
                               const std::vector<std::string>& roles) {
  return answer_with(context, id, "dismiss", body, roles);
}

Result<Json> replay_exception(Context& context, const ExceptionId& id, const Json& body,
                              const std::vector<std::string>& roles) {
  return answer_with(context, id, "replay", body, roles);
}

namespace {

// One of many that is refused leaves nothing behind. The mark goes with an exception, too: the
// writer has none to return to then, and keeps nothing of them all.
class Mark {
 public:
  explicit Mark(Transaction& store) : store_(store) { store_.set_savepoint(); }
  ~Mark() { store_.drop_savepoint(); }
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;
  void go_back() { store_.rollback_to_savepoint(); }

 private:
  Transaction& store_;
};

Problem unknown_category(const std::string& name) {
  std::string known;
  for (int i = 0; !to_string(static_cast<Category>(i)).empty(); ++i) {
    known += (i == 0 ? "" : ", ") + std::string(to_string(static_cast<Category>(i)));
  }
  return {Code::schema, "there is no category '" + shown(name) + "'; take one of " + known,
          "/category"};
}

Result<std::vector<ExceptionId>> chosen_items(Context& context, const Json& body) {
  std::vector<ExceptionId> chosen;
  const Json* ids = find_member(body, "ids");
  if (ids && ids->is_array()) {
    // What is no text is no item's id, and is refused in its place.
    for (const Json& id : *ids) chosen.emplace_back(scalar_text(id).value_or(to_wire(id)));
  } else if (const std::string name = text_of(body, "category"); !name.empty()) {
    ExceptionFilter filter;
    filter.unanswered = true;
    filter.category = category_from(name);
    if (!filter.category) return tl::unexpected(unknown_category(name));
    filter.limit = bulk_max;
    for (const ExceptionItem& item : context.store.list_exceptions(filter))
      chosen.push_back(item.id);
  } else {
    return fail(Code::required, "name the items: 'ids' or a 'category'", "/ids");
  }
  if (chosen.size() > bulk_max) return fail(Code::batch_size, "at most 1000 items at once", "/ids");
  return chosen;
}

Result<Json> answer_one_of_many(Context& context, const ExceptionId& id, const Json& body,
                                const std::vector<std::string>& roles) {
  Json answer = body;
  // In bulk a person answers to the list as it stands, not to one version each.
  if (const auto item = context.store.find_exception(id); item && !body.contains("version")) {
    answer["version"] = item->version;
  }
  const std::string action = text_of(body, "action");
  if (action == "dismiss") return dismiss_exception(context, id, answer, roles);
  if (action == "replay") return replay_exception(context, id, answer, roles);
  if (action == "resolve") answer.erase("action");
  return resolve_exception(context, id, answer, roles);
}

}  // namespace

Result<Json> work_in_bulk(Context& context, const Json& body,
                          const std::vector<std::string>& roles) {
  const auto chosen = chosen_items(context, body);
  if (!chosen) return tl::unexpected(chosen.error());
  Json results = Json::array();
  for (const ExceptionId& id : *chosen) {
    Mark mark(context.store);
    const auto done = answer_one_of_many(context, id, body, roles);
    if (!done) mark.go_back();
    Json line{{"id", id.text}};
    if (done)
      line.update(*done);
    else
      line["error"] = {{"code", std::string(to_string(done.error().code))},
                       {"message", done.error().message}};
    results.push_back(std::move(line));
  }
  return Json{{"results", std::move(results)}};
}

}  // namespace truce
