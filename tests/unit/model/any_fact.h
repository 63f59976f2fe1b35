// Records with arbitrary content, for properties.
#pragma once

#include <rapidcheck.h>

#include "engine/core/model/work.h"

namespace truce {

// Within rc::prop only.
SourceRecord any_source_record();
GoldenRecord any_golden_record();
Delivery any_delivery();
ExceptionItem any_exception();

}  // namespace truce
