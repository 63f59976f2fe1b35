// The places of one record that hold a value, each as a policy's path spells it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/core/model/json.h"

namespace truce::infer {

struct Place {
  std::string spelling;                // "properties.email", "emails[primary=true].value"
  const Json* node = nullptr;          // a scalar, null, or a list that is a set
  std::optional<std::string> element;  // of a list of objects: the member that counts
};

// Scalars at any depth; lists of scalars as a whole; of lists of objects the primary one, those
// that a member tells apart ("custom_fields[id=7].value"), the list itself when it is one of names
// (`element`), else its first. Deeper than flatten_depth_max nothing is looked at. The spelling may
// be none that parse_path takes.
void for_each_place(const Json& record, const std::function<void(const Place&)>& take);

}  // namespace truce::infer
