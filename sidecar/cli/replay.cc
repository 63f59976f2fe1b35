// truce replay: what failed, again; or, with --policy, the log under another policy (what_if.cc).
#include <algorithm>
#include <iostream>

#include "engine/app/outbox.h"
#include "engine/app/queue.h"
#include "sidecar/cli/access.h"
#include "sidecar/cli/commands.h"
#include "sidecar/cli/what_if.h"

namespace truce::cli {

namespace {

struct ReplayOptions {
  Access access;
  std::string what;
  std::string policy;
  std::string since;
  bool json = false;
};

constexpr const char* actor = "truce replay";

// The categories whose items are replayed; none where `what` is the id of one. What became of a
// write that was given up stands under three.
std::vector<std::string> categories_of(const std::string& what) {
  if (what == "dead-letters") return {"dead_letter", "lookup", "association"};
  if (what == "rejected") return {what};
  return {};
}

// The command carries nothing out: the writes wait in the outbox for whoever does.
Json with_writes_left(Json body) {
  body["hand_out"] = false;
  return body;
}

Json bulk_body(const std::string& category) {
  return with_writes_left({{"category", category}, {"action", "replay"}});
}

Json item_body() { return with_writes_left(Json::object()); }

// Only the answers of a sidecar say that something was done.
Result<Json> with_member(Result<Json> answer, const char* name, const Access& access) {
  if (answer && !answer->contains(name)) return no_sidecar(access);
  return answer;
}

template <typename Replay>
Result<Json> replay_each(const std::vector<std::string>& categories, Replay replay) {
  Json all = Json::array();
  for (const std::string& category : categories) {
    const Result<Json> answer = replay(bulk_body(category));
    if (!answer) return answer;
    const Json& results = answer->at("results");
    all.insert(all.end(), results.begin(), results.end());
  }
  return Json{{"results", std::move(all)}};
}

Result<Json> replay_remotely(const ReplayOptions& options) {
  const std::vector<std::string> categories = categories_of(options.what);
  if (!categories.empty()) {
    return replay_each(categories, [&](const Json& body) {
      return with_member(ask_for_json(options.access, "POST", "/v1/exceptions/bulk", to_wire(body)),
                         "results", options.access);
    });
  }
  const std::string id = escaped(options.what);
  Result<Json> answer = ask_for_json(options.access, "POST", "/v1/exceptions/" + id + "/replay",
                                     to_wire(item_body()));
  if (answer || answer.error().code != Code::not_found) {
    return with_member(std::move(answer), "exception", options.access);
  }
  return with_member(ask_for_json(options.access, "POST", "/v1/deliveries/" + id + "/replay", "{}"),
                     "delivery", options.access);
}

Result<Json> replay_in(Context& context, const std::string& what) {
  const std::vector<std::string> categories = categories_of(what);
  if (!categories.empty()) {
    return replay_each(categories,
                       [&](const Json& body) { return work_in_bulk(context, body, {}); });
  }
  Result<Json> answer = replay_exception(context, ExceptionId(what), item_body(), {});
  if (answer || answer.error().code != Code::not_found) return answer;
  return replay_delivery(context, DeliveryId(what));
}

Result<Json> replay(const ReplayOptions& options) {
  if (!options.access.url.empty()) return replay_remotely(options);
  const Result<std::unique_ptr<Engine>> engine = open_engine(options.access.db);
  if (!engine) return tl::unexpected<Problem>(engine.error());
  return run_once(**engine, actor,
                  [&](Context& context) { return replay_in(context, options.what); });
}

std::size_t count_failed(const Json& answer) {
  const Json* results = find_member(answer, "results");
  if (results == nullptr) return 0;
  return static_cast<std::size_t>(
      std::count_if(results->begin(), results->end(),
                    [](const Json& result) { return find_member(result, "error") != nullptr; }));
}

// One line an item.
void print_results(const Json& answer, std::size_t failed) {
  const Json* results = find_member(answer, "results");
  if (results == nullptr) {
    std::cout << "replayed\n";
    return;
  }
  for (const Json& result : *results) {
    const Json* error = find_member(result, "error");
    std::cout << result.value("id", "") << " "
              << (error == nullptr ? "replayed" : error->value("message", "failed")) << "\n";
  }
  std::cout << results->size() - failed << " replayed, " << failed << " not\n";
}

int run(const ReplayOptions& options) {
  if (const Result<void> checked = check_access(options.access); !checked) {
    return told(checked.error());
  }
  if (!options.policy.empty()) {
    return what_if({options.access, options.policy, options.since, options.json});
  }
  const Result<Json> answer = replay(options);
  if (!answer) return told(answer.error());
  const std::size_t failed = count_failed(*answer);
  if (options.json) {
    std::cout << to_wire(*answer) << "\n";
  } else {
    print_results(*answer, failed);
  }
  return failed == 0 ? exit_done : exit_found;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("replay",
                                         "Try dead letters or rejected events again, up to 1000 of "
                                         "a kind at a time; or say what another policy "
                                         "would make of the log, and write nothing");
  const auto options = std::make_shared<ReplayOptions>();
  auto* what =
      command->add_option("WHAT", options->what, "dead-letters, rejected, or the id of one item");
  auto* policy =
      command->add_option("--policy", options->policy, "The other policy; exit 1: it would differ");
  command->add_option("--since", options->since, "Read the log from this time on")->needs(policy);
  what->excludes(policy);
  command->add_flag("--json", options->json, "One JSON document instead of lines");
  add_access(*command, options->access);
  command->callback([options, &exit_code] {
    if (options->what.empty() && options->policy.empty()) {
      throw CLI::RequiredError("WHAT or --policy");
    }
    exit_code = run(*options);
  });
}

}  // namespace truce::cli
