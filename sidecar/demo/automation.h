// What a CRM's own automation makes of the values that people and programs put in.
#pragma once

#include "sidecar/demo/contact.h"

namespace truce::demo {

// hubspot writes tags in lower case and phones as +49…; salesforce writes phones as 0151 ….
// The same content again gives nothing new.
Content automated(Side side, const Content& content);

}  // namespace truce::demo
