// Reads the parts of the policy file. What is wrong goes to the findings; the target keeps its
// default there. Only what one part says by itself is judged here, the rest in lint.h.
#pragma once

#include "engine/core/policy/value_readers.h"

namespace truce::policy_file {

void read_system_section(Reading& reading, const Node& node, System& system);
// The systems must have been read.
void read_entity(Reading& reading, const Node& node, Entity& entity);
void read_field(Reading& reading, const Node& node, Field& field);
void read_map_entry(Reading& reading, const Node& node, MapEntry& entry);

// As written, or null after an error.
Json read_alerts(Reading& reading, const Node& node);
Json read_system_alerts(Reading& reading, const Node& node);
Json read_sla(Reading& reading, const Node& node);
// The objectives below sla.agreement; agreement.h makes them typed.
void read_agreement(Reading& reading, const Node& node);

}  // namespace truce::policy_file
