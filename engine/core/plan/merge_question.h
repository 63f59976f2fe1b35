// What the item about a merge of two records that are two elsewhere says beside their ids.
#pragma once

namespace truce {

// Members of its detail.
inline constexpr const char* merged_into_member = "merged_into";  // the survivor's id
inline constexpr const char* apart_in_member = "apart_in";        // systems that know them as two
// true: the survivor came with the merge, under an id of its own, and belongs to neither until a
// person says so.
inline constexpr const char* in_neither_member = "in_neither";

}  // namespace truce
