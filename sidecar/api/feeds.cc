// What triggers read: the feed of changes, and the present state of every alert.
#include <algorithm>
#include <array>

#include "engine/app/render.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/query_reader.h"

namespace truce::api {

namespace {

constexpr std::size_t changes_page = 1000;
constexpr std::size_t changes_looked_at_max =
    20'000;  // a call, when few are of the kinds asked for

constexpr std::array<std::string_view, 5> change_kinds = {"exception", "overdue", "dead_letter",
                                                          "due", "alert"};

bool is_asked_for(const Change& change, const std::vector<std::string>& kinds) {
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), change.kind) != kinds.end();
}

// `next` is always there: what to ask for the next time, whether there was something or not.
Json read_changes(ReadView& store, std::uint64_t after, const std::vector<std::string>& kinds,
                  std::size_t limit) {
  Json changes = Json::array();
  std::size_t looked_at = 0;
  while (changes.size() < limit && looked_at < changes_looked_at_max) {
    const std::vector<Change> page = store.list_changes(after, changes_page);
    for (const Change& change : page) {
      after = change.sequence;
      if (!is_asked_for(change, kinds)) continue;
      changes.push_back(render(change));
      if (changes.size() == limit) break;
    }
    looked_at += page.size();
    if (page.size() < changes_page) break;
  }
  return {{"changes", std::move(changes)}, {"next", std::to_string(after)}};
}

Answer get_changes(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  const std::uint64_t after = query.after();
  const std::vector<std::string> kinds = query.words("kinds");
  const std::size_t limit = query.limit();
  if (query.problem()) return refuse(*query.problem());
  for (const std::string& kind : kinds) {
    if (std::find(change_kinds.begin(), change_kinds.end(), kind) == change_kinds.end()) {
      return refuse(Code::unknown_query, "kinds: no such kind: " + shown(kind));
    }
  }
  return answer_with(services.reads.run([&](Reader& reader) -> Result<Json> {
    return read_changes(reader.store, after, kinds, limit);
  }));
}

Answer get_alerts(Services& services) {
  Json alerts = Json::array();
  for (const AlertState& alert : services.alerts.alerts()) alerts.push_back(to_json(alert));
  return json_reply({{"alerts", std::move(alerts)}});
}

}  // namespace

std::vector<Call> feed_calls(Services& services) {
  return {
      {"GET",
       "/v1/changes",
       Scope::read,
       "What happened since, in order, nothing twice: ask again with after=next.",
       {{"after", "the `next` of the answer before; 0 or nothing at first"},
        {"kinds",
         "exception, overdue, dead_letter, due, alert; several with commas; all if not given"},
        {"limit", "1 to 1000; 100 if not given"}},
       "",
       "Changes",
       [&services](const HttpRequest& request) { return get_changes(services, request); }},
      {"GET",
       "/v1/alerts",
       Scope::read,
       "The present state of every alert.",
       {},
       "",
       "Alerts",
       [&services](const HttpRequest&) { return get_alerts(services); }},
  };
}

}  // namespace truce::api
