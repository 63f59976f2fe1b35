// The records of a snapshot, page by page: what is as it was is only noted, the rest is staged.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "engine/app/read_event.h"
#include "engine/core/model/reconciliation.h"

namespace truce {

// A page, or the next part of one, whose records are read and not stored yet.
struct SnapshotPage {
  struct Record {
    StagedRecord staged;
    std::vector<std::string> keys;  // its match keys; none where it is as it was, or gone
    bool is_gone = false;           // its system says so
  };
  struct Fault {
    std::size_t index = 0;  // of the record in the page
    Problem problem;
  };
  SystemName system;
  Time observed_at;
  std::vector<Record> records;
  std::vector<Fault> faults;  // of the whole page so far: records whose id cannot be read
  std::size_t read_to = 0;    // so many records of the page are read
  bool is_last = true;        // of its parts
};

// Reads records [from, from + count) of a page. Any thread; `store` is only asked what the records
// were like when they were last compared. Fails with `not-found` where there is no such run,
// `already-settled` where it takes no more pages, and `unknown-system` where it has no such system.
Result<SnapshotPage> read_page(ReadView& store, const EventReader& reader, const RunId& run,
                               const SystemName& system, Time observed_at,
                               const std::vector<Json>& records, std::size_t from = 0,
                               std::size_t count = std::numeric_limits<std::size_t>::max());

// Stages what was read; the last part counts the page. A record that comes twice is the one that
// was read later; if both were read at once, the one that is later by its own time.
Result<Json> stage_page(Context& context, const RunId& run, const SnapshotPage& page);

}  // namespace truce
