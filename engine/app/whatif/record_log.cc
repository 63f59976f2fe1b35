#include "engine/app/whatif/record_log.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include "engine/app/ingestion.h"

namespace truce {
namespace {

constexpr std::size_t audit_page = 1'000;

class Gathering {
 public:
  Gathering(const ReplayParts& parts, ReadView& view, RecordLog& log)
      : parts_(parts), view_(view), log_(log) {}

  void run(const std::vector<EventKey>& events) {
    read_trail();
    for (const EventKey& key : events) add_event(key);
    for (std::size_t i = 0; i < log_.sources.size(); ++i) add_given(i);
  }

 private:
  // Events that waited and went on, and the policies that events were read under.
  void read_trail() {
    AuditFilter filter;
    filter.golden = log_.golden.id;
    filter.limit = audit_page;
    while (true) {
      const auto page = view_.list_audit(filter);
      for (const AuditEntry& entry : page) {
        filter.after = entry.sequence;
        const Json body = json_of(entry.body);
        if (entry.kind == "release") released_.insert(EventKey(body.value("event", "")));
        const std::string policy = body.value("policy", parts_.policy->sha256);
        if (policy != parts_.policy->sha256) log_.read_under_one_policy = false;
      }
      if (page.size() < audit_page) return;
    }
  }

  void add_event(const EventKey& key) {
    const auto raw = view_.find_raw(key);
    if (!raw) return;
    LoggedEvent event{key, raw->received_at, raw->body};
    const ReadEvent read =
        read_raw_event({*parts_.policy, parts_.transforms, parts_.secrets}, raw->body);
    // What a snapshot did or did not show is taken as the comparison took it.
    if (!read.refusal && read.event.event_id == snapshot_event_id) return;
    event.problems =
        read.refusal ? std::numeric_limits<std::size_t>::max() : read.record.problems.size();
    const auto receipt = view_.find_receipt(key);
    if (receipt && !released_.contains(key)) {
      event.was_refused = receipt->kind == OutcomeKind::rejected;
      event.arrived = !event.was_refused && receipt->kind != OutcomeKind::held &&
                      receipt->kind != OutcomeKind::parked;
    }
    if (event.arrived && !read.refusal) note_arrived(read, event);
    log_.events.push_back(std::move(event));
  }

  void note_arrived(const ReadEvent& read, const LoggedEvent& event) {
    arrived_.insert(event.key);
    Arrival arrival = arrival_of(*parts_.policy, read, event.received_at);
    arrival.missing_parent = MissingParent::leave_out;
    std::string waits_for;
    resolve_references(view_, arrival, waits_for);
    for (const auto& [name, value] : arrival.record.fields) {
      const Observation said = observe(arrival, *arrival.entity.field(name), value);
      told_.emplace(read.event.system, read.id, name, event.received_at, said.order);
    }
  }

  // By an event that bears its name; where the least receipt is not that one's, by another copy of
  // it as well, and not by a target's answer.
  bool is_in_log(const SourceRecord& source, const FieldName& field,
                 const Observation& observation) const {
    return arrived_.contains(observation.event_key) &&
           told_.contains(
               {source.system, source.id, field, observation.received_at, observation.order});
  }

  void add_given(std::size_t place) {
    for (const auto& [name, history] : log_.sources[place].fields) {
      for (const Observation& observation : history.observations) {
        if (is_in_log(log_.sources[place], name, observation)) continue;
        log_.forgotten += view_.find_receipt(observation.event_key).has_value() &&
                          !view_.find_raw(observation.event_key).has_value();
        log_.observations.push_back({place, name, observation});
      }
      for (const Write& write : history.writes) log_.writes.push_back({place, name, write});
    }
  }

  const ReplayParts& parts_;
  ReadView& view_;
  RecordLog& log_;
  std::set<EventKey> released_, arrived_;
  // What an event that arrived said of a field, and when it was received.
  std::set<std::tuple<SystemName, RecordId, FieldName, Time, HistoryOrder>> told_;
};

}  // namespace

std::optional<RecordLog> gather(const ReplayParts& parts, ReadView& view, const GoldenId& golden,
                                const std::vector<EventKey>& events) {
  auto record = view.find_golden(golden);
  if (!record || !record->merged_into.empty() || !parts.policy->entity(record->entity)) {
    return std::nullopt;
  }
  RecordLog log;
  log.golden = std::move(*record);
  log.sources = view.sources_of(golden);
  log.items = view.unanswered_exceptions_of(golden);
  log.deliveries = view.open_deliveries(golden);
  std::erase_if(log.deliveries, [](const Delivery& delivery) {
    return delivery.state == DeliveryState::pending || delivery.state == DeliveryState::waiting;
  });
  Gathering(parts, view, log).run(events);
  return log;
}

}  // namespace truce
