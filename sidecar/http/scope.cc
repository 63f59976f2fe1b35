#include "sidecar/http/scope.h"

#include "engine/core/model/name_table.h"

namespace truce {
namespace {

constexpr auto scope_names = name_table<Scope, Scope::read>("ingest", "operate", "read");

}  // namespace

std::string_view to_string(Scope scope) { return scope_names.name_of(scope); }
std::optional<Scope> scope_from(std::string_view word) { return scope_names.value_of(word); }

}  // namespace truce
