// The shapes of bodies and answers, as JSON Schema. One text, read once: a schema is easier to
// check against docs/api.md when it looks like one.
#include "sidecar/api/openapi.h"

namespace truce::api {

namespace {

constexpr const char* schemas_text = R"json({
"Id": {"type": "string"},
"Time": {"type": "string", "format": "date-time", "description": "RFC 3339, UTC; input also epoch milliseconds"},
"Next": {"type": ["string", "null"], "description": "what to ask for with `after`; null: this was the last page"},
"Problem": {"type": "object", "required": ["type", "title", "status", "code", "instance"], "properties": {
  "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "code": {"type": "string"},
  "instance": {"type": "string"}, "detail": {"type": "string"},
  "errors": {"type": "array", "items": {"type": "object", "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}}}},
  "exception": {"$ref": "#/components/schemas/Exception"},
  "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}}}},
"Nothing": {"type": "object", "description": "may be left out"},
"ChangeEvent": {"type": "object", "required": ["system", "entity"], "properties": {
  "system": {"type": "string"}, "entity": {"type": "string"}, "id": {"type": ["string", "number"]},
  "op": {"enum": ["upsert", "delete", "restore", "merge"]}, "event_id": {"type": "string"},
  "occurred_at": {"$ref": "#/components/schemas/Time"}, "version": {"type": ["string", "number"]},
  "changed": {"type": "array", "items": {"type": "string"}}, "previous": {"type": "object"}, "changed_at": {"type": "object"},
  "actor": {"type": "string"}, "merged_into": {"type": ["string", "number"]}, "record": {"type": ["object", "null"]},
  "partial": {"type": "boolean", "description": "the record is a change and not the whole: nothing is linked or made by it"}}},
"PresetPayload": {"type": "object", "required": ["preset", "system", "payload"], "properties": {
  "preset": {"type": "string", "description": "hubspot.webhook, salesforce.cdc, …: docs/presets.md"}, "system": {"type": "string"},
  "entity": {"type": "string", "description": "where the payload does not say what it holds"}, "payload": {}}},
"EventsBody": {"anyOf": [{"$ref": "#/components/schemas/ChangeEvent"}, {"$ref": "#/components/schemas/PresetPayload"},
  {"type": "object", "required": ["events"], "properties": {
    "events": {"type": "array", "minItems": 1, "maxItems": 10000, "items": {"anyOf": [{"$ref": "#/components/schemas/ChangeEvent"}, {"$ref": "#/components/schemas/PresetPayload"}]}},
    "hand_out": {"type": "boolean"}, "lease_ms": {"type": "integer", "minimum": 1, "maximum": 86400000}}}]},
"Delivery": {"type": "object", "required": ["id", "system", "entity", "op", "record_id", "fields", "idempotency_key", "attempt", "state", "lease_expires_at", "origin"], "properties": {
  "id": {"type": "string"}, "system": {"type": "string"}, "entity": {"type": "string"},
  "op": {"enum": ["create", "update", "delete", "lookup"]}, "intended": {"enum": ["create", "update", "delete"]},
  "golden_id": {"type": "string"}, "record_id": {"type": ["string", "null"]}, "fields": {"type": ["object", "null"]},
  "idempotency_key": {"type": "string"}, "attempt": {"type": "integer"},
  "state": {"enum": ["pending", "leased", "waiting", "verifying", "delivered", "dead", "withdrawn", "discarded"]},
  "due_at": {"$ref": "#/components/schemas/Time"}, "lease_expires_at": {"type": ["string", "null"]},
  "created_at": {"$ref": "#/components/schemas/Time"}, "settled_at": {"type": ["string", "null"]},
  "origin": {"type": "string"}, "error": {"type": "string"},
  "refused": {"type": "array", "items": {"type": "string"}, "description": "fields that the target refused; the others went out without them"},
  "lossy": {"type": "array", "items": {"type": "string"}, "description": "fields that the target will not keep as they are"}}},
"Outcome": {"type": "object", "required": ["outcome", "event_key", "audit_seq"], "properties": {
  "outcome": {"enum": ["rejected", "held", "parked", "incomplete", "conflict", "applied", "stale", "echo", "unchanged", "duplicate"]},
  "event_key": {"type": "string"}, "golden_id": {"type": ["string", "null"]}, "audit_seq": {"type": "integer"},
  "record": {"type": "object"}, "changes": {"type": "array", "items": {"type": "object"}},
  "conflicts": {"type": "array", "items": {"type": "object"}}, "deliveries": {"type": "array", "items": {"$ref": "#/components/schemas/Delivery"}},
  "errors": {"type": "array", "items": {"type": "object"}}, "first": {"$ref": "#/components/schemas/Outcome"}, "why": {"type": "string"}}},
"Outcomes": {"type": "object", "required": ["results"], "properties": {"results": {"type": "array", "items": {"$ref": "#/components/schemas/Outcome"}}}},
"NormalizeBody": {"type": "object", "required": ["system", "entity", "record"], "properties": {"system": {"type": "string"}, "entity": {"type": "string"}, "record": {"type": "object"}}},
"Normalized": {"type": "object"},
"MergeBody": {"type": "object", "required": ["entity", "inputs"], "properties": {"entity": {"type": "string"}, "inputs": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object"}}},
  "output": {"$ref": "#/components/schemas/MergeOutput"}}},
"MergeOutput": {"enum": ["everything", "merged", "changed"], "default": "everything", "description": "How much is said: everything also tells who lost and the records as they were read; merged only who won; changed only what differs."},
"Merged": {"type": "object", "required": ["matched", "only", "ambiguous", "agreed"], "properties": {"matched": {"type": "array", "items": {"type": "object"}}, "only": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object"}}},
  "ambiguous": {"type": "array", "items": {"type": "object"}}, "agreed": {"type": "integer", "description": "matches left out because nothing differs"}, "next": {"type": ["integer", "null"], "description": "of /v1/merges: `after` of the next page"}}},
"OpenMergeBody": {"type": "object", "required": ["entity"], "properties": {"entity": {"type": "string"}, "output": {"$ref": "#/components/schemas/MergeOutput"}}},
"OpenMerge": {"type": "object", "required": ["merge"], "properties": {"merge": {"type": "object", "properties": {"id": {"type": "string"}, "expires_at": {"type": "string", "format": "date-time"}}}}},
"MergePageBody": {"type": "object", "required": ["system", "from", "records"], "properties": {"system": {"type": "string"}, "from": {"type": "integer", "minimum": 0, "description": "the place of the first record in its system's list"}, "records": {"type": "array", "items": {"type": "object"}}}},
"MergePage": {"type": "object", "required": ["records"], "properties": {"records": {"type": "integer", "description": "of the merge so far"}}},
"CompleteMergeBody": {"type": "object", "properties": {"after": {"type": "integer", "minimum": 0}, "limit": {"type": "integer", "minimum": 1, "maximum": 100000, "default": 10000, "description": "groups of records"}}},
"ResolveBody": {"type": "object", "required": ["entity", "candidates"], "properties": {"entity": {"type": "string"}, "candidates": {"type": "array", "items": {"type": "object"}}}},
"Resolved": {"type": "object"},
"ClaimBody": {"type": "object", "properties": {"system": {"type": "string"}, "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
  "lease_ms": {"type": "integer", "minimum": 1, "maximum": 86400000}, "group": {"type": "integer", "minimum": 1, "maximum": 1000}}},
"Claimed": {"type": "object", "properties": {"deliveries": {"type": "array", "items": {"$ref": "#/components/schemas/Delivery"}},
  "groups": {"type": "array", "items": {"type": "object", "properties": {"system": {"type": "string"}, "entity": {"type": "string"}, "op": {"type": "string"}, "deliveries": {"type": "array", "items": {"$ref": "#/components/schemas/Delivery"}}}}}}},
"SettleBody": {"type": "object", "required": ["results"], "properties": {"results": {"type": "array", "minItems": 1, "maxItems": 10000, "items": {"type": "object", "required": ["id", "status"], "properties": {
  "id": {"type": "string"}, "attempt": {"type": "integer"}, "status": {"enum": ["delivered", "failed", "exists", "gone", "unknown", "found", "absent"]},
  "record_id": {"type": ["string", "number"]}, "record": {"type": "object"},
  "error": {"type": "object", "properties": {"class": {"enum": ["transient", "permanent"]}, "status": {"type": "integer"}, "message": {"type": "string"}, "retry_after_s": {"type": "number"},
    "fields": {"type": "array", "items": {"type": "string"}, "description": "permanent: the fields that the target refused, by its names or ours; the others are sent without them"}}}}}}}},
"ExtendBody": {"type": "object", "required": ["results"], "properties": {"results": {"type": "array", "minItems": 1, "maxItems": 10000, "items": {"type": "object", "required": ["id"], "properties": {
  "id": {"type": "string"}, "attempt": {"type": "integer"}, "lease_ms": {"type": "integer"}}}}}},
"OneDelivery": {"type": "object", "required": ["delivery"], "properties": {"delivery": {"$ref": "#/components/schemas/Delivery"}}},
"Settled": {"type": "object", "required": ["results"], "properties": {"results": {"type": "array", "items": {"type": "object", "properties": {
  "id": {"type": "string"}, "state": {"type": "string"}, "error": {"type": "object", "properties": {"code": {"type": "string"}, "message": {"type": "string"}}}}}}}},
"Deliveries": {"type": "object", "required": ["deliveries", "next"], "properties": {"deliveries": {"type": "array", "items": {"$ref": "#/components/schemas/Delivery"}}, "next": {"$ref": "#/components/schemas/Next"}}},
"Exception": {"type": "object", "required": ["id", "category", "state", "version"], "properties": {
  "id": {"type": "string"}, "category": {"enum": ["conflict", "rejected", "ambiguous_match", "duplicate", "dead_letter", "held_change", "delete", "merge", "drift", "clock", "immutable", "oscillation", "lookup", "parked", "association"]},
  "state": {"enum": ["open", "claimed", "resolved", "dismissed"]}, "version": {"type": "integer"},
  "entity": {"type": ["string", "null"]}, "golden_id": {"type": ["string", "null"]}, "field": {"type": ["string", "null"]}, "base": {},
  "candidates": {"type": "array", "items": {"type": "object"}}, "actions": {"type": "array", "items": {"type": "string"}},
  "opened_at": {"$ref": "#/components/schemas/Time"}, "age_s": {"type": "integer"}, "owner": {"type": ["string", "null"]}, "due_at": {"type": ["string", "null"]},
  "text": {"type": "object"}, "tokens": {"type": "object"}}},
"Exceptions": {"type": "object", "required": ["exceptions", "next"], "properties": {"exceptions": {"type": "array", "items": {"$ref": "#/components/schemas/Exception"}}, "next": {"$ref": "#/components/schemas/Next"}}},
"ResolveExceptionBody": {"type": "object", "properties": {"choose": {"type": "string"}, "value": {}, "action": {"type": "string"}, "version": {"type": "integer"}, "token": {"type": "string"}, "actor": {"type": "string"}, "note": {"type": "string"}}},
"ResolvedException": {"type": "object", "required": ["exception", "deliveries", "audit_seq"], "properties": {"exception": {"$ref": "#/components/schemas/Exception"}, "deliveries": {"type": "array", "items": {"$ref": "#/components/schemas/Delivery"}}, "audit_seq": {"type": "integer"}}},
"WorkBody": {"type": "object", "properties": {"actor": {"type": "string"}, "note": {"type": "string"}, "version": {"type": "integer"}, "token": {"type": "string"}}},
"Worked": {"type": "object"},
"BulkBody": {"type": "object", "properties": {"ids": {"type": "array", "items": {"type": "string"}}, "category": {"type": "string"}, "action": {"enum": ["dismiss", "replay", "resolve"]}, "choose": {"type": "string"}, "actor": {"type": "string"}, "note": {"type": "string"}}},
"BulkResults": {"type": "object", "required": ["results"], "properties": {"results": {"type": "array", "items": {"type": "object"}}}},
"Record": {"type": "object", "required": ["golden_id", "entity", "record"], "properties": {"golden_id": {"type": "string"}, "entity": {"type": "string"}, "record": {"type": "object"}, "lineage": {"type": "object"},
  "links": {"type": "array", "items": {"type": "object", "properties": {"system": {"type": "string"}, "id": {"type": "string"}, "state": {"type": "string"}}}},
  "conflicts": {"type": "array", "items": {"type": "string"}}, "version": {"type": "integer"}, "updated_at": {"$ref": "#/components/schemas/Time"}, "deleted_at": {"type": ["string", "null"]}}},
"Explanation": {"type": "object", "required": ["golden_id", "entity", "fields"], "properties": {"golden_id": {"type": "string"}, "entity": {"type": "string"}, "fields": {"type": "array", "items": {"type": "object"}}}},
"History": {"type": "object", "required": ["golden_id", "entity", "entries"], "properties": {"golden_id": {"type": "string"}, "entity": {"type": "string"}, "entries": {"type": "array", "items": {"type": "object"}}}},
"ReconciliationBody": {"type": "object", "required": ["entity", "systems"], "properties": {"entity": {"type": "string"}, "systems": {"type": "array", "minItems": 1, "items": {"type": "string"}},
  "mode": {"enum": ["apply", "plan", "link"], "default": "apply", "description": "plan says what would happen and changes nothing; link links and takes what the records say, and writes nothing"},
  "max_creates": {"type": ["integer", "null"], "minimum": 0, "description": "no more new records than these are planned"}}},
"Reconciliation": {"type": "object", "required": ["id", "entity", "state", "mode", "systems", "matched", "different", "missing", "only", "excluded", "ambiguous", "auto_resolved", "escalated", "held", "deliveries", "causes"], "properties": {
  "id": {"type": "string"}, "entity": {"type": "string"}, "state": {"enum": ["open", "running", "done", "expired", "abandoned", "failed"]}, "mode": {"enum": ["apply", "plan", "link"]},
  "systems": {"type": "object", "additionalProperties": {"type": "object", "properties": {"pages": {"type": "integer"}, "records": {"type": "integer"}, "unreadable": {"type": "integer"}, "complete": {"type": "boolean"}, "absent": {"type": "integer"}}}},
  "matched": {"type": "integer", "description": "golden records of which everything that was compared agrees"}, "different": {"type": "integer"}, "missing": {"type": "integer"}, "only": {"type": "integer"},
  "excluded": {"type": "integer"}, "ambiguous": {"type": "integer"}, "held": {"type": "integer"}, "linked": {"type": "integer"}, "deliveries": {"type": "integer"}, "creates": {"type": "integer"}, "creates_withheld": {"type": "integer"},
  "auto_resolved": {"type": "object", "additionalProperties": {"type": "integer"}}, "escalated": {"type": "object", "additionalProperties": {"type": "integer"}},
  "causes": {"type": "object", "additionalProperties": {"type": "integer"}}, "causes_by_system": {"type": "object"}, "discrepancies": {"type": "integer"}, "compared": {"type": "integer"},
  "max_creates": {"type": ["integer", "null"]}, "actor": {"type": "string"}, "problem": {"type": "string"},
  "opened_at": {"$ref": "#/components/schemas/Time"}, "completed_at": {"type": ["string", "null"]}, "ended_at": {"type": ["string", "null"]}, "expires_at": {"$ref": "#/components/schemas/Time"}}},
"Reconciliations": {"type": "object", "required": ["reconciliations", "next"], "properties": {"reconciliations": {"type": "array", "items": {"$ref": "#/components/schemas/Reconciliation"}}, "next": {"$ref": "#/components/schemas/Next"}}},
"SnapshotPageBody": {"type": "object", "required": ["system"], "properties": {"system": {"type": "string"}, "records": {"type": "array", "maxItems": 10000, "items": {"type": "object"}}, "observed_at": {"$ref": "#/components/schemas/Time"},
  "preset": {"type": "string", "description": "hubspot.record, salesforce.record, …: docs/presets.md"}, "payload": {"description": "with preset: the system's own list response"}}},
"SnapshotPage": {"type": "object", "required": ["id", "system", "pages", "records", "received", "errors"], "properties": {"id": {"type": "string"}, "system": {"type": "string"}, "pages": {"type": "integer"}, "records": {"type": "integer", "description": "of this system, so far"}, "received": {"type": "integer", "description": "in this page"},
  "errors": {"type": "array", "items": {"type": "object", "properties": {"index": {"type": "integer"}, "pointer": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}}}}, "answers": {"type": "array", "items": {"type": "object"}, "description": "where one body held records of several systems"}}},
"CompleteBody": {"type": "object", "properties": {"complete": {"type": "array", "items": {"type": "string"}, "description": "systems whose pages are all there is: what they do not show is gone"}}},
"Discrepancies": {"type": "object", "required": ["discrepancies", "next"], "properties": {"discrepancies": {"type": "array", "items": {"type": "object", "required": ["number", "kind", "cause", "result", "system", "golden_id"], "properties": {
  "number": {"type": "integer"}, "kind": {"enum": ["different", "missing", "only", "excluded", "ambiguous"]},
  "cause": {"enum": ["lost_event", "out_of_order", "edit_since_last_event", "failed_delivery", "schema_drift", "never_linked", "unknown"]},
  "result": {"enum": ["auto_resolved", "escalated", "held", "none"]}, "system": {"type": ["string", "null"]}, "golden_id": {"type": ["string", "null"]},
  "field": {"type": "string"}, "record_id": {"type": "string"}, "records": {"type": "object"}, "values": {"type": "object"}, "golden": {}, "rule": {"type": "string"}, "category": {"type": "string"}, "exception_id": {"type": "string"},
  "deliveries": {"type": "array", "items": {"type": "string"}}, "missing_in": {"type": "array", "items": {"type": "string"}}, "why": {"type": "string"}, "private": {"type": "boolean"}}}}, "next": {"$ref": "#/components/schemas/Next"}}},
"CursorBody": {"type": "object", "required": ["value"], "properties": {"value": {"description": "any JSON but null"}, "if_match": {"type": "integer", "description": "the version that was seen; 0: none"}}},
"Cursor": {"type": "object", "required": ["name", "value", "version"], "properties": {"name": {"type": "string"}, "value": {}, "version": {"type": "integer"}, "updated_at": {"$ref": "#/components/schemas/Time"}}},
"Changes": {"type": "object", "required": ["changes", "next"], "properties": {"changes": {"type": "array", "items": {"type": "object", "properties": {"seq": {"type": "integer"}, "at": {"$ref": "#/components/schemas/Time"}, "kind": {"enum": ["exception", "overdue", "dead_letter", "due", "alert"]}, "body": {"type": "object"}}}},
  "next": {"type": "string", "description": "always there: what to ask for the next time"}}},
"Alerts": {"type": "object", "required": ["alerts"], "properties": {"alerts": {"type": "array", "items": {"type": "object", "properties": {"alert": {"type": "string"}, "name": {"type": "string"}, "system": {"type": "string"}, "objective": {"type": "string"}, "severity": {"enum": ["page", "ticket"]}, "state": {"enum": ["ok", "firing"]}, "since": {"$ref": "#/components/schemas/Time"}, "value": {}, "threshold": {}, "text": {"type": "string"}}}}}},
"Entries": {"type": "object", "required": ["entries", "next"], "properties": {"entries": {"type": "array", "items": {"type": "object", "required": ["seq", "at", "kind", "previous_hash", "hash"], "properties": {"seq": {"type": "integer"}, "at": {"$ref": "#/components/schemas/Time"}, "kind": {"type": "string"}, "actor": {"type": ["string", "null"]}, "entity": {"type": ["string", "null"]}, "golden_id": {"type": ["string", "null"]}, "event_key": {"type": ["string", "null"]}, "body": {}, "previous_hash": {"type": "string"}, "hash": {"type": "string"}}}}, "next": {"$ref": "#/components/schemas/Next"}}},
"AuditReport": {"type": "object", "required": ["ok", "entries", "last_sequence", "last_hash", "faults", "first"], "properties": {"ok": {"type": "boolean"}, "entries": {"type": "integer"}, "last_sequence": {"type": "integer"}, "last_hash": {"type": "string"}, "faults": {"type": "integer"},
  "first": {"type": ["object", "null"], "properties": {"sequence": {"type": "integer"}, "fault": {"type": "string"}, "message": {"type": "string"}}}}},
"Checkpoint": {"type": "object", "required": ["sequence", "hash", "at", "store_id", "public_key", "signature"], "properties": {"sequence": {"type": "integer"}, "hash": {"type": "string"}, "at": {"$ref": "#/components/schemas/Time"}, "store_id": {"type": "string"}, "public_key": {"type": "string"}, "signature": {"type": "string"}}},
"Stats": {"type": "object", "required": ["fast_loop", "slow_loop", "auto_resolved", "escalated", "time_to_resolution", "queue", "complete", "sla"], "properties": {"from": {"type": ["string", "null"]}, "to": {"type": ["string", "null"]}, "fast_loop": {"type": "object"}, "slow_loop": {"type": "object"}, "auto_resolved": {"type": "object"}, "escalated": {"type": "object"}, "time_to_resolution": {"type": "object"}, "queue": {"type": "object"}, "complete": {"type": "boolean"},
  "sla": {"type": "array", "description": "how soon systems agree, an item for each objective of the policy", "items": {"type": "object", "required": ["name", "entity", "fields", "target", "within_ms", "window_ms", "changes", "agreed_in_time", "share", "error_budget", "burn_rates", "open", "oldest_open", "worst_systems", "complete"], "properties": {
    "name": {"type": "string"}, "entity": {"type": "string"}, "fields": {"type": "array", "items": {"type": "string"}}, "target": {"type": "number"}, "within_ms": {"type": "integer"}, "window_ms": {"type": "integer"},
    "changes": {"type": "integer"}, "agreed_in_time": {"type": "integer"}, "share": {"type": "number"}, "error_budget": {"type": "object", "properties": {"allowed": {"type": "number"}, "spent": {"type": "integer"}, "remaining": {"type": "number", "description": "share of the budget that is left; below 0 it is overspent"}}},
    "burn_rates": {"type": "array", "items": {"type": "object", "properties": {"window_ms": {"type": "integer"}, "rate": {"type": "number"}, "short_window_ms": {"type": "integer"}, "short_rate": {"type": "number"}, "alert_at": {"type": "number"}, "severity": {"enum": ["page", "ticket"]}, "changes": {"type": "integer"}, "missed": {"type": "integer"}}}},
    "open": {"type": "integer", "description": "records with a change that not every system holds yet"}, "oldest_open": {"type": ["string", "null"]}, "worst_systems": {"type": "array", "items": {"type": "object", "properties": {"system": {"type": "string"}, "missed": {"type": "integer"}}}}, "complete": {"type": "boolean"}}}}}},
"Drift": {"type": "object", "required": ["fields", "changed", "unmapped", "unused", "events", "complete"], "properties": {
  "fields": {"type": "array", "items": {"type": "object", "required": ["system", "entity", "path", "field", "shapes", "records", "null_share"], "properties": {"system": {"type": "string"}, "entity": {"type": "string"}, "path": {"type": "string"}, "field": {"type": ["string", "null"]},
    "shapes": {"type": "array", "items": {"type": "object", "properties": {"shape": {"type": "string"}, "count": {"type": "integer"}, "first_seen": {"$ref": "#/components/schemas/Time"}, "last_seen": {"$ref": "#/components/schemas/Time"}}}},
    "records": {"type": "integer"}, "null_share": {"type": "number"}, "length_max": {"type": "integer"}, "options": {"type": "array", "items": {"type": "string"}}}}},
  "changed": {"type": "array", "items": {"type": "object", "properties": {"system": {"type": "string"}, "entity": {"type": "string"}, "path": {"type": "string"}, "field": {"type": ["string", "null"]}, "from": {"type": "string"}, "to": {"type": "string"}, "since": {"$ref": "#/components/schemas/Time"}, "records": {"type": "integer"}, "mend": {"type": "string"}}}},
  "unmapped": {"type": "array", "items": {"type": "object"}}, "unused": {"type": "array", "items": {"type": "object"}}, "events": {"type": "integer"}, "complete": {"type": "boolean"}, "from": {"type": ["string", "null"]}, "to": {"type": ["string", "null"]}}},
"Finding": {"type": "object", "required": ["severity", "code", "pointer", "line", "column", "message"], "properties": {"severity": {"enum": ["error", "warning"]}, "code": {"type": "string"}, "pointer": {"type": "string"}, "line": {"type": "integer"}, "column": {"type": "integer"}, "message": {"type": "string"}, "mend": {"type": "string"}}},
"Policy": {"type": "object", "required": ["sha256", "text", "policy"], "properties": {"sha256": {"type": "string"}, "text": {"type": "string"}, "policy": {"type": "object"}}},
"PolicyText": {"type": "object", "description": "the policy file itself, comments and all: docs/policy.schema.json"},
"PolicyCheck": {"type": "object", "required": ["ok", "findings"], "properties": {"ok": {"type": "boolean"}, "sha256": {"type": "string"}, "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}}}},
"PolicyAdopted": {"type": "object", "required": ["sha256", "changed", "findings"], "properties": {"sha256": {"type": "string"}, "changed": {"type": "boolean"}, "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}}}},
"BackupBody": {"type": "object", "required": ["destination"], "properties": {"destination": {"type": "string", "description": "an absolute path that is free"}}},
"BackedUp": {"type": "object", "required": ["destination"], "properties": {"destination": {"type": "string"}}},
"Health": {"type": "object", "required": ["alive"], "properties": {"alive": {"type": "boolean"}}},
"Ready": {"type": "object", "required": ["ready"], "properties": {"ready": {"type": "boolean"}}},
"OpenApi": {"type": "object"}
})json";

}  // namespace

// A mistake in the text is a mistake of ours; the tests look at every schema.
Json schemas() { return parse_json(schemas_text).value_or(Json::object()); }

}  // namespace truce::api
