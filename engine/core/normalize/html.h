#pragma once

#include <string>
#include <string_view>

#include "engine/core/model/value.h"

namespace truce {

// What a reader sees of HTML: tags, comments, scripts and styles gone, character references
// decoded, blocks and <br> as line ends, other white space collapsed, an image as "[its alt or
// src]". Text without any tag keeps its own line ends. Never fails: what is no tag or reference is
// text.
std::string text_projection(std::string_view html);

// Shown as it came, compared by comparable(text_projection); null when nobody would see anything.
Value html_value(std::string html);

}  // namespace truce
