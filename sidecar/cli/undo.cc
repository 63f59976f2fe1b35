// truce undo
#include "engine/app/undo/undo.h"

#include <iostream>

#include "engine/app/known_names.h"
#include "sidecar/cli/access.h"
#include "sidecar/cli/commands.h"

namespace truce::cli {

namespace {

constexpr std::size_t records_a_page = 1'000;
constexpr const char* default_actor = "truce undo";

struct Selector {
  const char* flag;
  const char* member;  // of `select`
  const char* what;
};
constexpr Selector selectors[] = {
    {"--since", "since", "Changes from this time on"},
    {"--until", "until", "Changes up to this time"},
    {"--event", "event_key", "Of this event (its event_key)"},
    {"--batch", "batch", "Of this request of events, or reconciliation"},
    {"--rule", "rule", "Won by this rule"},
    {"--actor", "actor", "By this person, automation or token"},
    {"--entity", "entity", "Of this entity"},
    {"--golden-id", "golden_id", "Of this golden record"},
    {"--system", "system", "Of this system's events"},
    {"--undo", "undo", "Of this undo: it is undone"}};

Problem nothing_selected() {
  std::string flags;
  for (const Selector& selector : selectors) {
    flags += (flags.empty() ? "" : ", ") + std::string(selector.flag);
  }
  return {Code::schema, "say what to undo, with one or more of " + flags, ""};
}

struct Question {
  Access access;
  // select member -> what was given
  std::map<std::string, std::string> select;
  std::string id, after, actor, note;
  bool apply = false;
  bool json = false;
};

Json select_json(const Question& question) {
  Json select = Json::object();
  for (const auto& [key, text] : question.select) {
    if (!text.empty()) select[key] = text;
  }
  return select;
}

Result<Json> undo_remotely(const Question& question) {
  Json body{{"select", select_json(question)}, {"mode", question.apply ? "apply" : "plan"}};
  if (!question.actor.empty()) body["actor"] = question.actor;
  if (!question.note.empty()) body["note"] = question.note;
  if (!question.id.empty()) body["id"] = question.id;
  if (!question.after.empty()) body["after"] = question.after;
  Json answer;
  while (true) {
    Result<Json> page = ask_for_json(question.access, "POST", "/v1/undo", to_wire(body));
    if (!page) return answer.is_null() ? page : Result<Json>(std::move(answer));
    body["id"] = page->at("id");
    body["after"] = page->at("next");
    const bool ended = page->at("next").is_null() || page->contains("problem");
    const Json rest{{"next", page->at("next")}, {"problem", page->value("problem", Json())}};
    append_undo(answer, *std::move(page));
    answer["next"] = rest.at("next");
    if (!rest.at("problem").is_null()) answer["problem"] = rest.at("problem");
    if (ended) return answer;
  }
}

Result<Json> undo_page(Engine& engine, const UndoOrder& order, bool apply,
                       const std::vector<GoldenId>& records) {
  if (apply) {
    return run_once(engine, order.actor, [&](Context& context) -> Result<Json> {
      return apply_undo(context, order, records);
    });
  }
  return read_once(engine, [&](Reader& reader) -> Result<Json> {
    const UndoParts parts{reader.store, reader.policy, reader.secrets,
                          engine.ids,   reader.now,    &engine.transforms};
    return plan_undo(parts, order, records);
  });
}

Result<Json> undo_here(const Question& question, const UndoSelect& select) {
  const Result<std::unique_ptr<Engine>> engine = open_engine(question.access.db);
  if (!engine) return tl::unexpected<Problem>(engine.error());
  const Result<Json> asked = read_once(**engine, [&](Reader& reader) -> Result<Json> {
    const auto known = check_asked(reader.store, reader.policy, select.system, select.entity);
    if (!known) return tl::unexpected<Problem>(known.error());
    return Json();
  });
  if (!asked) return asked;
  const UndoOrder order{question.id.empty() ? (*engine)->ids.next("u") : question.id, select,
                        question.actor.empty() ? default_actor : question.actor, question.note};
  Json answer;
  GoldenId after(question.after);
  while (true) {
    const Result<UndoPage> page = select_undo(*(*engine)->store, select, after, records_a_page);
    if (!page) return tl::unexpected<Problem>(page.error());
    Result<Json> part = undo_page(**engine, order, question.apply, page->records);
    if (!part) return part;
    append_undo(answer, *std::move(part));
    after = page->next;
    if (after.empty()) break;
  }
  answer["next"] = nullptr;
  return answer;
}

std::string text_of(const Json& line, const char* key) {
  const Json* node = find_member(line, key);
  if (node == nullptr || node->is_null()) return "-";
  return scalar_text(*node).value_or(to_wire(*node));
}

void print(const Json& answer) {
  const bool applied = answer.at("mode") == "apply";
  for (const Json& line : answer.at("undone")) {
    std::cout << (applied ? "undone    " : "would be  ") << text_of(line, "entity") << " "
              << text_of(line, "golden_id") << " ";
    const char* then = line.contains("asked_again") ? ", asked again\n"
                       : line.contains("answered")  ? ", the open question is answered\n"
                                                    : "\n";
    if (line.contains("restored_in")) {
      std::cout << "made again in " << text_of(line, "restored_in") << "\n";
    } else if (line.contains("private")) {
      std::cout << text_of(line, "field") << " (private)" << then;
    } else {
      std::cout << text_of(line, "field") << ": " << text_of(line, "from") << " -> "
                << text_of(line, "to") << then;
    }
  }
  for (const Json& line : answer.at("conflicts")) {
    std::cout << "conflict  " << text_of(line, "entity") << " " << text_of(line, "golden_id");
    if (line.contains("field")) std::cout << " " << text_of(line, "field");
    std::cout << ": " << text_of(line, "why");
    if (line.contains("now")) {
      std::cout << ", now " << text_of(line, "now") << " by " << text_of(line, "by");
    }
    std::cout << "; " << text_of(line, "do") << "\n";
  }
  std::cout << text_of(answer, "id") << ": " << answer.at("undone").size()
            << (applied ? " undone" : " would be undone") << " in " << text_of(answer, "records")
            << " records, " << answer.at("conflicts").size() << " conflicts, "
            << answer.at("deliveries").size() << " deliveries\n";
  if (!applied) std::cout << "nothing was written; --apply does it\n";
  if (!answer.at("next").is_null()) {
    std::cout << "it ended early (" << text_of(answer.value("problem", Json::object()), "message")
              << "); go on with --id " << text_of(answer, "id") << " --after "
              << text_of(answer, "next") << "\n";
  }
}

int run(const Question& question) {
  if (const Result<void> checked = check_access(question.access); !checked) {
    return told(checked.error());
  }
  if (select_json(question).empty()) return told(nothing_selected());
  const auto select = read_undo_select(select_json(question));
  if (!select) return told({Code::schema, select.error().message, {}});
  const Result<Json> answer =
      question.access.url.empty() ? undo_here(question, *select) : undo_remotely(question);
  if (!answer) return told(answer.error());
  if (question.json) {
    std::cout << to_wire(*answer) << "\n";
  } else {
    print(*answer);
  }
  if (!answer->at("next").is_null()) return exit_could_not;
  return answer->at("conflicts").empty() ? exit_done : exit_found;
}

}  // namespace

void add_undo(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "undo",
      "Take back what changes did, where nobody has changed it since; without --apply only say "
      "what it would do. Exit 1: some of it a person must do");
  const auto question = std::make_shared<Question>();
  for (const auto& [flag, member, what] : selectors) {
    command->add_option(flag, question->select[member], what);
  }
  command->add_flag("--apply", question->apply, "Do it");
  command->add_option("--by", question->actor, "Who undoes it, for the audit trail");
  command->add_option("--note", question->note, "Why, for the audit trail");
  command->add_option("--id", question->id, "Of an undo that is to go on");
  command->add_option("--after", question->after, "Where it is to go on");
  command->add_flag("--json", question->json, "One JSON document instead of text");
  add_access(*command, question->access);
  command->callback([question, &exit_code] { exit_code = run(*question); });
}

}  // namespace truce::cli
