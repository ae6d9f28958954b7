// How deep a TOML text nests by dotted names ("[a.b.c]", "a.b.c = 1"). toml++ builds and destroys a table a part of a
// name by recursion, so that a name of 100,000 parts ends in an overflow of the stack: it is refused before. Pure; the
// text is hostile and need not be TOML.
#pragma once

#include <optional>
#include <string_view>

#include "config/value.h"

namespace holter::config {

// The place of the first name of more than kMaxDepth parts.
std::optional<Place> too_deep_name(std::string_view text);

}  // namespace holter::config
