// Bringing a policy into force.
#pragma once

#include <string>

#include "engine/app/context.h"
#include "engine/core/policy/parse_policy.h"

namespace truce {

// {sha256, text, policy}: the text as it was written, and the same without its comments.
Json describe_policy(const std::string& text);

// `next` and its text become the store's policy, with one audit entry. False: it is that already.
bool put_policy(Context& context, const Policy& next, const std::string& text);
// The same, and every record is derived again by the sweep, and known by the keys of `next`. The
// caller puts it in force after the commit. Gives {sha256, changed, findings}: warnings where it
// does to the canonical schema of stored records what a migration would have to do.
Result<Json> adopt_policy(Context& context, const Policy& next, const std::string& text);

// The policy to start with: the file's, or the one that was put in force since the file was last
// read.
struct StartingPolicy {
  std::string text;
  bool from_file = true;
};
StartingPolicy choose_starting_policy(ReadView& store, const std::string& file_text);
// Remembers which file the policy was read from, for the choice at the next start.
void note_policy_file(Context& context, const std::string& file_text);

}  // namespace truce
