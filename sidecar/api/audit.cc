// The audit trail: read, verified, vouched for, exported.
#include "engine/app/render.h"
#include "engine/core/audit/audit_export.h"
#include "sidecar/api/calls.h"
#include "sidecar/api/query_reader.h"
#include "sidecar/audit_check.h"

namespace truce::api {

namespace {

constexpr std::size_t export_entries_max = 10'000;

Answer get_audit(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  AuditFilter filter;
  filter.after = query.after();
  filter.golden = GoldenId(query.text("golden_id"));
  filter.event_key = EventKey(query.text("event_key"));
  const std::size_t limit = query.limit();
  filter.limit = limit + 1;
  if (query.problem()) return refuse(*query.problem());
  return answer_with(services.reads.run([&](Reader& reader) -> Result<Json> {
    return page_of("entries", reader.store.list_audit(filter), limit,
                   [](const AuditEntry& entry) { return render(entry); });
  }));
}

// Each page has a view of its own: one view over the whole trail would keep the log from being
// emptied for as long as that takes. Entries are only ever appended.
Result<std::vector<AuditEntry>> read_page(Services& services, std::uint64_t after,
                                          std::size_t limit) {
  std::vector<AuditEntry> page;
  const Result<Json> read = services.reads.run([&](Reader& reader) -> Result<Json> {
    page = reader.store.list_audit({after, limit, {}, {}});
    return Json();
  });
  if (!read) return tl::unexpected<Problem>(read.error());
  return page;
}

Answer get_verify(Services& services) {
  const Result<std::optional<Checkpoint>> checkpoint = services.checkpoints.read_file();
  if (!checkpoint) return refuse(checkpoint.error());
  const Result<AuditReport> report = verify_trail(
      [&](std::uint64_t after, std::size_t limit) { return read_page(services, after, limit); },
      *checkpoint, services.checkpoints.store_id());
  if (!report) return refuse(report.error());
  Json body = to_json(*report);
  if (report->is_intact()) return json_reply(body);
  Failure failure(Problem{Code::audit_broken, report->first->message, {}});
  failure.more = std::move(body);
  return tl::unexpected<Failure>(std::move(failure));
}

Answer get_checkpoint(Services& services) {
  return answer_with(services.reads.run([&](Reader& reader) -> Result<Json> {
    const Result<SignedCheckpoint> made = services.checkpoints.make(reader.store);
    if (!made) return tl::unexpected<Problem>(made.error());
    return to_json(*made);
  }));
}

Answer get_export(Services& services, const HttpRequest& request) {
  QueryReader query(request);
  const std::uint64_t after = query.after();
  const std::string format = query.text("format");
  const auto limit = static_cast<std::size_t>(
      query.whole("limit", 1, export_entries_max).value_or(export_entries_max));
  if (query.problem()) return refuse(*query.problem());
  const bool csv = format == "csv";
  if (!csv && !format.empty() && format != "ndjson") {
    return refuse(Code::unknown_query, "format: ndjson or csv is expected");
  }
  const Result<std::vector<AuditEntry>> page = read_page(services, after, limit);
  if (!page) return refuse(page.error());
  HttpReply reply;
  reply.content_type = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  if (csv && after == 0) reply.body = csv_header();
  for (const AuditEntry& entry : *page) reply.body += csv ? to_csv(entry) : to_ndjson(entry);
  if (page->size() == limit) {
    reply.headers.emplace_back("Truce-Next", std::to_string(page->back().sequence));
  }
  return reply;
}

}  // namespace

std::vector<Call> audit_calls(Services& services) {
  return {
      {"GET",
       "/v1/audit",
       Scope::read,
       "The audit trail, oldest first.",
       {{"after", "the `next` of the page before"},
        {"limit", "1 to 1000; 100 if not given"},
        {"golden_id", "only of this golden record"},
        {"event_key", "only of this event"}},
       "",
       "Entries",
       [&services](const HttpRequest& request) { return get_audit(services, request); }},
      {"GET",
       "/v1/audit/verify",
       Scope::read,
       "Whether the trail is as it was written; 409 with the first fault when not.",
       {},
       "",
       "AuditReport",
       [&services](const HttpRequest&) { return get_verify(services); }},
      {"GET",
       "/v1/audit/checkpoint",
       Scope::read,
       "A signed statement of where the trail stands, to be kept elsewhere.",
       {},
       "",
       "Checkpoint",
       [&services](const HttpRequest&) { return get_checkpoint(services); }},
      {"GET",
       "/v1/audit/export",
       Scope::read,
       "The trail as NDJSON or CSV; the header Truce-Next is the next page's `after`.",
       {{"after", "the Truce-Next of the page before"},
        {"limit", "1 to 10000; 10000 if not given"},
        {"format", "ndjson (default) or csv"}},
       "",
       "",
       [&services](const HttpRequest& request) { return get_export(services, request); },
       Lane::normal,
       {200},
       {"application/x-ndjson", "text/csv"},
       {{"Truce-Next", "the next page's `after`; none: this was the last"}}},
  };
}

}  // namespace truce::api
