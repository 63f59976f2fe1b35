// From a document to the records in it, whatever list page, event or item they came in.
#pragma once

#include <string>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::infer {

struct FoundRecord {
  const Json* node = nullptr;  // into the document; an object
  std::string pointer;         // where it stands in the document
  std::string system;          // what a ChangeEvent around it says; empty: nothing
  std::string entity;          // the same, or what its list is called ("tickets"); empty: nothing
};

// Lists and list pages ({"results": […]}, {"records": […]}, {"data": […]}, {"tickets": […]}, or any
// object without an id whose only list of objects it is), one wrapped record ({"user": {…}}), n8n's
// items ({"json": {…}}), ChangeEvents with a `record` (one without is passed over), and a record by
// itself. `schema` with a pointer where something else stands in a list.
Result<std::vector<FoundRecord>> find_records(const Json& document);

}  // namespace truce::infer
