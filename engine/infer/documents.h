// From a sample file's text to JSON documents.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/core/model/json.h"

namespace truce::infer {

struct Document {
  Json root;
  std::size_t line = 0;  // of an NDJSON file, from 1; 0: the document is the whole file
};

// One JSON document, or one a line (NDJSON), each handed to `take` and then forgotten. A byte order
// mark at the beginning is passed over. The message of a Problem begins with `file` and says the
// line; `pointer` is within the document. A Problem of `take` ends it and is handed on.
Result<void> for_each_document(const std::string& file, std::string_view text,
                               const std::function<Result<void>(const Document&)>& take);

}  // namespace truce::infer
