#include "engine/core/model/error.h"

#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr auto code_names = name_table<Code, Code::internal>(
    "invalid-json", "duplicate-key", "too-deep", "too-many-fields", "field-name-too-long",
    "field-too-long", "nul-in-text", "number-out-of-range", "number-too-long", "schema",
    "type-mismatch", "unknown-system", "unknown-entity", "unknown-field", "id-invalid",
    "timestamp-invalid", "required", "format", "unknown-option", "lossy-value", "merge-cycle",
    "batch-size", "transform-failed", "transform-timeout", "reference-unknown", "policy-syntax",
    "policy-unknown-key", "policy-unknown-system", "policy-unknown-rule", "policy-value",
    "policy-missing", "policy-conflict", "policy-regex", "policy-expression", "policy-file",
    "policy-inline-secret", "policy-url", "not-found", "version-moved", "already-settled",
    "lease-lost", "action-unknown", "not-allowed", "unknown-query", "store-full", "store-read-only",
    "store-locked", "store-corrupt", "store-too-new", "store-failed", "store-unknown-outcome",
    "busy", "shutting-down", "audit-broken", "internal");

}  // namespace

std::string_view to_string(Code code) { return code_names.name_of(code); }

std::optional<Code> code_from(std::string_view word) { return code_names.value_of(word); }

}  // namespace truce
