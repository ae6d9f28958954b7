// What toml++ 3.3 must not be given, found before it is. Pure; the text is hostile and need not be TOML.
//
// Dotted names ("[a.b.c]", "a.b.c = 1") of very many parts: toml++ builds and destroys a table a part by recursion, so
// that a name of 100,000 parts ends in an overflow of the stack. And letters beyond ASCII outside of a string or
// comment, of which TOML has none: its table of Unicode ends in an "unreachable" that they reach.
#pragma once

#include <optional>
#include <string_view>

#include "config/value.h"

namespace holter::config {

// The first name of more than kMaxDepth parts, or the first letter that TOML does not know there; without the file.
std::optional<Mistake> unfit(std::string_view text);

}  // namespace holter::config
