// The shape in which a system sends a value, beside the one in which the policy reads it. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "engine/core/normalize/normalize.h"

namespace truce {

// "text", "integer", "decimal", "boolean", "null", "object", "list", "list of text", …; "private"
// for what is sealed.
std::string shape_of(const Json& node);
// "list" of "list of text".
std::string kind_of_shape(const std::string& shape);
inline constexpr const char* options_in_one_text = "several options in one text";

// A map entry's path as far as it names members: the rest is inside what stands there.
std::string members_of(const Path& path);
// The fields that the policy reads of this system, by their place.
std::map<std::string, const Field*> paths_of(const Entity& entity, const SystemName& system);
// The record's id or its time stands there.
bool names_record(const Entity& entity, const SystemName& system, const std::string& path);
// Every place of a record, down to what the policy reads; what it does not, through plain objects.
void for_each_place(const Json& record, const std::map<std::string, const Field*>& mapped,
                    const std::function<void(const std::string& path, const Json& value)>& take);

// What a field's values look like where the policy reads them.
std::string shape_wanted(const Field& field);
// What to put into the policy, now that the field comes in this shape.
std::string mend_of(const Field& field, const SystemName& system, const std::string& shape);

// Values whose shape is not what the policy reads, with their shapes. A value of the right shape
// that cannot be read (text that is no number, an option nobody knows) is not among them.
struct OddShapes {
  std::map<FieldName, std::string> refused;  // their problems are in the record
  // A single value where a list is read, which nothing splits. It is read as one element, as
  // systems send a list of one, so it is odd only where lists were the rule.
  std::map<FieldName, std::string> single;
};
OddShapes odd_shapes(const Entity& entity, const SystemName& system, const Json& record,
                     const NormalizedRecord& read);

// The policy reads a list here and has nothing to split a text with.
bool reads_whole_lists(const Field& field, const MapEntry& entry);

}  // namespace truce
