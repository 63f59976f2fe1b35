#include "engine/app/whatif/log_index.h"

#include "engine/app/read_event.h"

namespace truce {
namespace {

constexpr std::size_t page_max = 1'000;
constexpr int merge_hops_max = 32;

GoldenId survivor_of(ReadView& view, GoldenId id) {
  for (int hop = 0; hop < merge_hops_max; ++hop) {
    const auto golden = view.find_golden(id);
    if (!golden) return {};
    if (golden->merged_into.empty()) return id;
    id = golden->merged_into;
  }
  return {};
}

class Indexing {
 public:
  Indexing(const ReplayParts& parts, const std::vector<PolicyPtr>& policies)
      : parts_(parts), policies_(policies) {}

  Result<LogIndex> run(const LogPart& part) {
    RawFilter filter;
    filter.received_at = part.since;
    filter.limit = page_max;
    while (true) {
      const auto view = parts_.store.read();
      const std::vector<RawEvent> page = view->list_raw(filter);
      for (const RawEvent& raw : page) add(*view, raw);
      if (const auto failure = view->failure()) return tl::unexpected(*failure);
      if (index_.events > part.events_max) {
        return fail(Code::batch_size,
                    "the log holds more than " + std::to_string(part.events_max) +
                        " events; begin later (since): what came before is then taken as it stands",
                    "/since");
      }
      if (page.size() < page_max) return std::move(index_);
      filter.received_at = page.back().received_at;
      filter.event_key = page.back().event_key;
    }
  }

 private:
  void add(ReadView& view, const RawEvent& raw) {
    ++index_.events;
    if (!index_.from) index_.from = raw.received_at;
    index_.to = raw.received_at;
    const auto source = source_of(view, raw);
    if (!source) return;
    const GoldenId golden = source->golden.empty() ? GoldenId() : survivor_of(view, source->golden);
    if (golden.empty()) {
      ++index_.unlinked;
    } else {
      index_.records[golden].push_back(raw.event_key);
    }
  }

  // nullopt: counted already.
  std::optional<SourceRecord> source_of(ReadView& view, const RawEvent& raw) {
    for (const PolicyPtr& policy : policies_) {
      const ReadEvent read = read_raw_event({*policy, parts_.transforms, parts_.secrets}, raw.body);
      if (read.refusal) continue;
      auto source = view.find_source(read.event.system, read.event.entity, read.id);
      if (!source) ++index_.unlinked;
      return source;
    }
    ++index_.unreadable;
    return std::nullopt;
  }

  const ReplayParts& parts_;
  const std::vector<PolicyPtr>& policies_;
  LogIndex index_;
};

}  // namespace

Json describe(const LogIndex& index, const LogPart& part, std::size_t forgotten) {
  return {{"events", index.events},
          {"from", index.from ? Json(to_rfc3339(*index.from)) : Json()},
          {"to", index.to ? Json(to_rfc3339(*index.to)) : Json()},
          {"unlinked", index.unlinked},
          {"unreadable", index.unreadable},
          {"forgotten", forgotten},
          {"complete", forgotten == 0 && part.since == Time::beginning()}};
}

Result<LogIndex> index_log(const ReplayParts& parts, const LogPart& part,
                           const std::vector<PolicyPtr>& policies) {
  return Indexing(parts, policies).run(part);
}

}  // namespace truce
