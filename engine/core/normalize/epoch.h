// Times as numbers: the unit is declared by the entry's `format` or told by the size.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/model/time.h"
#include "engine/core/policy/policy.h"

namespace truce {

enum class EpochUnit { seconds, milliseconds, microseconds };

// Digits with an optional sign and fraction ("1557971400.000200").
bool looks_like_epoch(std::string_view text);

// What `format` says of numbers; nullopt where it says nothing.
std::optional<EpochUnit> declared_unit(const MapEntry& entry);

// Below 10^11 seconds, below 10^14 milliseconds, else microseconds.
EpochUnit unit_by_size(std::string_view digits);

// Fractions beyond microseconds are cut. nullopt beyond 10^18 of the unit or where it overflows.
std::optional<Time> time_of_epoch(std::string_view digits, EpochUnit unit);

// "epoch_s", "epoch_ms" or "epoch_ms_text"; a fraction of the unit is cut.
Json written_epoch(Time time, const std::string& format);

}  // namespace truce
