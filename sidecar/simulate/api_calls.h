// What an API does with a call once it has arrived.
#pragma once

#include "sidecar/simulate/office.h"

namespace truce::simulate {

// The first system refuses a second living record with the same key (409 and the id that has it);
// the others make one.
Answer create_in(Office& office, SimulatedSystem& system, std::size_t entity, Thing thing,
                 const std::map<std::size_t, Text>& values);
Answer update_in(Office& office, SimulatedSystem& system, const std::string& id,
                 const std::map<std::size_t, Text>& values);
Answer erase_in(Office& office, SimulatedSystem& system, const std::string& id);
// These show what was there as long ago as the read lags.
Answer get_from(Office& office, SimulatedSystem& system, const std::string& id);
Answer search_in(Office& office, SimulatedSystem& system, std::size_t entity,
                 const std::map<std::size_t, Text>& values);
// Rows [from, from + page_size) by id; some are skipped. `count` is how many there are.
Answer page_of(Office& office, SimulatedSystem& system, std::size_t entity, std::size_t from);

}  // namespace truce::simulate
