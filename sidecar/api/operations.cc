// Running it: /healthz, /readyz and /metrics.
#include "sidecar/api/calls.h"
#include "sidecar/api/metrics.h"
#include "sidecar/process_usage.h"
#include "sidecar/version.h"

namespace truce::api {

namespace {

using Kind = MetricsText::Kind;

Answer get_readyz(Services& services) {
  const std::optional<Problem> objection = services.readiness.objection();
  if (!objection) return json_reply({{"ready", true}});
  Failure failure(*objection);
  failure.more["ready"] = false;
  // Whatever the reason: nothing should be sent here now.
  failure.status = 503;
  return tl::unexpected<Failure>(std::move(failure));
}

void add_event_metrics(MetricsText& metrics, const EventCounts& counts) {
  metrics.begin("truce_events_total", Kind::counter, "Events answered, by system and outcome.");
  for (const auto& [key, count] : counts.events()) {
    metrics.sample({{"system", key.first}, {"outcome", key.second}}, static_cast<double>(count));
  }
  metrics.begin("truce_delivery_results_total", Kind::counter,
                "Results of deliveries, by system and status.");
  for (const auto& [key, count] : counts.settled()) {
    metrics.sample({{"system", key.first}, {"status", key.second}}, static_cast<double>(count));
  }
}

void add_writer_metrics(MetricsText& metrics, const WriterCounts& counts) {
  metrics.begin("truce_writer_jobs_total", Kind::counter, "Jobs that the writer ran.");
  metrics.sample({}, static_cast<double>(counts.jobs));
  metrics.begin("truce_writer_commits_total", Kind::counter, "Commits, each for a group of jobs.");
  metrics.sample({}, static_cast<double>(counts.commits));
  metrics.begin("truce_writer_refused_total", Kind::counter, "Jobs refused with a full queue.");
  metrics.sample({}, static_cast<double>(counts.refused));
  metrics.begin("truce_writer_waiting", Kind::gauge, "Jobs in the queue now.");
  metrics.sample({}, static_cast<double>(counts.waiting));
}

double age_s(Time now, const std::optional<Time>& since) {
  return since ? static_cast<double>((now - *since).ms()) / 1000 : 0;
}

void add_store_metrics(MetricsText& metrics, const StoreCounts& counts, Time now,
                       std::uint64_t size_bytes) {
  metrics.begin("truce_rows", Kind::gauge, "What the store holds.");
  metrics.sample({{"kind", "golden_records"}}, static_cast<double>(counts.goldens));
  metrics.sample({{"kind", "source_records"}}, static_cast<double>(counts.sources));
  metrics.sample({{"kind", "receipts"}}, static_cast<double>(counts.receipts));
  metrics.sample({{"kind", "audit_entries"}}, static_cast<double>(counts.audit_entries));
  metrics.sample({{"kind", "parked_events"}}, static_cast<double>(counts.parked));
  metrics.begin("truce_deliveries", Kind::gauge, "Deliveries by state.");
  for (const auto& [state, count] : counts.deliveries_by_state) {
    metrics.sample({{"state", state}}, static_cast<double>(count));
  }
  metrics.begin("truce_exceptions_unanswered", Kind::gauge, "The operator's queue, by category.");
  for (const auto& [category, count] : counts.unanswered_exceptions_by_category) {
    metrics.sample({{"category", category}}, static_cast<double>(count));
  }
  metrics.begin("truce_exception_oldest_age_seconds", Kind::gauge,
                "Age of the oldest unanswered exception.");
  metrics.sample({}, age_s(now, counts.oldest_unanswered_exception));
  metrics.begin("truce_delivery_oldest_due_age_seconds", Kind::gauge,
                "How long the oldest due delivery has been waiting to be claimed.");
  metrics.sample({}, age_s(now, counts.oldest_due_delivery));
  metrics.begin("truce_store_bytes", Kind::gauge, "Size of the database on disk.");
  metrics.sample({}, static_cast<double>(size_bytes));
}

void add_alert_metrics(MetricsText& metrics, const std::vector<AlertState>& alerts) {
  metrics.begin("truce_alert_firing", Kind::gauge, "1 where the alert fires.");
  for (const AlertState& alert : alerts) {
    Labels labels = {{"alert", alert.name}, {"system", alert.system}};
    if (!alert.objective.empty()) {
      labels.emplace_back("objective", alert.objective);
      labels.emplace_back("severity", alert.severity);
    }
    metrics.sample(labels, alert.firing ? 1 : 0);
  }
}

void add_agreement_metrics(MetricsText& metrics, const std::vector<AgreementReport>& reports,
                           Time now) {
  if (reports.empty()) return;
  const auto gauge = [&](std::string_view name, std::string_view help, const auto& value) {
    metrics.begin(name, Kind::gauge, help);
    for (const AgreementReport& report : reports) {
      metrics.sample({{"objective", report.objective.name}}, value(report));
    }
  };
  gauge("truce_agreement_changes", "Changes judged within the objective's window.",
        [](const AgreementReport& report) { return static_cast<double>(report.changes); });
  gauge("truce_agreement_missed", "Of them, those that not every system held in time.",
        [](const AgreementReport& report) { return static_cast<double>(report.misses); });
  gauge("truce_agreement_target", "The share of changes that is to be in time.",
        [](const AgreementReport& report) { return report.objective.target; });
  gauge("truce_agreement_budget_remaining", "Share of the error budget that is left.",
        [](const AgreementReport& report) { return report.budget_remaining(); });
  gauge("truce_agreement_open", "Records with a change that not every system holds yet.",
        [](const AgreementReport& report) { return static_cast<double>(report.open); });
  gauge("truce_agreement_oldest_open_age_seconds", "Age of the oldest such change.",
        [&](const AgreementReport& report) { return age_s(now, report.oldest_open); });
  metrics.begin("truce_agreement_burn_rate", Kind::gauge,
                "How fast the error budget burns; at 1 it is spent with the window's end.");
  for (const AgreementReport& report : reports) {
    // Six hours are the longer window of one and the shorter of another.
    std::map<Duration, double> rates;
    for (std::size_t i = 0; i < burn_windows.size(); ++i) {
      rates[burn_windows[i].longer] = report.burn[i].longer;
      rates[burn_windows[i].shorter] = report.burn[i].shorter;
    }
    for (const auto& [window, rate] : rates) {
      metrics.sample({{"objective", report.objective.name},
                      {"window_seconds", std::to_string(window.ms() / 1000)}},
                     rate);
    }
  }
}

void add_latency(MetricsText& metrics, const std::string& route, const LatencyHistogram& latency) {
  std::uint64_t so_far = 0;
  for (std::size_t cell = 0; cell < latency_bounds_ms.size(); ++cell) {
    so_far += latency.cells[cell];
    const std::string bound = std::to_string(latency_bounds_ms[cell] / 1000) + "." +
                              std::to_string(1000 + latency_bounds_ms[cell] % 1000).substr(1);
    metrics.sample({{"route", route}, {"le", bound}}, static_cast<double>(so_far), "_bucket");
  }
  metrics.sample({{"route", route}, {"le", "+Inf"}}, static_cast<double>(latency.count), "_bucket");
  metrics.sample({{"route", route}}, static_cast<double>(latency.sum.count()) / 1e6, "_sum");
  metrics.sample({{"route", route}}, static_cast<double>(latency.count), "_count");
}

void add_traffic_metrics(MetricsText& metrics, const TrafficCounts& traffic) {
  metrics.begin("truce_http_connections_open", Kind::gauge, "Open connections.");
  metrics.sample({}, static_cast<double>(traffic.connections_open));
  metrics.begin("truce_http_connections_total", Kind::counter, "Connections accepted.");
  metrics.sample({}, static_cast<double>(traffic.connections_accepted));
  metrics.begin("truce_http_buffered_bytes", Kind::gauge, "Bytes held for all connections.");
  metrics.sample({}, static_cast<double>(traffic.buffered_bytes));
  metrics.begin("truce_http_refusals_total", Kind::counter, "Requests refused before a handler.");
  for (const auto& [code, count] : traffic.refusals) {
    metrics.sample({{"code", std::string(to_string(code))}}, static_cast<double>(count));
  }
  metrics.begin("truce_http_replies_total", Kind::counter, "Replies by route and status.");
  for (const auto& [key, count] : traffic.replies) {
    metrics.sample({{"route", key.first}, {"status", std::to_string(key.second)}},
                   static_cast<double>(count));
  }
  metrics.begin("truce_http_request_seconds", Kind::histogram,
                "From a request's last byte to its reply's first, by route.");
  for (const auto& [route, latency] : traffic.latency) add_latency(metrics, route, latency);
}

// By the names that Prometheus' own libraries use.
void add_process_metrics(MetricsText& metrics, const ProcessUsage& usage) {
  metrics.begin("process_open_fds", Kind::gauge, "Open file descriptors.");
  metrics.sample({}, static_cast<double>(usage.open_descriptors));
  metrics.begin("process_resident_memory_bytes", Kind::gauge, "Resident memory.");
  metrics.sample({}, static_cast<double>(usage.resident_bytes));
}

Answer get_metrics(Services& services) {
  StoreCounts counts;
  AgreementState agreement;
  const Result<Json> read = services.reads.run([&](Reader& reader) -> Result<Json> {
    counts = reader.store.count_all();
    agreement = services.agreement.read(reader);
    return Json();
  });
  MetricsText metrics;
  metrics.begin("truce_build_info", Kind::gauge, "1, with the version.");
  metrics.sample({{"version", program_version}}, 1);
  metrics.begin("truce_ready", Kind::gauge, "1 where /readyz is green.");
  metrics.sample({}, services.readiness.objection() ? 0 : 1);
  add_event_metrics(metrics, services.event_counts);
  add_writer_metrics(metrics, services.writer.counts());
  // A store that cannot be read is told by truce_ready; zeros in its place would be lies.
  if (read) {
    add_store_metrics(metrics, counts, services.surroundings.clock.now(),
                      services.surroundings.store.size_bytes());
  }
  add_alert_metrics(metrics, services.alerts.alerts());
  if (read && agreement.complete) {
    add_agreement_metrics(metrics, agreement.reports, services.surroundings.clock.now());
  }
  add_process_metrics(metrics, process_usage());
  if (services.traffic) add_traffic_metrics(metrics, services.traffic());
  HttpReply reply;
  reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
  reply.body = metrics.text();
  return reply;
}

}  // namespace

std::vector<Call> operation_calls(Services& services) {
  return {
      {"GET",
       "/healthz",
       std::nullopt,
       "The process is alive.",
       {},
       "",
       "Health",
       [](const HttpRequest&) -> Answer {
         return json_reply({{"alive", true}});
       },
       Lane::quick},
      {"GET",
       "/readyz",
       Scope::read,
       "Requests may come here; 503 with the reason when not.",
       {},
       "",
       "Ready",
       [&services](const HttpRequest&) { return get_readyz(services); },
       Lane::quick},
      {"GET",
       "/metrics",
       Scope::read,
       "What Prometheus reads.",
       {},
       "",
       "",
       [&services](const HttpRequest&) { return get_metrics(services); },
       Lane::normal,
       {200},
       {"text/plain"}},
  };
}

}  // namespace truce::api
