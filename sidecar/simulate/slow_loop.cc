#include "sidecar/simulate/slow_loop.h"

#include <set>
#include <utility>

#include "engine/app/reconcile/pages.h"
#include "engine/app/reconcile/pieces.h"
#include "sidecar/simulate/api_calls.h"
#include "sidecar/simulate/truce_sync.h"

namespace truce::simulate {
namespace {

constexpr int page_tries = 4;
constexpr std::int64_t again_ms = 2'000;
constexpr std::int64_t between_pieces_ms = 10;
constexpr std::int64_t look_every_ms = 5'000;
// A catch-up reads again what came this long before the last one, and more where reads lag and
// clocks are off.
constexpr double overlap_s = 60;

template <class... Arguments, class Body>
std::function<void(Arguments...)> as_function(Body body) {
  return std::function<void(Arguments...)>(std::move(body));
}

}  // namespace

// One comparison of one entity, as far as the workflow has got with reading.
struct SlowLoop::Run {
  RunId id;
  std::size_t entity = 0;
  std::size_t system = 0;
  std::size_t read = 0;               // rows that were asked for
  Time read_at;                       // when the page that is on its way was asked for
  std::set<std::string> seen;         // rows that came
  std::optional<std::size_t> count;   // what the system says it has
  bool moved = false;                 // it said different counts
  std::vector<std::string> complete;  // systems
};

SlowLoop::SlowLoop(Office& office, SidecarProcess& sidecar, TruceSync& truce)
    : office_(office), sidecar_(sidecar), truce_(truce) {}

Json SlowLoop::as_row(std::size_t system, std::size_t entity, const std::string& id,
                      const Json& body) const {
  const Entity& rules = *office_.model().entities[entity].rules;
  if (rules.id.contains(office_.model().systems[system]->name)) return body;
  return {{"id", id}, {"record", body}};
}

void SlowLoop::import_all() {
  const Model& model = office_.model();
  for (std::size_t e = 0; e < model.entities.size(); ++e) {
    Json systems = Json::array();
    for (std::size_t s = 0; s < model.systems.size(); ++s) {
      if (model.entities[e].has_part[s]) systems.push_back(model.systems[s]->name.text);
    }
    const Json body{{"entity", model.entities[e].rules->name.text}, {"systems", systems}};
    RunId id;
    sidecar_.work([&](Context& context) {
      id = RunId(text_at(open_run(context, body).value_or(Json()), "id"));
      return Json();
    });
    for (std::size_t s = 0; s < model.systems.size(); ++s) {
      std::vector<Json> rows;
      for (const auto& [record_id, record] : office_.system(s).all()) {
        if (record.entity != e) continue;
        rows.push_back(as_row(s, e, record_id, *record.revisions.back().body));
      }
      if (rows.empty()) continue;
      sidecar_.work([&](Context& context) {
        const auto page = read_page(context.store, {context.policy, nullptr, context.secrets}, id,
                                    model.systems[s]->name, office_.now(), rows);
        if (page) (void)stage_page(context, id, *page);
        return Json();
      });
    }
    sidecar_.work([&](Context& context) {
      (void)complete_run(context, id, {{"complete", systems}});
      return Json();
    });
    while (compare_one_piece()) {
    }
  }
  cursors_.assign(model.systems.size(), office_.now());
}

void SlowLoop::start() {
  const Loops& loops = office_.scenario().loops;
  office_.every(loops.catch_up_s, [this] {
    for (std::size_t s = 0; s < office_.model().systems.size(); ++s) catch_up(s);
  });
  office_.every(loops.reconcile_s, [this] {
    for (std::size_t e = 0; e < office_.model().entities.size(); ++e) reconcile(e);
  });
  look_for_work();
}

void SlowLoop::look_for_work() {
  if (!comparing_ && next_run(*sidecar_.store().read())) compare();
  office_.happenings().after(Duration::of_ms(look_every_ms), [this] { look_for_work(); });
}

void SlowLoop::catch_up(std::size_t system) {
  const Time begun = office_.now();
  const auto overlap =
      Duration{static_cast<std::int64_t>(1e6 * (overlap_s + office_.scenario().apis.lag_s +
                                                2 * office_.scenario().apis.clock_error_s))};
  const Time since = cursors_[system] - overlap;
  const auto events = std::make_shared<std::vector<Json>>();
  office_.call(
      system,
      [this, since, events](SimulatedSystem& source) {
        *events = changes_since(source, since, office_.read_time());
        Answer answer;
        answer.status = 200;
        return answer;
      },
      office_.step(as_function<const Answer&>([=, this](const Answer& answer) {
        if (!answer.done()) return;  // the next one reads from the same place
        truce_.take_events(*events, HandOut::later, [=, this] { cursors_[system] = begun; });
      })));
}

std::vector<Json> SlowLoop::changes_since(const SimulatedSystem& system, Time since,
                                          Time shown_at) const {
  std::vector<Json> events;
  const Time from = system.clock(since);
  const Time to = system.clock(shown_at);
  for (const auto& [id, record] : system.all()) {
    std::shared_ptr<const Json> before;
    for (const Revision& revision : record.revisions) {
      const std::shared_ptr<const Json> body_before = std::exchange(before, revision.body);
      if (revision.at < from || revision.at > to) continue;
      Json event = truce_.event_about(system.index(), record.entity, id);
      event["occurred_at"] = to_rfc3339(revision.at);
      truce_.add_changed(event, system.index(), record.entity, revision.changed, *revision.body,
                         !revision.is_new);
      for (const std::size_t field : revision.changed) {
        if (!body_before) break;
        truce_.add_previous(event, system.index(), record.entity, field, *body_before);
      }
      events.push_back(std::move(event));
    }
    add_turns(system, record, from, to, events);
  }
  return events;
}

void SlowLoop::add_turns(const SimulatedSystem& system, const Record& record, Time from, Time to,
                         std::vector<Json>& events) const {
  const auto happened = [&](const std::optional<Time>& at) {
    return at && *at >= from && *at <= to;
  };
  Json event = truce_.event_about(system.index(), record.entity, record.id);
  if (happened(record.restored_at)) {
    event["op"] = "restore";
    event["occurred_at"] = to_rfc3339(*record.restored_at);
    events.push_back(event);
  }
  if (!happened(record.deleted_at)) return;
  event["op"] = record.merged_into.empty() ? "delete" : "merge";
  if (!record.merged_into.empty()) event["merged_into"] = record.merged_into;
  event["occurred_at"] = to_rfc3339(*record.deleted_at);
  events.push_back(event);
}

void SlowLoop::reconcile(std::size_t entity) {
  const Model& model = office_.model();
  Json systems = Json::array();
  for (std::size_t s = 0; s < model.systems.size(); ++s) {
    if (model.entities[entity].has_part[s]) systems.push_back(model.systems[s]->name.text);
  }
  const Json body{{"entity", model.entities[entity].rules->name.text}, {"systems", systems}};
  const auto run = std::make_shared<Run>();
  run->entity = entity;
  truce_.ask([body](Context& context) { return open_run(context, body).value_or(Json()); },
             [this, run](const Json& report) {
               run->id = RunId(text_at(report, "id"));
               if (!run->id.empty()) read_next_page(run, page_tries);
             });
}

// Page by page and system by system; a page behind the last one tells whether the count has moved.
void SlowLoop::read_next_page(const std::shared_ptr<Run>& run, int tries) {
  const Model& model = office_.model();
  while (run->system < model.systems.size() && !model.entities[run->entity].has_part[run->system]) {
    ++run->system;
  }
  if (run->system == model.systems.size()) return complete(run);
  // Before it is asked for: an edit that crosses the answer is younger than the picture.
  run->read_at = office_.now();
  office_.call(
      run->system,
      [this, run](SimulatedSystem& system) {
        return page_of(office_, system, run->entity, run->read);
      },
      office_.step(as_function<const Answer&>([=, this](const Answer& answer) {
        if (answer.done()) return take_page(run, answer);
        if (tries <= 1) return;  // the next run reads it all again
        office_.happenings().after(
            Duration::of_ms(again_ms),
            office_.step(as_function<>([=, this] { read_next_page(run, tries - 1); })));
      })));
}

void SlowLoop::take_page(const std::shared_ptr<Run>& run, const Answer& answer) {
  run->moved |= run->count && *run->count != answer.count;
  run->count = answer.count;
  const bool was_last = run->read >= answer.count;
  run->read += static_cast<std::size_t>(office_.scenario().apis.page_size);
  run->seen.insert(answer.row_ids.begin(), answer.row_ids.end());
  const std::size_t system = run->system;
  if (was_last) {
    // As many rows as the system said it has, before and after: nothing was skipped.
    if (!run->moved && run->seen.size() == answer.count) {
      run->complete.push_back(office_.model().systems[system]->name.text);
    }
    ++run->system;
    run->read = 0;
    run->seen.clear();
    run->count.reset();
    run->moved = false;
  }
  if (answer.rows.empty()) return read_next_page(run, page_tries);
  std::vector<Json> rows;
  for (std::size_t i = 0; i < answer.rows.size(); ++i) {
    rows.push_back(as_row(system, run->entity, answer.row_ids[i], *answer.rows[i]));
  }
  truce_.ask(
      [this, run, system, rows, read_at = run->read_at](Context& context) {
        const auto page = read_page(context.store, {context.policy, nullptr, context.secrets},
                                    run->id, office_.model().systems[system]->name, read_at, rows);
        if (!page) return Json();
        return stage_page(context, run->id, *page).value_or(Json());
      },
      [this, run](const Json&) { read_next_page(run, page_tries); });
}

void SlowLoop::complete(const std::shared_ptr<Run>& run) {
  truce_.ask(
      [run](Context& context) {
        return complete_run(context, run->id, {{"complete", run->complete}}).value_or(Json());
      },
      [](const Json&) {});
}

void SlowLoop::compare() {
  comparing_ = compare_one_piece();
  if (!comparing_) return;
  office_.happenings().after(Duration::of_ms(between_pieces_ms), [this] { compare(); });
}

bool SlowLoop::compare_one_piece() {
  if (!sidecar_.is_up()) return false;
  Piece piece;
  {
    const auto view = sidecar_.store().read();
    const auto run = next_run(*view);
    if (!run) return false;
    piece = next_piece(*view, {sidecar_.policy(), nullptr, sidecar_.secrets()}, *run);
  }
  sidecar_.work([&](Context& context) {
    take_piece(context, piece);
    return Json();
  });
  return true;
}

}  // namespace truce::simulate
