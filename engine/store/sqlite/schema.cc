#include "engine/store/sqlite/schema.h"

#include "engine/store/sqlite/delivery_states.h"

namespace truce::sqlite {
namespace {

// Conventions. Times are microseconds since 1970, UTC. `body` is the row's value as JSON (the
// to_json of its type, engine/core/model) and the truth; the other columns repeat what is
// constrained, indexed or filtered. Enumerations are the words of the contract. A column of type
// ANY holds a digest: 64 hex characters as a BLOB of 32 bytes, any other text as TEXT. Rows with a
// body are in rowid tables, since rows of more than a quarter of a page make a poor b-tree WITHOUT
// ROWID. CHECKs are chains of OR and not IN (engine/store/sqlite/delivery_states.h says why).
constexpr char first_schema[] = R"sql(

-- Small named values: cursors, alert states, the policy's text.
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Numbers of rows that would take a scan to count: 'sources', 'receipts', 'parked', 'delivery/STATE',
-- 'golden/ENTITY' (without merged and deleted ones). Moved in the transaction that moves the rows.
CREATE TABLE tally (
  name  TEXT PRIMARY KEY,
  count INTEGER NOT NULL CONSTRAINT no_negative_tally CHECK (count >= 0)
) STRICT, WITHOUT ROWID;

-- One system's record, with the history of its fields. Never deleted.
CREATE TABLE source_record (
  number    INTEGER PRIMARY KEY,
  system    TEXT NOT NULL,
  entity    TEXT NOT NULL,
  record_id TEXT NOT NULL,       -- the system's own id
  golden    TEXT,                -- NULL: not linked
  state     TEXT NOT NULL CONSTRAINT known_link_state
            CHECK (state = 'active' OR state = 'ambiguous' OR state = 'unlinked' OR state = 'merged'),
  body      TEXT NOT NULL,       -- SourceRecord
  CONSTRAINT one_row_a_source_record UNIQUE (system, entity, record_id),
  CONSTRAINT ambiguous_has_no_golden CHECK (golden IS NULL OR state <> 'ambiguous')
) STRICT;
-- The crosswalk: one active link for each golden record, entity and system. Records that were unlinked
-- stand beside it under their own ids, so that one index finds all of a golden record's sources.
CREATE UNIQUE INDEX source_record_link ON source_record (
  golden, entity, system, CASE state WHEN 'active' THEN '' ELSE record_id END
) WHERE golden IS NOT NULL;

-- Digests of the policies that golden records were derived under; there are few.
CREATE TABLE policy (
  number INTEGER PRIMARY KEY,
  sha256 ANY NOT NULL UNIQUE
) STRICT;

CREATE TABLE golden (
  number  INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  entity  TEXT NOT NULL,
  present INTEGER NOT NULL CHECK (present IN (0, 1)),  -- 0: merged or deleted
  policy  INTEGER NOT NULL REFERENCES policy (number), -- of its last derivation
  body    TEXT NOT NULL                                -- GoldenRecord
) STRICT;
-- For deriving again what another policy derived.
CREATE INDEX golden_by_policy ON golden (policy, id);

-- References between golden records.
CREATE TABLE golden_reference (
  parent TEXT NOT NULL,
  child  TEXT NOT NULL,
  PRIMARY KEY (parent, child)
) STRICT, WITHOUT ROWID;
CREATE INDEX golden_reference_by_child ON golden_reference (child);

-- The match keys that source records show or have shown.
CREATE TABLE match_key (
  entity    TEXT NOT NULL,
  key       TEXT NOT NULL,
  system    TEXT NOT NULL,
  record_id TEXT NOT NULL,
  golden    TEXT,                                        -- NULL: the record is not linked
  current   INTEGER NOT NULL CHECK (current IN (0, 1)),  -- 0: held earlier
  PRIMARY KEY (entity, key, system, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_key_by_record ON match_key (system, entity, record_id);

-- The outbox.
CREATE TABLE delivery (
  sequence         INTEGER PRIMARY KEY,  -- order of creation
  id               TEXT NOT NULL UNIQUE,
  golden           TEXT NOT NULL,
  system           TEXT NOT NULL,
  state            TEXT NOT NULL CONSTRAINT known_delivery_state CHECK (
    state = 'pending' OR state = 'leased' OR state = 'waiting' OR state = 'verifying' OR
    state = 'delivered' OR state = 'dead' OR state = 'withdrawn' OR state = 'discarded'),
  due_at           INTEGER NOT NULL,     -- may be handed out from then on
  handed_out_at    INTEGER,              -- last time
  lease_expires_at INTEGER,              -- NULL unless leased
  settled_at       INTEGER,
  body             TEXT NOT NULL,        -- Delivery
  CONSTRAINT leased_has_an_end CHECK ((state = 'leased') = (lease_expires_at IS NOT NULL)),
  CONSTRAINT leased_was_handed_out CHECK (state <> 'leased' OR handed_out_at IS NOT NULL),
  CONSTRAINT delivered_was_settled CHECK (state <> 'delivered' OR settled_at IS NOT NULL)
) STRICT;
-- What awaits its hand-out, each system's apart.
CREATE INDEX delivery_due ON delivery (system, due_at)
  WHERE state IN ('pending', 'waiting', 'verifying');
-- What is open for a golden record.
CREATE INDEX delivery_open ON delivery (golden, system)
  WHERE state IN ('pending', 'leased', 'waiting', 'verifying', 'dead', 'discarded');
-- Leases by their end, and every state but the final good one for listing.
CREATE INDEX delivery_standing ON delivery (state, lease_expires_at) WHERE state <> 'delivered';

-- The operator's queue.
CREATE TABLE exception (
  sequence  INTEGER PRIMARY KEY,  -- order of opening
  id        TEXT NOT NULL UNIQUE,
  subject   TEXT NOT NULL,        -- what it is about
  category  TEXT NOT NULL,
  state     TEXT NOT NULL CONSTRAINT known_exception_state
            CHECK (state = 'open' OR state = 'claimed' OR state = 'resolved' OR state = 'dismissed'),
  golden    TEXT,
  opened_at INTEGER NOT NULL,
  due_at    INTEGER,
  closed_at INTEGER,
  announced INTEGER NOT NULL DEFAULT 0 CHECK (announced IN (0, 1)),  -- as overdue
  body      TEXT NOT NULL,        -- ExceptionItem
  CONSTRAINT closed_has_a_time CHECK ((state IN ('resolved', 'dismissed')) = (closed_at IS NOT NULL))
) STRICT;
-- One unanswered item a subject: further facts update it.
CREATE UNIQUE INDEX exception_subject ON exception (subject) WHERE state IN ('open', 'claimed');
CREATE INDEX exception_unanswered ON exception (sequence, category, opened_at)
  WHERE state IN ('open', 'claimed');
CREATE INDEX exception_golden ON exception (golden)
  WHERE state IN ('open', 'claimed') AND golden IS NOT NULL;
CREATE INDEX exception_unannounced ON exception (due_at)
  WHERE state IN ('open', 'claimed') AND announced = 0 AND due_at IS NOT NULL;

-- Event keys get short numbers in the order of their first sight. Digests are random, so an index of
-- them is written all over; this is the only one, and the log below is appended in order.
CREATE TABLE event (
  number INTEGER PRIMARY KEY,
  key    ANY NOT NULL UNIQUE
) STRICT;

-- The stored outcome of an event: kept for ever, its answer for the deduplication window.
CREATE TABLE receipt (
  event          INTEGER PRIMARY KEY REFERENCES event (number),
  kind           TEXT NOT NULL,     -- OutcomeKind
  golden         TEXT,
  audit_sequence INTEGER NOT NULL,
  received_at    INTEGER NOT NULL,
  system         TEXT NOT NULL,
  entity         TEXT NOT NULL,
  answer         TEXT               -- Outcome; NULL: forgotten
) STRICT;
CREATE INDEX receipt_answer ON receipt (system, received_at) WHERE answer IS NOT NULL;

-- Events as they came, private fields sealed; kept for the policy's raw retention.
CREATE TABLE raw_event (
  event       INTEGER PRIMARY KEY REFERENCES event (number),
  received_at INTEGER NOT NULL,
  system      TEXT NOT NULL,
  entity      TEXT NOT NULL,
  body        TEXT NOT NULL
) STRICT;
CREATE INDEX raw_event_received ON raw_event (received_at);

-- Events that wait for their parent's link or a person's release.
CREATE TABLE parked (
  event       INTEGER PRIMARY KEY REFERENCES event (number),
  waits_for   TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  body        TEXT NOT NULL
) STRICT;
CREATE INDEX parked_waiting ON parked (waits_for, received_at);

-- The audit trail: hash-chained, append-only, 1, 2, 3, … without gaps.
CREATE TABLE audit (
  sequence      INTEGER PRIMARY KEY CONSTRAINT audit_from_one CHECK (sequence >= 1),
  at            INTEGER NOT NULL,
  kind          TEXT NOT NULL,
  actor         TEXT NOT NULL,
  entity        TEXT NOT NULL,
  golden        TEXT,
  event         INTEGER REFERENCES event (number),
  body          TEXT NOT NULL,
  previous_hash ANY NOT NULL,
  hash          ANY NOT NULL
) STRICT;
CREATE INDEX audit_golden ON audit (golden) WHERE golden IS NOT NULL;
CREATE INDEX audit_event ON audit (event) WHERE event IS NOT NULL;
CREATE TRIGGER audit_without_gaps BEFORE INSERT ON audit
  WHEN new.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
  BEGIN SELECT RAISE(ABORT, 'audit_without_gaps'); END;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'audit_is_not_changed'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'audit_is_not_removed'); END;

-- The feed for triggers. AUTOINCREMENT: a sequence is never used again, also not after retention.
CREATE TABLE change (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  body     TEXT NOT NULL
) STRICT;
CREATE INDEX change_at ON change (at);

-- The latest change of each record, for the windows of the mass-change guard.
CREATE TABLE guard_mark (
  system    TEXT NOT NULL,
  entity    TEXT NOT NULL,
  kind      TEXT NOT NULL,  -- of change
  record_id TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (system, entity, kind, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX guard_mark_at ON guard_mark (at);
)sql";

constexpr char reconciliations_schema[] = R"sql(

-- The slow loop: one comparison of snapshots.
CREATE TABLE reconciliation (
  sequence INTEGER PRIMARY KEY,  -- order of opening
  id       TEXT NOT NULL UNIQUE,
  entity   TEXT NOT NULL,
  state    TEXT NOT NULL CONSTRAINT known_run_state CHECK (
    state = 'open' OR state = 'running' OR state = 'done' OR state = 'expired' OR
    state = 'abandoned' OR state = 'failed'),
  body     TEXT NOT NULL         -- Reconciliation
) STRICT;
CREATE INDEX reconciliation_by_state ON reconciliation (state, sequence);

-- The records of its snapshots, until it has ended.
CREATE TABLE staged (
  number      INTEGER PRIMARY KEY,  -- order of staging, over all runs
  run         INTEGER NOT NULL REFERENCES reconciliation (sequence),
  system      TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  observed_at INTEGER NOT NULL,
  digest      ANY NOT NULL,         -- of the record as it came
  state       TEXT NOT NULL CONSTRAINT known_staged_state
              CHECK (state = 'waiting' OR state = 'same' OR state = 'done'),
  golden      TEXT,                 -- NULL: not linked
  body        TEXT,                 -- ChangeEvent
  CONSTRAINT one_row_a_staged_record UNIQUE (run, system, record_id),
  CONSTRAINT waiting_has_a_body CHECK ((state = 'waiting') = (body IS NOT NULL))
) STRICT;
CREATE INDEX staged_waiting ON staged (run, number) WHERE state = 'waiting';
CREATE INDEX staged_by_golden ON staged (run, golden, state) WHERE golden IS NOT NULL;

-- The match keys that staged records show.
CREATE TABLE staged_key (
  run    INTEGER NOT NULL,
  key    ANY NOT NULL,
  number INTEGER NOT NULL,  -- of the staged record
  PRIMARY KEY (run, key, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX staged_key_by_record ON staged_key (number);

-- How a source record was when it was last found to match.
CREATE TABLE snapshot_mark (
  system    TEXT NOT NULL,
  entity    TEXT NOT NULL,
  record_id TEXT NOT NULL,
  digest    ANY NOT NULL,
  golden    TEXT NOT NULL,
  audit     INTEGER NOT NULL,  -- the last entry of the golden record
  policy    ANY NOT NULL,
  PRIMARY KEY (system, entity, record_id)
) STRICT, WITHOUT ROWID;

-- What a run found.
CREATE TABLE discrepancy (
  run        INTEGER NOT NULL REFERENCES reconciliation (sequence),
  number     INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  cause      TEXT NOT NULL,
  resolution TEXT NOT NULL,
  system     TEXT NOT NULL,
  golden     TEXT,
  detail     TEXT NOT NULL,
  PRIMARY KEY (run, number)
) STRICT;
)sql";

// As they were, but that their states are a chain of OR.
constexpr char delivery_indexes_schema[] =
    "DROP INDEX delivery_due; DROP INDEX delivery_open;"
    "CREATE INDEX delivery_due ON delivery (system, due_at) WHERE " DELIVERY_AWAITS_HAND_OUT
    ";CREATE INDEX delivery_open ON delivery (golden, system) WHERE " DELIVERY_IS_OPEN("") ";";

// The match keys that staged records show, as they come: their numbers rise. Into `staged_key`, by
// which records are found, they go when the run is complete, and in the keys' order: put there as they
// come, each would dirty a page of its own.
constexpr char staged_record_key_schema[] = R"sql(
CREATE TABLE staged_record_key (
  run    INTEGER NOT NULL,
  number INTEGER NOT NULL,  -- of the staged record
  key    TEXT NOT NULL,
  PRIMARY KEY (run, number, key)
) STRICT, WITHOUT ROWID;
INSERT INTO staged_record_key SELECT run, number, key FROM staged_key WHERE typeof(key) = 'text';
DROP INDEX staged_key_by_record;
UPDATE reconciliation SET body = json_set(body, '$.stage', 'keys') WHERE state = 'open';
)sql";

}  // namespace

const std::vector<std::string>& migrations() {
  static const std::vector<std::string> list = {first_schema, reconciliations_schema,
                                                delivery_indexes_schema, staged_record_key_schema};
  return list;
}

}  // namespace truce::sqlite
